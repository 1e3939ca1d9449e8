"""Servers of message brokers of their own, in folders of their own, on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

_STARTED_S = 60.0
_RABBIT = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # Debian's wrapper wants the user rabbitmq


class BrokerServer:
    """A server that can be killed and started again.

    Args:
        kind: ``redis``, ``nats`` or ``amqp``.
        folder: where it keeps its files.

    Attributes:
        port: port that it listens at.
        names_port: port at which RabbitMQ looks for its names.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        with socket.socket() as free, socket.socket() as other, socket.socket() as third:
            ports = []
            for one in (free, other, third):
                one.bind(("127.0.0.1", 0))
                ports.append(one.getsockname()[1])
        self.port = ports[0]
        self.names_port = str(ports[2])
        self._command, own = _commands(kind, folder, ports)
        self._environment = {**os.environ, **own}
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, stream: str, settings: str = "") -> str:
        """Return the address of a stream."""
        return f"{self.kind}://127.0.0.1:{self.port}/{stream}{settings}"

    def start(self) -> None:
        """Start it; return when it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,
            )
        logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # it is asked before it answers
        ended = time.monotonic() + _STARTED_S
        while True:
            try:
                return self._run(_ASKED[self.kind])
            except ImportError:
                raise
            except Exception:  # noqa: BLE001 - each client has errors of its own for "not yet"
                pass
            assert time.monotonic() < ended, (self._folder / "server.log").read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it as a loss of power would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        """Start it after :meth:`kill`."""
        self.start()

    def publish(self, stream: str, records: Sequence[Any], **settings: Any) -> None:
        """Put records into a stream, in their order; a dict as JSON, bytes as they are."""
        bodies = [
            one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()
            for one in records
        ]
        self._run(_PUBLISHED[self.kind], stream, bodies, **settings)

    def pending(self, stream: str) -> int:
        """Return how many messages were not acknowledged, delivered or not."""
        return self._run(_PENDING[self.kind], stream)

    def client(self, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        """Run a coroutine with a client of the broker's own; return what it returns."""
        return asyncio.run(_with_client(self.kind, self.port, work))

    def _run(self, work: Callable[..., Coroutine[Any, Any, Any]], *given: Any, **named: Any) -> Any:
        return self.client(lambda client: work(client, *given, **named))


def _commands(kind: str, folder: Path, ports: Sequence[int]) -> tuple[list[str], Mapping[str, str]]:
    """Return the command of a server, and what its environment says beside."""
    port = str(ports[0])
    if kind == "redis":
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]
        return ["redis-server", "--port", port, "--dir", str(folder), *options], {}
    if kind == "nats":
        return ["nats-server", "-a", "127.0.0.1", "-p", port, "-js", "-sd", str(folder)], {}
    return [_RABBIT], {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": port,
        "RABBITMQ_DIST_PORT": str(ports[1]),
        "ERL_EPMD_PORT": str(ports[2]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
    }


async def _with_client(
    kind: str, port: int, work: Callable[[Any], Coroutine[Any, Any, Any]]
) -> Any:
    if kind == "redis":
        from redis.asyncio import Redis

        async with Redis(port=port) as client:
            return await work(client)
    if kind == "nats":
        import nats

        connection = await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)
        try:
            return await work(connection)
        finally:
            await connection.close()
    import aio_pika

    async with await aio_pika.connect(f"amqp://127.0.0.1:{port}/", timeout=5) as broker:
        return await work(broker)


async def _ask_redis(client: Any) -> None:
    await client.ping()


async def _ask_nats(client: Any) -> None:
    await client.jetstream().account_info()


async def _ask_rabbit(client: Any) -> None:
    await client.channel()


async def _publish_redis(client: Any, stream: str, bodies: Sequence[bytes]) -> None:
    async with client.pipeline(transaction=False) as pipeline:
        for body in bodies:
            pipeline.xadd(stream, {"data": body})
        await pipeline.execute()


async def _publish_nats(client: Any, stream: str, bodies: Sequence[bytes]) -> None:
    context = client.jetstream()
    await context.add_stream(name=f"{stream}s", subjects=[stream])
    for body in bodies:
        await context.publish(stream, body)


async def _publish_rabbit(
    client: Any, stream: str, bodies: Sequence[bytes], *, has_ids: bool = True
) -> None:
    from aiormq import spec

    class Nameless(spec.Basic.Properties):
        """Properties that take no id; aiormq would give them one."""

        message_id = property(lambda _: None, lambda _, value: None)

    channel = await client.channel()
    await channel.declare_queue(stream, durable=True)
    underlay = await channel.get_underlay_channel()
    properties = spec.Basic.Properties if has_ids else Nameless
    for start in range(0, len(bodies), 500):  # each is confirmed; in order on one channel
        sent = [
            underlay.basic_publish(body, routing_key=stream, properties=properties(delivery_mode=2))
            for body in bodies[start : start + 500]
        ]
        await asyncio.gather(*sent)


async def _pending_redis(client: Any, stream: str) -> int:
    (group,) = await client.xinfo_groups(stream)
    return int(group["pending"]) + int(group["lag"] or 0)


async def _pending_nats(client: Any, stream: str) -> int:
    told = await client.jetstream().consumer_info(f"{stream}s", f"sentilora_{stream}")
    return int(told.num_ack_pending) + int(told.num_pending)


async def _pending_rabbit(client: Any, stream: str) -> int:
    """Return how many are ready: those that were handed out come back when nobody is connected."""
    channel = await client.channel()
    queue = await channel.declare_queue(stream, passive=True)
    return int(queue.declaration_result.message_count)


_ASKED = {"redis": _ask_redis, "nats": _ask_nats, "amqp": _ask_rabbit}
_PUBLISHED = {"redis": _publish_redis, "nats": _publish_nats, "amqp": _publish_rabbit}
_PENDING = {"redis": _pending_redis, "nats": _pending_nats, "amqp": _pending_rabbit}
PROGRAMS = {"redis": "redis-server", "nats": "nats-server", "amqp": _RABBIT}


@contextmanager
def broker_server(kind: str, folder: Path) -> Iterator[BrokerServer]:
    """Give a server, and end it afterwards."""
    server = BrokerServer(kind, folder)
    with ExitStack() as stack:
        if kind == "amqp":  # Erlang's nodes find each other by it; they would leave one behind
            names = ["epmd", "-address", "127.0.0.1", "-port", server.names_port]
            process = stack.enter_context(subprocess.Popen(names, stderr=subprocess.DEVNULL))
            stack.callback(process.kill)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server.start()
        stack.callback(server.kill)
        yield server
