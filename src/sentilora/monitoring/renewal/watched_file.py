"""A small file that is looked at now and then, whose change counts once it stands still.

Who saves a file may leave half of it there for a moment. So a change is handed out when two looks
in a row have found the same content.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_LOOKED_S = 1.0


@dataclass(frozen=True)
class Change:
    """What a file holds now.

    Attributes:
        content: all of it; None where it cannot be read, or is gone.
    """

    content: bytes | None


class WatchedFile:
    """Tells a change of a file once.

    Args:
        path: the file; what it holds now is no change.
        clock: seconds that go on evenly.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self.clock = clock
        self._taken: Change | None = self._read()
        self._seen = self._taken
        self._looked_s = clock()

    def change(self) -> Change | None:
        """Return what the file holds now, if that is new; it is looked at once a second at most."""
        now_s = self.clock()
        if now_s - self._looked_s < _LOOKED_S:
            return None
        self._looked_s = now_s
        found = self._read()
        is_still = found == self._seen
        self._seen = found
        if found == self._taken or not is_still:
            return None
        self._taken = found
        return found

    def repeat(self) -> None:
        """Have the last change handed out once more, as it could not be taken."""
        self._taken = None

    def _read(self) -> Change:
        try:
            return Change(self.path.read_bytes())
        except OSError:
            return Change(None)
