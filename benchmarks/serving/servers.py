"""The sides of the load test: servers in processes of their own, started and stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

START_S = 240


@dataclass(frozen=True)
class Side:
    """A server.

    Attributes:
        name: in the table.
        command: that starts it; ``{port}`` stands for the port.
        path: where it is asked.
        ready: where it answers with 200 once its models are loaded.
        models: names that requests take in turn; none where a request names no model.
    """

    name: str
    command: list[str]
    path: str
    ready: str
    models: tuple[str, ...] = ()

    def body(self, text: str, number: int) -> dict[str, object]:
        """Return the JSON of the request with this number."""
        if not self.models:
            return {"text": text}
        return {"model": self.models[number % len(self.models)], "input": [text]}


class Server:
    """A side that runs."""

    def __init__(self, side: Side, folder: Path) -> None:
        self.side = side
        self.port = _free_port()
        command = [part.format(port=self.port) for part in side.command]
        started = time.perf_counter()
        with (folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).resolve().parents[2],
                env={**os.environ, "TOKENIZERS_PARALLELISM": "true"},
            )
        self._wait(folder)
        self.startup_s = time.perf_counter() - started

    def _wait(self, folder: Path) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
                raise SystemExit(f"error: {self.side.name} did not start:\n{log[-2000:]}")
            try:
                url = f"http://127.0.0.1:{self.port}{self.side.ready}"
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.stop()
        raise SystemExit(f"error: {self.side.name} did not answer within {START_S} s.")

    def memory_bytes(self) -> int:
        """Return its resident set."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def cpu_s(self) -> float:
        """Return the CPU seconds it has used."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def plain(model: Path) -> Side:
    """Return the side that most people write, with a merged export."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.serving.plain_server",
        str(model.resolve()),
        "{port}",
    ]
    return Side("FastAPI + pipeline", command, "/classify", "/health")


def sentilora(name: str, models: Mapping[str, Path | str], precision: str) -> Side:
    """Return a side of ``sentilora serve`` with one or many models."""
    command = [sys.executable, "-m", "sentilora", "serve"]
    command += [f"{key}={path}" for key, path in models.items()]
    command += ["--port", "{port}", "--precision", precision]
    return Side(name, command, "/v1/classify", "/ready", tuple(models))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
