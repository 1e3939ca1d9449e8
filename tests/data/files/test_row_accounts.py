"""Rows that come out, are passed over with a word, or are refused add up to those that went in."""

import csv
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentilora.data.files.read_options import Reading
from sentilora.data.files.tables import open_table
from sentilora.data.problems import Problems

TEXTS = ["soup", "Total", "text", "it's", 'say "hi"', "a, b", "x;y", "1", "–", "größe", "a\nb"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
LABELS = ["good", "bad"]
SEEDS = st.integers(0, 2**32)

many = settings(
    max_examples=1000,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def proper_file(seed):
    """Return the bytes of a file as some program writes it, and the number of its rows."""
    choose = random.Random(seed)
    out = io.StringIO()
    delimiter, end = choose.choice(",;\t|"), choose.choice(["\n", "\r\n"])
    if choose.random() < 0.5:
        out.write(f"sep={delimiter}{end}")
    quoting = choose.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    number = choose.choice([[], ["id"]])
    writer.writerow([*number, "text", "label"])
    count = choose.randint(3, 12)
    for row in range(count):
        writer.writerow(
            [*[str(row) for _ in number], f"{choose.choice(TEXTS)} {row}", LABELS[row % 2]]
        )
        if choose.random() < 0.1:
            out.write(end)
    return out.getvalue().encode(choose.choice(ENCODINGS)), count


def damaged_lines(seed):
    """Return lines that were rows of a file before quotes were put in."""
    choose = random.Random(seed)
    lines = [f"{row},the soup,{LABELS[row % 2]}" for row in range(choose.randint(4, 14))]
    for _ in range(choose.randint(0, 4)):
        place = choose.randrange(len(lines))
        where = choose.randint(0, len(lines[place]))
        mark = choose.choice(['"', '""', '",', ',"', ' "', "'"])
        lines[place] = lines[place][:where] + mark + lines[place][where:]
    return lines


def account(path, **options):
    """Return how many rows came out and how many were refused; each is in one of the two."""
    table = open_table(path, reading=Reading(**options))
    problems = Problems(table.name, keeps_rows=True)
    out = [row for chunk in table.chunks(table.names, problems) for row in chunk.rows]
    refused = [bad.row for bad in problems.rows]
    assert sorted([*out, *refused]) == list(range(1, len(out) + len(refused) + 1))
    return len(out), len(refused)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("rows") / "a.csv"


@many
@given(seed=SEEDS)
def test_every_row_of_a_proper_file_comes_out(path, seed):
    content, count = proper_file(seed)
    path.write_bytes(content)
    assert account(path) == (count, 0)


@many
@given(seed=SEEDS)
def test_every_line_of_a_damaged_file_is_a_row_or_refused(path, seed):
    lines = damaged_lines(seed)
    path.write_text("\n".join(["id,text,label", *lines, ""]), encoding="utf-8")
    lost = len(lines) - sum(account(path))
    # Only a line with quotes may be a part of a text of several lines.
    assert 0 <= lost <= sum('"' in line for line in lines)
    if seed % 4 == 0:
        assert sum(account(path, quoting="none")) == len(lines)
