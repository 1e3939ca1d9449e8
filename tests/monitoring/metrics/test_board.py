"""The board for Grafana and Prometheus's config: they name what a monitor exports, and no more.

Whether a Grafana draws it is not tested: none is installed here.
"""

import json
import re
from pathlib import Path

import pytest
import yaml

from sentilora.monitoring.metrics.live_metrics import LiveMetrics
from sentilora.monitoring.metrics.live_tally import LiveTally

DOCS = Path(__file__).resolve().parents[3] / "docs"
BOARD = json.loads((DOCS / "examples" / "grafana-live.json").read_text(encoding="utf-8"))
PAGE = (DOCS / "live.md").read_text(encoding="utf-8")
WORDS = {
    *("sum", "max", "rate", "by", "on", "and", "or", "le", "histogram_quantile", "vector", "time"),
    *("source", "label", "outcome", "instance"),
}


def exported() -> dict[str, set[str]]:
    """Return the labels of each series that a monitor exports, by its name."""
    found = {}
    for family in LiveMetrics(LiveTally(), ["general"], lambda: 0).collect():
        names = set(getattr(family, "_labelnames", ()))
        match family.type:
            case "counter":
                found[f"{family.name}_total"] = names
            case "histogram":
                found |= {f"{family.name}_{end}": {"le"} for end in ("bucket", "sum", "count")}
            case "info":
                found[f"{family.name}_info"] = {"models", "version"}
            case _:
                found[family.name] = names
    return found


EXPRESSIONS = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]


def test_there_are_expressions():
    assert len(EXPRESSIONS) > 15


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_series_that_are_exported(expression):
    series = exported()
    named = re.findall(r"(sentilora_\w+)(?:\{([^}]*)\})?", expression)
    assert named or expression.startswith("vector")
    for name, matchers in named:
        assert name in series, f"{name} is not exported"
        labels = {one.split("=")[0].strip(" !") for one in matchers.split(",") if one}
        assert labels <= series[name] | {"instance", "job"}
    bare = re.sub(r'"[^"]*"|\$__rate_interval|sentilora_\w+', "", expression)
    assert set(re.findall(r"[a-z_]+", bare)) <= WORDS
    assert bare.count("(") == bare.count(")")


def test_all_that_is_exported_is_in_the_docs():
    for name in exported():
        assert re.sub(r"_(bucket|sum|count)$", "", name) in PAGE, name


def test_the_board_is_one_that_grafana_can_import():
    assert BOARD["schemaVersion"] >= 36  # the first one with references to data sources
    assert BOARD["title"]
    assert re.fullmatch(r"[\w-]{1,40}", BOARD["uid"])
    assert "id" not in BOARD  # given by the Grafana that imports it
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert panel["type"] in ("stat", "timeseries")
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert {"defaults", "overrides"} == set(panel["fieldConfig"])
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
    taken = [
        (x, y)
        for panel in BOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    variables = {one["name"]: one for one in BOARD["templating"]["list"]}
    assert variables["datasource"]["query"] == "prometheus"
    (named,) = re.findall(r"label_values\((\w+), source\)", variables["source"]["definition"])
    assert "source" in exported()[named]


def test_the_config_of_prometheus_asks_where_the_docs_let_the_monitor_listen():
    config = yaml.safe_load((DOCS / "examples" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    assert f"http://{target}" in PAGE
