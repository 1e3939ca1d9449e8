"""``export --cascade``: a first stage that answers alone only where that was proved harmless."""

import json
import shutil
import zlib

import numpy as np
import pytest
from scipy.stats import binom

import sentilora
from sentilora.errors import ConfigError, ModelError
from sentilora.events import as_counts
from sentilora.exports.first_stage_fit import fit_first_stage, let_in, upper_bound
from sentilora.inference.rows.predict_file import predict_file
from sentilora.model.first_stage import FIRST_STAGE, count_ngrams, load_first_stage
from sentilora.model.probabilities import Calibration, softmax
from tests.helpers.tables import read
from tests.helpers.texts import BAD, GOOD, make_texts

COLUMNS = 2**12


def texts_and_ids(count, seed):
    rows = make_texts(count, seed=seed)
    return [text for text, _ in rows], np.array([int(label == "positive") for _, label in rows])


def tokenise(texts):
    """Return a made-up token id for each word."""
    return [[zlib.crc32(word.encode()) % 30_000 for word in text.split()] for text in texts]


def teach(count=300, seed=1, sure=0.9):
    """Return a first stage fitted to a network that is always right, and 90 % sure."""
    texts, ids = texts_and_ids(count, seed)
    answers = np.full((count, 2), 1 - sure)
    answers[np.arange(count), ids] = sure
    return fit_first_stage(tokenise(texts), answers, columns=COLUMNS)


def network_logits(ids, wrong=()):
    logits = np.stack([-2.0 * (2 * ids - 1), 2.0 * (2 * ids - 1)], axis=1)
    logits[list(wrong)] *= -1
    return logits


@pytest.fixture(scope="session")
def cascade(tiny_run, tmp_path_factory):
    output = tmp_path_factory.mktemp("exports") / "cascade"
    return sentilora.export(
        tiny_run.path, to="merged", output=output, cascade=True, max_disagreement=0.3
    )


def test_unscale_undoes_scale():
    logits = np.random.default_rng(0).normal(size=(50, 3)) * 4
    centred = logits - logits.mean(axis=1, keepdims=True)
    for calibration in (
        Calibration(),
        Calibration(1.7),
        Calibration(0.6, 0.8),
        Calibration(2, -0.4),
    ):
        np.testing.assert_allclose(
            calibration.unscale(calibration.scale(logits)), centred, rtol=1e-9, atol=1e-9
        )


def test_the_bound_is_what_its_certainty_says():
    """If the share were the bound, so few changes would be seen in 5 % of all cases."""
    for count, rows in ((0, 598), (3, 1000), (12, 2500)):
        bound = upper_bound(count, rows, 0.95)
        assert binom.cdf(count, rows, bound) == pytest.approx(0.05, abs=1e-9)
    assert upper_bound(0, 598, 0.95) < 0.005 < upper_bound(0, 597, 0.95)
    assert upper_bound(4, 4, 0.95) == 1


def test_tokens_and_pairs_are_counted_text_by_text():
    rows = [[5, 7, 5, 7], [], [7, 5], [9]]
    counts = count_ngrams(rows, 2**16).toarray()
    assert [sorted(row[row > 0].tolist()) for row in counts] == [
        # 7 5 once; 5, 7 and 5 7 twice
        pytest.approx([1, *[1 + np.log(2)] * 3]),
        [],
        [1, 1, 1],
        [1],
    ]
    for index, row in enumerate(rows):
        np.testing.assert_array_equal(count_ngrams([row], 2**16).toarray()[0], counts[index])
    assert set(np.flatnonzero(counts[2])) < set(np.flatnonzero(counts[0]))  # 7, 5, and 7 5
    assert count_ngrams([], 2**16).shape == (0, 2**16)


def test_hashes_spread():
    """No fewer columns are hit than by chance, neither by neighbouring ids nor by any others."""
    random = np.random.default_rng(0).integers(0, 2**31, (60_000, 2)).tolist()
    near = [[first, second] for first in range(200) for second in range(300)]
    for pairs in (random, near):
        different = len({token for pair in pairs for token in pair}) + len(pairs)
        columns = count_ngrams(pairs, 2**18).tocsc()
        hit = np.count_nonzero(np.diff(columns.indptr))
        assert hit > 0.99 * 2**18 * (1 - np.exp(-different / 2**18))


def test_a_first_stage_learns_what_the_network_said():
    stage = teach()
    texts, ids = texts_and_ids(200, seed=2)
    probabilities = softmax(stage.logits(tokenise(texts)))
    assert (probabilities.argmax(axis=1) == ids).mean() > 0.95
    assert probabilities.max(axis=1).mean() < 0.95  # the network was 90 % sure, not more


def test_what_is_stored_is_what_was_chosen(tmp_path):
    texts, ids = texts_and_ids(700, seed=3)
    tokens = tokenise(texts)
    stage, _ = let_in(teach(), tokens, network_logits(ids), ids, max_disagreement=0.05)
    stage.save(tmp_path)
    again = load_first_stage(tmp_path)
    assert again.threshold == stage.threshold
    np.testing.assert_array_equal(again.logits(tokens), stage.logits(tokens))
    assert load_first_stage(tmp_path / "elsewhere") is None


def test_more_is_let_in_where_more_may_change():
    texts, ids = texts_and_ids(1000, seed=4)
    hard = np.flatnonzero(np.arange(1000) % 20 == 0)
    logits = network_logits(ids, wrong=hard)  # the first stage will differ on these
    strict = let_in(teach(), tokenise(texts), logits, ids, max_disagreement=0.005)[1]
    lax = let_in(teach(), tokenise(texts), logits, ids, max_disagreement=0.03)[1]
    assert 0 < strict.answered_share < lax.answered_share < 1
    for found, allowed in ((strict, 0.005), (lax, 0.03)):
        assert found.disagreement_bound <= allowed
        assert found.disagreements / 1000 <= found.disagreement_bound


