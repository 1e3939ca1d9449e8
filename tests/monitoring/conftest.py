"""Stores and brokers to test with: SQLite, and servers where they are installed."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.helpers.broker_servers import PROGRAMS, broker_server
from tests.helpers.kafka_protocol import KafkaProtocolServer
from tests.helpers.postgres_server import find_programs, postgres_server


@pytest.fixture(scope="session")
def postgres():
    """Return a PostgreSQL server; ``make test-services`` brings one."""
    programs = find_programs()
    if programs is None:
        _miss("postgresql")
    pytest.importorskip("psycopg")
    with postgres_server(programs) as server:
        yield server


def _miss(package):
    """Skip a test, or fail it where servers have to be there."""
    missing = f"Its server is not installed. Type: sudo apt-get install {package}"
    assert os.environ.get("SENTILORA_SERVICES") != "required", missing
    pytest.skip(missing)


def _serve(kind, package):
    pytest.importorskip("faststream")
    if shutil.which(PROGRAMS[kind]) is None:
        _miss(package)
    with broker_server(kind, Path(tempfile.mkdtemp(prefix=f"sentilora-{kind}-"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis():
    """Return a Redis server."""
    yield from _serve("redis", "redis-server")


@pytest.fixture(scope="session")
def nats():
    """Return a NATS server with JetStream."""
    yield from _serve("nats", "nats-server")


@pytest.fixture(scope="session")
def rabbitmq():
    """Return a RabbitMQ server."""
    yield from _serve("amqp", "rabbitmq-server")


@pytest.fixture(scope="session")
def kafka():
    """Return a broker that speaks Kafka's protocol."""
    pytest.importorskip("faststream")
    pytest.importorskip("confluent_kafka")
    return KafkaProtocolServer()


@pytest.fixture(params=["redis", "nats", "rabbitmq"])
def broker(request):
    """Return a server of each kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def store_address(request, tmp_path):
    """Return the address of a store that is not there yet."""
    if request.param == "sqlite":
        return tmp_path / "feedback.db"
    return request.getfixturevalue("postgres").make_database()
