"""Building the adapter that ships: terms, leaks, the mixture, and the folder, at toy size."""

import json
import random
import re
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors import safe_open

import sentilora
from benchmarks.general import __main__ as general
from benchmarks.general import package
from benchmarks.general.figures import split_neutral
from benchmarks.general.mixture import held_out_keys, key_of, measured_parts, mix, with_breaks
from benchmarks.general.sets import SETS, check_folders, without_treebank_marks
from sentilora import samples
from sentilora.errors import ConfigError
from sentilora.labels import Labels
from sentilora.model.artifact import open_artifact
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS

TERNARY_IDS = {"negative": 0, "neutral": 1, "positive": 2}


def write_set(folder, rows, **columns):
    """Write the train part of a set: texts with label ids."""
    folder.mkdir(parents=True, exist_ok=True)
    texts, label_ids = zip(*rows, strict=True)
    table = pa.table({"text": texts, "label": label_ids, **columns})
    pq.write_table(table, folder / "train.parquet")
    return folder


def write_held_out(file, texts):
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"text": texts}), file)
    return file


def test_every_set_tells_its_terms_and_none_that_is_used_is_non_commercial():
    used = {name for name, one in SETS.items() if one.refused is None}
    assert used == {"tweeteval_sentiment", "sst5", "amazon_blitzer", "fdu_mtl_16domains"}
    for name, one in SETS.items():
        assert one.terms
        assert name not in used or "commercial" not in one.terms
        assert name not in used or set(one.labels.values()) >= {"negative", "positive"}


def test_all_folders_that_may_not_be_used_are_named(tmp_path):
    write_set(tmp_path / "sst5", [("fine", 3)])
    terms = "## Terms of the original\n\nFree. For non-commercial use only.\n\n## Doubts\n\nnone\n"
    write_set(tmp_path / "amazon_blitzer", [("fine", 1)])
    (tmp_path / "amazon_blitzer" / "PROVENANCE.md").write_text(terms)
    names = ("sst5", "imdb", "reviews", "tweeteval_sentiment", "amazon_blitzer")
    with pytest.raises(ConfigError) as error:
        check_folders([tmp_path / name for name in names])
    lines = str(error.value).splitlines()
    assert lines[0] == "4 problems in the folders"
    assert lines[1] == "  imdb: not used, as the site's terms say non-commercial"
    assert lines[2].startswith("  reviews: not known; known are tweeteval_sentiment, sst5")
    assert lines[3].endswith("train.parquet does not exist")
    assert lines[4] == "  amazon_blitzer: its PROVENANCE.md says: For non-commercial use only."


def test_terms_that_only_doubt_are_not_refused(tmp_path):
    folder = write_set(tmp_path / "sst5", [("fine", 3)])
    text = "## Terms of the original\n\nResearch.\n\n## Doubts\n\nanother set is non-commercial\n"
    (folder / "PROVENANCE.md").write_text(text)
    assert check_folders([folder]) == {"sst5": folder}


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("-LRB- it 's n't bad -RRB- , really !", "(it'sn't bad), really!"),
        ("he does n't", "he doesn't"),
        ("a and\\/or b", "a and/or b"),
        ("nothing to undo, isn't it?", "nothing to undo, isn't it?"),
    ],
)
def test_treebank_marks_are_undone(marked, plain):
    assert without_treebank_marks(marked) == plain


def test_texts_are_compared_by_letters_and_digits():
    assert key_of("-LRB- He does n't , OK ? -RRB-") == key_of("he DOESN'T ok")
    assert key_of("a<br />b") == key_of("A b.")
    assert key_of("👍") != key_of("👎")
    assert key_of(" ") == ""


