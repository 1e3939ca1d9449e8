"""Whoever types what ``check`` advises, step by step, comes to data that can be trained on."""

import gzip
import json
import re
import shlex

import pytest

from tests.cli.advice.tables import PRAISE, TEXTS, labelled, table

MOST_STEPS = 4
PLAIN = table(["text", "label"], PRAISE)
OPINIONS = labelled("good", "bad")
GRADES = labelled(1, 3, 5)
HELD = [{"message": text, "mood": mood} for text, mood in labelled("good", "bad")]
SCORES = range(11)
FILES = {
    "stars.csv": table(["review", "stars"], labelled(1, 2, 3, 4, 5)),
    "signs.csv": table(["text", "rating"], labelled("★☆☆☆☆", "★★★☆☆", "★★★★★")),
    "slashes.csv": table(["text", "rating"], labelled("1/5", "3/5", "5/5")),
    "halves.csv": table(["text", "rating"], labelled("0.5", "2.5", "4.5", "5")),
    "percent.csv": table(["text", "rating"], labelled("5%", "50%", "95%")),
    "nps.csv": table(["comment", "NPS"], labelled(*SCORES)),
    "signed.csv": table(["text", "label"], labelled(-1, 0, 1)),
    "one-two.csv": table(["text", "label"], labelled(1, 2)),
    "zero-four.csv": table(["text", "polarity"], labelled(0, 4)),
    "five.csv": table(["text", "label"], labelled(0, 1, 2, 3, 4)),
    "thirds.csv": table(["text", "label"], labelled(1, 2, 3)),
    "complaint.csv": table(["text", "complaint"], labelled(0, 1)),
    "flag.csv": table(["text", "flag"], labelled("True", "False")),
    "carets.csv": table(["text", "mood"], OPINIONS, "^"),
    "one-hot.csv": table(
        ["text", "negative", "positive"],
        [(text, row % 2, 1 - row % 2) for row, text in enumerate(TEXTS)],
    ),
    "missing.csv": table(["text", "label"], labelled("good", "bad", "nan")),
    "rare.csv": f"{PLAIN}one row alone,neutral\n",
    "nameless.csv": table(PRAISE[0], PRAISE[1:]),
    "title.csv": f"Export of reviews\n\n{PLAIN}",
    "excel.csv": table(["id", "Kommentar", "Note"], [(1, *row) for row in GRADES], ";").replace(
        "\n", "\r\n"
    ),
    "quotes.csv": f'{PLAIN}"never closed,positive\nand a row after it,negative\n',
    "shop.csv": table(
        ["order_id", "body", "sentiment"],
        [(9000 + number, *row) for number, row in enumerate(OPINIONS)],
    ),
    "survey.csv": "Rating,Comment\nResponse,Open-Ended Response\n"
    + "".join(f"{1 + row % 5},{text}\n" for row, text in enumerate(TEXTS)),
    "desk.json": json.dumps({"data": HELD}),
    "lines.jsonl": "".join(f"{json.dumps(row)}\n" for row in HELD),
    "fast.txt": "".join(f"__label__{label} {text}\n" for text, label in labelled(1, 2)),
    "packed.csv.gz": gzip.compress(table(["text", "stars"], labelled(1, 3, 5)).encode()),
    "turkish.csv": table(
        ["text", "label"],
        [(f"kötü çıktı, {n} gün".replace(",", ""), y) for n, (_, y) in enumerate(OPINIONS)],
    ).encode("cp1254"),
    "latin.csv": table(["text", "label"], [(f"café {x}", y) for x, y in OPINIONS]).encode("cp1252"),
}
ONE_OF_SEVERAL = re.compile(r"; or | or --|; if | if they")
OPTION = re.compile(r"(--[a-z][a-z-]*)(?: ('[^']*'|[^\s;:]+))?")


def advised(said):
    """Return the options that are advised first: of a whole command, else of a sentence."""
    for command in re.findall(r"sentilora (?:check|train) \S+(.*)", said):
        if "--" in command:
            words = shlex.split(command)
            if "--base" in words:
                place = words.index("--base")
                del words[place : place + 2]
            return words
    words = []
    for line in said.splitlines():
        for name, value in OPTION.findall(ONE_OF_SEVERAL.split(line)[0]):
            if name not in words:
                words += [name, *([value.rstrip(".,)").strip("'")] if value else [])]
    return words


def given(words):
    """Tell which options are among words."""
    return {word for word in words if word.startswith("--")}


@pytest.mark.parametrize("name", FILES)
def test_advice_leads_to_data_that_can_be_trained_on(run_command, tmp_path, name):
    content = FILES[name]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    options, trail = [], []
    for _ in range(MOST_STEPS):
        code, out, err = run_command("check", name, *options)
        trail.append(f"$ sentilora check {name} {shlex.join(options)}\n{out}{err}")
        if code == 0:
            break
        more = advised(out + err)
        new = given(more) - given(options)
        assert new, "\n".join(trail)
        options = more if given(options) < given(more) else [*options, *more]
    assert code == 0, "\n".join(trail)
    counts = re.search(r"rows that can be used[^\d]*(\d+)", out)
    assert counts, out
    assert int(counts[1]) >= 32, "\n".join(trail)  # the rows of a missing label go, and few others
