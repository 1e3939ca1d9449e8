"""A store of each kind, and a connection that asks it."""

import pytest

from sentilora.monitoring.store.store import open_store


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


@pytest.fixture
def asking(store):
    with store.engine.connect() as connection:
        yield connection
