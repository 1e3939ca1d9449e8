"""Charts: valid Vega-Lite with the right figures, colours and names."""

import pytest

from sentilora.evaluation.calibration import Bin
from sentilora.ui.display.altair_charts import (
    draw_counts,
    draw_loss,
    draw_over_time,
    draw_reliability,
    draw_validation,
)
from sentilora.ui.display.colours import NEGATIVE, POSITIVE

BIN = Bin(low=0.5, high=0.6, count=7, confidence=0.55, accuracy=0.6)
EVALUATION = {"kind": "evaluation", "step": 4, "accuracy": 0.5, "macro_f1": 0.25}


def colours_of(spec):
    """Return the colour of each name, wherever a layer has them."""
    for layer in spec.get("layer", [spec]):
        scale = layer["encoding"].get("color", {}).get("scale")
        if scale:
            return dict(zip(scale["domain"], scale["range"], strict=True))
    return {}


def test_counts_have_their_figures_as_text():
    spec = draw_counts({"negative": 1, "positive": 1200}).to_dict()
    assert colours_of(spec) == {"negative": NEGATIVE, "positive": POSITIVE}
    values = spec["layer"][0].get("data", spec.get("data"))["values"]
    assert [row["told"] for row in values] == ["1 (0%)", "1,200 (100%)"]
    draw_counts({"negative": 0, "positive": 0}).to_dict()


def test_shares_over_time_are_stacked_in_the_order_of_the_labels():
    rows = [{"start": "2026-01-05", "label": "positive", "texts": 1, "share": 1.0}]
    for unit in ("day", "week", "month"):
        spec = draw_over_time(unit, rows, ["negative", "it's", "positive"]).to_dict()
        assert spec["encoding"]["order"]["field"] == "place"
        (transform,) = spec["transform"]
        assert transform["calculate"].startswith('indexof(["negative", "it\'s", "positive"]')


@pytest.mark.parametrize("steps", [None, 10])
def test_curves_of_a_training(steps):
    loss = draw_loss([(1, 0.9), (2, 0.8)], steps).to_dict()
    domain = loss["encoding"]["x"].get("scale", {}).get("domain")
    assert domain == (None if steps is None else [0, 10])
    validation = draw_validation([EVALUATION], steps).to_dict()
    values = validation["data"]["values"]
    assert [(row["figure"], row["value"]) for row in values] == [
        ("accuracy", 0.5),
        ("macro F1", 0.25),
    ]
    assert len(set(colours_of(validation).values())) == 2
    assert {"shape", "strokeDash"} <= set(validation["encoding"])  # not by colour alone


def test_reliability_of_several_models():
    spec = draw_reliability({"one": [BIN], "two": [BIN]}).to_dict()
    assert list(colours_of(spec)) == ["one", "two"]
    assert len(spec["layer"]) == 2
