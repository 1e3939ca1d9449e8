"""``adapt``: from a base and unlabelled texts to a base that knows the language of the texts.

A kill at any moment loses little: the texts are tokenised once, checkpoints are written every few
minutes, and ``resume_adaptation`` takes up whatever is open. Everything stands in
``FOLDER.partial`` until the new base was proved; only then it becomes ``FOLDER``.

Not covered: several processes; new words (the vocabulary stays the base's).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from sentilora.adaptation.adaptation_config import make_adapt_config
from sentilora.adaptation.adaptation_context import (
    AdaptationContext,
    describe_data,
    read_texts,
    resolve_adaptation,
)
from sentilora.adaptation.base_seal import save_base, seal_base, write_base_report
from sentilora.adaptation.pretraining import measure_hidden, pretrain
from sentilora.adaptation.windows import TextWindows, open_windows
from sentilora.errors import ConfigError, Interrupted, RunError, SentiloraError
from sentilora.events import EventLog, Listener
from sentilora.files import folder_of, path_of, write_atomically
from sentilora.message import command, setting
from sentilora.model.artifact import PARTIAL
from sentilora.runs.disk import check_space, disk_errors
from sentilora.runs.event_file import EventFile
from sentilora.runs.interruption import Interruption, stop_on_signal
from sentilora.runs.memory import keep_freed_memory

if TYPE_CHECKING:
    from sentilora.data.corpus import Corpus

REQUEST = "request.json"
DATA = "data.json"
BEFORE = "before.json"


def adapt(
    base: str,
    texts: str | Path | Sequence[str | Path],
    *,
    listener: Listener | None = None,
    **settings: Any,
) -> Path:
    """Go on pre-training an encoder on unlabelled texts, and write the result as a new base.

    Args:
        base: name in the table of bases, hub id, or folder.
        texts: files and folders with texts; see :func:`~sentilora.data.corpus.read_corpus`.
        listener: function that is told every event.
        settings: settings of :class:`~sentilora.adaptation.adaptation_config.AdaptConfig`:
            ``minutes=30``, ``test=["test.csv"]``.

    Returns:
        The folder of the new base: ``sentilora.train(..., base=str(folder))``.

    Raises:
        ConfigError, DataError, DeviceError, ModelError: see the message; nothing was written.
        RunError: the folder exists, or cannot be written.
        Interrupted: someone asked to stop; go on with :func:`resume_adaptation`.

    Example:
        >>> import sentilora
        >>> from sentilora import samples
        >>> texts = samples.path("train")
        >>> sentilora.adapt("minilm", texts, output="bases/reviews", max_steps=2).name
        'reviews'
    """
    given = [texts] if isinstance(texts, str | Path) else _files(texts)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError(
            "sentilora adapt computes in one process. Type it without torchrun; it takes one GPU."
        )
    config = make_adapt_config({**settings, "base": base, "texts": [str(text) for text in given]})
    work = _work(config.path)
    if config.path.exists():
        raise RunError(
            f"The folder {config.path} exists already. Choose another with {setting('output')}."
        )
    if work.exists():
        raise RunError(
            f"An adaptation to {config.path} was begun and not finished. Go on with it: "
            f"{command('adapt', resume=config.path)}; or remove {work}."
        )
    context = resolve_adaptation(config)
    EventLog(listener).emit("phase", name="read the texts", total=None)
    corpus = read_texts(config)
    check_space(config.path.parent, context.needed_bytes(corpus.counts.kept))
    try:
        work.mkdir(parents=True)
    except OSError as error:
        raise RunError(
            f"{work} cannot be made: {error.strerror}. Choose another folder with "
            f"{setting('output')}."
        ) from error
    write_atomically(work / DATA, json.dumps(describe_data(corpus)))
    write_atomically(work / REQUEST, json.dumps(config.model_dump(exclude_none=True)))
    return _go(context, corpus, work, EventLog(EventFile(work), listener))


def _files(texts: object) -> list[Path]:
    if not isinstance(texts, list | tuple) or not texts:
        raise ConfigError(
            f"A {type(texts).__name__} holds no files of texts. Expected the path of a file or "
            "folder, or a list of them; write texts in memory to a file first, one a row."
        )
    return [path_of(one) for one in texts]


def resume_adaptation(folder: str | Path, listener: Listener | None = None) -> Path:
    """Go on with an adaptation that was stopped; it ends as if it never had been.

    Args:
        folder: folder that it was going to write.
        listener: function that is told every event.

    Raises:
        RunError: there is no unfinished adaptation.

    Example:
        >>> import sentilora
        >>> sentilora.resume_adaptation("bases/never-begun")
        Traceback (most recent call last):
        sentilora.errors.RunError: There is no unfinished adaptation to bases/never-begun ...
    """
    given = folder_of(folder)
    if not given.name:
        raise RunError(f"There is no unfinished adaptation to {given}. Give the folder of one.")
    final = given.with_name(given.name.removesuffix(PARTIAL))
    work = _work(final)
    if final.exists():
        raise RunError(
            f"The adaptation to {final} has finished; there is nothing to resume. Train on it: "
            f"{command('train', 'reviews.csv', base=final)}"
        )
    if not (work / REQUEST).is_file():
        raise RunError(
            f"There is no unfinished adaptation to {final} (no {work / REQUEST}). Begin one: "
            f"{command('adapt', 'minilm', 'texts.csv', output=final)}"
        )
    request = json.loads((work / REQUEST).read_text(encoding="utf-8"))
    config = make_adapt_config({**request, "output": str(final)})
    context = resolve_adaptation(config)
    return _go(context, None, work, EventLog(EventFile(work), listener))


def _go(context: AdaptationContext, corpus: Corpus | None, work: Path, log: EventLog) -> Path:
    how = command("adapt", resume=context.config.path)
    with disk_errors(work, how, SafetensorError):
        try:
            return _work_on(context, corpus, work, log, how)
        except Interrupted:
            raise
        except KeyboardInterrupt as error:
            log.emit("interrupted", step=None)
            raise Interrupted(f"Stopped. Go on with: {how}") from error
        except SentiloraError as error:
            log.emit("failed", error=error.message)
            raise


def _work_on(
    context: AdaptationContext, corpus: Corpus | None, work: Path, log: EventLog, how: str
) -> Path:
    config = context.config
    windows = _windows(context, corpus, work, log)
    material, schedule = context.material(windows), context.schedule(windows)
    model = context.model(windows)
    recipe = context.recipe(model)
    log.emit(
        "adapting",
        folder=str(config.path),
        base=context.base.name,
        device=context.device.type,
        precision=context.precision,
        texts=windows.texts,
        held_out=windows.held_out_texts,
        windows=len(windows.is_held_out),
        tokens=int(schedule.lengths.sum()),
        data=json.loads((work / DATA).read_text(encoding="utf-8"))["texts"],
        learning_rate=recipe.learning_rate,
        own_head=model.head.is_own,
    )
    if not (work / BEFORE).is_file():
        write_atomically(work / BEFORE, json.dumps(measure_hidden(model, material, schedule)))
    before = json.loads((work / BEFORE).read_text(encoding="utf-8"))
    log.emit("held_out", step=0, **before)
    interruption = Interruption()
    keep_freed_memory()
    with stop_on_signal(interruption, is_alone=True):
        progress = pretrain(
            model,
            material,
            schedule,
            recipe,
            checkpoints=work / "checkpoints",
            log=log,
            interruption=interruption,
        )
    if schedule.used(progress.global_step, progress.seconds) < 1:
        log.emit("interrupted", step=progress.global_step)
        raise Interrupted(
            f"Stopped after update {progress.global_step}; everything is saved. Go on with: {how}"
        )
    after = measure_hidden(model, material, schedule)
    log.emit("held_out", step=progress.global_step, **after)
    log.emit("phase", name="save and prove the reload", total=None)
    folder = work / "base"
    difference = save_base(context, material, folder)
    write_base_report(
        folder,
        context,
        windows,
        json.loads((work / DATA).read_text(encoding="utf-8")),
        progress,
        recipe,
        {"before": before, "after": after},
        head_is_own=model.head.is_own,
        difference=difference,
    )
    seal_base(folder, config.path)
    log.emit("finished", folder=str(config.path), before=before, after=after)
    shutil.rmtree(work, ignore_errors=True)
    return config.path


def _windows(
    context: AdaptationContext, corpus: Corpus | None, work: Path, log: EventLog
) -> TextWindows:
    """Return the tokenised texts, from an earlier stretch if that got so far."""
    folder = work / "corpus"
    found = open_windows(folder)
    if found is not None:
        return found
    if corpus is None:
        log.emit("phase", name="read the texts", total=None)
        corpus = read_texts(context.config)
        before = json.loads((work / DATA).read_text(encoding="utf-8"))
        if describe_data(corpus) != before:
            raise RunError(
                f"The texts are not those that the adaptation to {context.config.path} was begun "
                f"with. Put the old files back, or remove {work} and begin again."
            )
    log.emit("phase", name="tokenise", total=corpus.counts.kept)
    return context.encode(corpus, folder, log.count)


def _work(final: Path) -> Path:
    return final.with_name(final.name + PARTIAL)
