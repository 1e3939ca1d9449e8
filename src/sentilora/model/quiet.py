"""Holding back what other libraries tell of their inner steps; errors are raised all the same."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout


@contextmanager
def quiet_library(name: str) -> Iterator[None]:
    """Hold back a library's log, all warnings, and standard output.

    Args:
        name: name of the library's logger.
    """
    with _raised_level([name]), warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Hold back the load report, progress bars and deprecations of transformers and PEFT.

    What the load report warns of is checked by the callers.
    """
    from transformers.utils import logging as hf_logging

    with ExitStack() as stack:
        if hf_logging.is_progress_bar_enabled():
            stack.callback(hf_logging.enable_progress_bar)
        hf_logging.disable_progress_bar()
        stack.enter_context(_raised_level(["transformers", "huggingface_hub"]))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextmanager
def quiet_logging() -> Iterator[None]:
    """Hold back every log line and warning, for a library that logs under many names."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextmanager
def _raised_level(names: Sequence[str]) -> Iterator[None]:
    """Let loggers tell nothing below an error."""
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
