"""Python programs in processes of their own that need not import torch again.

``Popen`` and ``run`` take what those of :mod:`subprocess` take. A process is forked from one that
has imported the heavy modules (see warm_server.py): it has a number, pipes and signals like any
other, and can be killed. Not for tests of what a clean interpreter does: of imports, of the threads
and caches that the environment asks for, or of the proof in a clean process, which is answered in
the process itself.
"""

from __future__ import annotations

import atexit
import inspect
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# Names of variables that are read when something is imported begin so.
_PREFIXES = (
    *("CUDA_", "HF_", "HOME", "KMP_", "LD_", "MKL_", "OMP_", "OPENBLAS_", "PYTHON"),
    *("TORCH", "TRANSFORMERS_", "XDG_"),
)
_LAUNCHER = ("TORCHELASTIC_", "TORCH_NCCL_")  # what torchrun tells is read in training
_ENVIRONMENT = dict(os.environ)
_AnyPopen: Any = subprocess.Popen  # what it overrides is private, and has no types
_sending = threading.Lock()


def warm_up() -> None:
    """Begin to import the heavy modules, for who will need a process soon."""
    _server()


def run(
    command: list[Any],
    *,
    input: str | bytes | None = None,  # noqa: A002 - as subprocess.run calls it
    capture_output: bool = False,
    timeout: float | None = None,
    check: bool = False,
    **options: Any,
) -> subprocess.CompletedProcess:
    """Run a program to its end."""
    if input is not None:
        options["stdin"] = subprocess.PIPE
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Popen(command, **options) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out, err)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


class Popen(_AnyPopen):
    """A process that was forked; a new one where it needs another environment, or is not Python."""

    _status: Any = None

    def _execute_child(self, *given: Any, **named: Any) -> None:
        asked = _SIGNATURE.bind(self, *given, **named).arguments
        environment = dict(os.environ if asked["env"] is None else asked["env"])
        command = [os.fspath(word) for word in asked["args"]]
        if not (
            command[0] == sys.executable
            and command[1] in ("-c", "-m")
            and _server().is_fit_for(environment)
        ):
            super()._execute_child(*given, **named)
            return
        message = {
            "arguments": command[1:],
            "environment": environment,
            "folder": os.fspath(asked["cwd"] or Path.cwd()),
            "is_leader": asked["start_new_session"],
        }
        pipes = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        descriptors = [own if own >= 0 else standard for standard, own in enumerate(pipes)]
        self._status, theirs = socket.socketpair()
        try:
            with theirs, _sending:
                sent = json.dumps(message).encode()
                socket.send_fds(_server().control, [sent], [*descriptors, theirs.fileno()])
            self.pid = self._number()
            self._child_created = True
        finally:
            named_pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
            self._close_pipe_fds(*(asked[name] for name in named_pipes))

    def _number(self) -> int:
        """Wait for a line from the process that forks, which is a number."""
        line = b""
        while not line.endswith(b"\n"):
            found = self._status.recv(1)
            if not found:
                raise ChildProcessError("The process that forks has ended.")
            line += found
        return int(line)

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._status is None:
            return super()._try_wait(wait_flags)
        if wait_flags & os.WNOHANG:
            poll = select.poll()  # select() takes no descriptor beyond 1,023
            poll.register(self._status, select.POLLIN)
            if not poll.poll(0):
                return 0, 0
        status = self._number()
        self._status.close()
        return self.pid, status

    def _internal_poll(self, *given: Any, **named: Any) -> int | None:
        if self._status is None:
            return super()._internal_poll(*given, **named)
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):
            try:
                if self.returncode is None:
                    number, status = self._try_wait(os.WNOHANG)
                    if number:
                        self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode


_SIGNATURE = inspect.signature(_AnyPopen._execute_child)


@dataclass(frozen=True)
class _Server:
    """The process that forks.

    Attributes:
        control: what it is told over.
        environment: its own after it has imported everything, for imports set variables.
    """

    control: socket.socket
    environment: Mapping[str, str]

    def is_fit_for(self, environment: Mapping[str, str]) -> bool:
        """Find out whether what it has imported would have read the same."""
        names = {*_ENVIRONMENT, *self.environment, *environment}
        return all(
            environment.get(name) in (_ENVIRONMENT.get(name), self.environment.get(name))
            for name in names
            if name.startswith(_PREFIXES) and not name.startswith(_LAUNCHER)
        )


@cache
def _server() -> _Server:
    """Start the process that forks; it ends with this one, however this one ends."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = _AnyPopen(
            [sys.executable, "-m", "tests.helpers.warm_server", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=Path(__file__).parents[2],
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    environment = control.recv(1 << 20)
    if not environment:
        raise ChildProcessError("The process that forks could not be started.")

    def end() -> None:
        control.close()
        process.wait()

    atexit.register(end)
    return _Server(control, json.loads(environment))
