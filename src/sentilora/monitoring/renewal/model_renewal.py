"""A promoted model that takes the place of the one before while texts come.

The file that stands for it is looked at now and then. What it stands for is loaded beside the
model that answers, and takes its place between two batches; so each text is answered by one of the
two. One that cannot be loaded, or has other labels, is refused, and the old one goes on.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sentilora.errors import ModelError, SentiloraError
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.message import Message
from sentilora.model.artifact import open_artifact
from sentilora.model.promoted.same_labels import check_same_labels
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.renewal.watched_file import WatchedFile
from sentilora.monitoring.store.model_changes import note_model

_CLOSED_S = 10.0


class ModelRenewal:
    """Follows the files that stand for the models of a monitor.

    Tells ``model`` (name, run, before) and ``model_refused`` (name, reason).

    Args:
        models: models by the names of their answers; those that were named by their folders stay.
            A new one is put into it.
    """

    def __init__(self, models: dict[str, SentimentModel]) -> None:
        self.models = models
        self._files = {
            name: WatchedFile(model.artifact.pointer)
            for name, model in models.items()
            if model.artifact.pointer is not None
        }
        self._loaded: queue.SimpleQueue[tuple[str, SentimentModel | SentiloraError]]
        self._loaded = queue.SimpleQueue()
        self._waiting: dict[str, SentimentModel] = {}
        self._thread: threading.Thread | None = None

    def __call__(self, watcher: LiveMonitor) -> None:
        """Look at the files, begin to load what is new, and take what is loaded."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = None
            for name, file in self._files.items():
                if file.change() is not None:
                    self._begin(name, file.path, self.models[name])
                    break
        while not self._loaded.empty():
            name, found = self._loaded.get()
            if isinstance(found, SentiloraError):
                watcher.log.emit("model_refused", name=name, reason=found.message)
            elif found.artifact.path != self.models[name].artifact.path:
                self._waiting[name] = found
        for name in list(self._waiting):
            self._take(watcher, name)

    def close(self) -> None:
        """Wait for what is being loaded; nobody will take it."""
        if self._thread is not None:
            self._thread.join(_CLOSED_S)

    def _begin(self, name: str, path: Path, old: SentimentModel) -> None:
        self._thread = threading.Thread(
            target=lambda: self._loaded.put((name, load_promoted(path, old))),
            name="promoted-model",
            daemon=True,
        )
        self._thread.start()

    def _take(self, watcher: LiveMonitor, name: str) -> None:
        """Let a loaded model answer from now on, unless the store is away."""
        new, old = self._waiting[name], self.models[name]
        run = new.artifact.home.name
        try:
            note_model(watcher.store, name, run, new.labels.names)
        except DBAPIError:
            return
        watcher.panel.models[name] = new
        if not watcher.take_rules(replace(watcher.rules, models=watcher.panel.facts())):
            watcher.panel.models[name] = old  # the store went away meanwhile
            return
        self.models[name] = self._waiting.pop(name)
        watcher.log.emit("model", name=name, run=run, before=old.artifact.home.name)


def load_promoted(path: Path, old: SentimentModel) -> SentimentModel | SentiloraError:
    """Load what a file stands for now, as the model before was loaded; or return what is wrong."""
    try:
        artifact = open_artifact(path)
        name, labels = artifact.home.name, artifact.settings.labels
        check_same_labels(name, labels, old.artifact.home.name, old.labels)
        is_alike = artifact.settings.kind == old.artifact.settings.kind
        precision = old.precision if is_alike else "auto"
        return load(path, device=old.device.type, precision=precision)
    except SentiloraError as error:
        return error
    except (OSError, RuntimeError, ValueError) as error:  # a folder that is damaged further in
        return ModelError(Message(f"{path}: {error}. The old model goes on."))
