"""Real brokers: texts come once and in order, whatever is killed."""

import pytest

pytest.importorskip("faststream", reason="the extra brokers is not installed")

from benchmarks.monitoring.survival import survive
from tests.helpers import warm_python
from tests.helpers.mixed_texts import check_survival, mixed_texts

pytestmark = [pytest.mark.service, pytest.mark.process]


def test_redis_and_postgresql_through_kills_of_all_three(tiny_run, tmp_path, redis, postgres):
    store = postgres.make_database()
    kills = {"monitor": 3, "broker": 1, "store": 1}
    named = {f"{what}_kills": number for what, number in kills.items()}
    survival = survive(
        tiny_run.path,
        redis,
        store,
        tmp_path,
        mixed_texts(3000),
        database=postgres,
        popen=warm_python.Popen,
        **named,
    )
    check_survival(survival, **kills)
    assert survival.waits >= 1


def test_nats_through_kills(tiny_run, tmp_path, nats):
    survival = survive(
        tiny_run.path,
        nats,
        tmp_path / "feedback.db",
        tmp_path,
        mixed_texts(3000),
        monitor_kills=2,
        broker_kills=1,
        settings="?ack_wait=2",
        popen=warm_python.Popen,
    )
    check_survival(survival, monitor=2, broker=1)


@pytest.mark.parametrize("has_ids", [True, False])
def test_rabbitmq_through_kills(tiny_run, tmp_path, rabbitmq, has_ids):
    survival = survive(
        tiny_run.path,
        rabbitmq,
        tmp_path / "feedback.db",
        tmp_path,
        mixed_texts(3000),
        monitor_kills=2,
        broker_kills=int(has_ids),
        popen=warm_python.Popen,
        publishing={"has_ids": has_ids},
    )
    check_survival(survival, monitor=2, **({"broker": 1} if has_ids else {}))
