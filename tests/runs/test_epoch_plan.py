"""Batches of a pass: each row in one, within budget, the same for the same seed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sentilora.runs.epoch_plan import plan_epoch

lengths_of_rows = st.lists(st.integers(1, 80), min_size=1, max_size=200).map(np.asarray)


@given(lengths_of_rows, st.integers(1, 20), st.integers(8, 400), st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_each_row_stands_in_one_batch_and_batches_keep_the_budget(lengths, rows, tokens, epoch):
    plan = plan_epoch(lengths, batch_rows=rows, batch_tokens=tokens, seed=1, epoch=epoch)
    assert sorted(np.concatenate(plan)) == list(range(len(lengths)))
    for batch in plan:
        assert len(batch) <= rows
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= tokens


def test_rows_of_a_batch_are_alike_in_length():
    lengths = np.random.default_rng(0).integers(5, 256, 5000)
    plan = plan_epoch(lengths, batch_rows=32, batch_tokens=8192, seed=0, epoch=0)
    padded = sum(len(batch) * lengths[batch].max() for batch in plan)
    assert padded / lengths.sum() < 1.1
    # … but batches come in no order of length.
    means = np.asarray([lengths[batch].mean() for batch in plan])
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3


def test_plans_depend_on_seed_and_epoch_alone():
    lengths = np.arange(100) % 17 + 1
    sizes = {"batch_rows": 8, "batch_tokens": 999}
    one = [b.tolist() for b in plan_epoch(lengths, seed=3, epoch=1, **sizes)]
    assert one == [b.tolist() for b in plan_epoch(lengths, seed=3, epoch=1, **sizes)]
    assert one != [b.tolist() for b in plan_epoch(lengths, seed=3, epoch=2, **sizes)]
    assert one != [b.tolist() for b in plan_epoch(lengths, seed=4, epoch=1, **sizes)]
