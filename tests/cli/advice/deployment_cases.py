"""What export, serve and app say, and what is typed then."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.exports import export as export_module
from sentilora.serving.http import server
from tests.cli.advice.tables import FILE, PLAIN, PRAISE, table
from tests.helpers.advice_following import Case
from tests.helpers.fake_pool import make_served

EXPORT = "export $RUN --to merged"
TAKEN = 47651
AS_FAR = "as far as writing"


def no_server(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a server that looks at its door, listens, and ends."""

    def serve(_: Any, door: Any, limits: Any, *, listening: Any, ready: Any, **more: Any) -> None:
        door.callers()
        with server.bound(door):
            listening("http://127.0.0.1:8000")
            ready([make_served("general")])

    patch.setattr(server, "serve", serve)


class Page:
    """A web page whose server ends at once, the first time not well."""

    codes = (0,)

    def __init__(self, *_: Any, **__: Any) -> None:
        self._code = Page.codes[0]
        Page.codes = Page.codes[1:] or Page.codes

    def poll(self) -> int:
        return self._code

    def wait(self, *_: Any) -> int:
        return self._code


def ending_page(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have the server of the page end with an error, once."""
    patch.setattr(subprocess, "Popen", Page)
    patch.setattr(Page, "codes", (3, 0))


def taken_port(patch: pytest.MonkeyPatch, run: Path) -> socket.socket:
    """Have something else listen at a port."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", TAKEN))
    taken.listen()
    patch.setattr(subprocess, "Popen", Page)
    patch.setattr(Page, "codes", (0,))
    no_server(patch, run)
    return taken


def exported(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have an export of the run, which is no run."""
    sentilora.export(run, to="merged", output="my export")


def no_export(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Stop an export where the files would be written, which takes long."""

    def refuse(*_: Any) -> Any:
        raise ModelError(AS_FAR)

    patch.setattr(export_module, "_write", refuse)


EXPORTS = (
    Case(
        f"{EXPORT} --output 'my export'",
        ("export_command:_next sentilora predict",),
        loads=True,
    ),
    Case(
        f"{EXPORT} --output 'my export'",
        ("export:export --output",),
        {"my export/x": ""},
        fill={"DIR": "another export"},
    ),
    Case(
        f"{EXPORT} --output '{FILE}/export'",
        ("export:export --output#2",),
        PLAIN,
        fill={"DIR": "another export"},
    ),
    Case(f"{EXPORT} --max-drop 200", ("targets:check_targets --max-drop#2",)),
    Case(f"{EXPORT} --max-changed 7", ("targets:check_targets --max-changed#2",)),
    Case(f"{EXPORT} --max-disagreement 3", ("targets:check_targets --max-disagreement#2",)),
    Case(
        f"{EXPORT} --quantize int8",
        ("targets:check_targets sentilora export",),
        then=AS_FAR,
        before=no_export,
    ),
    Case(
        "export $RUN --to onnx --quantize int4",
        ("targets:check_targets --quantize#2",),
        then=AS_FAR,
        before=no_export,
    ),
    Case(
        f"{EXPORT} --text body",
        ("targets:check_no_columns --data",),
        {FILE: table(["body", "label"], PRAISE)},
        fill={"FILE": FILE},
        loads=True,
    ),
    Case(
        "export $RUN --to browser --cascade",
        ("browser_page:page_runtime --cascade",),
        leaves_out=True,
        then=AS_FAR,
        before=no_export,
    ),
    Case(
        "export $RUN --to browser --cascade",
        ("browser_page:page_runtime --to#2",),
        then=AS_FAR,
        before=no_export,
    ),
    Case(
        f"{EXPORT} --runtime node_modules",
        ("browser_page:page_runtime --runtime",),
        leaves_out=True,
    ),
    Case(
        f"{EXPORT} --runtime node_modules",
        ("browser_page:page_runtime --to#3",),
        then="Expected a folder that npm filled",
    ),
    Case(
        "export 'my export' --to onnx --quantize int8",
        ("first_stage_data:read_run_parts --data",),
        PLAIN,
        fill={"FILE": FILE},
        before=exported,
        loads=True,
    ),
    Case(
        f"{EXPORT} --cascade",
        ("first_stage_fit:check_row_count --max-disagreement",),
        fill={"--max-disagreement": "0.5"},
    ),
    Case(
        "predict $RUN 'a text' --engine onnxruntime",
        ("engine:open_engine --engine#2",),
        leaves_out=True,
        loads=True,
    ),
    Case(
        "predict $RUN 'a text' --engine onnxruntime",
        ("engine:open_engine sentilora export",),
        then=AS_FAR,
        before=no_export,
        loads=True,
    ),
    Case("predict $RUN 'a text' --device cuda", ("device:pick_device --device",), loads=True),
    Case(
        "predict $RUN 'a text' --precision fp16",
        ("device:pick_precision --precision#2",),
        loads=True,
    ),
)
SERVE = (
    Case("serve", ("serve_command:_named sentilora serve",), before=no_server, quick="--port 0"),
    Case(
        "serve general --host '' --port 0",
        ("server:Door.address --host#2",),
        before=no_server,
    ),
    Case(
        "serve general --host '' --port 0",
        ("server:Door.address --host#3",),
        before=no_server,
        then="other machines can reach the server, and it asks for no key",
    ),
    Case(
        "serve general --host 0.0.0.0 --port 0",
        ("server:Door.callers --key-file", "server:Door.callers --allow-without-key"),
        {"key.txt": "a-key-that-openssl-made\n"},
        before=no_server,
    ),
    Case(
        f"serve general --port {TAKEN}",
        ("server:Door.refusal --port#2",),
        before=taken_port,
    ),
    Case(
        f"serve general --port {TAKEN}",
        (("server:Door.refusal --host", "server:Door.refusal --port"),),
        before=taken_port,
        fill={"--host": "127.0.0.2", "--port": str(TAKEN)},
    ),
    Case(
        "serve general --rules rules.toml --port 0",
        ("serve_command:_keeping --feedback",),
        before=no_server,
    ),
    Case(
        "serve general --port 0 --adapters-dir .",
        ("serve_command:_key “openssl”",),
        {"key.txt": "a-key-that-openssl-made\n"},
        words="--key-file key.txt",
        before=no_server,
    ),
)
APP = (
    Case(f"app --port {TAKEN}", ("launcher:free_port sentilora app",), before=taken_port),
    Case("app --port 0", ("launcher:launch sentilora app",), before=ending_page, quick="--port 0"),
)
CASES = (*EXPORTS, *SERVE, *APP)
