"""The running server: it listens, loads, answers, and stops when it has answered what it took on.

It listens before the models are loaded, so that whoever starts it can watch ``/ready``.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

import uvicorn

from sentilora.defaults import HOST, PORT
from sentilora.errors import ConfigError
from sentilora.message import setting
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.callers import Callers, is_loopback, make_callers
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.model_names import Names
from sentilora.serving.http.protocol import bounded_protocol
from sentilora.serving.http.service import Service
from sentilora.serving.inbox import Inbox
from sentilora.serving.pool import Pool, Served

KEEP_ALIVE_S = 30
MOST_BACKLOG = 65_535
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Models:
    """What is to be served, and how it is to be computed.

    Attributes:
        paths: paths of run folders or exports, or ``general``, by the name that requests use.
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: number format: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
    """

    paths: dict[str, str]
    device: str = "auto"
    precision: str = "fp32"

    def open(self, limits: Limits) -> Pool:
        """Load them. This is the one place where the server learns which pool it has."""
        from sentilora.serving.queue.pool_factory import open_pool

        pool: Pool = open_pool(
            self.paths,
            device=self.device,
            precision=self.precision,
            max_requests=limits.max_concurrent_requests,
            max_texts=limits.max_queue_texts,
            batch_tokens=limits.max_batch_tokens,
        )
        return pool


@dataclass(frozen=True)
class Door:
    """Where the server listens, and whom it lets in.

    Attributes:
        host: address to listen at.
        port: port to listen at; 0 for any that is free.
        key: key that requests must show; None for none.
        folders: folders from which adapters may be added.
        hosts: names that clients may call it by, beside those of the loopback.
        origins: origins of web pages that may call it.
        allow_without_key: whether other machines may call it without a key.
        names: names beside those of the models.
        started_by: command that starts the server.
    """

    host: str = HOST
    port: int = PORT
    key: str | None = None
    folders: tuple[Path, ...] = ()
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    allow_without_key: bool = False
    names: Names = field(default_factory=Names)
    started_by: str = "serve"

    @cached_property
    def address(self) -> str:
        """The address that the name to listen at stands for.

        Raises:
            ConfigError: there is none.
        """
        if not self.host.strip():
            raise ConfigError(
                f"{setting('host', repr(self.host))} is empty, which would mean every address of "
                f"this machine. Expected one, such as {setting('host', HOST)} for this machine "
                f"alone; if every address is meant, say {setting('host', '0.0.0.0')}."  # noqa: S104
            )
        try:
            found = socket.getaddrinfo(self.host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise self.refusal(error) from error
        return str(found[0][4][0])

    @property
    def is_open_to_others(self) -> bool:
        """Whether other machines may reach it."""
        return not is_loopback(ip_address(self.address.partition("%")[0]))

    def refusal(self, error: Exception) -> ConfigError:
        """Say that the address cannot be had."""
        return ConfigError(
            f"The server cannot listen at {self.host} port {self.port}: {error}. Choose "
            f"another place with {setting('host')} and {setting('port')}; {setting('port', 0)} "
            "takes any that is free."
        )

    def callers(self) -> Callers:
        """Return who may call.

        Raises:
            ConfigError: other machines may reach it, and neither a key is asked for nor its lack
                allowed; or an origin is none.
        """
        is_open = self.is_open_to_others
        if is_open and self.key is None and not self.allow_without_key:
            raise ConfigError(
                f"At {self.host} other machines can reach the server, and it asks for no key. Make "
                f"one with: openssl rand -hex 32 > key.txt; and add "
                f"{setting('key_file', 'key.txt')}. If everyone may use it, add "
                f"{setting('allow_without_key')}."
            )
        return make_callers(
            self.hosts,
            self.origins,
            own=self.host,
            is_open=is_open,
            has_key=self.key is not None,
            started_by=self.started_by,
        )


Listening = Callable[[str], None]
Ready = Callable[[list[Served]], None]
OpenInbox = Callable[[Pool], Inbox]


def serve(
    open_pool: Callable[[], Pool],
    door: Door,
    limits: Limits,
    *,
    open_inbox: OpenInbox | None = None,
    listening: Listening | None = None,
    ready: Ready | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, and finish what was accepted.

    Args:
        open_pool: function that loads the models; runs in a thread of its own.
        door: address to listen at, and the key.
        limits: limits of requests.
        open_inbox: function that opens what stores texts, which the pool answers; None for none.
        listening: function that is called with the address once connections are taken.
        ready: function that is called with what is served once the models are loaded.

    Raises:
        ConfigError: the address cannot be had.
        SentiloraError: what ``open_pool`` or ``open_inbox`` raises; the server has stopped then.
    """
    app = build_app(
        None,
        limits,
        key=door.key,
        folders=door.folders,
        callers=door.callers(),
        names=door.names,
        keeps=open_inbox is not None,
    )
    service: Service = app.state.service
    with bound(door) as listener:
        server = Server(app, service, limits)
        host, port = listener.getsockname()[:2]
        if listening is not None:
            listening(url_of(host, port))
        failures: list[BaseException] = []

        def load() -> None:
            try:
                service.take(pool := open_pool())
                if open_inbox is not None:
                    service.take(None, open_inbox(pool))
            except BaseException as error:  # noqa: BLE001 - raised again below, in the main thread
                failures.append(error)
                server.should_exit = True
                return
            if ready is not None:
                ready(pool.served())

        loader = threading.Thread(target=load, name="loading", daemon=True)
        loader.start()
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listener]))
    if failures:
        raise failures[0]


def url_of(host: str, port: int) -> str:
    """Write an address of HTTP."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class Server(uvicorn.Server):
    """Uvicorn's, which ends well when it is told to end.

    Whoever asks from then on is told by a 503, which also ends his connection. Only after
    ``grace_s`` seconds of that the port is closed: what has just connected then would find its
    connection reset, and could not know whether its request was taken.
    """

    grace_s = 0.25

    def __init__(self, app: object, service: Service, limits: Limits) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                http=bounded_protocol(),
                access_log=False,
                log_config=None,
                log_level="warning",
                ws="none",
                lifespan="on",
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=max(1, round(limits.stop_timeout_s)),
                backlog=min(limits.max_concurrent_requests + 128, MOST_BACKLOG),
            )
        )
        self._service = service

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, without raising it once more at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take on nothing more, at once."""
        self._service.is_closing = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the port, and wait for the answers that are due."""
        self._service.is_closing = True
        await asyncio.sleep(self.grace_s)
        await super().shutdown(sockets)


@contextlib.contextmanager
def bound(door: Door) -> Iterator[socket.socket]:
    """Open the socket to listen at.

    Raises:
        ConfigError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in door.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((door.address, door.port))
            listener.listen()
        except (OSError, OverflowError) as error:
            raise door.refusal(error) from error
        yield listener
