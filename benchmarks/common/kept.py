"""What took long to compute, kept between goes of a program."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


def kept(
    path: Path | None, model: str, texts: Sequence[str], compute: Callable[[], Value]
) -> Value:
    """Return what a model makes of texts: from a file, if it holds that of these very texts.

    Args:
        path: file of an earlier go, written where it holds something else or is not there; only one
            of your own, as to open it can run any program. None computes without a file.
        model: name of the model.
        texts: the texts.
        compute: what computes the value.
    """
    key = model, hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if path is not None and path.is_file():
        held, value = pickle.loads(path.read_bytes())
        if held == key:
            known: Value = value
            return known
    found = compute()
    if path is not None:
        path.write_bytes(pickle.dumps((key, found)))
    return found
