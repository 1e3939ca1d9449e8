"""A loaded model from Python: what it takes, what it answers, and that it travels."""

import pickle
import shutil

import datasets
import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sentilora
from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.inference.rows.predict_file import predict_file

TEXTS = ["a good film", "a bad film", "the room was very dirty", "love it"]


@pytest.fixture
def frame():
    return pd.DataFrame({"id": [1, 2, 3, 4], "text": TEXTS}, index=list("abcd"))


def test_a_text_gives_a_prediction_and_texts_a_list(model):
    answers = model.predict(TEXTS)
    assert isinstance(answers, list)
    assert answers == model(TEXTS)
    alone = [model.predict(text) for text in TEXTS]
    assert [one.label for one in alone] == [one.label for one in answers]
    assert model.predict(iter(TEXTS)) == answers
    assert model.predict([]) == []


def test_probabilities_are_those_of_the_predictions(model, frame):
    wanted = [list(one.probabilities.values()) for one in model.predict(TEXTS)]
    assert model.predict_proba(TEXTS).tolist() == wanted
    assert model.predict_proba(frame, text="text").tolist() == wanted
    assert model.classes_.tolist() == ["negative", "positive"]


def test_score_and_explain_take_what_predict_takes(model, frame):
    assert np.array_equal(model.score(frame["text"]).logits, model.score(TEXTS).logits)
    explained = model.explain(tuple(TEXTS[:2]))
    assert explained == [model.explain(text) for text in TEXTS[:2]]
    for call in (model.predict, model.score, model.explain, model.predict_proba):
        with pytest.raises(DataError, match="is a table, expected texts"):
            call(frame)
        with pytest.raises(DataError, match="lone surrogate"):
            call(["\ud83d"])


def test_a_threshold_that_is_no_probability_is_an_error(model):
    with pytest.raises(ConfigError, match="threshold 2 is not a probability"):
        model.predict(TEXTS, threshold=2)


def test_progress_counts_the_texts(model):
    counted = []
    model.predict(TEXTS, progress=counted.append)
    assert sum(counted) == len(TEXTS)


def test_predictions_are_a_table_with_the_columns_of_a_file(model, frame, tmp_path):
    frame.to_csv(tmp_path / "in.csv", index=False)
    predict_file(model, tmp_path / "in.csv", tmp_path / "out.csv", threshold=0.7)
    from_file = pd.read_csv(tmp_path / "out.csv").drop(columns=["id", "text"])
    table = model.predict(frame["text"], threshold=0.7).to_frame()
    assert list(table.index) == list("abcd")
    pd.testing.assert_frame_equal(table.reset_index(drop=True), from_file, check_dtype=False)
    assert list(model.predict([], threshold=0.7).to_frame().columns) == list(table.columns)
    part = model.predict(frame["text"])[1:3]
    assert list(part.to_frame().index) == ["b", "c"]
    assert pickle.loads(pickle.dumps(part)).to_frame().equals(part.to_frame())


def test_a_table_comes_back_with_the_answers_beside_its_rows(model, frame):
    answered = model.predict_frame(frame)
    assert list(answered.columns[:2]) == list(frame.columns) == ["id", "text"]
    assert list(answered.index) == list(frame.index)
    assert list(answered["label"]) == [one.label for one in model.predict(TEXTS)]
    again = model.predict_frame(answered, text="text")
    assert list(again.columns[-7:]) == [f"predicted_{name}" for name in answered.columns[2:]]


def test_a_table_of_another_library_stays_one_of_it(model, frame):
    labels = [one.label for one in model.predict(TEXTS)]
    table = model.predict_frame(pa.Table.from_pandas(frame, preserve_index=False))
    assert table.column("label").to_pylist() == labels
    made = model.predict_frame(datasets.Dataset.from_pandas(frame, preserve_index=False))
    assert made["label"][:] == labels
    assert made.column_names == table.column_names


def test_rows_without_a_text_are_named_or_left_empty(model, frame):
    frame["text"] = ["a good film", None, "", "love it"]
    with pytest.raises(DataError, match=r"entry 1 \(index 'b'\) is missing"):
        model.predict_frame(frame)
    answered = model.predict_frame(frame, skip_bad_rows=True)
    assert answered["label"].notna().tolist() == [True, False, False, True]
    assert answered["score"].isna().tolist() == [False, True, True, False]


def test_what_is_no_table_has_no_rows_to_answer_beside(model):
    with pytest.raises(DataError, match="A list is no table with named columns"):
        model.predict_frame(TEXTS)
    with pytest.raises(DataError, match="no column for the text"):
        model.predict_frame(pd.DataFrame({"what": TEXTS}))


def test_a_model_travels_as_its_folder(model, tmp_path):
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.score(TEXTS).logits, model.score(TEXTS).logits)
    assert (again.device, again.precision) == (model.device, model.precision)
    joblib.dump(model, tmp_path / "model.joblib")
    assert joblib.load(tmp_path / "model.joblib").predict(TEXTS) == model.predict(TEXTS)


def test_a_pickled_model_whose_folder_is_gone_or_changed_is_refused(tiny_run, tmp_path):
    copied = tmp_path / "run"
    shutil.copytree(tiny_run.path, copied)
    held = sentilora.load(copied, device="cpu")
    pickled = pickle.dumps(held)
    manifest = copied / "model" / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    with pytest.raises(ModelError, match="run/model holds another model by now"):
        pickle.loads(pickled)
    shutil.rmtree(copied)
    with pytest.raises(ModelError, match=r"run/model is not there\. Put the folder back"):
        pickle.loads(pickled)
    with pytest.raises(ModelError, match="run/model is gone"):
        pickle.dumps(held)


def test_a_model_says_what_it_is(model):
    assert repr(model) == "<SentimentModel tiny: negative, positive; torch on cpu, fp32>"
