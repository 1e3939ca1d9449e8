"""The server of the web app for a browser to visit, whose trainings need not import torch again.

python -m tests.helpers.app_server PORT     serve the pages on 127.0.0.1, as the command would

What the pages work on stands in the environment (see sentilora/ui/settings.py). Not for tests of
how the command starts the server.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from sentilora.defaults import HOST
from sentilora.inference.engines.cpus import SHARED_CORES
from sentilora.ui.launcher import free_port, server_command
from sentilora.ui.settings import AppSettings
from tests.helpers import warm_python

START_S = 120.0

WAIT_MS = 90_000  # for what a page shows in the end, on a slow machine with another test beside it


@contextmanager
def app_server(
    settings: AppSettings, folder: Path, log: Path, environment: Mapping[str, str]
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Serve the pages for as long as this lasts.

    Args:
        settings: settings that the pages work on.
        folder: folder that the server works in.
        log: file for all that it prints.
        environment: environment of the server.

    Yields:
        The address of the pages, and the process that serves them.
    """
    port = free_port(HOST, 0)
    root = Path(__file__).parents[2]
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.app_server", str(port)],
            env={
                **SHARED_CORES,
                **environment,
                **settings.to_environment(),
                "PYTHONPATH": f"{root}:{root / 'src'}",
            },
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    url = f"http://{HOST}:{port}"
    try:
        _wait(process, f"{url}/_stcore/health")
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen, url: str) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with opener.open(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server of the pages does not answer")


def _serve(port: int) -> None:
    threading.Thread(target=warm_python.warm_up, daemon=True).start()
    sys.argv = server_command(HOST, port)[2:]
    with patch.object(subprocess, "Popen", warm_python.Popen):
        runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
