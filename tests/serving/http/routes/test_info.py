"""What the server says about itself."""

from prometheus_client.parser import text_string_to_metric_families

from tests.helpers.fake_pool import TERNARY, FakePool
from tests.helpers.http_client import client_of


def samples_of(client) -> dict[tuple[str, frozenset], float]:
    found = client.get("/metrics")
    assert found.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(found.text)
        for sample in family.samples
    }


def test_models_are_listed_as_openai_does():
    with client_of(FakePool("film", "shop")) as client:
        found = client.get("/v1/models").json()
    assert found["object"] == "list"
    assert [one["id"] for one in found["data"]] == ["film", "shop"]
    first = found["data"][0]
    assert {"id", "object", "created", "owned_by"} <= set(first)
    assert first["labels"] == list(TERNARY)
    assert (first["base"], first["revision"]) == ("tests/fake", "0123abc")
    assert first["is_mixed"] is True


def test_info_has_the_field_names_of_tei_when_one_model_is_served(client):
    found = client.get("/info").json()
    assert found["model_id"] == "general"
    assert found["model_dtype"] == "fp32"
    assert found["model_type"]["classifier"]["id2label"]["2"] == "positive"
    assert found["max_input_length"] == 64
    assert found["max_client_batch_size"] == found["limits"]["max_client_batch_size"] == 256
    assert found["versions"]["sentilora"] == found["version"]
    assert {"torch", "fastapi", "transformers"} <= set(found["versions"])
    assert found["models"] == client.get("/v1/models").json()["data"]


def test_info_of_several_models_tells_of_the_default():
    with client_of(FakePool("film", "shop")) as client:
        found = client.get("/info").json()
    assert found["model_id"] == "film"
    assert [one["id"] for one in found["models"]] == ["film", "shop"]


def test_what_was_answered_is_counted(client):
    client.post("/v1/classify", json={"input": ["Great!!", "Bad??", "Bad??", "word " * 100]})
    client.post("/v1/classify", json={"input": ""})
    client.post("/v1/classify", json={"model": "nothing", "input": "a"})
    client.get("/nothing")
    found = samples_of(client)

    def value(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    def requests(adapter: str, route: str, status: int) -> float:
        return value("sentilora_requests_total", adapter=adapter, route=route, status=str(status))

    assert requests("general", "/v1/classify", 200) == 1
    assert requests("general", "/v1/classify", 422) == 1
    assert requests("", "/v1/classify", 404) == 1
    assert requests("", "", 404) == 1
    assert value("sentilora_labels_total", adapter="general", label="negative") == 3
    assert value("sentilora_labels_total", adapter="general", label="positive") == 1
    assert value("sentilora_truncated_texts_total", adapter="general") == 1
    assert value("sentilora_tokens_total", adapter="general") == 64 + 9
    assert value("sentilora_padded_tokens_total") == 64 + 9 + 3
    assert value("sentilora_batch_rows_count") == 1
    assert value("sentilora_batch_rows_sum") == 4
    assert value("sentilora_batch_rows_bucket", le="4") == 1
    assert value("sentilora_batch_rows_bucket", le="2") == 0
    assert value("sentilora_batch_tokens_sum") == 64 + 9
    assert value("sentilora_score_count", adapter="general") == 4
    assert value("sentilora_score_bucket", adapter="general", le="0.4") == 1
    assert value("sentilora_tokenise_seconds_sum") == 0.001
    assert value("sentilora_inference_seconds_count") == 1
    assert value("sentilora_queue_seconds_bucket", le="+Inf") == 1
    assert value("sentilora_request_seconds_count") == 4
    for word in ("requests", "texts", "tokens"):
        assert value(f"sentilora_queue_{word}") == 0


def test_no_name_of_a_client_becomes_a_series(client):
    for name in ("a", "b", "c"):
        client.post(f"/models/{name}", json={"inputs": "x"})
        client.get(f"/{name}")
    adapters = {dict(labels).get("adapter") for _, labels in samples_of(client)}
    assert adapters <= {None, "", "general"}


def test_two_servers_in_one_process_count_for_themselves(client):
    client.post("/predict", json={"inputs": "a"})
    with client_of(FakePool("general")) as other:
        assert not any(name == "sentilora_labels_total" for name, _ in samples_of(other))
