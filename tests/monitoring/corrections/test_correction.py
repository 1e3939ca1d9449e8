"""What people say of texts is kept, as a whole or not at all."""

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from sentilora.errors import ConfigError, DataError
from sentilora.monitoring.corrections.corrected_texts import last_labels, read_corrections
from sentilora.monitoring.corrections.correction import correct, correct_file
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import CORRECTION
from tests.monitoring.corrections.conftest import answered


def kept(store):
    with store.engine.connect() as connection:
        return list(read_corrections(connection))


def test_a_correction_says_who_gave_it_where_and_in_the_place_of_what(store):
    one = correct("T-1", " Negative", store=store, by="Ada", origin="page")
    assert (one.before, one.after, one.is_change) == ("positive", "negative", True)
    assert (one.id, one.source, one.model, one.by, one.origin) == (
        "T-1",
        "mail",
        "general",
        "Ada",
        "page",
    )
    assert not correct("T-2", "positive", store=store).is_change
    assert [(words, told.after) for words, told in kept(store)] == [
        ("It is late", "negative"),
        ("All is well", "positive"),
    ]
    assert kept(store)[0][1] == one


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"id": "T-9"}, "no text with the id 'T-9'"),
        ({"id": "T-1", "source": "app"}, "no text with the id 'T-1' of the source 'app'"),
        ({"id": "T-1", "model": "other"}, "that the model 'other' answered"),
        ({"label": "bad"}, "label 'bad': expected one of negative, neutral, positive"),
        ({"text": "Other words"}, "not those in the store, which begin with 'It is late'"),
    ],
)
def test_what_is_not_there_is_refused_with_what_was_expected(store, asked, told):
    asked = {"id": "T-1", "label": "negative", **asked}
    with pytest.raises(DataError, match=told):
        correct(asked.pop("id"), asked.pop("label"), store=store, **asked)
    assert kept(store) == []


def test_an_id_of_two_sources_needs_one(store):
    store.add([answered("T-3")])
    with pytest.raises(DataError, match=r"in the sources 'app', 'mail'; say which one with source"):
        correct("T-3", "negative", store=store)
    assert correct("T-3", "negative", store=store, source="mail").source == "mail"


def test_a_label_that_no_text_has_yet_is_known_from_the_model(store):
    assert correct("T-1", "neutral", store=store).after == "neutral"
    store.add([answered("old", model="earlier")])
    with pytest.raises(DataError, match="label 'neutral': expected one of positive"):
        correct("old", "neutral", store=store)


def test_a_file_is_stored_as_a_whole(store, tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text("id;label;source\nT-1;negative;mail\nT-3;neutral;\n", encoding="utf-8")
    done = correct_file(path, store=store, by="Ada")
    assert [(one.id, one.source, one.after, one.origin) for one in done] == [
        ("T-1", "mail", "negative", "file"),
        ("T-3", "app", "neutral", "file"),
    ]


def test_all_that_is_wrong_with_a_file_is_told_and_nothing_stored(store, tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text("id,label\nT-1,negative\nT-8,negative\nT-2,bad\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        correct_file(path, store=store)
    told = str(caught.value)
    assert "2 problems in" in told
    assert "row 2: there is no text with the id 'T-8'" in told
    assert "row 3: label 'bad'" in told
    assert kept(store) == []
    path.write_text("id,label\nT-1,\n,negative\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)no label: row 1.*no id: row 2.*nothing was stored"):
        correct_file(path, store=store)
    path.write_text("ticket,label\nT-1,negative\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"has no column 'id'. Found: 'ticket', 'label'"):
        correct_file(path, store=store)
    path.write_text("id,label\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds no corrections, only a header"):
        correct_file(path, store=store)


def test_where_texts_are_not_kept_the_words_are_given_on_purpose_or_it_is_refused(store):
    store.drop_texts(2**60)
    with pytest.raises(DataError, match="the words of 'T-1' are not kept"):
        correct("T-1", "negative", store=store)
    with pytest.raises(DataError, match="'T-1': empty text"):
        correct("T-1", "negative", store=store, text=" ")
    correct("T-1", "negative", store=store, text="It is late")
    assert [words for words, _ in kept(store)] == ["It is late"]
    store.drop_texts(2**60)
    assert [words for words, _ in kept(store)] == [None]
    with store.engine.connect() as connection:
        assert last_labels(connection) == ([], 1)


def test_a_text_that_is_forgotten_takes_its_corrections_along(store):
    correct("T-1", "negative", store=store)
    correct("T-2", "negative", store=store)
    assert store.forget("T-1") == 1
    assert [told.id for _, told in kept(store)] == ["T-2"]
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(CORRECTION)).scalar() == 1


def test_of_contradictory_corrections_of_a_text_the_last_one_counts(store):
    store.add([answered("T-4", "it  is LATE")])
    for name, label in (("T-1", "negative"), ("T-1", "neutral"), ("T-4", "negative")):
        correct(name, label, store=store)
    with store.engine.connect() as connection:
        (one,), without = last_labels(connection)
    assert (one.correction.id, one.correction.after, one.contradicted) == ("T-4", "negative", 2)
    assert without == 0


def test_settings_that_are_none_are_refused(store, tmp_path):
    with pytest.raises(ConfigError, match="expected page, file, api, command"):
        correct("T-1", "negative", store=store, origin="letter")
    with pytest.raises(DataError, match=r"There is no store .*none.db"):
        correct("T-1", "negative", store=tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_store_of_before_is_renewed(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(ScriptDirectory, "get_current_head", lambda _: "0002")
        with open_store(tmp_path / "a.db") as store:
            store.add([answered("T-1")])
            assert not sa.inspect(store.engine).has_table("correction")
    assert correct("T-1", "positive", store=tmp_path / "a.db").after == "positive"
