"""What a visitor keeps when the page is loaded again: files, choices and answers.

Streamlit forgets all of it with the connection. Here it is found again by a token in the address
of the page, which nobody can guess; it goes some time after the last session with this token has
ended, and with the server.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any

KEPT_S = 3600.0  # after the last session has ended


class Visit:
    """A folder and what else one visitor keeps.

    Attributes:
        token: what the visit is found by.
        path: folder for files.
        kept: whatever the pages put there, by name.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self.path = Path(tempfile.mkdtemp(prefix="sentilora-app-"))
        self.kept: dict[str, Any] = {}
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class Session:
    """The hold that one session has on its visit; while there is one, the visit stays."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit


class Visits:
    """The visits of a server."""

    def __init__(self) -> None:
        self._visits: dict[str, Visit] = {}
        self._sessions: dict[str, int] = {}
        self._lock = threading.Lock()

    def open(self, token: str | None) -> Session:
        """Go on with the visit of a token; begin a new one if there is none."""
        with self._lock:
            visit = self._visits.get(token or "")
            if visit is None:
                visit = Visit()
                self._visits[visit.token] = visit
            self._sessions[visit.token] = self._sessions.get(visit.token, 0) + 1
        session = Session(visit)
        weakref.finalize(session, self._leave, visit.token).atexit = False
        return session

    def _leave(self, token: str) -> None:
        """Count one session less; it may be called at any moment, so it waits for nothing."""
        timer = threading.Timer(KEPT_S, self._close, [token])
        timer.daemon = True
        timer.start()

    def _close(self, token: str) -> None:
        with self._lock:
            self._sessions[token] -= 1
            if self._sessions[token] == 0:
                del self._sessions[token]
                self._visits.pop(token).remove()


VISITS = Visits()