def test_accuracy_does_not_fall():
    """A network that is always right leaves nothing to a first stage that is sometimes wrong."""
    texts, ids = texts_and_ids(1000, seed=5)
    stage = teach(count=30)
    found = let_in(stage, tokenise(texts), network_logits(ids), ids, max_disagreement=0.5)[1]
    assert found.accuracy >= found.accuracy_alone == 1
    assert found.disagreements == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (100, r"100 validation rows: to be 95% sure that at most 0.50% .* takes 598 rows"),
        (700, r"No first stage keeps at most 0.50% .* on 700 validation rows"),
    ],
)
def test_what_cannot_be_proved_is_refused(rows, message):
    texts, ids = texts_and_ids(rows, seed=6)
    with pytest.raises(ModelError, match=message):
        let_in(teach(), tokenise(texts), network_logits(1 - ids), ids, max_disagreement=0.005)


def test_a_cascade_says_which_stage_answered(cascade, tiny_run):
    texts = [text for text, _ in make_texts(60, seed=9)] + [f"{GOOD[0]} {BAD[0]}"]
    model, alone = (sentilora.load(path, device="cpu") for path in (cascade, tiny_run.path))
    found, expected = model.predict(texts), alone.predict(texts)
    stages = [one.stage for one in found]
    assert set(stages) == {"network", "n-grams"}
    assert {one.stage for one in expected} == {None}
    early = softmax(model.first_stage.logits(model.encoder.tokenise(texts)))
    for one, other, row in zip(found, expected, early, strict=True):
        sure = max(row) >= model.first_stage.threshold
        assert one.stage == ("n-grams" if sure else "network")
        probabilities = list(row if sure else np.array(list(other.probabilities.values())))
        assert list(one.probabilities.values()) == pytest.approx(probabilities, abs=1e-5)
    facts = json.loads((cascade / "parity.json").read_text(encoding="utf-8"))["cascade"]
    assert facts["threshold"] == model.first_stage.threshold
    assert facts["disagreement_bound"] <= facts["max_disagreement"] == 0.3


@pytest.mark.slow
def test_an_export_of_a_cascade_is_one(cascade, tmp_path):
    again = sentilora.export(cascade, to="onnx", output=tmp_path / "again")
    texts = [text for text, _ in make_texts(60, seed=9)]
    one, other = (sentilora.load(path, device="cpu").predict(texts) for path in (cascade, again))
    assert [x.stage for x in one] == [x.stage for x in other]
    assert "n-grams" in {x.stage for x in other}
    facts = [
        json.loads((x / "parity.json").read_text("utf-8"))["cascade"] for x in (cascade, again)
    ]
    assert facts[0] == facts[1]
    with pytest.raises(ConfigError, match="a web page computes the network alone"):
        sentilora.export(cascade, to="browser", output=tmp_path / "page")


def test_files_name_the_stage_and_go_on(cascade, tmp_path, monkeypatch):
    from sentilora.inference.rows import text_rows as rows_module

    monkeypatch.setattr(rows_module, "ROWS", 10)
    model = sentilora.load(cascade, device="cpu")
    source = tmp_path / "in.csv"
    lines = [f"{text} {i}" for i, (text, _) in enumerate(make_texts(40, seed=9))]
    source.write_text("text\n" + "\n".join(lines) + "\n", encoding="utf-8")
    summary = predict_file(model, source, tmp_path / "whole.csv")
    stages = [row["stage"] for row in read(tmp_path / "whole.csv")]
    assert stages == [one.stage for one in model.predict(lines)]
    assert summary.early == stages.count("n-grams") > 0

    def stop(done, total):
        if done > 25:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_file(model, source, tmp_path / "o.csv", listener=as_counts(stop))
    predict_file(model, source, tmp_path / "o.csv", resume=True)
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_only_a_run_with_its_data_can_be_staged(tiny_run, cascade, tmp_path):
    options = {"to": "merged", "output": tmp_path / "out", "cascade": True}
    with pytest.raises(ModelError, match="is not the model of a run"):
        sentilora.export(cascade, **options)
    with pytest.raises(ConfigError, match=r"max_disagreement=1.* is no share of texts"):
        sentilora.export(tiny_run.path, **options, max_disagreement=1)
    moved = shutil.copytree(tiny_run.path, tmp_path / "run")
    facts = json.loads((moved / "environment.json").read_text(encoding="utf-8"))
    facts["data"][0]["sha256"] = "0" * 64
    (moved / "environment.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ModelError, match="not what run was trained on"):
        sentilora.export(moved, **options)
    assert not (tmp_path / "out").exists()


def test_a_changed_first_stage_is_refused(cascade, tmp_path):
    copy = shutil.copytree(cascade, tmp_path / "copy")
    file = copy / FIRST_STAGE
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=f"{FIRST_STAGE} was changed"):
        sentilora.load(copy)


def test_a_first_stage_of_another_format_is_refused(cascade, tmp_path, monkeypatch):
    monkeypatch.setattr("sentilora.model.first_stage.FORMAT", 3)
    with pytest.raises(ModelError, match=r"has format 2; this version reads 3. Export the run"):
        sentilora.load(cascade)


def test_too_few_rows_are_told_before_anything_is_written(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setattr("sentilora.exports.export.load_classifier", None)  # nobody gets there
    with pytest.raises(ModelError, match=r"proved on .* takes 2,995 rows"):
        sentilora.export(
            tiny_run.path,
            to="merged",
            output=tmp_path / "out",
            cascade=True,
            max_disagreement=0.001,
        )
