"""The model card is one that the hub reads."""

import re

import yaml
from huggingface_hub import ModelCard

from sentilora.evaluation.reports.model_card import render_card
from sentilora.evaluation.reports.report import Report


def card_of(report, **facts):
    return render_card(Report.from_dict(report), **facts)


def test_the_front_matter_is_read_back_with_its_results(report):
    card = ModelCard(card_of(report, licence="Apache-2.0", tags=["reviews"], language="en"))
    data = card.data
    assert data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert data.library_name == "peft"
    assert data.pipeline_tag == "text-classification"
    assert data.license == "apache-2.0"
    assert data.language == "en"
    assert {"lora", "sentiment-analysis", "reviews"} <= set(data.tags)
    assert data.model_name == report["run"]["name"]
    found = {result.metric_name: result.metric_value for result in data.eval_results}
    assert found["Accuracy"] == round(report["metrics"]["accuracy"], 6)
    assert found["Macro F1"] == round(report["metrics"]["macro_f1"], 6)
    assert {result.dataset_name for result in data.eval_results} == {"reviews.csv"}


def test_the_front_matter_is_yaml_with_model_index(report):
    front = yaml.safe_load(card_of(report).split("---\n")[1])
    (model,) = front["model-index"]
    (result,) = model["results"]
    assert result["task"]["type"] == "text-classification"
    assert {one["type"] for one in result["metrics"]} == set(front["metrics"])
    assert "license" not in front


def test_the_text_holds_usage_results_and_limits(report):
    text = card_of(report, licence="Apache-2.0")
    for said in (
        "sentilora predict .",
        'labels = json.load(open("model/labels.json"))',
        'AutoPeftModelForSequenceClassification.from_pretrained("model", **labels)',
        "logits / 1.8000",
        "## What it is for, and what not",
        "`reviews.csv`: 4,800 train, 530 validation, 1,200 test texts.",
        "| **minilm + LoRA** | 91.9 % [",
        "| minilm before training |",
        "**Calibration.**",
        "| Energy | 12.4 Wh |",
        "**Proved.**",
        "The base is under Apache-2.0.",
    ):
        assert said in text, said


def test_code_of_the_card_is_python(report):
    for method in ("lora", "full"):
        report["run"]["method"] = method
        for block in re.findall(r"```python\n(.*?)```", card_of(report), re.DOTALL):
            compile(block, "card", "exec")


def test_every_table_row_has_as_many_cells_as_its_head(report):
    report["run"]["labels"][1] = "so | so"
    report["after"]["per_label"]["so | so"] = report["after"]["per_label"].pop("neutral")
    for table in re.findall(r"(?:^\|.*\n)+", card_of(report), re.MULTILINE):
        rows = table.strip().splitlines()
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, table
        assert len(rows) > 2


def test_a_model_with_all_weights_is_one_of_transformers(report):
    report["run"]["method"] = "full"
    text = card_of(report)
    data = ModelCard(text).data
    assert data.library_name == "transformers"
    assert data.base_model_relation == "finetune"
    assert "lora" not in data.tags
    assert 'AutoModelForSequenceClassification.from_pretrained("model")' in text
    assert "AutoPeft" not in text


def test_a_local_base_is_not_given_out_as_a_hub_id(report):
    report["run"] |= {"base": "my-encoder", "hub_id": "/elsewhere/me/my-encoder"}
    text = card_of(report)
    assert ModelCard(text).data.base_model is None
    assert "/elsewhere/me" not in text
    assert "A sentiment classifier: my-encoder" in text


def test_a_source_with_odd_characters_is_still_a_card(report):
    report["data"]["source"] = "our: 'reviews' `2026` #1.csv"
    (first, *_) = ModelCard(card_of(report)).data.eval_results
    assert first.dataset_name == "our: 'reviews' `2026` #1.csv"
    assert re.fullmatch(r"[\w/.-]+", first.dataset_type)


def test_a_card_names_the_pairs_that_were_trained_on(report):
    assert "pairs" not in card_of(report)
    part = {"metrics": {"ranking_accuracy": 0.5, "pairs": 200, "units": 9}, "intervals": {}}
    after = {"metrics": {**part["metrics"], "ranking_accuracy": 0.8125}, "intervals": {}}
    pairs = {"kind": "graded texts", "trained": 1800, "only": False, "before": part, "after": after}
    card = card_of({**report, "pairs": pairs})
    assert (
        "Beside these, trained on 1,800 pairs (graded texts). On 200 pairs that were held out: "
        "pairs in the right order 81.2 %, before training 50.0 %.\n\n| part |"
    ) in card
    alone = {name: pairs[name] for name in ("kind", "trained")} | {"only": True}
    card = card_of({**report, "pairs": alone})
    assert "Trained only on 1,800 pairs (graded texts).\n\n| part |" in card