def test_a_text_that_something_is_measured_on_is_left_out(tmp_path):
    rows = [("Good film!", 2), ("A bad one.", 0), ("a bad, one", 0), ("It is there.", 1)]
    rows += [("torn", 0), ("Torn!", 2), ("torn?", 2), ("", 1)]
    folder = write_set(tmp_path / "tweeteval_sentiment", rows)
    held_out = held_out_keys([write_held_out(tmp_path / "x" / "test.parquet", ["good FILM"])])
    mixed, story = mix({"tweeteval_sentiment": folder}, held_out, rows_per_set=30, seed=1)
    drawn = story["tweeteval_sentiment"]
    assert (drawn.read, drawn.held_out, drawn.repeated, drawn.dropped) == (8, 1, 4, 1)
    ours = [row for row in mixed if row["set"] == "tweeteval_sentiment"]
    assert {(row["text"], row["label"]) for row in ours} == {
        ("A bad one.", "negative"),
        ("It is there.", "neutral"),
    }
    own = [row for row in mixed if row["set"] == samples.NAME]
    assert 590 < len(own) <= 600  # the train part of the sample, each text once
    tests = samples.path("test").read_text(encoding="utf-8")
    assert not [row["text"] for row in own if f",{row['text']}," in tests]


def test_each_label_gives_an_equal_share_and_domains_can_be_dropped(tmp_path):
    texts = [f"text {number}" for number in range(90)]
    labels = [0] * 10 + [1] * 40 + [1] * 40
    domains = ["books"] * 50 + ["imdb"] * 40
    rows = list(zip(texts, labels, strict=True))
    folder = write_set(tmp_path / "fdu_mtl_16domains", rows, domain=domains)
    mixed, story = mix({folder.name: folder}, set(), rows_per_set=40, seed=1)
    assert story[folder.name].counts == {"negative": 10, "positive": 20}
    assert story[folder.name].dropped == 40
    again, _ = mix({folder.name: folder}, set(), rows_per_set=40, seed=1)
    assert again == mixed


def test_line_breaks_come_between_sentences_and_change_no_word(tmp_path):
    text = "One is good. Two is not! Is three? Four."
    marked = with_breaks(text, random.Random(1))
    assert marked.count("<br /><br />") == 2
    assert key_of(marked) == key_of(text)
    assert with_breaks("Only one.", random.Random(1)) == "Only one."
    rows = [(f"{text} Number {number}.", number % 2) for number in range(40)]
    for name, share in (("amazon_blitzer", 1.0), ("tweeteval_sentiment", 0.0)):
        folder = write_set(tmp_path / name, rows)
        mixed, _ = mix({name: folder}, set(), rows_per_set=40, seed=1, break_share=1.0)
        found = [row["text"] for row in mixed if row["set"] == name]
        assert sum("<br />" in one for one in found) == share * len(found)


def test_longer_texts_are_put_together_from_sentences_of_train(tmp_path):
    graded = [(f"Sentence {number} of grade {number % 5}.", number % 5) for number in range(50)]
    folder = write_set(tmp_path / "sst5", graded)
    mixed, story = mix({"sst5": folder}, set(), rows_per_set=40, seed=1, joined=30)
    assert story["sst5"].joined == {"negative": 10, "neutral": 10, "positive": 10}
    longer = [row for row in mixed if row["set"] == "sst5" and row["text"].count("Sentence") > 1]
    assert len(longer) == 30
    own = {"negative": "01", "neutral": "2", "positive": "34"}
    for row in longer:
        grades = [text.split()[-1] for text in row["text"].split(".") if text]
        assert 2 <= len(grades) <= 9
        if row["label"] == "neutral":
            assert set(grades) == {"2"}
    grades = [g for row in longer for g in re.findall(r"grade (\d)", row["text"])]
    own_side = sum(
        grade in own[row["label"]]
        for row in longer
        for grade in re.findall(r"grade (\d)", row["text"])
    )
    assert own_side > 0.6 * len(grades)


def test_parts_for_measuring_are_found(tmp_path):
    folder = write_set(tmp_path / "sst5", [("fine", 3)])
    for name in ("validation", "r1_test", "val", "all", "testimony"):
        write_held_out(folder / f"{name}.parquet", ["x"])
    found = {file.stem for file in measured_parts([folder])}
    assert found == {"validation", "r1_test", "val"}


def test_neutral_goes_half_to_either_side():
    labels = Labels(("positive", "negative", "neutral"))
    halves = split_neutral(np.array([[0.4, 0.2, 0.4]]), labels)
    np.testing.assert_allclose(halves, [[0.4, 0.6]])


