"""docs/http.md: its commands and programs run against a real server, its tables are complete."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sentilora import samples
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.refusals import STATUSES
from tests.helpers import warm_python
from tests.helpers.embedded_base import needs_minilm
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:8000"
KEY = "a-key-of-the-tests"


def blocks(language: str, word: str = "") -> list[str]:
    found = [text for name, text in BLOCKS if name == language and word in text]
    assert found
    return found


def start(folder: Path, *options: str) -> warm_python.Popen:
    environment = {name: value for name, value in os.environ.items() if name != "SENTILORA_KEY"}
    return warm_python.Popen(
        [sys.executable, "-m", "sentilora", "serve", "general", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Return the address of a real server."""
    with start(tmp_path_factory.mktemp("served")) as process:
        found = process.stdout.readline().strip()
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=60)[1]
    shown = next(text for text in blocks("console", "serving") if "loading" in text)
    lines = [line for line in shown.splitlines() if line[:2] not in ("$ ", "ht")]
    assert said.replace(found, ADDRESS).splitlines() == lines


def shell(text: str, folder: Path) -> list[dict]:
    """Run commands, and return what they printed."""
    done = subprocess.run(
        ["bash", "-ec", text], capture_output=True, text=True, cwd=folder, check=True, timeout=60
    )
    decoder, rest, values = json.JSONDecoder(), done.stdout.strip(), []
    while rest:
        value, end = decoder.raw_decode(rest)
        values.append(value)
        rest = rest[end:].strip()
    return values


def same(found, shown, key="") -> bool:
    """Compare values; numbers by two digits, and what changes with each request by its kind."""
    if isinstance(shown, dict):
        return found.keys() == shown.keys() and all(same(found[k], shown[k], k) for k in shown)
    if isinstance(shown, list):
        return len(found) == len(shown) and all(
            same(one, other, key) for one, other in zip(found, shown, strict=True)
        )
    if key in ("id", "created"):
        return type(found) is type(shown)
    if isinstance(shown, float):
        return found == pytest.approx(shown, abs=0.0051)
    return found == shown


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
ANSWERED = list(zip(blocks("bash"), blocks("json"), strict=False))


@pytest.mark.process
@needs_minilm
@needs_curl
@pytest.mark.parametrize(("command", "answer"), ANSWERED, ids=["native", "tei"])
def test_commands_are_answered_as_shown(url, tmp_path, command, answer):
    found = shell(command.replace(ADDRESS, url), tmp_path)
    assert same(found[0], json.loads(answer)), json.dumps(found[0])


@pytest.mark.process
@needs_minilm
@pytest.mark.parametrize("program", blocks("python"), ids=["huggingface_hub", "client", "urllib"])
def test_programs_in_python_run(url, program, tmp_path):
    environment = os.environ | {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program.replace(ADDRESS, url)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "positive" in done.stdout


@pytest.mark.process
@needs_minilm
@needs_node
def test_the_program_in_javascript_runs(url, tmp_path):
    program = tmp_path / "classify.mjs"
    program.write_text(blocks("javascript")[0].replace(ADDRESS, url), encoding="utf-8")
    done = subprocess.run(
        ["node", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("positive true\n", "")


@pytest.mark.process
@needs_minilm
@needs_curl
def test_models_are_added_and_removed_as_shown(tmp_path):
    (tmp_path / "key.txt").write_text(f"{KEY}\n")
    shutil.copytree(samples.general(), tmp_path / "runs" / "2026-11-20-reviews")
    options = ("--key-file", "key.txt", "--adapters-dir", "runs")
    with start(tmp_path, *options) as process:
        try:
            found = process.stdout.readline().strip()
            commands = blocks("bash", "/v1/adapters")[0].replace(ADDRESS, found)
            added, removed = shell(commands, tmp_path)
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=60)[1]
    assert (added["id"], added["is_mixed"]) == ("reviews", True)
    assert removed == {"id": "reviews", "object": "model", "deleted": True}
    assert KEY not in said


def rows(heading: str) -> list[list[str]]:
    """Return the cells of a section's table."""
    section = PAGE[PAGE.index(f"## {heading}\n") :]
    lines = section[section.index("| --- |") :].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_route_is_told():
    told = {name for row in rows("Routes") for name in re.findall(r"`(\w+ /\S*)`", row[0])}
    page = build_app(None).openapi()
    real = {
        f"{method.upper()} {path.replace('{name}', 'NAME')}"
        for path, operations in page["paths"].items()
        for method in operations
    }
    assert told == real | {"GET /docs", "GET /openapi.json"}


def test_every_error_is_told():
    told = {int(row[0]): row[1] for row in rows("Errors")}
    assert told == {status: kind for status, (kind, _) in STATUSES.items()}


def test_every_limit_is_told():
    told = {row[0].strip("`-").replace("-", "_"): row[1].replace(",", "") for row in rows("Limits")}
    real = {name: "by device" if v is None else f"{v:g}" for name, v in vars(Limits()).items()}
    real["payload_limit"] = "2000000"
    assert told == real


def test_every_metric_is_told():
    with client_of(FakePool("general")) as client:
        client.post("/predict", json={"inputs": "a"})
        page = client.get("/metrics").text
    real = set(re.findall(r"^# TYPE (sentilora_\w+)", page, re.MULTILINE))
    told = {name for row in rows("Metrics") for name in re.findall(r"sentilora_\w+", row[0])}
    assert told == real
