"""The store behind the page: shared, found again when its file is another one, never told whole."""

import shutil

import pytest
import sqlalchemy as sa

from sentilora.errors import DataError
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import FEEDBACK
from sentilora.ui.models.live_store import page_store, reading
from sentilora.ui.settings import STORE
from tests.helpers.live_stores import said


@pytest.fixture
def place(tmp_path, monkeypatch):
    found = tmp_path / "feedback.db"
    monkeypatch.setenv(STORE, str(found))
    return found


def ids():
    with reading() as connection:
        return list(connection.execute(sa.select(FEEDBACK.c.id)).scalars())


def test_a_file_in_the_place_of_another_is_opened_anew(place, tmp_path):
    with open_store(place) as store:
        store.add([said("old")])
    assert ids() == ["old"]
    assert page_store() is page_store()
    with open_store(tmp_path / "new.db") as store:
        store.add([said("new")])
    for one in tmp_path.glob("feedback.db*"):
        one.unlink()
    with pytest.raises(DataError, match="There is no store"):
        ids()
    shutil.move(tmp_path / "new.db", place)
    assert ids() == ["new"]


def test_nothing_is_made_where_there_is_no_store(place):
    with pytest.raises(DataError, match="A monitor makes it"):
        ids()
    assert not place.exists()


def test_a_file_that_is_no_store_is_told(place):
    place.write_text("id,text\n1,hello\n" * 500)
    with pytest.raises(DataError, match="cannot be opened: file is not a database"):
        ids()


def test_a_database_that_is_away_is_told_without_its_password(monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setenv(STORE, "postgresql://me:secret@127.0.0.1:9/feedback")
    with pytest.raises(DataError, match="cannot be opened") as caught:
        ids()
    assert "secret" not in str(caught.value)
