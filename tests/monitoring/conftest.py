"""Stores to test with: SQLite, and PostgreSQL where its server is installed."""

import os

import pytest

from tests.helpers.postgres_server import find_programs, postgres_server


@pytest.fixture(scope="session")
def postgres():
    """Return a PostgreSQL server; ``make test-services`` brings one."""
    programs = find_programs()
    if programs is None:
        missing = "PostgreSQL's server is not installed. Type: sudo apt-get install postgresql"
        assert os.environ.get("SENTILORA_SERVICES") != "required", missing
        pytest.skip(missing)
    pytest.importorskip("psycopg")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def store_address(request, tmp_path):
    """Return the address of a store that is not there yet."""
    if request.param == "sqlite":
        return tmp_path / "feedback.db"
    return request.getfixturevalue("postgres").make_database()
