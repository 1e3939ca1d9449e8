"""Preferences beside labels, at toy size, on made-up films and edits."""

import json
import random

import pyarrow as pa
import pytest
from pyarrow import parquet

from benchmarks.preference import __main__ as preference
from benchmarks.preference.files import Sizes, draw_films, prepare
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.same_text import fold
from sentilora.labels import BINARY, Labels
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS

SIZES = Sizes(rows=60, validation_rows=20, test_rows=40, pairs=40, edits=12, test_pairs=50)


def reviews(part, seed):
    generator = random.Random(seed)
    return [
        {
            "text": text,
            "label": int(label == "positive"),
            "rating": generator.randint(7, 10) if label == "positive" else generator.randint(1, 4),
            "movie": f"{part} film {i // 8}",
            "src": f"{part}/{i}.txt",
            "cad_split": "validation" if part == "train" and i < 5 else "",
        }
        for i, (text, label) in enumerate(make_texts(120, seed=seed))
    ]


def edits(count, seed):
    rows = make_texts(2 * count, seed=seed)
    return [
        {"text": text, "label": int(label == "positive"), "pair_id": i // 2}
        for i, (text, label) in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Write a folder as the benchmark expects it."""
    folder = tmp_path_factory.mktemp("sets")
    train, test = reviews("train", 1), reviews("test", 2)
    test[3]["text"] = train[20]["text"].upper()  # stands in both, as in the original
    by_film = {}
    for row in test:
        by_film.setdefault(row["movie"], []).append(row)
    pairs = [
        {"src_hi": one["src"], "src_lo": other["src"]}
        for film in by_film.values()
        for one in film
        for other in film
        if one["rating"] > other["rating"] + 1
    ]
    validation = edits(8, 3)
    files = {
        "imdb/train": train,
        "imdb/test": test,
        "imdb/pairs_test": pairs,
        "cad_imdb/train": [*edits(20, 4), {**validation[0], "pair_id": 3}],
        "cad_imdb/validation": validation,
    }
    for name, rows in files.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        parquet.write_table(pa.Table.from_pylist(rows), path)
    return folder


def texts_of(path):
    return {fold(text) for text in parquet.read_table(path)["text"].to_pylist()}


def test_no_text_is_learned_from_and_measured_with(data, tmp_path):
    files = prepare(data, tmp_path, SIZES, seed=1)
    measured = texts_of(files.test) | texts_of(files.counterfactual)
    learned = texts_of(files.with_edits)
    for path in (files.ratings, files.edits, files.preferences):
        pairs = read_pairs(path, labels=Labels(BINARY))
        learned |= {fold(text) for text in pairs.texts}
    assert not learned & measured
    assert not learned & texts_of(files.validation)
    originals = {fold(row["text"]) for row in reviews("train", 1)[:5]}
    assert not learned & originals  # of edits that are measured with
    films = [set(parquet.read_table(p)["movie"].to_pylist()) for p in (files.labelled, files.test)]
    assert not films[0] & films[1]
    measured_pairs = read_pairs(files.test_pairs, labels=Labels(BINARY))
    assert {fold(text) for text in measured_pairs.texts} <= texts_of(files.test)
    assert files.counts["edits"] == 24
    assert files.counts["edit preferences"] == 24


def test_films_are_drawn_whole_and_once():
    import numpy as np

    rows = reviews("train", 5)
    one, other = draw_films(rows, np.random.default_rng(0), 30, 20)
    assert 30 <= len(one) < 38
    assert 20 <= len(other) < 28
    films = [{row["movie"] for row in part} for part in (one, other)]
    assert not films[0] & films[1]
    assert len({row["src"] for row in (*one, *other)}) == len(one) + len(other)


def test_every_arm_is_trained_and_measured_alike(data, tiny_base, tmp_path, capsys):
    settings = {**TINY_SETTINGS, "training.precision": "fp32"}
    settings = {k: v for k, v in settings.items() if not k.startswith("training.epochs")}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    lines = [line for line in lines if "batch_rows" not in line]
    (tmp_path / "tiny.toml").write_text("\n".join(lines))
    arguments = [str(data), "--rows", "60", "--validation-rows", "20", "--test-rows", "40"]
    arguments += ["--pairs", "40", "--edits", "12", "--test-pairs", "50", "--steps", "8"]
    arguments += ["--arms", "labels,ratings,edits,ratings-only", "--base", str(tiny_base)]
    arguments += ["--config", str(tmp_path / "tiny.toml"), "--device", "cpu"]
    assert preference.main([*arguments, "--output", str(tmp_path / "found.json")]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    records = {record["arm"]: record for record in found["records"]}
    assert list(records) == ["labels", "ratings", "edits", "ratings-only"]
    assert {record["updates"] for record in records.values()} == {8}
    tokens = [record["tokens"] for record in records.values()]
    assert max(tokens) < 1.5 * min(tokens)
    for record in records.values():
        assert set(record["metrics"]) == {*preference.MEASURES, "edit_accuracy"}
        assert record["metrics"]["ranking_accuracy"] > 0.5
    assert found["machine"]["data"][0]["sha256"]
    table = capsys.readouterr().out
    assert "| labels + pairs by stars |" in table


def test_differences_are_those_of_the_same_seed():
    records = [
        {
            "arm": arm,
            "seed": seed,
            "metrics": dict.fromkeys(preference.MEASURES, value),
            "tokens": 10,
            "seconds": 1.0,
        }
        for arm, values in {"labels": (0.5, 0.9), "edits": (0.6, 0.9)}.items()
        for seed, value in enumerate(values)
    ]
    lines = preference.table(records).splitlines()
    assert lines[2].startswith("| labels | 0.7000 | 0.7000 |")
    assert "0.7500 (+0.0500, " in lines[3]
    assert len({line.count("|") for line in lines}) == 1


def test_unknown_arms_are_refused(data, capsys):
    with pytest.raises(SystemExit, match="2"):
        preference.parse([str(data), "--arms", "labels,stars"])
    assert "--arms stars: must be of labels, ratings" in capsys.readouterr().err


def test_wrong_settings_for_all_arms_are_told_before_anything_is_trained(tmp_path):
    file = tmp_path / "further.toml"
    file.write_text('[training]\nepochs = 2\n[data]\nlabels = "no,yes"\n')
    assert preference.read_further(file) == {
        "training.epochs": 2,
        "data.labels": ["no", "yes"],
    }
    file.write_text("rnak = 8\n")
    with pytest.raises(SystemExit, match="rnak = 8: unknown setting"):
        preference.read_further(file)
