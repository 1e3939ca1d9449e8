"""``POST /predict``, as text-embeddings-inference has it."""

import pytest

from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of, refused


def test_one_text_gets_its_labels_the_likeliest_first(client):
    found = client.post("/predict", json={"inputs": "Great!!"}).json()
    assert [one["label"] for one in found] == ["positive", "neutral", "negative"]
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)
    assert set(found[0]) == {"label", "score"}


@pytest.mark.parametrize("inputs", [["Great!", "Bad?"], [["Great!"], ["Bad?"]]])
def test_a_list_is_a_batch_and_never_a_pair(client, pool, inputs):
    found = client.post("/predict", json={"inputs": inputs}).json()
    assert [one[0]["label"] for one in found] == ["positive", "negative"]
    assert pool.seen == [["Great!", "Bad?"]]


def test_a_list_of_one_text_is_a_batch_of_one(client):
    assert len(client.post("/predict", json={"inputs": ["Great!"]}).json()) == 1


def test_a_pair_is_refused(client):
    found = client.post("/predict", json={"inputs": [["Great!", "Bad?"], ["a"]]})
    message = refused(found, 422, "Validation")
    assert "inputs.0 has 2 parts; SentiLoRA reads one text at a time, not pairs" in message


def test_raw_scores_are_logits(client):
    found = client.post("/predict", json={"inputs": "Great!!", "raw_scores": True}).json()
    assert found == [
        {"label": "positive", "score": 1.0},
        {"label": "neutral", "score": 0.0},
        {"label": "negative", "score": -1.0},
    ]


def test_a_long_text_is_cut_unless_that_was_ruled_out(client):
    asked = {"inputs": ["short", "word " * 100]}
    assert client.post("/predict", json=asked).status_code == 200
    assert client.post("/predict", json=asked | {"truncate": True}).status_code == 200
    message = refused(client.post("/predict", json=asked | {"truncate": False}), 422, "Validation")
    assert "Longer than the 64 tokens that the model reads: text 1." in message


def test_the_model_says_what_is_cut(client):
    assert client.post("/predict", json={"inputs": "a", "truncation_direction": "Right"}).is_success
    found = client.post("/predict", json={"inputs": "a", "truncation_direction": "Left"})
    assert "truncation_direction = 'Left'" in refused(found, 422, "Validation")


def test_fields_that_others_send_are_passed_over(client):
    assert client.post("/predict", json={"inputs": "a", "model": "x", "id": 3}).is_success


def test_with_several_models_each_has_an_address_of_its_own():
    with client_of(FakePool("film", "shop")) as client:
        assert client.post("/predict", json={"inputs": "a"}).is_success
        assert client.post("/models/shop/predict", json={"inputs": "a"}).is_success
        refused(client.post("/models/toys/predict", json={"inputs": "a"}), 404, "NotFound")


def test_many_texts_too_many_are_counted(client):
    asked = {"inputs": ["word " * 100] * 12, "truncate": False}
    assert "text 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …." in refused(
        client.post("/predict", json=asked), 422, "Validation"
    )
