"""``export --to browser``: what lies in the folder; test_exported_page.py opens the page itself."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import sentilora
from sentilora.data.visible import is_visible
from sentilora.errors import ConfigError, ModelError
from sentilora.exports import browser_page
from sentilora.exports.browser_page import (
    CHECKS,
    PACKAGES,
    PAGE,
    RUNTIME,
    check_runtime,
    integrity_of,
)
from sentilora.model.artifact import open_artifact
from tests.helpers.chromium import unless_required

TEXTS = ["the food was great", "a sad , broken app !", "it was tuesday", "not " * 60 + "bad"]
CDN = "https://cdn.jsdelivr.net/npm/"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def files_of(folder):
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def npm_folder(tmp_path, monkeypatch):
    """Return a folder with other files under the names of the libraries, known by their hashes."""
    folder = tmp_path / "node_modules"
    known = {}
    for key, file in RUNTIME.items():
        path = folder / file.place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// {key}\n", encoding="utf-8")
        place = (file.package, file.version, file.path)
        known[key] = browser_page.RuntimeFile(*place, integrity_of(path))
    (folder / RUNTIME["tokenizers"].package / "LICENSE").write_text("free\n", encoding="utf-8")
    monkeypatch.setattr(browser_page, "RUNTIME", known)
    return folder


def test_the_page_takes_the_same_characters_for_no_text_as_python():
    script = (PAGE / "sentiment.js").read_text(encoding="utf-8")
    (spaces,) = re.findall(r"^const EMPTY = /\^(\[.*\])\*\$/;$", script, re.MULTILINE)
    (unseen,) = re.findall(r"^const UNSEEN =\s+/(\[.*\])/gu;$", script, re.MULTILINE)
    unseen = re.sub(r"\\u\{(\w+)\}", lambda found: rf"\U{found[1]:0>8}", unseen)
    every = "".join(map(chr, range(0x110000)))
    refused = re.findall(f"{spaces}|{unseen}", every)
    assert refused == [character for character in every if not is_visible(character)]
    assert "\ufeff" in refused


@pytest.mark.slow
def test_the_files_lie_where_transformers_js_and_a_web_server_look(page_export):
    page = {file.name for file in PAGE.iterdir()}
    assert {"index.html", "sentiment.js"} < page
    assert files_of(page_export) == page | {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "onnx/model.onnx",
        "browser.json",
        "labels.json",
        "sentilora.json",
        "parity.json",
        "README.md",
        "manifest.json",
    }
    assert read(page_export / "config.json")["id2label"] == {"0": "negative", "1": "positive"}
    assert set(read(page_export / "manifest.json")["files"]) == files_of(page_export) - {
        "manifest.json"
    }


@pytest.mark.slow
def test_an_export_gives_the_run_s_predictions(page_export, page_run):
    run, export = (sentilora.load(path, device="cpu") for path in (page_run, page_export))
    assert (export.engine.name, export.artifact.settings.kind) == ("onnxruntime", "browser")
    for ours, theirs in zip(run.predict(TEXTS), export.predict(TEXTS), strict=True):
        assert (ours.label, ours.truncated) == (theirs.label, theirs.truncated)
        assert ours.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
    parity = read(page_export / "parity.json")
    assert (parity["to"], parity["flipped_share"]) == ("browser", 0)
    assert parity["max_logit_difference"] < 1e-4


@pytest.mark.slow
def test_the_page_knows_what_python_reads_and_answers(page_export):
    facts = read(page_export / "browser.json")
    model = sentilora.load(page_export)
    assert facts["name"] == "tiny"
    assert facts["bytes"] == (page_export / facts["model"]).stat().st_size
    assert [check["text"] for check in facts["checks"]] == list(CHECKS)
    windows = model.encoder.encode(CHECKS).windows
    assert [check["windows"] for check in facts["checks"]] == windows
    assert model.encoder.encode(CHECKS).truncated[-1]
    np.testing.assert_allclose(
        [check["probabilities"] for check in facts["checks"]],
        model.probabilities(model.score(list(CHECKS)).logits),
        rtol=0,
        atol=1e-6,
    )


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def policy_of(folder):
    tags = Tags((folder / "index.html").read_text(encoding="utf-8")).found
    (policy,) = [x["content"] for tag, x in tags if tag == "meta" and "http-equiv" in x]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.slow
def test_the_page_holds_no_script_of_its_own_and_reaches_one_cdn(page_export):
    html = (page_export / "index.html").read_text(encoding="utf-8")
    sources = [x[key] for _, x in Tags(html).found for key in ("src", "href") if key in x]
    assert sorted(sources) == ["data:,", "page.css", "page.js", "palette.css"]
    assert not re.search(r"\son\w+=|<script>|javascript:", html)
    policy = policy_of(page_export)
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == f"'self' {CDN}"
    assert "unsafe-inline" not in html
    libraries = read(page_export / "browser.json")["runtime"]
    assert {library["url"].startswith(CDN) for library in libraries.values()} == {True}
    for key, library in libraries.items():
        assert f"@{RUNTIME[key].version}/dist/" in library["url"]
        assert re.fullmatch(r"sha384-[\w+/]{64}", library["integrity"])


def test_nothing_is_written_as_html():
    scripts = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", scripts)


@pytest.mark.slow
def test_with_a_runtime_folder_the_page_needs_nothing_else(page_run, npm_folder, tmp_path):
    folder = sentilora.export(page_run, to="browser", output=tmp_path / "o", runtime=npm_folder)
    assert policy_of(folder)["connect-src"] == "'self'"
    for key, library in read(folder / "browser.json")["runtime"].items():
        assert (folder / library["url"]).read_text(encoding="utf-8") == f"// {key}\n"
        assert integrity_of(folder / library["url"]) == library["integrity"]
    assert (folder / "runtime/@huggingface/tokenizers/LICENSE").is_file()
    open_artifact(folder)  # the manifest knows every file
    mode = (folder / "labels.json").stat().st_mode
    assert {file.stat().st_mode for file in folder.rglob("*") if file.is_file()} == {mode}


def test_a_runtime_folder_that_lacks_files_is_refused_before_any_work(page_run, tmp_path):
    folder = tmp_path / "node_modules"
    wrong = folder / RUNTIME["tokenizers"].place
    wrong.parent.mkdir(parents=True)
    wrong.write_text("// another version\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        sentilora.export(page_run, to="browser", output=tmp_path / "out", runtime=folder)
    message = str(caught.value)
    assert message.startswith(f'3 problems in runtime="{folder}"\n')
    assert "ort-wasm-simd-threaded.wasm is missing" in message
    assert "tokenizers.min.mjs is not that of version" in message
    assert "npm install onnxruntime-web@" in message
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_npm_filled_is_accepted(npm_folder):
    check_runtime(npm_folder)


def test_options_that_do_not_go_together_are_said(page_run, tmp_path):
    with pytest.raises(
        ConfigError, match=r'runtime=… is for a web page.*to="browser", not to="onnx"'
    ):
        sentilora.export(page_run, to="onnx", output=tmp_path / "out", runtime=tmp_path)
    with pytest.raises(ConfigError, match='to="browser": a web page computes the network alone'):
        sentilora.export(page_run, to="browser", output=tmp_path / "out", cascade=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_tokenizer_that_the_page_cannot_read_is_refused(tiny_run, tmp_path):
    with pytest.raises(ModelError, match="of the kind WordLevel, which a browser page cannot read"):
        sentilora.export(tiny_run.path, to="browser", output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_card_says_how_to_serve_it(page_export):
    card = (page_export / "README.md").read_text(encoding="utf-8")
    assert "library_name: transformers.js" in card
    assert "python -m http.server" in card
    assert 'import { loadModel } from "./sentiment.js";' in card


def test_the_page_s_tests_are_skipped_or_fail_with_a_reason(monkeypatch):
    monkeypatch.delenv("SENTILORA_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        unless_required("there is no Chromium")
    monkeypatch.setenv("SENTILORA_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        unless_required("there is no Chromium")


def test_the_docs_name_the_versions_that_are_expected():
    page = Path(__file__).parents[2] / "docs" / "run-folder.md"
    assert f"npm install {PACKAGES}\n" in page.read_text(encoding="utf-8")
