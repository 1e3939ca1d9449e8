"""Kinds of statements, on lists written by hand for this test."""

import numpy as np
import pytest

from sentilora.insights.statements.kinds import find_kinds, kind_of
from sentilora.insights.statements.statements import KINDS

WISHES = """
Please add a dark mode.
pls fix the login
It would be nice to have a search field.
Would be great if it remembered my address
I wish there were more sizes.
We really wish you would open on Sundays
You should add an option to pay by card.
They should train the staff at the desk better.
The app needs a filter for prices.
I would love to see larger rooms next time.
I'd like to be able to change my order.
Could you add a way to cancel?
Can you please bring the old menu back
If only it came in blue.
Bring back the old version!
My only suggestion is a longer cable.
Hope you bring out a new season soon.
Add an option to mute it.
There should be an option to skip this.
It could use some better instructions.
Could be better if it had two doors.
Breakfast needs to be improved.
"""
QUESTIONS = """
Why does it need my phone number?
how do i cancel this
What is the point of that?!
Is there a way to pay later
Can I use it abroad?
Does anyone know when they open
Where is my parcel
How long does delivery take
Anyone else with this fault?
Will it fit a small car?
So what happens to my money now
"""
COMPLAINTS = """
It broke after a day.
The parcel should have arrived on Monday.
They could have told us before.
I wish I had never bought it.
Nobody answers the phone, and when they do they hang up.
What a waste of money.
The room was dirty and cold.
How they treat people is a shame.
The bag was lost for a week.
This must be the worst film of the year.
"""
PRAISE = """
The crew was kind and quick.
How good it feels to wear them!
Would buy again.
Should you need a dentist, this is the one.
I would recommend it to everyone.
What a lovely place.
Everything I wished for arrived in time.
We had a great time.
Can not fault them.
Does what it says.
"""
REMARKS = """
I bought it in May.
There are two doors and a bell.
It is blue.
We stayed for two nights.
The seller is in Leeds.
"""


def lines(text):
    return [line for line in text.strip().splitlines() if line]


@pytest.mark.parametrize(
    ("kind", "listed", "signed"),
    [
        ("wish", WISHES, -0.4),
        ("wish", WISHES, 0.4),
        ("question", QUESTIONS, -0.6),
        ("complaint", COMPLAINTS, -0.8),
        ("praise", PRAISE, 0.8),
        ("remark", REMARKS, 0.1),
    ],
)
def test_kinds_are_told_apart(kind, listed, signed):
    found = {line: kind_of(line, signed) for line in lines(listed)}
    assert {line: one for line, one in found.items() if one != kind} == {}


def test_the_mood_decides_where_no_pattern_does():
    assert [kind_of("The door", mood) for mood in (-0.9, -0.2, 0.2, 0.9)] == [
        "complaint",
        "remark",
        "remark",
        "praise",
    ]


def test_kinds_are_indices():
    found = find_kinds(["Please add tea.", "Why?", "Bad"], np.array([0.5, 0.0, -1.0]))
    assert found.dtype == np.int8
    assert [KINDS[index] for index in found] == ["wish", "question", "complaint"]
    assert find_kinds([], np.zeros(0)).shape == (0,)
