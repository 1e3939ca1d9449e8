"""A PostgreSQL server of its own, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentilora.monitoring.store.store_engine import connect

_USER = "postgres"


def find_programs() -> Path | None:
    """Return the folder of the server's programs; None where there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return debian[-1] if debian else None


class PostgresServer:
    """A server that listens on loopback.

    Args:
        programs: folder of the server's programs.
        folder: folder for its data.
        is_new: whether there are no data in it yet.

    Attributes:
        port: port that it listens at.
    """

    def __init__(self, programs: Path, folder: Path, *, is_new: bool = True) -> None:
        self._programs = programs
        self._folder = folder / "data"
        self._user = _USER if os.geteuid() == 0 else None  # root may not run it
        if self._user:
            shutil.chown(folder, _USER)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if is_new:
            self._run("initdb", "-D", self._folder, "-U", _USER, "-A", "trust", "-N")
        self._databases = 0

    def start(self) -> None:
        """Start it; return when it answers."""
        how = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run(
            "pg_ctl", "-D", self._folder, "-o", how, "-l", f"{self._folder}.log", "-w", "start"
        )

    def restart(self) -> None:
        """Start it after :meth:`kill`, once what it left behind has ended, too."""
        for _ in range(100):
            try:
                return self.start()
            except subprocess.CalledProcessError:
                time.sleep(0.1)
        raise TimeoutError("the server does not start again")

    def kill(self) -> None:
        """Kill it as a loss of power would."""
        first_line = (self._folder / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(first_line), signal.SIGKILL)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``fast`` writes down first what is in memory."""
        self._run("pg_ctl", "-D", self._folder, "-m", mode, "stop")

    def make_database(self) -> str:
        """Make an empty database; return its address."""
        self._databases += 1
        name = f"feedback_{self._databases}"
        engine, _ = connect(self.address("postgres"))
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=self._user,
        )


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Give a server, and stop it at the end.

    Its folder is none of pytest's, which only their owner may enter: as root, the server is another
    user.
    """
    folder = Path(tempfile.mkdtemp(prefix="sentilora-postgres-"))
    server = PostgresServer(programs, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
