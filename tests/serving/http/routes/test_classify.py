"""``POST /v1/classify``."""

from dataclasses import replace

import numpy as np
import pytest

from sentilora.inference.prediction import make_predictions
from sentilora.serving.http.limits import Limits
from tests.helpers.fake_pool import TERNARY, FakePool, answer, make_served
from tests.helpers.http_client import client_of, refused

TEXTS = ["Great!!", "Bad??", "It is a table."]


def test_the_answer_has_the_field_names_of_vllm_and_what_sentilora_adds(client):
    found = client.post("/v1/classify", json={"model": "general", "input": TEXTS})
    assert found.status_code == 200
    value = found.json()
    assert value["object"] == "list"
    assert value["model"] == "general"
    assert value["calibrated"] is True
    assert value["usage"] == {"prompt_tokens": 12, "total_tokens": 12}
    assert [one["index"] for one in value["data"]] == [0, 1, 2]
    first = value["data"][0]
    assert first["label"] == "positive"
    assert first["num_classes"] == 3
    assert first["labels"] == list(TERNARY)
    assert first["score"] == max(first["probs"])
    assert sum(first["probs"]) == pytest.approx(1)
    assert (first["truncated"], first["abstained"], first["stage"]) == (False, False, None)


def test_the_numbers_are_those_of_predict_to_the_last_digit(client):
    data = client.post("/v1/classify", json={"input": TEXTS}).json()["data"]
    served = make_served("general")
    made = answer(served, TEXTS)
    for one, wanted in zip(
        data, make_predictions(made.probabilities, made.truncated, served.labels), strict=True
    ):
        assert one["label"] == wanted.label
        assert one["score"] == wanted.score
        assert dict(zip(one["labels"], one["probs"], strict=True)) == wanted.probabilities
        assert one["signed"] == pytest.approx(wanted.signed, abs=1e-12)


def test_one_text_may_stand_alone(client, pool):
    found = client.post("/v1/classify", json={"input": "Great!"}).json()
    assert len(found["data"]) == 1
    assert pool.seen == [["Great!"]]


def test_top_k_sorts_and_cuts(client):
    found = client.post("/v1/classify", json={"input": "Great!!", "top_k": 2}).json()["data"][0]
    assert found["labels"] == ["positive", "neutral"]
    assert found["probs"] == sorted(found["probs"], reverse=True)
    assert found["num_classes"] == 3


def test_a_threshold_marks_answers(client):
    asked = {"input": ["Great!!!!", "table"], "threshold": 0.5}
    found = client.post("/v1/classify", json=asked).json()["data"]
    assert [one["abstained"] for one in found] == [False, True]


def test_long_texts_are_marked(client):
    found = client.post("/v1/classify", json={"input": ["word " * 100, "word"]}).json()
    assert [one["truncated"] for one in found["data"]] == [True, False]
    assert found["usage"]["total_tokens"] == 64 + 3


def test_labels_without_sentiment_have_no_sign_and_keep_their_letters():
    pool = FakePool()
    pool.put(make_served("topics", ("Größe", "Farbe")))
    with client_of(pool) as client:
        found = client.post("/v1/classify", json={"input": "hm"})
    assert found.json()["data"][0]["signed"] is None
    assert "Größe".encode() in found.content


def test_a_cascade_tells_which_stage_answered(monkeypatch):
    pool = FakePool("general")
    made = replace(answer(make_served("general"), TEXTS), early=np.array([True, False, True]))
    monkeypatch.setattr(pool, "_compute", lambda *_: made)
    with client_of(pool) as client:
        data = client.post("/v1/classify", json={"input": TEXTS}).json()["data"]
    assert [one["stage"] for one in data] == ["n-grams", "network", "n-grams"]


def test_headers_tell_tokens_and_milliseconds(client):
    headers = client.post("/v1/classify", json={"input": TEXTS}).headers
    assert headers["x-compute-tokens"] == "12"
    assert headers["x-tokenization-time"] == "1.00"
    assert headers["x-inference-time"] == "2.00"
    assert float(headers["x-queue-time"]) >= 0
    assert float(headers["x-total-time"]) > 0


def test_of_several_models_the_first_answers_unless_one_is_named():
    with client_of(FakePool("film", "shop")) as client:
        found = client.post("/v1/classify", json={"input": "hm"})
        assert found.json()["model"] == "film"
        found = client.post("/v1/classify", json={"model": "shop", "input": "hm"})
        assert found.json()["model"] == "shop"


def test_an_unknown_model_is_answered_with_those_there_are(client):
    found = client.post("/v1/classify", json={"model": "film", "input": "hm"})
    message = refused(found, 404, "NotFound")
    assert message == "There is no model 'film'. Served here: general."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "input: is missing"),
        ({"inputs": "hm"}, "inputs = 'hm': unknown setting; did you mean 'input'?"),
        ({"input": 3}, "input = 3: must be a text, or a list of texts"),
        ({"input": ["a", 3]}, "input.1 = 3: must be a text"),
        ({"input": [["a"]]}, "input.0 has 1 parts; SentiLoRA reads one text at a time"),
        ({"input": []}, "There is no text"),
        ({"input": ["a", " "]}, "text 1 is empty"),
        ({"input": ["\ufeff"]}, "text 0 holds nothing but characters that nobody sees"),
        ({"input": "x" * 51}, "text 0 has 51 characters; at most 50"),
        ({"input": "a", "top_k": 0}, "top_k = 0: must be at least 1"),
        ({"input": "a", "top_k": "3"}, "top_k = '3': input should be a valid integer"),
        ({"input": "a", "threshold": 1.5}, "threshold = 1.5: must be at most 1"),
        ({"input": "a", "model": 7}, "model = 7: input should be a valid string"),
        ([], "The body is not an object"),
    ],
)
def test_what_is_wrong_is_said_by_name(pool, value, message):
    with client_of(pool, Limits(max_text_characters=50)) as client:
        assert message in refused(client.post("/v1/classify", json=value), 422, "Validation")


def test_all_problems_are_told_at_once_but_not_without_end(client):
    message = refused(client.post("/v1/classify", json={"input": [""] * 30}), 422, "Validation")
    assert message.startswith("30 problems in the texts")
    assert "text 9 is empty" in message
    assert "… and 20 more" in message


def test_a_long_value_is_not_sent_back_whole(client):
    found = client.post("/v1/classify", json={"input": "a", "model": ["x" * 10_000]})
    assert len(refused(found, 422, "Validation")) < 200
