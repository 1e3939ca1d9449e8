"""The user's pages say what the code does: generated parts, examples, code, messages, links."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.config import read_config
from sentilora.errors import DataError
from sentilora.quality.quality_check import check
from tests.helpers.docs_pages import DOCS, anchors, write_reviews
from tests.helpers.embedded_base import needs_minilm

CLONE = DOCS.parent
PAGES = sorted([*DOCS.rglob("*.md"), *CLONE.glob("*.md"), CLONE / "benchmarks" / "README.md"])
EXAMPLES = sorted((DOCS / "examples").glob("*.toml"))
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def generate(docs: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the generator where everything asks for colours and a narrow terminal."""
    return subprocess.run(
        [sys.executable, str(docs / "generate.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": "40", "TERM": "xterm-256color"},
    )


@pytest.mark.process
def test_commands_and_settings_are_those_of_the_code():
    done = generate(DOCS, "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.process
def test_a_stale_page_is_found_and_renewed(tmp_path):
    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs)
    page = docs / "training.md"
    good = page.read_text(encoding="utf-8")
    page.write_text(good.replace("| `rank` | `16` |", "| `rank` | `8` |"), encoding="utf-8")
    done = generate(docs, "--check")
    assert done.returncode == 1
    assert done.stderr == "docs/training.md is stale. Run: python docs/generate.py\n"
    assert generate(docs).stdout == "wrote docs/training.md\n"
    assert page.read_text(encoding="utf-8") == good


def test_there_are_examples():
    assert len(EXAMPLES) > 0


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_config_is_valid(path):
    assert read_config(path).data.train


def test_the_example_in_the_text_is_the_file():
    page = (DOCS / "training.md").read_text(encoding="utf-8")
    assert (DOCS / "examples" / "quick.toml").read_text(encoding="utf-8") in page


def run_code(blocks: Iterable[re.Match]) -> dict:
    """Run blocks of code in order, and return the names they made."""
    names: dict = {}
    for block in blocks:
        lines_before = block.string[: block.start(1)].count("\n")
        exec(compile("\n" * lines_before + block[1], "a page of docs/", "exec"), names)
    return names


@pytest.mark.slow
@needs_minilm
def test_the_python_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_reviews(tmp_path / "reviews.csv", "train", 90)
    write_reviews(tmp_path / "test.csv", "test", 30)
    page = (DOCS / "python.md").read_text(encoding="utf-8")
    names = run_code(re.finditer(CODE, page))
    assert names["run"].is_finished
    assert names["trial"].path.name == "trial"
    assert len(names["predictions"]) == 2
    assert names["report"].metrics["rows"] == 30
    assert len(names["doubtful"]) == 5
    assert sum(names["counts"].values()) == 90
    assert len(names["labels"]) == 3
    told = "2 problems in the texts\n  entry 1 is empty\n  entry 2 is missing (None)"
    assert told in capsys.readouterr().out
    assert (tmp_path / "exports" / "reviews" / "manifest.json").is_file()
    assert (tmp_path / "my-adapter" / "adapter_model.safetensors").is_file()


@pytest.mark.slow
@needs_minilm
def test_the_page_for_pandas_and_scikit_learn_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_reviews(tmp_path / "reviews.csv", "train", 60)
    page = (DOCS / "pandas-and-scikit-learn.md").read_text(encoding="utf-8")
    names = run_code(re.finditer(CODE, page))
    assert len(names["scored"]) == 60
    assert len(names["scores"]) == 2
    assert names["search"].best_params_["max_steps"] in (2, 4)
    assert names["again"].classes_.tolist() == names["model"].classes_.tolist()


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # PEFT's own
def test_plain_peft_loads_a_run_as_the_page_says(tiny_run, monkeypatch, capsys):
    monkeypatch.chdir(tiny_run.path)
    page = (DOCS / "run-folder.md").read_text(encoding="utf-8")
    run_code(block for block in re.finditer(CODE, page) if "AutoPeftModel" in block[1])
    assert capsys.readouterr().out.splitlines()[-1] in ("negative", "positive")


BAD_FILES = {
    "two-columns.csv": "text,review,label\nLovely film,Again!,positive\nDull,I left,negative\n",
    "opinions.csv": "id,opinion,stars\n1,A lovely film to see,5\n2,Dull from the start,1\n",
    "numbers.csv": "text,label\n" + "".join(f"text {i},{i % 4}\n" for i in range(20)),
    "excel.csv": "PK\x03\x04 and so on",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_error_messages_are_quoted_as_they_are(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(BAD_FILES[name], encoding="utf-8")
    with pytest.raises(DataError, match=name) as caught:
        check(name)
    page = (DOCS / "data.md").read_text(encoding="utf-8")
    told = caught.value.message.spelled(COMMAND_LINE)
    assert f"$ sentilora check {name}\nerror: {told}\n" in page


def keys_of(report: dict) -> set[str]:
    """Return the names of all fields of a report, but not of labels and metrics."""
    parts = ("run", "data", "significance", "calibration", "cost", "proof", "metrics")
    inner = [name for part in parts for name in report[part]]
    lists = [*report["after"]["reliability"][0], *report["baselines"]["tfidf"], *report["after"]]
    per_label = next(iter(report["after"]["per_label"].values()))
    return {*report, *inner, *lists, *per_label}


def test_every_field_of_a_report_is_explained(tiny_run):
    page = (DOCS / "run-folder.md").read_text(encoding="utf-8")
    explained = {name.rsplit(".", 1)[-1] for name in re.findall(r"`([\w.]+)`", page)}
    assert keys_of(tiny_run.report) <= explained


def test_every_file_of_a_run_is_explained(tiny_run):
    page = (DOCS / "run-folder.md").read_text(encoding="utf-8")
    assert {p.name for p in tiny_run.path.rglob("*") if p.name not in page} == set()


def test_every_event_and_its_fields_are_explained(tiny_run):
    page = (DOCS / "training.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| `(\w+)` \|(.*)$", page[page.index("## Events") :], re.MULTILINE))
    for event in tiny_run.events:
        told = re.findall(r"`(\w+)`", lines[event["kind"]])
        assert event.keys() - {"kind", "time"} == set(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CLONE)))
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        found = page.parent / name if name else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CLONE)))
def test_files_of_code_that_a_page_speaks_of_are_there(page):
    named = re.findall(r"`([\w/]+/\w+\.py)`", page.read_text(encoding="utf-8"))
    places = (CLONE, CLONE / "src" / "sentilora")
    named = [name for name in named if "NAME" not in name]
    assert [name for name in named if not any((place / name).is_file() for place in places)] == []


WHERE = (DOCS / "where.md").read_text(encoding="utf-8")
ITEMS = re.findall(r"^\d\. (.*(?:\n   .*)*)", WHERE, re.MULTILINE)


def test_there_are_ten_changes():
    assert len(re.findall(r"^## ", WHERE, re.MULTILINE)) == 10
    assert len(ITEMS) > 30


@pytest.mark.parametrize("item", ITEMS)
def test_where_to_change_something_is_there(item):
    quoted = re.findall(r"`([^`]+)`", item)
    paths = [CLONE / text for text in quoted if "/" in text and " " not in text]
    assert [path for path in paths if not path.exists()] == []
    code = "".join(path.read_text(encoding="utf-8") for path in paths if path.suffix == ".py")
    names = [text.removesuffix("()") for text in quoted]
    assert [name for name in names if name.isidentifier() and name not in code] == []


def test_the_first_page_is_short_and_needs_nothing_but_a_clone():
    lines = (CLONE / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 130
    assert [line for line in lines if len(line) > 118 and line[0] not in "|│┃┏┡└"] == []
    assert [page.name for page in PAGES if "../shared" in page.read_text(encoding="utf-8")] == []
