"""Take the pictures of docs/app.md, live.md and insights.md: pages of the web app, in Chromium.

python docs/screenshots.py [RUN]       rewrite docs/images/; needs make test-browser once

RUN is a finished run of the sample (make demo makes runs/demo); its pages Train, Compare and Model
are shown, too. Without one they show what there is without a training.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
IMAGES = DOCS / "images"
SAMPLES = DOCS.parent / "src" / "sentilora" / "samples"
SAMPLE = SAMPLES / "test.csv"
DESKTOP = {"viewport": {"width": 1180, "height": 940}}
REPORT = {"viewport": {"width": 1080, "height": 1250}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
TEXT = "The room was lovely, but the noise at night was awful and nobody at the desk cared."
MOST_BYTES = 200_000


def main(arguments: list[str]) -> int:
    """Take all pictures; return the exit code."""
    run = Path(arguments[0]).resolve() if arguments else None
    IMAGES.mkdir(exist_ok=True)
    with _served(run) as url, _browser() as browser:
        for name, options, draw in (
            ("app-overview", DESKTOP, _overview),
            ("insights-report", REPORT, _report),
            ("app-live", DESKTOP, _live),
            ("app-live-phone", PHONE, _live),
            ("app-label", DESKTOP, _label),
            ("app-try", DESKTOP, _try),
            ("app-phone", PHONE, _try),
            ("app-file", DESKTOP, _file),
            ("app-stars", DESKTOP, _stars),
            ("app-train", DESKTOP, _train),
            ("app-compare", DESKTOP, _compare),
            ("app-model", DESKTOP, _model),
        ):
            context = browser.new_context(**options)
            context.set_default_timeout(300_000)
            page = context.new_page()
            draw(page, url, run)
            page.wait_for_timeout(1500)
            target = IMAGES / f"{name}.png"
            page.screenshot(path=target)
            context.close()
            size = target.stat().st_size
            sys.stdout.write(f"wrote docs/images/{target.name} ({size / 1000:.0f} kB)\n")
            if size > MOST_BYTES:
                sys.stderr.write(f"{target.name} is larger than {MOST_BYTES:,} bytes\n")
                return 1
    return 0


def _overview(page: Any, url: str, _: Path | None) -> None:
    page.goto(url)
    page.get_by_text("The sample", exact=True).click()
    page.get_by_role("button", name="Analyse", exact=True).click()
    page.get_by_role("heading", name="Messages").wait_for()
    page.get_by_role("heading", name="the sample").evaluate("one => one.scrollIntoView()")
    page.mouse.move(0, 0)


def _report(page: Any, url: str, run: Path | None) -> None:
    _overview(page, url, run)
    with tempfile.TemporaryDirectory() as folder:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=re.compile("Weekly report")).click()
        report = Path(folder) / "insights.html"
        waiting.value.save_as(report)
        page.goto(report.as_uri())


def _live(page: Any, url: str, _: Path | None) -> None:
    page.goto(f"{url}/live")
    page.locator(".sl-said").first.wait_for()
    page.locator(".sl-alert").first.wait_for()
    page.mouse.move(0, 0)


def _label(page: Any, url: str, _: Path | None) -> None:
    page.goto(f"{url}/label")
    page.get_by_text("The sample", exact=True).click()
    page.get_by_role("button", name="Begin").click()
    for done in range(24):
        page.get_by_text(f"{done} of 60 labelled").wait_for()
        page.wait_for_timeout(400)  # as long as anyone needs to read
        page.keyboard.press("113"[done % 3])
    page.get_by_text("24 of 60 labelled").wait_for()
    page.mouse.move(0, 0)


def _try(page: Any, url: str, _: Path | None) -> None:
    page.goto(f"{url}/try")
    page.get_by_role("textbox", name="Your text").fill(TEXT)
    page.get_by_role("textbox", name="Your text").press("Control+Enter")
    page.locator(".sl-legend").wait_for()
    page.evaluate("document.activeElement.blur()")


def _file(page: Any, url: str, _: Path | None) -> None:
    page.goto(f"{url}/file")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Analyse the file").click()
    page.get_by_role("heading", name="Row by row").wait_for()
    page.get_by_role("heading", name="test.csv").evaluate("one => one.scrollIntoView()")
    page.mouse.move(0, 0)


def _stars(page: Any, url: str, _: Path | None) -> None:
    page.goto(f"{url}/train")
    page.get_by_text("My file").click()
    page.locator("input[type=file]").set_input_files(SAMPLE)
    labels = page.get_by_role("combobox", name=re.compile("Column with the labels"))
    labels.click()
    page.get_by_role("option", name="rating").click()
    page.get_by_text(re.compile(", 0 left out")).wait_for()
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 130)")


def _train(page: Any, url: str, run: Path | None) -> None:
    page.goto(f"{url}/train")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    if run is not None:
        page.get_by_role("button", name=run.name).click()
        page.get_by_text("What it took").first.wait_for()


def _compare(page: Any, url: str, run: Path | None) -> None:
    page.goto(f"{url}/compare")
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("Confusion of").first.wait_for()
    page.mouse.move(0, 0)


def _model(page: Any, url: str, run: Path | None) -> None:
    page.goto(f"{url}/model")
    page.locator(".sl-tiles").first.wait_for()
    page.get_by_test_id("stTab").first.wait_for()


@contextmanager
def _served(run: Path | None) -> Iterator[str]:
    """Serve the app in an empty folder, with the run copied into it."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        given = []
        if run is not None:
            shutil.copytree(run, runs / run.name)
            (runs / ".app" / run.name).mkdir(parents=True)
            (runs / ".app" / run.name / "process.json").write_text("{}", encoding="utf-8")
            given = [str(runs / run.name)]
        _watch(Path(folder))
        command = [sys.executable, "-m", "sentilora", "app", *given, "--port", "0"]
        with subprocess.Popen(  # noqa: S603 - our own interpreter and command
            command, cwd=folder, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stderr is not None
                yield process.stderr.readline().split()[-1]
            finally:
                process.terminate()
                process.communicate()


def _watch(folder: Path) -> None:
    """Let a monitor store the samples as if they came in the last day, complaints at the end."""
    with _hook() as address:
        rules = f"""
            targets = {{ team = "{address}" }}
            [[rules]]
            name = "many complaints"
            kind = "share"
            over = 0.5
            within = "1 hour"
            least = 20
            """
        (folder / "rules.toml").write_text(rules, encoding="utf-8")
        lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in _feedback())
        (folder / "feedback.jsonl").write_text(f"{lines}\n", encoding="utf-8")
        command = [sys.executable, "-m", "sentilora", "monitor", "general", "--no-follow"]
        command += ["--source", "feedback.jsonl", "--rules", "rules.toml"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _feedback() -> Iterator[dict[str, Any]]:
    """Yield the samples, those that complain of an app in the last hour."""
    rows: list[dict[str, str]] = []
    for name in ("train.csv", "test.csv"):
        with (SAMPLES / name).open(encoding="utf-8", newline="") as stream:
            rows += csv.DictReader(stream)
    late = [one for one in rows if (one["domain"], one["label"]) == ("app", "negative")][:30]
    early = [one for one in rows if one not in late]
    now = dt.datetime.now(dt.UTC)
    for rest, span_s, until_s in ((early, 26 * 3600, 3600), (late, 3000, 20)):
        for place, row in enumerate(rest):
            ago_s = until_s + span_s * (1 - (place + 1) / len(rest))
            yield {
                "id": f"T-{until_s}-{place + 1}",
                "at": (now - dt.timedelta(seconds=ago_s)).isoformat(),
                "source": ("app", "mail", "chat")[place % 3],
                "text": row["text"],
                "segments": {"domain": row["domain"]},
            }


@contextmanager
def _hook() -> Iterator[str]:
    """Serve a webhook that takes every message."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
