from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import homogeneity_score

from sentilora.insights.statements.statements import KINDS
from sentilora.insights.themes import clusters, theme_search
from sentilora.insights.themes.theme_search import find_themes
from sentilora.insights.themes.themes import FoundThemes

Make = Callable[..., Any]


def found_in(made: Any, **options: Any) -> FoundThemes:
    return find_themes(
        made.vectors, made.words, text_index=made.text_index, kinds=made.kinds, **options
    )


def test_themes_keep_topics_apart_and_leave_few_out(make_statements: Make) -> None:
    made = make_statements()
    found = found_in(made, resamples=0)
    told = found.theme_of >= 0
    assert homogeneity_score(made.topics[told], found.theme_of[told]) == pytest.approx(1.0)
    assert told.mean() > 0.9
    sizes = np.bincount(found.theme_of[told])
    assert (np.diff(sizes) <= 0).all()
    assert len(sizes) == len(found.themes)
    assert np.isnan(found.likeness[~told]).all()
    assert (found.likeness[told] > 0.5).all()


def test_each_theme_is_told_by_its_own_statements(make_statements: Make) -> None:
    made = make_statements()
    found = found_in(made, resamples=0)
    names = [theme.name for theme in found.themes]
    assert len(set(names)) == len(names)
    assert len({theme.key for theme in found.themes}) == len(names)
    for index, theme in enumerate(found.themes):
        topic = {int(made.topics[at]) for at in theme.quotes}
        assert len(topic) == 1
        assert (found.theme_of[[*theme.quotes]] == index).all()
        assert 3 <= len(theme.quotes) <= 5
        assert any(made.words[at].startswith(theme.name) for at in range(len(made.words)))
        assert len(theme.name.split()) <= 10


def test_same_arguments_give_the_same_themes(make_statements: Make) -> None:
    made = make_statements(noise=0.3)
    one, other = found_in(made, seed=3), found_in(made, seed=3)
    assert one.themes == other.themes
    np.testing.assert_array_equal(one.theme_of, other.theme_of)
    np.testing.assert_array_equal(one.likeness, other.likeness)


def test_clear_groups_come_back_and_noise_does_not(make_statements: Make) -> None:
    clear = make_statements(noise=0.0)
    generator = np.random.default_rng(0)
    noise = generator.normal(size=clear.vectors.shape)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    vague = replace(clear, vectors=noise.astype(np.float32))
    clear_ones = [theme.stability for theme in found_in(clear).themes]
    vague_ones = [theme.stability for theme in found_in(vague).themes]
    assert np.mean(clear_ones) > np.mean(vague_ones) + 0.1  # type: ignore[arg-type]


def test_more_statements_than_are_grouped_at_once_join_the_nearest(
    make_statements: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_search, "GROUPED_AT_ONCE", 60)
    monkeypatch.setattr(theme_search, "_ROWS", 50)
    monkeypatch.setattr(clusters, "_ROWS", 40)
    made = make_statements(times=4)
    found = found_in(made, resamples=0)
    told = found.theme_of >= 0
    assert told.mean() > 0.85
    assert homogeneity_score(made.topics[told], found.theme_of[told]) == pytest.approx(1.0)


def test_statements_of_one_text_are_no_theme(make_statements: Make) -> None:
    made = make_statements()
    lonely = replace(made, text_index=np.where(made.topics == 1, 0, made.text_index))
    found = found_in(lonely, resamples=0)
    assert (found.theme_of[made.topics == 1] == -1).all()
    assert (found.theme_of[made.topics == 0] >= 0).any()


def test_quotes_are_from_different_texts_and_unlike(make_statements: Make) -> None:
    made = make_statements()
    paired = replace(made, text_index=np.arange(len(made.words)) // 2)
    for theme in found_in(paired, resamples=0).themes:
        texts = paired.text_index[[*theme.quotes]]
        assert len(set(texts.tolist())) == len(texts)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_few_statements(make_statements: Make, count: int) -> None:
    made = make_statements()
    few = replace(
        made,
        vectors=made.vectors[:count],
        words=made.words[:count],
        text_index=made.text_index[:count],
        kinds=made.kinds[:count],
    )
    found = found_in(few)
    assert found.theme_of.shape == (count,)
    assert found.likeness.shape == (count,)
    assert len(found.themes) == (1 if count >= 3 else 0)


def test_one_sentence_said_by_all_is_one_theme() -> None:
    vector = np.full((30, 8), 8**-0.5, np.float32)
    found = find_themes(
        vector,
        ["The app crashes"] * 30,
        text_index=np.arange(30),
        kinds=np.zeros(30, np.int8),
    )
    assert [theme.name for theme in found.themes] == ["The app crashes"]
    assert len(found.themes[0].quotes) == 1
    assert (found.theme_of == 0).all()


@pytest.mark.parametrize(
    ("kind", "count", "name"),
    [
        ("remark", 4, "The battery dies at noon"),
        ("complaint", 4, "The phone was red all over"),
        ("remark", 7, "The battery dies at noon"),  # six complaints and no praise
        ("question", 7, "The phone was red all over"),
    ],
)
def test_a_name_is_of_the_kind_that_counts_most(kind: str, count: int, name: str) -> None:
    kinds = [KINDS.index(kind)] * count + [KINDS.index("complaint")] * 6
    found = find_themes(
        np.full((len(kinds), 8), 8**-0.5, np.float32),
        ["The phone was red all over"] * count + ["The battery dies at noon"] * 6,
        text_index=np.arange(len(kinds)),
        kinds=np.array(kinds, np.int8),
    )
    (theme,) = found.themes
    assert theme.name == name
    assert len(theme.quotes) == 2
    assert (theme.quotes[0] >= count) == (name == "The battery dies at noon")


def test_a_group_that_no_word_sets_apart_is_no_theme(make_statements: Make) -> None:
    made = make_statements(noise=0.0, topics=3)
    words = [
        f"{chr(97 + at // 26)}{chr(97 + at % 26)}xq" if made.topics[at] == 1 else text
        for at, text in enumerate(made.words)
    ]
    found = found_in(replace(made, words=words), resamples=0)
    assert (found.theme_of[made.topics == 1] == -1).all()
    assert np.isnan(found.likeness[made.topics == 1]).all()
    assert all(theme.words for theme in found.themes)


def test_voices_weigh_in_the_order(make_statements: Make) -> None:
    made = make_statements(noise=0.0, topics=2)
    weights = np.where(made.topics == 0, 0.1, 1.0)
    found = found_in(made, weights=weights, resamples=0)
    topics = [int(made.topics[theme.quotes[0]]) for theme in found.themes]
    assert topics[0] == 1
    assert topics == sorted(topics, reverse=True)
