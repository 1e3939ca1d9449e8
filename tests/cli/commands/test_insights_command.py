"""``sentilora insights`` as a user meets it."""

import json

import pytest

from tests.helpers.texts import make_texts


@pytest.fixture(autouse=True)
def tickets(tmp_path):
    """Put ``tickets.csv`` into the folder in which commands run."""
    rows = [
        f"{text},{day % 28 + 1:02}.{day % 2 + 3:02}.2026,{('United', 'Delta')[day % 2]}"
        for day, (text, _) in enumerate(make_texts(60, seed=3))
    ]
    (tmp_path / "tickets.csv").write_text("\n".join(["message,created,brand", *rows]) + "\n")


@pytest.fixture
def tell(run_command, tiny_run):
    """Run the command on the tickets."""

    def run(*arguments):
        columns = ("--text", "message", "--any-text")
        return run_command("insights", tiny_run.path, "tickets.csv", *columns, *arguments)

    return run


def test_what_is_found_is_told_and_written(tell, tmp_path):
    code, out, err = tell("--date", "created", "--segment", "brand", "--review", 4)
    assert code == 0
    assert "error" not in err
    lines = out.splitlines()
    assert lines[0] == "read      60 texts of tickets.csv"
    assert "read day first" in out
    assert any(line.startswith("in short  ") for line in lines)
    assert lines[-4] == "page      insights/insights.html"
    assert lines[-3] == "rows      insights/statements.parquet"
    assert lines[-2] == "          insights/review.csv (4 texts to label)"
    assert lines[-1].endswith(
        "tiny NEW_DATA --themes insights/themes.toml --text message --any-text --date created "
        "--segment brand"
    )
    names = {path.name for path in (tmp_path / "insights").iterdir()}
    assert names >= {
        *("insights.html", "insights.json", "insights.md", "statements.parquet", "review.csv"),
    }


def test_the_next_command_reads_as_this_one_did(tell, run_command, tiny_run, tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(path.read_text().replace(",", ";"))
    given = ("--id", "brand", "--label", "mood", "--labels", "ok=positive,sad=negative")
    lines = path.read_text().splitlines()
    lines = [
        f"{one};{('ok', 'sad')[place % 2] if place else 'mood'}" for place, one in enumerate(lines)
    ]
    path.write_text("\n".join(lines))
    code, out, _ = tell(*given, "--compare", "week", "--date", "created", "--delimiter", ";")
    assert code == 0
    told = out.splitlines()[-1]
    assert "--label mood --labels ok=positive,sad=negative" in told
    assert "--id brand" in told
    assert "--compare week" in told
    assert "--delimiter ';'" in told


def test_what_texts_say_steers_no_terminal(tell, tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(
        path.read_text().replace("good", "\x1b[31mgood").replace("United", "Un\x07ited")
    )
    code, out, err = tell("--segment", "brand")
    assert code == 0
    assert "\x1b" not in out + err
    assert "\x07" not in out + err


def test_json_is_the_report(tell, tmp_path):
    code, out, _ = tell("--json", "--output", "march", "--seed", 5)
    report = json.loads(out)
    assert code == 0
    assert report == json.loads((tmp_path / "march" / "insights.json").read_text())
    assert (report["basis"]["texts"], report["basis"]["seed"]) == (60, 5)
    assert "--date created tells the course over time" in " ".join(report["basis"]["notes"])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--segment", "product"), 1, "no column 'product' (--segment)\nFound: 'message', 'cre"),
        (("--date", "brand"), 1, "column 'brand' hardly holds dates"),
        (("--since", "2026-01-01"), 2, "Name it with --date COLUMN"),
        (("--date", "created", "--since", "2027-01-01"), 1, "Choose days within with --since"),
        (("--themes", "none.toml"), 2, "none.toml"),
        (("--compare", "year"), 2, "--compare year: expected day, week, month, or a column of"),
        (("--output", "tickets.csv"), 1, "tickets.csv is a file. Expected a folder"),
        (("--date-order", "odd", "--date", "created"), 2, "--date-order odd: expected day-first"),
    ],
)
def test_bad_input_is_told_in_the_words_of_the_command(tell, arguments, code, told):
    found, out, err = tell(*arguments)
    assert (found, out) == (code, "")
    assert told in err


def test_unclear_dates_name_both_readings_and_the_option(tell, tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("message,created\nIt broke,03/04/2026\nIt rang,05/06/2026\n")
    code, _, err = tell("--date", "created")
    assert code == 1
    assert "3 April 2026 with the day first, and 4 March 2026 with the month first" in err
    assert "--date-order day-first or --date-order month-first" in err


def test_help_ends_with_an_example(run_command):
    code, out, _ = run_command("insights", "--help")
    assert code == 0
    assert out.strip().splitlines()[-1].lstrip().startswith(("Example:", "--segment"))
