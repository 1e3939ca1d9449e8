"""The page's way to a PostgreSQL store that goes away and comes back."""

import pytest
import sqlalchemy as sa

from sentilora.errors import DataError
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import FEEDBACK
from sentilora.ui.models.live_store import reading
from sentilora.ui.settings import STORE
from tests.helpers.live_stores import said


def ids():
    with reading() as connection:
        return list(connection.execute(sa.select(FEEDBACK.c.id)).scalars())


@pytest.mark.service
def test_a_database_that_was_killed_is_read_again_once_it_is_back(postgres, monkeypatch):
    address = postgres.make_database()
    monkeypatch.setenv(STORE, address)
    with open_store(address) as store:
        store.add([said(1)])
    assert ids() == ["1"]
    postgres.kill()
    with pytest.raises(DataError, match="does not answer"):
        ids()
    postgres.restart()
    assert ids() == ["1"]