@pytest.fixture(scope="module")
def built(tiny_base, tmp_path_factory):
    """Build an adapter from toy sets on a tiny base; return its folder and what was printed."""
    folder = tmp_path_factory.mktemp("general")
    rows = [(text, TERNARY_IDS[label]) for text, label in make_texts(240, seed=8, labels=3)]
    write_set(folder / "tweeteval_sentiment", rows[:180])
    measured = folder / "measured" / "val.parquet"
    measured.parent.mkdir()
    three = [row for row in rows[150:] if row[1] in (0, 1, 2)]
    texts, label_ids = zip(*three, strict=True)
    pq.write_table(pa.table({"text": texts, "label": label_ids}), measured)
    two = folder / "measured" / "two.parquet"
    pairs = [(text, label_id // 2) for text, label_id in rows[180:] if label_id != 1]
    texts, label_ids = zip(*pairs, strict=True)
    pq.write_table(pa.table({"text": texts, "label": label_ids}), two)
    settings = {n: v for n, v in TINY_SETTINGS.items() if n not in ("lora.rank", "training.epochs")}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    config = folder / "tiny.toml"
    config.write_text("\n".join([*lines, 'report.baselines = ["majority"]']))
    arguments = ["build", str(folder / "tweeteval_sentiment"), "--work", str(folder / "work")]
    arguments += ["--held-out", str(measured), "--three", str(measured), "--two", str(two)]
    arguments += ["--output", str(folder / "shipped"), "--base", str(tiny_base)]
    arguments += ["--config", str(config), "--rank", "2", "--epochs", "4", "--read-tokens", "24"]
    code = general.main(arguments)
    assert code == 0
    return folder


def test_the_adapter_is_small_sealed_and_in_half_precision(built):
    artifact = open_artifact(built / "shipped")
    assert artifact.settings.labels.names == ("negative", "neutral", "positive")
    assert artifact.settings.rule.max_tokens == 24
    with safe_open(built / "shipped" / package.ADAPTER_WEIGHTS, "pt") as weights:
        assert {weights.get_slice(name).get_dtype() for name in weights.keys()} == {"F16"}  # noqa: SIM118
    size = sum(file.stat().st_size for file in (built / "shipped").iterdir())
    assert size <= package.LIMIT_BYTES
    assert not (built / "shipped.partial").exists()


def test_it_learned_and_was_measured_with_the_rounded_weights(built, capsys):
    measured = str(built / "measured" / "val.parquet")
    two = str(built / "measured" / "two.parquet")
    assert general.main(["measure", str(built / "shipped"), "--three", measured, "--two", two]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["three"]["metrics"]["macro_recall"] > 0.8
    assert found["two"]["metrics"]["accuracy"] > 0.8
    card = (built / "shipped" / "README.md").read_text(encoding="utf-8")
    shown = f"{found['three']['metrics']['macro_recall'] * 100:.1f} %"
    line = next(x for x in card.splitlines() if x.startswith("| measured/val.parquet |"))
    assert shown in line


def test_the_card_names_every_set_with_its_terms(built):
    card = (built / "shipped" / "README.md").read_text(encoding="utf-8")
    for one in (SETS["tweeteval_sentiment"], *(one for one in SETS.values() if one.refused)):
        assert one.title in card
        assert one.terms in card
    assert SETS["sst5"].title not in card  # it was not learned from
    story = json.loads((built / "work" / "mixture.json").read_text())
    assert story["tweeteval_sentiment"]["held_out"] == 30
    assert "measured/val.parquet" in card
    assert str(built) not in card


def test_a_finished_run_is_taken_up_and_gives_the_same_files(built, tmp_path):
    work = tmp_path / "work"
    shutil.copytree(built / "work", work)
    run = sentilora.Run(work / "runs" / "general")
    packed = package.pack(run, tmp_path / "again", max_tokens=24)
    folder = package.seal(packed, (built / "shipped" / "README.md").read_text(encoding="utf-8"))
    manifests = [(one / "manifest.json").read_text() for one in (folder, built / "shipped")]
    assert manifests[0] == manifests[1]


def test_an_adapter_that_is_too_large_is_refused(built, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "LIMIT_BYTES", 1000)
    shutil.copytree(built / "shipped", tmp_path / "large.partial")
    packed = package.Packed(tmp_path / "large.partial", {})
    with pytest.raises(sentilora.SentiloraError, match=r"bytes, expected at most 1,000\."):
        package.seal(packed, "a card")
    assert not (tmp_path / "large").exists()
