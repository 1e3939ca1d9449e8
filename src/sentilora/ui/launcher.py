"""Start the web page: Streamlit in a process of its own, told to stay on this machine.

Streamlit is configured by options alone, so that what a user keeps in ``~/.streamlit`` cannot
switch telemetry on or open the server to others. Not covered: encryption and passwords; put a
proxy in front of a server that others may reach.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from sentilora.defaults import HOST
from sentilora.errors import ConfigError, MissingExtraError, SentiloraError
from sentilora.inference.engines.cpus import SHARED_CORES
from sentilora.message import command
from sentilora.ui.settings import MAX_UPLOAD_MB, PORT, AppSettings

PAGE = Path(__file__).with_name("page.py")  # a folder pages/ beside it would be the menu

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
_START_S = 60.0
_STOP_S = 10.0


def launch(
    settings: AppSettings,
    *,
    host: str = HOST,
    port: int = PORT,
    tell: Callable[[str], None],
) -> None:
    """Serve the pages until someone stops it.

    Args:
        settings: settings that the pages work on.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        tell: function that is called with the address to open once the server answers.

    Raises:
        MissingExtraError: Streamlit or Altair are not installed.
        ConfigError: nothing can listen on this host and port.
        SentiloraError: the server ended by itself.
    """
    check_installed()
    port = free_port(host, port)
    url = f"http://{_shown(host)}:{port}"
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and page
        server_command(host, port),
        env={**SHARED_CORES, **os.environ, **settings.to_environment()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        _wait_until_ready(server, url)
        tell(url)
        code = server.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
        _stop(server)
    if code not in (0, -signal.SIGTERM):
        raise SentiloraError(
            f"The page's server ended with exit code {code}; its last lines are above. "
            f"Start it again with: {command('app')}"
        )


def check_installed() -> None:
    """Find out whether the pages can run.

    Raises:
        MissingExtraError: Streamlit or Altair are not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in ("streamlit", "altair")):
        raise MissingExtraError("The web page", "app")


def server_command(host: str, port: int) -> list[str]:
    """Return the command that serves the pages."""
    options = {
        "server.address": host,
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": MAX_UPLOAD_MB,
        "server.showEmailPrompt": "false",
        "browser.serverAddress": _shown(host),
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",  # a text must not end up in a traceback on the page
        "runner.magicEnabled": "false",
        "logger.hideWelcomeMessage": "true",
        "logger.level": "warning",
        "theme.light.primaryColor": "#0b6478",
        "theme.dark.primaryColor": "#2a8fa8",
    }
    told = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(PAGE), *told]


def free_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0.

    Raises:
        ConfigError: nothing can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"Nothing can listen on {host}:{port}: {reason}. Expected an address of this machine "
            f"and a free port. Type for instance: {command('app', port=0)}"
        ) from error


def _shown(host: str) -> str:
    """Return the host as a browser on this machine is to type it."""
    if host in _EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    """Wait for the first answer; give up quietly when the server has ended or takes too long."""
    opener = build_opener(ProxyHandler({}))  # a proxy has nothing to do with this machine
    until = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < until:
        try:
            with opener.open(f"{url}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
