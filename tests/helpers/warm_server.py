"""A process that has imported what takes seconds, and forks to run Python programs.

It is told over a socket, one message a program: arguments, environment, folder, and the file
descriptors to use as stdin, stdout and stderr. The last descriptor of a message gets the number of
the new process, then how it ended. No program may run here: a fork takes over neither threads nor
what an operator that ran in parallel has set up.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import sentilora
from sentilora.errors import MissingExtraError
from sentilora.runs import clean_process
from tests.helpers.clean_process import run_here

HEAVY = (
    "torch",
    "transformers.trainer",
    "transformers.models.auto.modeling_auto",
    "transformers.models.bert.modeling_bert",
    "transformers.models.distilbert.modeling_distilbert",
    "transformers.models.deberta_v2.modeling_deberta_v2",
    "transformers.models.roberta.modeling_roberta",
    "peft",
    "datasets",
    "sklearn.linear_model",
    "sklearn.feature_extraction.text",
    "codecarbon",
    "fastapi",
    "uvicorn",
)
# These read the environment when they are imported, which is another one for each program.
LATE = ("sentilora.__main__", "sentilora.cli", "sentilora.ui")
FD_COUNT = 4
MESSAGE_BYTES = 1 << 20


def _pass_over(name: str) -> None:
    """Leave out a room whose extra is not installed."""


def load() -> None:
    """Import what nearly every program needs."""
    rooms = pkgutil.walk_packages(sentilora.__path__, "sentilora.", onerror=_pass_over)
    names = [found.name for found in rooms]
    for name in (*HEAVY, *(name for name in names if not name.startswith(LATE))):
        with contextlib.suppress(ImportError, MissingExtraError):
            importlib.import_module(name)
    clean_process._run = run_here
    gc.collect()
    gc.freeze()


def serve(control: socket.socket) -> dict[str, Any]:
    """Fork for each message; return it in the child, and end with the process at the other end."""
    told: dict[int, int] = {}
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _tell_ends(told)
        if control not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, FD_COUNT)
        if not message:
            for number in told:
                os.kill(number, signal.SIGKILL)
            os._exit(0)
        number = os.fork()
        if number == 0:
            for each in (control, woken, wake):
                each.close()
            for descriptor in (*told.values(), descriptors[-1]):
                os.close(descriptor)
            return json.loads(message) | {"descriptors": descriptors[:-1]}
        for descriptor in descriptors[:-1]:
            os.close(descriptor)
        told[number] = descriptors[-1]
        os.write(descriptors[-1], f"{number}\n".encode())


def _tell_ends(told: dict[int, int]) -> None:
    while told:
        number, status = os.waitpid(-1, os.WNOHANG)
        if number == 0:
            return
        descriptor = told.pop(number)
        with contextlib.suppress(BrokenPipeError):
            os.write(descriptor, f"{status}\n".encode())
        os.close(descriptor)


def become(program: dict[str, Any]) -> None:
    """Take over what a new process would have been started with."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, descriptor in enumerate(program["descriptors"]):
        os.dup2(descriptor, target)
        os.close(descriptor)
    if program["is_leader"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(program["environment"])
    os.chdir(program["folder"])
    tempfile.tempdir = None
    for name, target, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        stream: Any = open(target, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - to the end
        if name == "stderr":
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def run(arguments: list[str]) -> None:
    """Do what ``python -m MODULE …`` or ``python -c CODE …`` does."""
    kind, what, *rest = arguments
    if kind == "-m":
        sys.argv = [what, *rest]
        sys.path[0] = str(Path.cwd())
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.argv = ["-c", *rest]
    sys.path[0] = ""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    exec(compile(what, "<string>", "exec"), main.__dict__)


def end(arguments: list[str]) -> NoReturn:
    """Run a program and end as it asks for, without taking down what it never used."""
    code: Any = 0
    try:
        run(arguments)
    except SystemExit as asked:
        code = asked.code or 0
    except BaseException as error:  # noqa: BLE001 - as a process ends with any
        sys.excepthook(type(error), error, error.__traceback__)
        code = -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)


if __name__ == "__main__":
    load()
    control = socket.socket(fileno=int(sys.argv[1]))
    control.send(json.dumps(dict(os.environ)).encode())  # imports set some
    program = serve(control)
    become(program)
    end(program["arguments"])
