"""Aspects by their names: what is near to them, with their words and without."""

import numpy as np
import pytest

from sentilora.insights.aspects.aspect_examples import KnownTexts, find_by_examples, learn_aspects
from sentilora.insights.aspects.aspect_phrases import PHRASES, name_words, phrases_of
from sentilora.insights.aspects.aspect_search import find_aspects
from sentilora.insights.aspects.aspects import FoundAspects
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.terms import stem
from sentilora.labels import Labels

# A word is a direction, and a text the mean of its words: what an encoder does, with known answers.
ALIKE = {
    "tariff": ("tariff", "tariffs", "bill", "expensive"),
    "garden": ("garden", "gardens", "lawn", "roses"),
    "other": ("went", "there", "monday", "saw", "people", "then", "home"),
}


class Words:
    """An encoder of single words, alike where they stand in one line of ``ALIKE``."""

    def embed(self, texts):
        return np.array([self.vector(text) for text in texts], np.float32)

    def vector(self, text):
        found = np.zeros(40)
        for word in text.casefold().replace(".", "").split():
            for place, words in enumerate(ALIKE.values()):
                if word in words:
                    found[place] += 1
            found[3 + sum(map(ord, word)) % 37] += 0.6
        return found / max(np.linalg.norm(found), 1e-9)


def made(texts):
    feedback = Feedback("x.csv", texts, np.arange(len(texts)), Labels(("negative", "positive")))
    number = len(texts)
    vectors = Words().embed(texts)
    zeros = np.zeros(number, np.int64)
    statements = Statements(
        np.arange(number),
        zeros,
        np.array([len(text) for text in texts]),
        np.full((number, 2), 0.5, np.float32),
        zeros.astype(np.float32),
        vectors,
        zeros.astype(np.int8),
    )
    return feedback, statements


def texts_of(number=200, seed=0):
    """Return texts, and which of them speak of the tariff."""
    generator = np.random.default_rng(seed)
    others = ALIKE["other"]
    texts, truth = [], []
    for place in range(number):
        words = list(generator.choice(others, 3))
        if speaks := place % 8 == 0:
            words += list(generator.choice(ALIKE["tariff"], 2))
        elif place % 8 == 1:
            words += list(generator.choice(ALIKE["garden"], 2))
        texts.append(" ".join(words))
        truth.append(speaks)
    return texts, np.array(truth)


def test_texts_are_found_by_the_name_and_by_words_that_are_near_to_it():
    texts, truth = texts_of()
    feedback, statements = made(texts)
    found = find_aspects(feedback, statements, Words(), ["Tariff", "garden"])
    assert set(found.words[0]) == set(ALIKE["tariff"])
    assert (found.speaks[:, 0] == truth).mean() > 0.97
    assert found.speaks[truth, 1].sum() == 0
    without = [not {"tariff", "tariffs"} & set(text.split()) for text in texts]
    assert found.speaks[truth & without, 0].mean() > 0.8  # by words that are not its name
    assert len(found.quotes[0]) == 5
    assert truth[list(found.quotes[0])].all()


def test_an_aspect_does_not_depend_on_the_others_asked_for():
    feedback, statements = made(texts_of()[0])
    alone = find_aspects(feedback, statements, Words(), ["garden"])
    both = find_aspects(feedback, statements, Words(), ["garden", "tariff"])
    assert (alone.speaks[:, 0] == both.speaks[:, 0]).all()
    again = find_aspects(feedback, statements, Words(), ["garden"])
    assert (again.scores == alone.scores).all()


def test_what_nobody_mentions_is_not_found():
    feedback, statements = made(texts_of()[0])
    found = find_aspects(feedback, statements, Words(), ["submarine"])
    assert found.speaks.sum() == 0
    assert found.column() == [None] * 200
    assert found.quotes == ((),)


@pytest.mark.parametrize("texts", [["the tariff"], ["the tariff", "a lawn"], ["the tariff"] * 9])
def test_a_handful_of_texts_is_no_error(texts):
    feedback, statements = made(texts)
    found = find_aspects(feedback, statements, Words(), ["tariff"])
    assert found.speaks[:, 0].tolist() == ["tariff" in text for text in texts]


def test_a_statement_of_two_aspects_names_both_surest_first():
    scores = np.array([[1, 2], [-1, 0.5], [-1, -1]], np.float32)
    found = FoundAspects(("price", "staff"), ((), ()), scores, ((), ()))
    assert found.column() == ["staff; price", "staff", None]
    of_texts = found.text_scores(np.array([0, 0, 2]), 3)
    assert of_texts.tolist() == [[1, 2], [-np.inf, -np.inf], [-1, -1]]


def test_labelled_texts_move_the_limit():
    texts, truth = texts_of()
    feedback, statements = made(texts)
    found = find_aspects(feedback, statements, Words(), ["tariff", "garden"])
    shifted = FoundAspects(found.names, found.words, found.scores - 9, found.quotes)
    known = np.arange(60)
    answers = np.column_stack([truth[:60], np.zeros(60, bool)])
    scores = learn_aspects(shifted, statements, 200, known, answers)
    assert not (shifted.scores[:, 0] > 0).any()
    assert ((scores[60:, 0] > 0) == truth[60:]).mean() > 0.95
    assert (scores[:, 1] == shifted.scores[:, 1]).all()  # none mentions it: nothing to learn from


def test_a_few_known_texts_teach_what_is_meant():
    texts, truth = texts_of()
    feedback, statements = made(texts)
    more, meant = texts_of(40, seed=5)  # "toll" is what these people call the tariff
    answers = np.column_stack([meant])
    known = KnownTexts(("toll",), *made(more), answers)
    assert not find_aspects(feedback, statements, Words(), ["toll"]).speaks.any()
    found = find_by_examples(feedback, statements, Words(), known)
    assert (found.speaks[:, 0] == truth).mean() > 0.95
    assert found.taught_by == 40
    assert truth[list(found.quotes[0])].all()
    assert max(found.quotes[0]) < len(texts)


def test_what_a_person_saw_in_a_text_holds_for_it_and_its_copies():
    texts, _ = texts_of()
    feedback, statements = made(texts)
    wrong = [place for place in range(40) if place % 8 in (0, 2)]
    answers = np.array([[place % 8 == 2] for place in wrong])
    lines = [f" {texts[place].upper()} " for place in wrong]
    found = find_by_examples(
        feedback, statements, Words(), KnownTexts(("tariff",), *made(lines), answers)
    )
    assert found.speaks[wrong, 0].tolist() == answers[:, 0].tolist()


def test_names_are_known_by_their_words():
    assert name_words("Attitude of the staff") == ("attitude", "staff")
    assert name_words("of") == ("of",)
    assert [stem(word) for word in ("prices", "companies", "staff's", "access")] == [
        *("price", "company", "staff", "access")
    ]
    assert "overpriced" in phrases_of("Prices")
    assert phrases_of("submarine") == ()
    words = [word for some in PHRASES for word in some.split()]
    assert len(words) == len(set(words))
    assert [stem(word) for word in words] == words
