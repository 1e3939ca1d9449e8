"""Kafka's protocol: texts come once and in order, whatever is killed."""

import pytest

pytest.importorskip("faststream", reason="the extra brokers is not installed")

from benchmarks.monitoring.survival import survive
from tests.helpers import warm_python
from tests.helpers.mixed_texts import check_survival, mixed_texts

pytestmark = [pytest.mark.service, pytest.mark.process]


def test_kafkas_protocol_through_kills(tiny_run, tmp_path, kafka):
    survival = survive(
        tiny_run.path,
        kafka,
        tmp_path / "feedback.db",
        tmp_path,
        mixed_texts(3000),
        monitor_kills=1,  # Kafka hands on what a member had when it was not heard of for 10 seconds
        settings="?group=feedback",
        popen=warm_python.Popen,
    )
    check_survival(survival, monitor=1)
