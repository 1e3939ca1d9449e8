"""The fields: which rows of which sets, and the files that are written of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sentilora.data.labelled.stratification import thin
from sentilora.data.same_text import fold

THREE = ("negative", "neutral", "positive")
TWO = ("negative", "positive")


@dataclass(frozen=True)
class Field:
    """Where the rows of a field stand.

    Attributes:
        files: train, test, and, where there are any, texts without labels; below the data folder.
        chosen: returns the rows of train, or of test, that belong to the field.
        labels: names of the label ids.
        updates: of a training at most; as the preset has it if None.
        adapting: updates of an adaptation.
    """

    files: tuple[str, ...]
    chosen: Callable[[pd.DataFrame, str], pd.Series]
    labels: tuple[str, ...]
    updates: int | None = None
    adapting: int = 60


def _all_rows(rows: pd.DataFrame, _: str) -> pd.Series:
    return rows["label"] >= 0


def _health(rows: pd.DataFrame, _: str) -> pd.Series:
    return (rows["domain"] == "health_personal_care") & ~rows["dup_of_train"]


def _shops(rows: pd.DataFrame, part: str) -> pd.Series:
    return rows["industry"].isin(["Fashion", "Groceries"]) & (rows["split"] == part)


BANK, FDU, FABSA = "financial_phrasebank", "fdu_mtl_16domains", "fabsa/all.parquet"
FIELDS = {
    "finance": Field((f"{BANK}/train.parquet", f"{BANK}/test.parquet"), _all_rows, THREE),
    "health": Field(  # four times as long as the others, so that all ends within half an hour
        (f"{FDU}/train.parquet", f"{FDU}/test.parquet", f"{FDU}/unlabeled.parquet"),
        _health,
        TWO,
        updates=150,
        adapting=30,
    ),
    "retail": Field((FABSA, FABSA), _shops, THREE),
}


def write_field(sets: Path, field: Field, sizes: Sequence[int], seed: int, folder: Path) -> None:
    """Write the files of a field, with the rows that a seed draws.

    Args:
        sets: folder with the folders of the sets.
        field: the field.
        sizes: rows of the parts of train.
        seed: of the draws.
        folder: folder to write to; it is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    train, test, *more = (
        _rows(sets / file, field, part)
        for file, part in zip(field.files, ("train", "test", "train"), strict=False)
    )
    kept_out = set(test["key"])
    train = train[~train["key"].isin(kept_out)].drop_duplicates("key").reset_index(drop=True)
    test = test.drop_duplicates("key")
    texts = pd.concat([train, *more]).drop_duplicates("key")
    texts = texts[~texts["key"].isin(kept_out)]
    texts[["text"]].to_csv(folder / "texts.csv", index=False)
    _write(test, field, folder / "test.csv")
    for size in sizes:
        drawn = train.iloc[thin(train["label"].to_numpy(), min(size, len(train)), seed)]
        _write(drawn, field, folder / f"train-{size}.csv")


def _rows(file: Path, field: Field, part: str) -> pd.DataFrame:
    rows = pd.read_parquet(file)
    rows = rows[field.chosen(rows, part)]
    keys = ["".join(c for c in fold(text) if c.isalnum()) for text in rows["text"]]
    return rows[["text", "label"]].assign(key=keys).query("key != ''")


def _write(rows: pd.DataFrame, field: Field, path: Path) -> None:
    names = [field.labels[label] for label in rows["label"]]
    pd.DataFrame({"text": rows["text"].tolist(), "label": names}).to_csv(path, index=False)
