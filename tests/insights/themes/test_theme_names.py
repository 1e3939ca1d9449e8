from __future__ import annotations

import numpy as np
import pytest

from sentilora.insights.themes.terms import count_terms, stem, terms_in, words_in
from sentilora.insights.themes.theme_names import (
    Telling,
    find_telling,
    key_of,
    name_theme,
    short_forms,
)


def test_negations_are_words_and_make_pairs() -> None:
    terms = {written for _, written in terms_in("It’s not good, and it doesn't work")}
    assert {"not good", "good", "doesn't work", "work"} <= terms
    assert "not" not in terms
    assert "it's" not in terms


@pytest.mark.parametrize("word", ["bill", "system", "top", "serious", "empty", "fire", "never"])
def test_words_of_content_are_no_stop_words(word: str) -> None:
    assert any(word in written for _, written in terms_in(f"{word} charged"))


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("cards", "card"),
        ("fees", "fee"),
        ("currencies", "currency"),
        ("boxes", "box"),
        ("crashes", "crash"),
    ],
)
def test_plurals_are_one_word_with_their_singular(plural: str, singular: str) -> None:
    assert stem(plural) == stem(singular) == singular


@pytest.mark.parametrize("word", ["business", "status", "is", "gas"])
def test_what_is_no_plural_stays(word: str) -> None:
    assert stem(word) == word


def test_figures_are_no_words() -> None:
    assert words_in("Order 4711 of 3 cards") == ["order", "of", "cards"]


def test_words_that_all_themes_hold_tell_nothing() -> None:
    texts = ["app login fails", "app login error", "app parcel late", "app parcel lost"] * 5
    theme_of = np.array([0, 0, 1, 1] * 5)
    told = find_telling(count_terms(texts), theme_of, np.ones(20), 2)
    assert told[0].words[0] == "app login"
    assert "parcel" in " ".join(told[1].words)
    assert all("app" not in theme.words for theme in told)


def test_forms_of_a_word_are_shown_once() -> None:
    texts = ["verify identity", "verified identity", "verifying identities"] * 5 + ["refund"] * 15
    theme_of = np.array([0] * 15 + [1] * 15)
    told = find_telling(count_terms(texts), theme_of, np.ones(30), 2)
    assert told[0].words[0].startswith("identit")
    assert sum(word.startswith("verif") for word in told[0].words) <= 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("THE APP DOES NOT LOAD!!!", "The app does not load"),
        ("but why was I charged twice?", "Why was I charged twice?"),
        ("Great, but the parcel never arrived.", "The parcel never arrived"),
        ("Cheaper than my old dentist and", "Cheaper than my old dentist"),
        ("Who do I send it to?", "Who do I send it to?"),
        ("So far so good", "So far so good"),
        (
            "I have been waiting for my parcel that I ordered three weeks ago from the shop",
            "I have been waiting for my parcel that I ordered …",
        ),
    ],
)
def test_a_statement_is_shortened_to_a_sentence(text: str, name: str) -> None:
    assert name in short_forms(text)


@pytest.mark.parametrize(
    "text", ["Order 4711081 is lost", "Mail me at a@b.com please now", "ok so it is", "!!!", ""]
)
def test_numbers_of_people_and_empty_words_name_nothing(text: str) -> None:
    assert short_forms(text) == []


def test_the_name_holds_the_telling_words_and_is_not_taken_twice() -> None:
    words = ["I like it here a lot", "The parcel came late", "A late parcel again"]
    telling = Telling(
        ("parcel", "late"), (("parcel",), ("late",)), {("parcel",): 0.6, ("late",): 0.4}
    )
    arguments = (
        np.arange(3),
        np.array([0.8, 0.79, 0.7], np.float32),
        words,
        telling,
    )
    taken: set[str] = set()
    names = [name_theme(*arguments, taken) for _ in range(4)]
    assert names[0] == "The parcel came late"
    assert len({name.lower() for name in names}) == 4


def test_a_form_that_hardly_says_anything_is_the_last_choice() -> None:
    words = ["On every phone", "The save button is covered"]
    telling = Telling(("phone",), (("phone",),), {("phone",): 1.0})
    likeness = np.array([0.9, 0.5], np.float32)
    taken: set[str] = set()
    names = [name_theme(np.arange(2), likeness, words, telling, taken) for _ in range(2)]
    assert names == ["The save button is covered", "On every phone"]


def test_keys_do_not_depend_on_the_order_of_words() -> None:
    one = Telling(("late", "parcels"), (("late",), ("parcel",)), {})
    other = Telling(("parcel", "late"), (("parcel",), ("late",)), {})
    assert key_of(one, set()) == key_of(other, set()) == "late-parcel"
    taken = {"late-parcel"}
    assert key_of(one, taken) == "late-parcel-2"
    assert key_of(Telling((), (), {}), taken) == "theme"
