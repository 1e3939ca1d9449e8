"""What all steps of a run stand on: resolved once, then passed around."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.config import RunConfig
from sentilora.data.labelled.split import read_parts
from sentilora.errors import RunError, several
from sentilora.inference.engines.device import pick_device, pick_precision
from sentilora.labels import Labels, parse_labels
from sentilora.model.bases.known_bases import ResolvedBase, resolve_base
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.four_bit import check_four_bit
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.model.warm_start import Start, create_started_model
from sentilora.runs.environment import describe_environment, write_environment
from sentilora.runs.events import EventLog, Listener
from sentilora.runs.processes import Processes, join_processes
from sentilora.runs.run_folder import Run, check_space, create_run
from sentilora.training.batches.encoded_examples import EncodedExamples, encode_examples
from sentilora.training.preference.pair_data import encode_pair_texts, read_config_pairs
from sentilora.training.start_settings import resolve_start

if TYPE_CHECKING:
    import torch

    from sentilora.data.labelled.examples import Examples, Parts
    from sentilora.data.pairs.held_out import PairParts

ENVIRONMENT = "environment.json"


@dataclass(frozen=True)
class Ground:
    """The resolved surroundings of a run.

    Attributes:
        precision: ``fp32``, ``bf16`` or ``fp16`` of the training.
        processes: this process among those that train together.
        start: the trained adapter that the training starts from, if there is one.
        pairs: preferences to train on and to measure with, if there are any.
    """

    config: RunConfig
    run: Run
    log: EventLog
    parts: Parts
    base: ResolvedBase
    encoder: TextEncoder
    device: torch.device
    precision: str
    processes: Processes
    start: Start | None = None
    pairs: PairParts | None = None

    @property
    def labels(self) -> Labels:
        """The label names, from the train part."""
        return self.parts.train.labels

    def create_network(self, *, load_in_4bit: bool = False) -> Any:
        """Build the network that training starts with; the same one for the same config."""
        config = self.config
        if self.start is not None:
            return create_started_model(
                self.start,
                self.labels,
                lora_dropout=config.lora.dropout,
                dropout=config.training.dropout,
                seed=config.seed,
                load_in_4bit=load_in_4bit,
            )
        return create_model(
            config.base,
            self.labels,
            use_peft=config.method == "lora",
            rank=config.lora.rank,
            alpha=config.lora.alpha,
            lora_dropout=config.lora.dropout,
            target_modules=config.lora.target_modules,
            dropout=config.training.dropout,
            seed=config.seed,
            load_in_4bit=load_in_4bit,
        )

    def encode(self, name: str, examples: Examples) -> EncodedExamples:
        """Tokenise a part into the work folder."""
        self.log.emit("phase", name=f"tokenise {name}", total=len(examples))
        path = self.run.work / f"{name}-{self.processes.rank}.tokens"
        return encode_examples(
            examples, self.encoder, path, lambda done: self.log.emit("progress", done=done)
        )

    def encode_pairs(self) -> EncodedExamples | None:
        """Tokenise the texts of the pairs to train on into the work folder; None without pairs."""
        if self.pairs is None:
            return None
        pairs = self.pairs.train
        self.log.emit("phase", name="tokenise pairs", total=len(pairs.table))
        path = self.run.work / f"pairs-{self.processes.rank}.tokens"
        return encode_pair_texts(
            pairs, self.encoder, path, lambda done: self.log.emit("progress", done=done)
        )


def prepare(config: RunConfig, run: Run | None, listener: Listener | None) -> Ground:
    """Resolve device, base and data, and make the run folder unless there is one to go on with.

    Raises:
        ConfigError, DataError, DeviceError, ModelError: as the message says; nothing was written.
        RunError: the run folder cannot be made, the disk has no room, or the data or the adapter
            that it starts from have changed since the run was started.
    """
    config, start = resolve_start(config)
    device = pick_device(config.device)
    precision = pick_precision(config.training.precision, device)
    if config.lora.load_in_4bit:
        check_four_bit(device)
    processes = join_processes(device.type)
    base = start.base if start else resolve_base(config.base)
    encoder = TextEncoder(load_tokenizer(base.source, base.revision), text_rule(config))
    parts = read_config_parts(config)
    pairs = read_config_pairs(config, parts)
    if pairs is not None:
        parts = replace(parts, notes=(*parts.notes, *pairs.notes))
    environment = describe_environment(
        parts,
        device=str(device),
        precision=precision,
        seed=config.seed,
        start=start,
        more_files=pairs.train.files if pairs is not None else (),
    )
    if run is not None:
        _check_same_data(run, environment)
    elif processes.is_main:
        check_space(Path(config.output), needed_bytes(parts, config, pairs))
        run = create_run(config)
        write_environment(environment, run.path / ENVIRONMENT)
    run = processes.share(run)
    assert run is not None
    run.work.mkdir(exist_ok=True)
    is_main = processes.is_main
    log = EventLog(run.path if is_main else None, listener if is_main else None)
    return Ground(
        config, run, log, parts, base, encoder, device, precision, processes, start, pairs
    )


def text_rule(config: RunConfig) -> TextRule:
    """Return how much of a text is read."""
    assert config.text.max_tokens is not None  # the preset has filled it
    return TextRule(config.text.max_tokens, config.text.long_text, config.text.head_share)


def read_config_parts(config: RunConfig) -> Parts:
    """Read the parts that a config names."""
    data = config.data
    return read_parts(
        data.train,
        validation=data.validation,
        test=data.test,
        text=data.text,
        label=data.label,
        group=data.group,
        labels=parse_labels(data.labels),
        stars=data.stars,
        skip_bad_rows=data.skip_bad_rows,
        validation_share=data.validation_share,
        test_share=data.test_share,
        limit=data.limit,
        seed=config.seed,
    )


def needed_bytes(parts: Parts, config: RunConfig, pairs: PairParts | None = None) -> int:
    """Estimate the disk a run needs: token files, and three checkpoints with optimiser state."""
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
            f"run: sentilora train --config {run.path / 'config.toml'} --name NEW"
        )
