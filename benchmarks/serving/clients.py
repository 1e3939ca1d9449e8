"""Clients that send a request, wait for its answer, and send the next one, for some seconds.

They speak HTTP/1.1 on open sockets by themselves: a client library would take more of the two
cores than the servers that are measured.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class Load:
    """What clients saw.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: seconds of each request that was answered with 200.
        statuses: how often each other status came.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


def to_request(path: str, body: object) -> bytes:
    """Return the bytes of a request."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def put_load(port: int, requests: Sequence[bytes], *, clients: int, seconds: float) -> Load:
    """Let clients ask one server at once; requests are handed out in turn."""
    return asyncio.run(_put_load(port, itertools.cycle(requests), clients, seconds))


async def _put_load(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    load = Load()
    started = time.perf_counter()
    await asyncio.gather(*(_ask(port, requests, started + seconds, load) for _ in range(clients)))
    load.seconds = time.perf_counter() - started
    return load


async def _ask(port: int, requests: Iterator[bytes], until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until:
            sent = time.perf_counter()
            writer.write(next(requests))
            status, _ = await _read(reader)
            if status == 200:
                load.latencies.append(time.perf_counter() - sent)
            else:
                load.statuses[status] = load.statuses.get(status, 0) + 1
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    body = await reader.readexactly(int(fields["content-length"]))
    return int(lines[0].split()[1]), body


def ask_once(port: int, request: bytes) -> object:
    """Return the JSON of one answer.

    Raises:
        SystemExit: the status is not 200.
    """

    async def ask() -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        try:
            return await _read(reader)
        finally:
            writer.close()

    status, body = asyncio.run(ask())
    if status != 200:
        raise SystemExit(f"error: status {status}: {body.decode(errors='replace')[:300]}")
    return json.loads(body)
