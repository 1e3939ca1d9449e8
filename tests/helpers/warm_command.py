"""The command ``sentilora`` for scripts and launchers, without importing torch for each call.

A folder is made with an executable file ``sentilora``. It hands its arguments, environment, folder
and standard streams over to the tests' process, which has the program forked (see warm_python.py),
and ends as that does. Not for tests of how the command starts.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers import warm_python

_SCRIPT = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(int(server.makefile().readline()))
"""


@contextmanager
def warm_command(folder: Path) -> Iterator[Path]:
    """Make the executable file ``sentilora`` in a folder, and serve it for as long as this lasts.

    Yields:
        The path of the file.
    """
    address = folder / "warm"
    script = folder / "sentilora"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        script.write_text(_SCRIPT.format(python=sys.executable, address=str(address)))
        script.chmod(0o755)
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        try:
            yield script
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:  # it was shut down
            return
        threading.Thread(target=_answer, args=(caller,), daemon=True).start()


def _answer(caller: socket.socket) -> None:
    with caller:
        head, descriptors, _, _ = socket.recv_fds(caller, 4, 3, socket.MSG_WAITALL)
        body = caller.makefile("rb").read(int.from_bytes(head, "big"))
        arguments, environment, folder = json.loads(body)
        try:
            stdin, stdout, stderr = descriptors
            process = warm_python.Popen(
                [sys.executable, "-m", "sentilora", *arguments],
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=environment,
                cwd=folder,
            )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        code = process.wait()
        caller.sendall(f"{code if code >= 0 else 128 - code}\n".encode())
