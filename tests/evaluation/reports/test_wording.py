"""How figures are told."""

import pytest

from sentilora.evaluation.report_parts.order_part import OrderPart
from sentilora.evaluation.reports import wording


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (wording.percent(0.9184), "91.8 %"),
        (wording.percent(None), "–"),
        (wording.metric("accuracy", 0.91844, rows=25_000), "91.84 %"),
        (wording.metric("accuracy", 0.91844, rows=300), "91.8 %"),
        (wording.metric("matthews_correlation", -0.0312), "−0.031"),
        (wording.metric("log_loss", None), "–"),
        (wording.exact(0.91844), "0.9184"),
        (wording.exact(None), "–"),
        (wording.interval("accuracy", (0.915, 0.922)), "91.5 – 92.2"),
        (wording.interval("accuracy", None), ""),
        (wording.count(25000), "25,000"),
        (wording.p_value(0.0001), "p < 0.001"),
        (wording.p_value(0.0312), "p = 0.031"),
        (wording.size(1_900_000), "1.9 MB"),
        (wording.size(12), "12 bytes"),
        (wording.size(None), "–"),
        (wording.millions(437_762), "437,762"),
        (wording.millions(22_713_986), "22.7 M"),
        (wording.duration(4.21), "4 s"),
        (wording.duration(4.21, 1), "4.2 s"),
        (wording.duration(59.7), "1 min 00 s"),
        (wording.duration(59.7, 1), "59.7 s"),
        (wording.duration(59.97, 1), "1 min 00 s"),
        (wording.duration(None), "–"),
        (wording.duration(200), "3 min 20 s"),
        (wording.duration(7500), "2 h 05 min"),
        (wording.energy(0.0124), "12.4 Wh"),
        (wording.energy(0.000012), "0.012 Wh"),
        (wording.energy(1.3), "1.30 kWh"),
    ],
)
def test_figures(told, expected):
    assert told == expected


def orders(**parts):
    return wording.orders(OrderPart.from_dict(parts))


def test_order_is_told_for_trainings_and_for_evaluations():
    def part(name, value, ends, **counts):
        return {"metrics": {name: value, **counts}, "intervals": {name: ends} if ends else {}}

    before = part("ranking_accuracy", 0.5, [0.45, 0.55], pairs=200, units=9)
    after = part("ranking_accuracy", 0.8125, [0.75, 0.875], pairs=200, units=9)
    (one,) = orders(pairs={"trained": 900, "before": before, "after": after})
    assert (one.name, one.what) == ("Pairs in the right order", "200 pairs")
    assert (one.before, one.value, one.limits) == ("50.0 %", "81.2 %", "75.0 % – 87.5 %")
    assert orders(pairs={"trained": 900, "held_out": 0}) == []
    assert orders() == []
    spearman = {"column": "stars", **part("spearman", -0.25, [-0.3, -0.2], rows=1000)}
    groups = {"column": "pair_id", **part("consistency", 0.9, None, groups=490)}
    pairs = {"source": "p.csv", **part("preference_accuracy", 0.75, None, pairs=4, units=4)}
    found = orders(pairs=pairs, ratings=spearman, groups=groups)
    assert [one.value for one in found] == ["75.0 %", "−0.250", "90.0 %"]
    assert [one.before for one in found] == ["", "", ""]
    assert found[1].limits == "−0.300 – −0.200"
    unknown = {"column": "stars", **part("spearman", None, None, rows=2)}
    assert orders(ratings=unknown)[0].value == "–"
