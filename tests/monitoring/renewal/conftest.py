"""A monitor whose turns a test decides, and what it tells."""

import datetime as dt

import pytest

from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.sources.record_batch import RecordBatch
from tests.helpers.texts import make_texts

START_S = 1_780_000_000.0


class Turns:
    """A source that does what a test says, turn by turn.

    A turn is a number of texts with their label, or something to be called.
    """

    name = place = "turns"

    def __init__(self, *turns):
        self.turns = turns
        self.sent = self.named = 0
        self.now_s = START_S
        self.acknowledged = 0

    def clock(self):
        """Return a time that goes on by two seconds whenever somebody asks."""
        self.now_s += 2.0
        return self.now_s

    def batches(self, position, stop):
        for turn in self.turns:
            if callable(turn):
                turn()
                yield from (RecordBatch() for _ in range(3))
            else:
                yield self._batch(*turn)

    def _batch(self, number, label):
        at = dt.datetime.fromtimestamp(self.now_s, dt.UTC)
        texts = [text for text, name in make_texts(400, 5) if name == label]
        records = [
            FeedbackRecord("turns", f"t{self.named + self.sent + n}", texts[n], at)
            for n in range(number)
        ]
        self.sent += number
        return RecordBatch(records, position=self.sent, acknowledge=self._acknowledge)

    def _acknowledge(self):
        self.acknowledged += 1


@pytest.fixture
def make_turns():
    return Turns
