"""What is said on the way from corrections to a promoted model, and what is typed then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sentilora
from sentilora.evaluation.report_parts.old_and_new import OldAndNew, SameRows
from sentilora.files import sha256_of
from tests.cli.advice.tables import PRAISE, labelled, table
from tests.helpers.advice_following import Case
from tests.helpers.texts import make_texts

LINES = "".join(json.dumps({"id": f"T-{n}", "text": row[0]}) + "\n" for n, row in enumerate(PRAISE))
LIVE = {"feedback.jsonl": LINES, "feedback.data": LINES}


def there(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a run, and nothing else."""


def answered(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have the store that is meant where none is named, with texts."""
    sentilora.monitor(run, "feedback.jsonl", follow=False)


def twice(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have each text in two sources."""
    for name in ("feedback.jsonl", "feedback.data"):
        sentilora.monitor(run, name, follow=False, form="jsonl", name=name)


def wordless(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store that keeps no words."""
    sentilora.monitor(run, "feedback.jsonl", follow=False, keep_text="none")


def corrected(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with corrections."""
    answered(patch, run)
    for number, row in enumerate(PRAISE):
        sentilora.correct(f"T-{number}", row[1])


def changed(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a run whose data are no longer what they were."""
    corrected(patch, run)
    file = run / "environment.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["data"][0]["sha256"] = "another"
    file.write_text(json.dumps(told), encoding="utf-8")


def copied(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have three runs, of which one is in use."""
    for name in ("b", "c"):
        shutil.copytree(run, run.with_name(name))
    sentilora.promote(run)


def worse(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a run that is worse than the one in use."""
    copied(patch, run)
    rows = SameRows(100, 90, 80, 15, 5, 0.04)
    sha256 = sha256_of(run / "model" / "manifest.json")
    file = run.with_name("b") / "report.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["old_and_new"] = OldAndNew("a run", sha256, rows).to_dict()
    file.write_text(json.dumps(told), encoding="utf-8")


NEW = {"new.csv": "id,label\nT-1,negative\n"}
ROWS = {
    "rows.csv": table(["text", "label"], make_texts(60, 31)),
    "other.csv": table(["text", "label"], labelled("angry", "calm")),
    "test.csv": table(["text", "label"], make_texts(40, 77)),
}
QUICK = "--epochs 1"
CASES = (
    Case(
        "correct",
        ("correct_command:correct sentilora correct", "correct_command:correct --file#2"),
        {**LIVE, **NEW},
        fill={"ID": "T-1", "LABEL": "negative", "FILE": "new.csv"},
        before=answered,
    ),
    Case(
        "correct T-1 negative --file new.csv",
        ("correct_command:correct --file",),
        {**LIVE, **NEW},
        leaves_out=True,
        before=answered,
    ),
    Case(
        "correct T-1 positive",
        ("correct_command:correct sentilora train",),
        LIVE,
        quick=QUICK,
        before=answered,
    ),
    Case(
        "correct T-1 negative --store none.db",
        ("correction:opened --store",),
        LIVE,
        fill={"FILE": "feedback.db"},
        before=answered,
    ),
    Case(
        "correct T-1 negative",
        ("stored_corrections:_answered --source",),
        LIVE,
        before=twice,
    ),
    Case(
        "correct T-1 negative",
        ("stored_corrections:_kept_text --text",),
        LIVE,
        before=wordless,
    ),
    Case(
        "train --from $RUN --feedback feedback.db",
        ("corrected_run:_corrections sentilora correct",),
        LIVE,
        fill={"ID": "T-1", "LABEL": "negative"},
        before=answered,
    ),
    Case(
        "train --feedback feedback.db",
        ("train_command:_learn sentilora train",),
        LIVE,
        quick=QUICK,
        before=corrected,
    ),
    Case(
        "train --from $RUN --feedback feedback.db --dry-run",
        ("train_command:_learn --name",),
        LIVE,
        leaves_out=True,
        quick=QUICK,
        before=corrected,
    ),
    Case(
        f"train --from $RUN --feedback feedback.db {QUICK}",
        ("report_tables:show_run sentilora promote",),
        LIVE,
        before=corrected,
    ),
    Case(
        "train --from $RUN --feedback feedback.db",
        ("corrected_run:_check_same sentilora train",),
        {**LIVE, **ROWS},
        fill={"DATA": "rows.csv"},
        quick=QUICK,
        before=changed,
    ),
    Case(
        "train other.csv --from $RUN --feedback feedback.db",
        ("corrected_run:_check_labels --labels",),
        {**LIVE, **ROWS},
        fill={"--labels": "angry=negative,calm=positive"},
        quick=QUICK,
        before=corrected,
    ),
    Case("promote", ("promote_command:promote sentilora promote",), before=there),
    Case("promote $RUN --undo", ("promote_command:promote --undo",), leaves_out=True),
    Case("promote --undo", ("promote:undo_promotion sentilora promote",), before=there),
    Case(
        "promote --undo",
        ("promote:undo_promotion sentilora promote#2",),
        fill={"RUN": "runs/b"},
        quick="--force",
        before=copied,
    ),
    Case("promote $RUN --name a/b", ("promote:_pointer --name#2",)),
    Case(
        "promote $RUN",
        ("promote:_pointer --name#3",),
        {"runs/promoted": "notes"},
        fill={"NAME": "live"},
    ),
    Case(
        "promote runs/b --over runs/c",
        ("promote:_old --over",),
        leaves_out=True,
        quick="--force",
        before=copied,
    ),
    Case(
        "promote runs/b --over runs/c",
        ("promote:_old --name",),
        fill={"NAME": "live"},
        quick="--force",
        before=copied,
    ),
    Case(
        "promote runs/b",
        ("promote:_check_not_worse sentilora promote",),
        ROWS,
        before=copied,
    ),
    Case(
        "promote runs/b --over runs/promoted",
        ("promote:_check_not_worse sentilora promote#2",),
        ROWS,
        before=copied,
    ),
    Case("promote runs/b", ("promote:_check_not_worse --force",), before=copied),
    Case("promote runs/b", ("promote:_check_not_worse --force#2",), before=worse),
)
