"""What train, adapt, runs and bases say, and what is typed then."""

from __future__ import annotations

import json
import os
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sentilora.adaptation import adapt as adapt_module
from sentilora.training import train as train_module
from tests.cli.advice.tables import FILE, PLAIN, PRAISE, TEXTS, table
from tests.helpers.advice_following import Case
from tests.helpers.texts import make_texts

TRAIN = f"train '{FILE}' --base $BASE --config settings.toml"
ADAPT = f"adapt $BASE '{FILE}' --device cpu --precision fp32 --max-steps 2"
DRY = "--dry-run"
SETTINGS = """
device = 'cpu'
[training]
max_steps = 1
precision = 'fp32'
[report]
baselines = ['majority']
resamples = 100
"""
ROWS = {**PLAIN, "settings.toml": SETTINGS}
REVIEWS = {"reviews.csv": PLAIN[FILE]}
OTHER = [(text, label) for text, label in make_texts(160, seed=9) if text not in TEXTS]


def _of_shop(name: str, rows: list[tuple[Any, ...]]) -> str:
    return table(["text", "label", "shop"], [(*row, name) for row in rows])


OTHER_TEXTS = [text for text, _ in OTHER]
GROUPED = {FILE: _of_shop("one", PRAISE)}
OTHER_SHOP, ANOTHER_SHOP = _of_shop("two", OTHER[:40]), _of_shop("three", OTHER[40:])
HAS_FINISHED = "has finished; there is nothing to resume"
RESUMED = {"runs/NAME/config.toml": "runs/a run/config.toml"}


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` tells."""

    total: int
    used: int
    free: int


def unfinished(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Leave of a run what there is when it was stopped before it saved its model."""
    shutil.rmtree(run / "model")
    (run / "report.json").unlink()


def damaged_report(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a report of another shape."""
    (run / "report.json").write_text('{"format": 1, "metrics": 1}')


def other_data(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have the data of an unfinished run be others than they were."""
    unfinished(patch, run)
    known = json.loads((run / "environment.json").read_text())
    known["data"][0]["sha256"] = "0" * 64
    (run / "environment.json").write_text(json.dumps(known))


def full_disk(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have no room but in one folder."""
    Path("elsewhere").mkdir()
    patch.setattr(
        shutil,
        "disk_usage",
        lambda path: Usage(10**12, 0, 10**12 if "elsewhere" in str(path) else 1000),
    )


def closed_folder(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have no folder that can be written to but one."""
    Path("elsewhere").mkdir()
    real = os.access

    def access(path: Any, mode: int, **options: Any) -> bool:
        is_open = "elsewhere" in str(path) or not mode & os.W_OK
        return is_open and real(path, mode, **options)

    patch.setattr(os, "access", access)


def _stops_once(patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    real = getattr(module, name)

    def stopping(*arguments: Any, **options: Any) -> Any:
        patch.setattr(module, name, real)
        raise KeyboardInterrupt

    patch.setattr(module, name, stopping)


def stopped_training(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have someone press Ctrl-C in the midst of a training."""
    _stops_once(patch, train_module, "_work")


def stopped_adaptation(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have someone press Ctrl-C in the midst of an adaptation."""
    _stops_once(patch, adapt_module, "_work_on")


START = (
    Case(
        "train",
        ("train_command:train sentilora train", "train_command:train sentilora train#2"),
        REVIEWS,
        quick=DRY,
    ),
    Case(
        "train --resume",
        ("train_command:_check_resume sentilora train",),
        fill=RESUMED | {"--resume": "--resume"},
        before=unfinished,
    ),
    Case(
        "train --config $RUN/config.toml --resume --epochs 3",
        ("train_command:_check_resume “--resume”#2",),
        words="--epochs",
        leaves_out=True,
        before=unfinished,
    ),
    Case(
        f"{TRAIN} --name 'a run'",
        ("run_folder:create_run --name",),
        ROWS | {"runs/a run/x": ""},
        fill={"--name": "another run"},
    ),
    Case(
        f"{TRAIN} --name 'a run' --output $RUN/..",
        ("run_folder:create_run sentilora train",),
        ROWS,
        then=HAS_FINISHED,
    ),
    Case(
        f"{TRAIN} --output '{FILE}/runs'",
        ("run_folder:create_run --output",),
        ROWS,
        fill={"DIR": "elsewhere"},
    ),
    Case(
        f"{TRAIN}",
        ("disk:check_space --output",),
        ROWS,
        fill={"DIR": "elsewhere"},
        before=full_disk,
    ),
    Case(
        f"{TRAIN}",
        ("disk:check_space --output#2",),
        ROWS,
        fill={"DIR": "elsewhere"},
        before=closed_folder,
    ),
    Case(
        f"train '{FILE}' --base $BASE --config nowhere.toml {DRY}",
        ("settings_file:read_settings --name",),
        ROWS,
        fill={"--config": "settings.toml"},
    ),
    Case(
        f"train '{FILE}' --base distilbert {DRY}",
        ("classifier:_no_tokenizer --base",),
        PLAIN,
    ),
    Case(
        f"{TRAIN} --group shop {DRY}",
        (("split:_why_not --validation", "split:_why_not --test"),),
        ROWS | GROUPED | {"v.csv": OTHER_SHOP, "t.csv": ANOTHER_SHOP},
        fill={"--validation": "v.csv", "--test": "t.csv"},
    ),
    Case(
        f"{TRAIN} --pairs-only {DRY}",
        ("config:PairsConfig._check_together --pairs",),
        ROWS | {"p.csv": table(["text_preferred", "text_other"], pairwise(OTHER_TEXTS))},
        fill={"FILE": "p.csv"},
    ),
    Case(
        f"{TRAIN} --load-in-4bit {DRY}",
        ("four_bit: --load-in-4bit",),
        ROWS,
        leaves_out=True,
    ),
    Case(f"check '{FILE}'", ("check_command:_training sentilora train",), PLAIN, quick=DRY),
    Case(
        f"check '{FILE}' --fix clean.csv",
        ("check_command:_training sentilora train#2",),
        PLAIN,
        quick=DRY,
    ),
    Case(
        f"check '{FILE}' --validation v.csv",
        ("check_command:_show sentilora check",),
        {FILE: f"{PLAIN[FILE]}one alone,neutral\n", "v.csv": PLAIN[FILE]},
        mended=PLAIN,
    ),
)
RUNS = (
    Case("runs", ("runs_command:_show sentilora train",), quick=DRY),
    Case("runs --output $RUN/..", ("runs_command:_show sentilora predict",)),
    Case("runs --output $RUN/..", ("runs_command:_describe sentilora train",), before=unfinished),
    Case(
        "runs --output $RUN/..",
        ("report:read_report sentilora evaluate#2",),
        PLAIN,
        fill={"DATA": FILE},
        before=damaged_report,
    ),
    Case("predict $RUN 'a text'", ("artifact:find_artifact sentilora train",), before=unfinished),
    Case(
        "train --config $RUN/config.toml --resume",
        ("run_folder:resume_run sentilora predict",),
    ),
    Case(
        "train --config elsewhere/config.toml --resume",
        ("run_folder:resume_run sentilora train",),
        {"elsewhere/config.toml": "base = 'minilm'\n"},
        fill=RESUMED,
        then=HAS_FINISHED,
    ),
    Case(
        "train --config $RUN/config.toml --resume",
        ("run_context:_check_same_data sentilora train",),
        quick="--output runs",
        before=other_data,
    ),
    Case(
        f"{TRAIN} --name stopped",
        ("train:_go sentilora train",),
        ROWS,
        before=stopped_training,
    ),
    Case(
        f"{TRAIN}",
        ("report_tables:show_run sentilora predict",),
        ROWS,
        loads=True,
    ),
    Case(
        f"train '{FILE}' --base minilm --config settings.toml --preset fast --max-tokens 16",
        ("remedies:remedies sentilora train", "remedies:remedies sentilora train#2"),
        ROWS,
        quick=DRY,
        loads=True,
    ),
    Case(
        f"{TRAIN} {DRY}",
        ("report_tables:show_dry_run “--dry-run”",),
        ROWS,
        words="--dry-run",
        leaves_out=True,
        loads=True,
    ),
)
ADAPTED = (
    Case(
        "adapt",
        ("adapt_command:adapt sentilora adapt",),
        {"reviews.csv": PLAIN[FILE]},
        quick=DRY,
    ),
    Case(ADAPT, ("adapt_command:_show sentilora train",), PLAIN, fill={"DATA": FILE}, quick=DRY),
    Case(
        f"{ADAPT} {DRY}",
        ("adapt_command:_show_dry_run “--dry-run”",),
        PLAIN,
        words="--dry-run",
        leaves_out=True,
    ),
    Case(
        f"{ADAPT} --output 'my base'",
        ("adapt:adapt --output",),
        {**PLAIN, "my base/x": ""},
        fill={"--output": "another base"},
    ),
    Case(
        f"{ADAPT} --output '{FILE}/base'",
        ("adapt:adapt --output#2",),
        PLAIN,
        fill={"--output": "another base"},
    ),
    Case(
        f"{ADAPT} --output 'my base'",
        ("adapt:_go sentilora adapt",),
        PLAIN,
        before=stopped_adaptation,
    ),
    Case(
        "adapt --resume 'my base'",
        ("adapt:resume_adaptation sentilora train",),
        {"my base/x": "", "reviews.csv": PLAIN[FILE]},
        quick="--base $BASE --dry-run",
    ),
    Case(
        "adapt --resume 'my base'",
        ("adapt:resume_adaptation sentilora adapt",),
        {"texts.csv": PLAIN[FILE]},
        quick=DRY,
    ),
    Case(
        "adapt --resume 'my base' --precision fp32",
        ("adapt_command:_check_resume “--resume”",),
        words="--precision",
        leaves_out=True,
        then="There is no unfinished adaptation to my base",
    ),
    Case(
        f"adapt $BASE '{FILE}' {DRY}",
        ("corpus: --skip-bad-rows",),
        {FILE: f"{PLAIN[FILE]}a,b,c\n"},
    ),
    Case(
        "bases",
        ("bases_command:_show sentilora train",),
        PLAIN,
        fill={"DATA": FILE, "NAME": "minilm"},
        quick=DRY,
    ),
)
CASES = (*START, *RUNS, *ADAPTED)
