"""How far a training is, from its events alone."""

import pytest

from sentilora.ui.jobs.run_progress import watch

ROWS = {"train": 8, "validation": 2, "test": 2}
STARTED = {"kind": "started", "rows": ROWS, "labels": ["a", "b"], "notes": ["read as text"]}


def step(number, loss, steps=10):
    return {
        "kind": "step",
        "step": number,
        "steps": steps,
        "loss": loss,
        "seconds_left": 5.0 * (steps - number),
    }


def evaluation(number, accuracy):
    return {"kind": "evaluation", "step": number, "accuracy": accuracy, "macro_f1": accuracy}


@pytest.mark.parametrize(
    ("events", "is_alive", "said", "state", "error"),
    [
        ([], True, None, "starting", None),
        ([], False, "bad.csv has no column", "failed", "bad.csv has no column"),
        ([STARTED], True, None, "running", None),
        ([STARTED, step(1, 1.0)], False, None, "stopped", None),  # killed
        ([STARTED, {"kind": "interrupted", "step": 1}], True, None, "running", None),
        ([STARTED, {"kind": "interrupted", "step": 1}], False, "Stopped.", "stopped", None),
        ([STARTED, {"kind": "failed", "error": "NaN"}], False, "NaN", "failed", "NaN"),
        ([STARTED, {"kind": "finished", "metrics": {}}], True, None, "finished", None),
    ],
)
def test_the_state(events, is_alive, said, state, error):
    seen = watch(events, is_alive=is_alive, said=said)
    assert (seen.state, seen.error) == (state, error)


def test_a_training_that_died_without_a_word_says_so():
    assert "said nothing" in watch([], is_alive=False).error


def test_steps_that_were_done_again_after_a_stop_count_once():
    events = [
        STARTED,
        step(1, 1.0),
        evaluation(1, 0.4),
        step(2, 0.9),
        {"kind": "interrupted", "step": 1},
        STARTED,
        step(2, 0.8),
        evaluation(2, 0.6),
        step(3, 0.7),
    ]
    seen = watch(events, is_alive=True)
    assert seen.losses == [(1, 1.0), (2, 0.8), (3, 0.7)]
    assert [one["accuracy"] for one in seen.evaluations] == [0.4, 0.6]
    assert (seen.step, seen.steps, seen.share, seen.seconds_left) == (3, 10, 0.3, 35.0)
    assert (seen.rows, seen.labels, seen.notes) == (ROWS, ["a", "b"], ["read as text"])


@pytest.mark.parametrize(
    ("last", "phase"),
    [
        (STARTED, "read the data"),
        ({"kind": "phase", "name": "tokenise train", "total": 8}, "tokenise train"),
        (step(1, 1.0), "train"),
        (evaluation(1, 0.5), "train"),
    ],
)
def test_what_it_is_at(last, phase):
    assert watch([STARTED, last], is_alive=True).phase == phase
