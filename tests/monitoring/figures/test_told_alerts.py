"""Alerts as the page lists them: open, over, each with who was told."""

import json

import pytest
import sqlalchemy as sa

from sentilora.monitoring.figures.told_alerts import find_alert, open_alerts, past_alerts
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY


@pytest.fixture
def asking(store_address):
    """Write eight alerts, two of them open, and give a connection."""
    with open_store(store_address) as store:
        with writing(store.engine) as connection:
            for number in range(1, 9):
                connection.execute(
                    sa.insert(ALERT).values(
                        rule=f"rule {number}",
                        scope="",
                        opened_ms=1000 * number,
                        updated_ms=1000 * number,
                        ended_ms=None if number in (3, 8) else 1000 * number + 500,
                        told="too many",
                        figures=json.dumps({"share": 0.5}),
                        examples="[]",
                    )
                )
            for event, target, sent_ms, error in (
                ("opened", "team", 3100, None),
                ("opened", "boss", None, "503"),
            ):
                connection.execute(
                    sa.insert(DELIVERY).values(
                        alert=3,
                        event=event,
                        target=target,
                        due_ms=3000,
                        tries=1,
                        sent_ms=sent_ms,
                        error=error,
                    )
                )
        with store.engine.connect() as connection:
            yield connection


def test_open_alerts_come_with_who_was_told(asking):
    found = open_alerts(asking)
    assert [one.alert.number for one in found] == [8, 3]
    assert found[0].deliveries == ()
    told = [(one.target, one.sent_ms, one.error) for one in found[1].deliveries]
    assert told == [("team", 3100, None), ("boss", None, "503")]


def test_past_alerts_are_turned_like_pages(asking):
    assert [one.alert.number for one in past_alerts(asking, most=4)] == [7, 6, 5, 4]
    assert [one.alert.number for one in past_alerts(asking, 4, most=4)] == [2, 1]
    assert past_alerts(asking, 1) == []


def test_an_alert_is_found_by_its_number(asking):
    assert find_alert(asking, 5).alert.rule == "rule 5"
    assert find_alert(asking, 3).deliveries[0].target == "team"
    assert find_alert(asking, 99) is None
