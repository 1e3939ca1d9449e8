"""What libraries say is held back for a while, and only what they say."""

from __future__ import annotations

import logging
import warnings

import pytest

from sentilora.model.quiet import quiet_library, quiet_logging, quiet_transformers


def test_a_library_is_held_back_and_heard_again(capsys, caplog):
    logger = logging.getLogger("some.library")
    logger.setLevel(logging.INFO)
    with quiet_library("some.library"):
        print("step 1 of 7")
        logger.warning("inner step")
        warnings.warn("inner step", UserWarning, stacklevel=1)
        logger.error("broken")
    print("done")
    assert capsys.readouterr().out == "done\n"
    assert [record.message for record in caplog.records] == ["broken"]
    assert logger.level == logging.INFO


def test_transformers_is_as_it_was_afterwards():
    from transformers.utils import logging as hf_logging

    logger = logging.getLogger("transformers")
    level, had_bars = logger.level, hf_logging.is_progress_bar_enabled()
    hf_logging.enable_progress_bar()
    with quiet_transformers():
        assert not hf_logging.is_progress_bar_enabled()
        assert logger.level == logging.ERROR
    assert hf_logging.is_progress_bar_enabled()
    assert logger.level == level
    hf_logging.disable_progress_bar()
    with quiet_transformers():
        pass
    assert not hf_logging.is_progress_bar_enabled()
    if had_bars:
        hf_logging.enable_progress_bar()


def test_all_logs_are_held_back_and_heard_again(caplog):
    with quiet_logging():
        logging.getLogger("any").critical("inner step")
    logging.getLogger("any").warning("done")
    assert [record.message for record in caplog.records] == ["done"]


@pytest.mark.parametrize("quiet", [lambda: quiet_library("a"), quiet_transformers, quiet_logging])
def test_errors_are_raised_all_the_same_and_nothing_stays_held_back(quiet):
    levels = [logging.getLogger(name).level for name in ("a", "transformers")]
    with pytest.raises(ValueError, match="broken"), quiet():
        raise ValueError("broken")
    assert [logging.getLogger(name).level for name in ("a", "transformers")] == levels
    assert logging.root.manager.disable == logging.NOTSET
