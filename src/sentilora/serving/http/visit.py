"""One request, from the door to its answer."""

import time

VISIT = "sentilora.visit"


class Visit:
    """One request, as the guard at the door and the routes both see it.

    Attributes:
        started: time at which it came, on ``time.perf_counter()``.
        adapter: name of the adapter that it reached; empty for none.
        media_type: what its body is declared as, in lower case.
        encoding: how its body is compressed, as its header says; empty for not at all.
    """

    __slots__ = ("adapter", "encoding", "media_type", "started")

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.adapter = ""
        self.media_type = b""
        self.encoding = b""
