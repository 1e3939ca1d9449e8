"""Whatever a command is given, it ends with a clear error or with a result, never by accident."""

import errno
import json
import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentilora.cli import app
from sentilora.inference import sentiment_model

ROWS = [
    {"id": number, "text": f"{word} number {number}, and more of it", "label": label}
    for number, (word, label) in enumerate([("lovely", "positive"), ("awful", "negative")] * 12)
]
LONG = "x" * 300
ENDINGS = (".csv", ".tsv", ".jsonl", ".json", ".parquet")
PIECES = (
    *(b'"', b",", b"\n", b"\r", b"\0", b"\t", b";", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b"{", b"}", b"[", b'"\\ud83d"', b"null", b"NaN", b"1e400", "\u2028".encode(), b"\\", b"=1+1"),
)


def write_rows(path: Path) -> bytes:
    """Write the rows in the format of the ending, and return what was written."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(ROWS))
    elif path.suffix == ".jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        quote = "" if mark == "\t" else '"'
        lines = [
            f"{row['id']}{mark}{quote}{row['text']}{quote}{mark}{row['label']}" for row in ROWS
        ]
        path.write_text("\n".join([mark.join(ROWS[0]), *lines, ""]))
    return path.read_bytes()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Cut, double, drop or put in something, once to four times."""
    found = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(found) + 1)
        end = min(len(found), start + chance.choice((1, 3, 20, 200)))
        way = chance.randrange(5)
        if way == 0:
            del found[start:]
        elif way == 1:
            del found[start:end]
        elif way == 2:
            found[start:start] = found[start:end]
        elif way == 3:
            found[start:start] = chance.choice(PIECES)
        else:
            found[start:end] = chance.randbytes(end - start)
    return bytes(found)


def commands_for(file: str, run: Path) -> list[list[str]]:
    return [
        ["check", file],
        ["check", file, "--text", "text", "--label", "label"],
        ["evaluate", str(run), file],
        ["predict", str(run), "--input", file, "--output", "out.csv"],
        ["pairs", file, "--rating", "id", "--group", "label", "--output", "pairs.csv"],
    ]


@pytest.fixture
def loaded_run(tiny_run, load_once):
    """Return the folder of a run whose network is loaded once, not for each command."""
    return load_once(tiny_run.path)


def ends_well(run_command, command):
    code, out, err = run_command(*command)
    told = f"{command}\n{out}\n{err}"
    assert code in (0, 1, 2), told
    assert "unexpected error" not in err, told
    assert "Traceback" not in err, told
    assert code == 0 or (out + err).strip(), told
    return code, err


def try_damaged(run_command, tmp_path, run, seed, count):
    chance = random.Random(seed)
    for ending in ENDINGS:
        whole = write_rows(tmp_path / f"whole{ending}")
        for number in range(count):
            file = tmp_path / f"broken-{number}{ending}"
            file.write_bytes(damaged(whole, chance))
            ends_well(run_command, chance.choice(commands_for(file.name, run)))
            file.unlink()


def test_damaged_files(run_command, tmp_path, loaded_run):
    try_damaged(run_command, tmp_path, loaded_run, seed=1, count=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_hundreds_of_damaged_files(run_command, tmp_path, loaded_run, seed):
    try_damaged(run_command, tmp_path, loaded_run, seed, count=16)


@pytest.mark.parametrize(
    "command",
    [
        *(["check", path] for path in (LONG, f"{LONG}.csv", "loop.csv", "a\0b.csv", "~none/x.csv")),
        ["check", f"{'a/' * 3000}x.csv"],
        ["predict", LONG, "a"],
        ["predict", "loop", "a"],
        ["predict", "general", "--input", f"{LONG}.csv"],
        ["predict", "general", "--input", "rows.csv", "--output", f"{LONG}.csv"],
        ["evaluate", "general", f"{LONG}.csv"],
        ["evaluate", "general", "rows.csv", "--html", f"{LONG}/x.html"],
        ["export", LONG],
        ["export", "loop"],
        ["pairs", f"{LONG}.csv", "--rating", "x", "--output", "o.csv"],
        ["adapt", "minilm", f"{LONG}.txt"],
        ["adapt", "--resume", "."],
        ["adapt", "--resume", "loop"],
        ["train", "rows.csv", "--base", LONG],
        ["train", "rows.csv", "--config", "loop"],
        ["train", "rows.csv", "--config", LONG],
        ["train", "rows.csv", "--config", "deep.toml"],
        ["train", "rows.csv", "--config", "far.toml"],
        ["app", LONG],
    ],
    ids=lambda command: " ".join(command)[:40],
)
def test_what_can_be_no_path_and_no_settings(run_command, tmp_path, command):
    write_rows(tmp_path / "rows.csv")
    for name in ("loop", "loop.csv"):
        (tmp_path / name).symlink_to(name)
    (tmp_path / "deep.toml").write_text(f"a = {'[' * 2000}{']' * 2000}")
    (tmp_path / "far.toml").write_text(f"{'.'.join('a' * 3000)} = 1")
    code, err = ends_well(run_command, command)
    assert code != 0
    assert len(err) < 2000


def test_without_a_folder_for_temporary_files_its_name_is_told(run_command, tmp_path, monkeypatch):
    write_rows(tmp_path / "rows.csv")

    def none():
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    for command in (["check", "rows.csv"], ["predict", "general", "a"]):
        monkeypatch.setattr(sentiment_model, "load", lambda *_, **__: none())
        _, err = ends_well(run_command, command)
        assert "Set TMPDIR to a folder that can be written." in err


def test_what_the_system_refuses_is_told_with_the_file(run_command, monkeypatch):
    def refuse():
        raise PermissionError(13, "Permission denied", "some/file")

    monkeypatch.setattr(app, "app", refuse)
    code, _, err = run_command()
    assert code == 1
    assert err.startswith("error: some/file cannot be used: Permission denied. Expected a path")


def test_a_full_disk_is_no_accident(run_command, monkeypatch):
    def refuse():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(app, "app", refuse)
    told = "error: No space left on device. Make room, or write to another disk.\n"
    assert run_command()[::2] == (1, told)


def test_an_accident_names_the_command_as_it_can_be_typed(run_command, monkeypatch):
    def fail():
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr(app, "app", fail)
    code, _, err = run_command("predict", "general", "a text; and more")
    assert code == 1
    assert err.endswith("sentilora --debug predict general 'a text; and more'\n")
