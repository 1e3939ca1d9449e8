"""What all steps of a run stand on: a resolved config, the run folder, its log, the processes."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.errors import RunError, several
from sentilora.events import EventLog, Listener
from sentilora.message import command
from sentilora.runs.disk import check_space
from sentilora.runs.environment import describe_environment, write_environment
from sentilora.runs.event_file import EventFile
from sentilora.runs.processes import Processes, join_processes
from sentilora.runs.run_folder import Run, create_run
from sentilora.training.batches.encoded_examples import EncodedExamples, encode_examples
from sentilora.training.context.resolved_run import ResolvedRun
from sentilora.training.preference.pair_data import encode_pair_texts

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Examples

ENVIRONMENT = "environment.json"


@dataclass(frozen=True, kw_only=True)
class RunContext(ResolvedRun):
    """A run that has its folder.

    Attributes:
        run: the run folder.
        log: log that writes the events of the run, and passes them on.
        processes: this process among those that train together.
    """

    run: Run
    log: EventLog
    processes: Processes


def open_run(
    resolved: ResolvedRun, run: Run | None = None, listener: Listener | None = None
) -> RunContext:
    """Make the run folder, unless there is one to go on with.

    Args:
        resolved: what the config stands for.
        run: the unfinished run to go on with.
        listener: function that is told every event.

    Raises:
        RunError: the run folder cannot be made, the disk has no room, or the data or the adapter
            that it starts from have changed since the run was started.
    """
    config, pairs = resolved.config, resolved.pairs
    processes = join_processes(resolved.device.type)
    environment = describe_environment(
        resolved.parts,
        device=str(resolved.device),
        precision=resolved.precision,
        seed=config.seed,
        start=resolved.start,
        more_files=pairs.train.files if pairs is not None else (),
    )
    if run is not None:
        _check_same_data(run, environment)
    elif processes.is_main:
        check_space(Path(config.output), needed_bytes(resolved))
        run = create_run(config)
        write_environment(environment, run.path / ENVIRONMENT)
    run = processes.share(run)
    assert run is not None
    run.work.mkdir(exist_ok=True)
    return RunContext(
        **{field.name: getattr(resolved, field.name) for field in fields(resolved)},
        run=run,
        log=EventLog(EventFile(run.path), listener) if processes.is_main else EventLog(),
        processes=processes,
    )


def encode_part(context: RunContext, name: str, examples: Examples) -> EncodedExamples:
    """Tokenise a part into the work folder."""
    log = context.log
    log.emit("phase", name=f"tokenise {name}", total=len(examples))
    path = context.run.work / f"{name}-{context.processes.rank}.tokens"
    return encode_examples(examples, context.encoder, path, log.count)


def encode_pairs(context: RunContext) -> EncodedExamples | None:
    """Tokenise the texts of the pairs to train on into the work folder; None without pairs."""
    if context.pairs is None:
        return None
    pairs, log = context.pairs.train, context.log
    log.emit("phase", name="tokenise pairs", total=len(pairs.table))
    path = context.run.work / f"pairs-{context.processes.rank}.tokens"
    return encode_pair_texts(pairs, context.encoder, path, log.count)


def needed_bytes(resolved: ResolvedRun) -> int:
    """Estimate the disk a run needs: token files, and three checkpoints with optimiser state."""
    config, parts, pairs = resolved.config, resolved.parts, resolved.pairs
    per_text = min(config.text.max_tokens or 256, 300) * 4
    paired = len(pairs.train.table) if pairs is not None else 0
    tokens = (len(parts.train) + len(parts.validation) + paired) * per_text
    return tokens + (60_000_000 if config.method == "lora" else 3_000_000_000)


def _check_same_data(run: Run, environment: dict[str, Any]) -> None:
    """Refuse to go on with other data, whose batches would mean other texts, or another start."""
    written = json.loads((run.path / ENVIRONMENT).read_text(encoding="utf-8"))
    before = written["data"]
    problems = [
        f"{was['file']} is not what the run was started with"
        for was, now in zip_longest(before, environment["data"], fillvalue={"file": "a new file"})
        if was.get("sha256") != now.get("sha256")
    ]
    if (written.get("start") or {}).get("sha256") != (environment["start"] or {}).get("sha256"):
        problems.append(f"{run.config.start_from} is not the adapter that the run was started from")
    if problems:
        raise RunError(
            f"{several(str(run.path), problems)}\nPut the old file back to resume, or start a new "
            f"run: {command('train', config=run.path / 'config.toml', name='NEW')}"
        )
