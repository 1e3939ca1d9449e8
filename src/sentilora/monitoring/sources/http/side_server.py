"""A server in a thread of its own, beside what the monitor does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from sentilora.serving.http.server import Door, Server, bound, url_of
from sentilora.serving.http.service import Service

Listening = Callable[[str], None]
_LOOKED_S = 0.01


@contextmanager
def running_beside(app: FastAPI, door: Door, listening: Listening) -> Iterator[None]:
    """Serve an app inside of the block; at its end, what was taken on is answered first.

    Args:
        app: app to serve.
        door: where to listen.
        listening: function that is called with the address once connections are taken.

    Raises:
        ConfigError: the address cannot be had.
    """
    service: Service = app.state.service
    with bound(door) as listener:
        server = Server(app, service, service.limits)

        def run() -> None:
            with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
                runner.run(server.serve(sockets=[listener]))

        thread = threading.Thread(target=run, name="sentilora-http", daemon=True)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(_LOOKED_S)
            listening(url_of(*listener.getsockname()[:2]))
            yield
        finally:
            server.should_exit = True
            thread.join(service.limits.stop_timeout_s + 1)
