from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sentilora.errors import ConfigError
from sentilora.insights.themes.theme_file import read_themes, write_themes
from sentilora.insights.themes.theme_search import find_themes
from sentilora.insights.themes.themes import FoundThemes, KeptThemes

Make = Callable[..., Any]


def found_in(made: Any, pinned: KeptThemes | None = None) -> FoundThemes:
    return find_themes(
        made.vectors,
        made.words,
        text_index=made.text_index,
        kinds=made.kinds,
        resamples=0,
        pinned=pinned,
    )


@pytest.fixture
def kept_file(make_statements: Make, tmp_path: Path) -> Path:
    found = found_in(make_statements(topics=3))
    assert found.kept is not None
    path = tmp_path / "themes.toml"
    write_themes(found.kept, path, base="minilm")
    return path


def test_a_file_holds_what_was_found(make_statements: Make, kept_file: Path) -> None:
    found = found_in(make_statements(topics=3))
    kept = read_themes(kept_file, base="minilm")
    assert [theme.key for theme in kept.themes] == [theme.key for theme in found.themes]
    assert [theme.name for theme in kept.themes] == [theme.name for theme in found.themes]
    for theme, before in zip(kept.themes, found.kept.themes, strict=True):  # type: ignore[union-attr]
        np.testing.assert_allclose(theme.centre, before.centre, atol=1e-3)
        assert theme.least == pytest.approx(before.least, abs=1e-4)


def test_writing_again_changes_nothing(kept_file: Path, tmp_path: Path) -> None:
    write_themes(read_themes(kept_file, base="minilm"), tmp_path / "again.toml", base="minilm")
    first = kept_file.read_text("utf-8").partition("[space]")[0]
    assert (tmp_path / "again.toml").read_text("utf-8").partition("[space]")[0] == first


def test_new_texts_join_their_theme_and_others_are_new(
    make_statements: Make, kept_file: Path
) -> None:
    kept = read_themes(kept_file, base="minilm")
    later = make_statements(topics=4, seed=5)
    found = found_in(later, kept)
    pinned = [theme.is_pinned for theme in found.themes]
    of_pinned = np.isin(found.theme_of, np.flatnonzero(pinned))
    assert of_pinned[later.topics < 3].mean() > 0.8
    assert not of_pinned[later.topics == 3].any()
    assert (found.theme_of[later.topics == 3] >= 0).mean() > 0.8
    assert found.kept is not None
    assert found.kept.themes[: len(kept.themes)] == kept.themes
    assert len(found.kept.themes) > len(kept.themes)


def test_what_is_loose_beside_kept_themes_is_no_new_one(
    make_statements: Make, kept_file: Path
) -> None:
    made = make_statements(topics=3)
    stray = np.random.default_rng(3).normal(size=(40, made.vectors.shape[1]))
    stray /= np.linalg.norm(stray, axis=1, keepdims=True)
    vectors = np.concatenate([made.vectors, stray.astype(np.float32)])
    more = replace(
        made,
        vectors=vectors,
        words=[*made.words, *(f"Something else of {number}" for number in "abcdefgh" * 5)],
        text_index=np.arange(len(vectors)),
        kinds=np.zeros(len(vectors), np.int8),
    )
    found = found_in(more, read_themes(kept_file, base="minilm"))
    new = np.flatnonzero([not theme.is_pinned for theme in found.themes])
    assert np.isin(found.theme_of[-40:], new).mean() < 0.3


def test_what_people_decide_stays(make_statements: Make, kept_file: Path) -> None:
    kept = read_themes(kept_file, base="minilm")
    first, second, third = kept.themes[:3]
    text = kept_file.read_text("utf-8")
    text = text.replace(f'name = "{first.name}"', 'name = "Parcels"')
    text = text.replace(f'key = "{second.key}"', f'key = "{second.key}"\nexcluded = true')
    text = text.replace(f'key = "{third.key}"', f'key = "{third.key}"\nmerge_into = "{first.key}"')
    kept_file.write_text(text, "utf-8")
    made = make_statements(topics=3)
    plain, found = found_in(made, kept), found_in(made, read_themes(kept_file, base="minilm"))
    by_key = {theme.key: at for at, theme in enumerate(found.themes)}
    plain_key = {theme.key: at for at, theme in enumerate(plain.themes)}
    assert found.themes[by_key[first.key]].name == "Parcels"
    assert second.key not in by_key
    assert third.key not in by_key
    assert (found.theme_of[plain.theme_of == plain_key[second.key]] == -1).all()
    joined = np.isin(plain.theme_of, [plain_key[first.key], plain_key[third.key]])
    assert (found.theme_of[joined] == by_key[first.key]).all()
    write_themes(found.kept, kept_file, base="minilm")  # type: ignore[arg-type]
    again = read_themes(kept_file, base="minilm").themes
    assert (again[0].name, again[1].excluded, again[2].merge_into) == ("Parcels", True, first.key)


def test_a_theme_without_statements_is_kept_and_not_shown(
    make_statements: Make, kept_file: Path
) -> None:
    kept = read_themes(kept_file, base="minilm")
    made = make_statements(topics=1)
    found = found_in(made, kept)
    assert 0 < len([theme for theme in found.themes if theme.is_pinned]) < len(kept.themes)
    assert found.kept is not None
    assert len(found.kept.themes) >= len(kept.themes)


def test_another_base_is_refused(kept_file: Path) -> None:
    with pytest.raises(ConfigError, match="'minilm', and the texts are embedded by 'mpnet'"):
        read_themes(kept_file, base="mpnet")


def test_all_that_is_wrong_is_told_at_once(kept_file: Path) -> None:
    kept = read_themes(kept_file, base="minilm")
    first, second, third = (theme.key for theme in kept.themes[:3])
    text = kept_file.read_text("utf-8")
    text = text.replace(f'key = "{first}"', f'key = "{first}"\nmerge_into = "{second}x"')
    text = text.replace(f'key = "{second}"', f'key = "{second}"\nmerge_into = "{third}"')
    text = text.replace(f'key = "{third}"', f'key = "{third}"\nmerge_into = "{second}"')
    text = text.replace('mean = "', 'mean = "!')
    kept_file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_themes(kept_file, base="minilm")
    message = str(caught.value)
    assert f"merge_into = '{second}x', no key of a theme; did you mean '{second}'?" in message
    assert f"'{second}' is merged into itself by merge_into = '{third}'" in message
    assert "space.mean: damaged; must be float16 numbers in base64" in message
    assert "take the file of that report again" in message


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("format = 1", "format = 2", "format = 2: must be 1"),
        ("\nname = ", "\nnmae = ", "did you mean 'name'"),
        ("least = ", "least = 7", "must be at most 1"),
        ('key = "', 'key = "new-', "has no entry in [centres]"),
    ],
)
def test_a_wrong_setting_is_named(kept_file: Path, before: str, after: str, told: str) -> None:
    kept_file.write_text(kept_file.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_themes(kept_file, base="minilm")
    assert told in str(caught.value)


def test_a_shorter_centre_is_told(kept_file: Path) -> None:
    kept = read_themes(kept_file, base="minilm")
    short = replace(kept.themes[0], centre=kept.themes[0].centre[:5])
    write_themes(KeptThemes(kept.space, (short, *kept.themes[1:])), kept_file, base="minilm")
    with pytest.raises(ConfigError, match=r"holds 5 numbers; must be 16, as space\.mean"):
        read_themes(kept_file, base="minilm")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no configuration file .*themes\.toml\. .* to themes"):
        read_themes(tmp_path / "themes.toml", base="minilm")
