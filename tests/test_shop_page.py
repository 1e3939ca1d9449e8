"""The page on a shop's export: its commands are ones that can be typed, and say what it shows."""

import re
import shlex
import sys

import pytest

from sentilora.cli import app
from sentilora.errors import ModelError
from sentilora.inference import sentiment_model
from tests.helpers.docs_pages import DOCS

PAGE = (DOCS / "shop.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (sentilora .+)$", PAGE, re.MULTILINE)
NAMES = "order_id;date;product;stars;comment;country"
COMMENTS = {
    1: "Kaputt nach zwei Tagen – broke after two days; nobody answers my mails",
    2: "Far too loud, and the café table was scratched, too",
    3: "It does what it says for its price, nothing more",
    4: "Great value, I would buy this one again",
    5: "My daughter loves this lamp, it was the best present",
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command beside an export as Excel writes it, without loading a model."""
    monkeypatch.chdir(tmp_path)
    rows = [
        f'{number};2{number % 9}.11.2026;lamp;{stars};"{COMMENTS[stars]}, {number}";DE'
        for number in range(60)
        for stars in [1 + number % 5]
    ]
    rows[7] = "7;22.11.2026;lamp;3;;DE"
    text = "\r\n".join([NAMES, *rows, ""])
    (tmp_path / "reviews-export.csv").write_bytes(text.encode("cp1252"))
    (tmp_path / "next-week.csv").write_bytes(text.encode("cp1252"))

    def refuse(*_, **__):
        raise ModelError("as far as the model")

    monkeypatch.setattr(sentiment_model, "load", refuse)

    def start(command):
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as stopped:
            app.main()
        said = capsys.readouterr()
        return stopped.value.code, said.out + said.err

    return start


def test_the_first_look_says_what_the_page_shows(run):
    code, said = run(COMMANDS[0])
    assert code == 1
    assert f"$ {COMMANDS[0]}\n{said}" in PAGE


def test_the_second_look_names_the_next_command(run):
    _, said = run(COMMANDS[1])
    assert "negative" in said
    assert "row 8 (line 9)" in said
    assert "--stars 5" in said.splitlines()[-1]
    assert "--skip-bad-rows" in said.splitlines()[-1]


@pytest.mark.parametrize("command", [one for one in COMMANDS if "runs/shop" not in one][2:-1])
def test_the_others_get_as_far_as_the_model(run, command):
    assert "as far as the model" in run(command)[1]


def test_the_training_reads_the_file(run):
    [command] = [one for one in COMMANDS if " train " in one]
    code, said = run(
        command.replace("train", "check").replace(" --base minilm", "").split(" --from")[0]
    )
    assert code == 0, said
