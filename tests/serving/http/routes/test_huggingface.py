"""The shape of Hugging Face's Inference API, and its own client against a live server."""

import numpy as np
import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

from sentilora.model.probabilities import softmax
from sentilora.serving.http.asgi_app import build_app
from tests.helpers.fake_pool import FakePool, logits_of
from tests.helpers.http_client import listening, refused

KEY = "a-key-of-the-tests"


@pytest.fixture(autouse=True)
def _online(monkeypatch):
    """Let the client send; it only sends to this machine."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


@pytest.fixture(scope="module")
def url():
    with listening(build_app(FakePool("film", "shop"), key=KEY)) as found:
        yield found


def test_the_real_client_reads_the_answer(url):
    client = InferenceClient(model=f"{url}/models/shop", token=KEY)
    found = client.text_classification("Great!!")
    assert [one.label for one in found] == ["positive", "neutral", "negative"]
    assert found[0].score > found[1].score > found[2].score
    best = client.text_classification("Great!!", top_k=1, function_to_apply="none")
    assert [(one.label, one.score) for one in best] == [("positive", 1.0)]


def test_the_real_client_shows_the_error(url):
    with pytest.raises(HfHubHTTPError, match=r"There is no model 'toys'. Served here: film, shop"):
        InferenceClient(model=f"{url}/models/toys", token=KEY).text_classification("Great!!")
    with pytest.raises(HfHubHTTPError, match="The key is wrong"):
        InferenceClient(model=f"{url}/models/shop", token="wrong").text_classification("Great!!")


def test_there_is_a_list_for_each_text(client):
    one = client.post("/models/general", json={"inputs": "Great!"}).json()
    two = client.post("/models/general", json={"inputs": ["Great!", "Bad?"]}).json()
    assert len(one) == 1
    assert one[0] == two[0]
    assert two[1][0]["label"] == "negative"


def test_the_default_model_answers_at_the_root(client):
    assert (
        client.post("/", json={"inputs": "a"}).json()
        == client.post("/models/general", json={"inputs": "a"}).json()
    )


@pytest.mark.parametrize("function", ["softmax", "sigmoid", "none"])
def test_functions_are_applied_to_the_logits_as_they_are(client, function):
    asked = {"inputs": "Great!!", "parameters": {"function_to_apply": function}}
    found = client.post("/models/general", json=asked).json()[0]
    logits = np.array([logits_of("Great!!", 3)])
    wanted = {
        "softmax": softmax(logits)[0],
        "sigmoid": 1 / (1 + np.exp(-logits[0])),
        "none": logits[0],
    }[function]
    assert [one["score"] for one in found] == pytest.approx(sorted(wanted, reverse=True))


def test_without_a_function_scores_are_calibrated(client):
    found = client.post("/models/general", json={"inputs": "Great!!", "parameters": {}}).json()[0]
    wanted = softmax(np.array([logits_of("Great!!", 3)]) / 2)[0]
    assert found[0]["score"] == pytest.approx(wanted[2])


def test_what_is_wrong_is_said_by_name(client):
    asked = {"inputs": "a", "parameters": {"function_to_apply": "relu"}}
    message = refused(client.post("/models/general", json=asked), 422, "Validation")
    assert "parameters.function_to_apply = 'relu': must be 'softmax', 'sigmoid'" in message
    asked = {"inputs": {"text": "a", "text_pair": "b"}}
    message = refused(client.post("/models/general", json=asked), 422, "Validation")
    assert "must be a text, or a list of texts" in message
