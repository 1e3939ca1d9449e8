"""Served models that are followed: what a file stands for answers, also when that changes.

The file is looked at once a second, by a thread of its own that ends with the server. A new model
is loaded beside the old one, which answers what was accepted before; one that cannot be loaded, or
has other labels, is refused, and the old one goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sentilora.errors import SentiloraError
from sentilora.message import Message
from sentilora.model.artifact import open_artifact
from sentilora.model.promoted.pointer import Pointer, pointer_at, read_pointer
from sentilora.model.promoted.same_labels import check_same_labels
from sentilora.serving.pool import Closing, Pool

LOOKED_S = 1.0
Told = Callable[[str, str, Message | None], None]


def _tell_nobody(name: str, model: str, refused: Message | None) -> None:
    """Nobody wants to know."""


class PromotedModels:
    """Follows the files that stand for served models.

    Args:
        paths: paths of what is served, by name; those that are no such files are left alone.
        told: function that is called with a name, the model that answers under it now or was
            refused, and why it was refused.
    """

    def __init__(self, paths: Mapping[str, str], told: Told = _tell_nobody) -> None:
        self.files: dict[str, Path] = {}
        for name, path in paths.items():
            if (file := pointer_at(path)) is not None:
                self.files[name] = file
        self._known = {name: _model_of(file) for name, file in self.files.items()}
        self._told = told
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pool: Pool) -> None:
        """Begin to look, if there is anything to look at."""
        if self.files and not self._stop.is_set():
            self._thread = threading.Thread(
                target=self._run, args=(pool,), name="promoted-models", daemon=True
            )
            self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End; a model that is being loaded is not waited for longer than this."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def look(self, pool: Pool) -> None:
        """Look once, and let what is new answer."""
        for name, file in self.files.items():
            found = _model_of(file)
            if found is None or found == self._known[name]:
                continue
            self._known[name] = found
            try:
                served = pool.find(name)
                answering = f"the model that answers as {name!r}"
                new = open_artifact(file)
                labels = new.settings.labels
                check_same_labels(new.home.name, labels, answering, served.labels)
                pool.replace(name, str(file))
            except Closing:
                return
            except SentiloraError as error:
                self._told(name, found, error.message)
            except (OSError, RuntimeError, ValueError) as error:  # damaged further in
                self._told(name, found, Message(f"{file}: {error}. The old model goes on."))
            else:
                self._told(name, found, None)

    def _run(self, pool: Pool) -> None:
        while not self._stop.wait(LOOKED_S):
            self.look(pool)


def _model_of(file: Path) -> str | None:
    """Return what a file stands for; None while nobody can say."""
    try:
        pointer: Pointer | None = read_pointer(file)
    except SentiloraError:
        return None
    return None if pointer is None else pointer.now.model
