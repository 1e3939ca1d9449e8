"""``export --quantize int8``: the fastest way that keeps the budget, or none and why."""

import json
import sys
from dataclasses import replace

import numpy as np
import onnx
import openvino
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

import sentilora
from sentilora.cli import app
from sentilora.errors import ConfigError, ModelError
from sentilora.exports.accuracy import Accuracy, judge, read_labelled
from sentilora.exports.first_stage_data import read_run_parts
from sentilora.exports.int8 import int8_data, int8_search, onnx_quantisers, openvino_quantisers
from sentilora.exports.int8.int8_data import halves, run_data
from sentilora.exports.int8.int8_result import Quantised, Speeds, Tried, on_one_scale, refusal
from sentilora.exports.int8.int8_search import quantise, size_of
from sentilora.exports.int8.int8_way import Way
from sentilora.exports.int8.onnx_quantisers import onnx_ways, quantise_tables
from sentilora.exports.int8.openvino_quantisers import openvino_ways
from sentilora.exports.int8.sensitivity import most_sensitive
from sentilora.exports.onnx_model import write_onnx
from sentilora.exports.openvino_model import write_openvino
from sentilora.inference.engines.device import pick_precision
from sentilora.inference.engines.runtimes import OnnxEngine, OpenVinoEngine
from sentilora.labels import Labels
from sentilora.message import Message
from sentilora.model.artifact import load_classifier, open_artifact
from sentilora.model.classifier import create_model
from sentilora.model.model_settings import ModelSettings
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.texts import WORDS, make_texts
from tests.helpers.tiny_bases import ARCHITECTURES

LABELS = ("negative", "neutral", "positive")
CALIBRATION = Calibration(1.7, 0.3)


def raced(ratio):
    """Return a stand-in for the clock: every way is so many times as fast as float32."""
    return lambda fp32, way, encoder, texts: Speeds(100.0, 100.0 * ratio, ratio)


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(int8_search, "measure_speed", raced(2.0))


def inputs(rows=4, seed=0, length=20):
    rng = np.random.default_rng(seed)
    ids = [rng.integers(5, len(WORDS), (1, length)) for _ in range(rows)]
    return [{"input_ids": one, "attention_mask": np.ones_like(one)} for one in ids]


def settings_of(kind):
    return ModelSettings(Labels(LABELS), "base", None, TextRule(24), CALIBRATION, kind)


def network_of(base):
    return create_model(str(base), LABELS, use_peft=True, rank=2).merge_and_unload().eval()


@pytest.fixture(scope="session")
def heavy_base(tiny_bases, tmp_path_factory):
    """Return a base in which weights, and among them the embeddings, take nearly all room."""
    from transformers import AutoModel, AutoTokenizer

    from tests.helpers.tiny_bases import tiny_config

    torch.manual_seed(7)
    config = tiny_config("bert")
    config.vocab_size, config.hidden_size, config.intermediate_size = 16_000, 128, 512
    folder = tmp_path_factory.mktemp("bases") / "heavy"
    AutoModel.from_config(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_bases["bert"]).save_pretrained(folder)
    return folder


# --- the choice -----------------------------------------------------------------------------------


def tried(name, drop, ratio, problem=None, flipped=0.0125):
    if problem:
        return Tried(name, problem=problem)
    accuracy = Accuracy(0.9 - drop / 100, 0.9, 0.01)
    return Tried(name, 25_000_000, accuracy, drop, flipped, Speeds(50.0, 50.0 * ratio, ratio))


def outcome(*ways, max_drop=0.3, max_changed=0.03, rows=2000):
    return Quantised(
        rows=rows,
        source="validation rows",
        changed_texts=2000,
        max_drop=max_drop,
        max_changed=max_changed,
        speed_texts=100,
        fp32=Accuracy(0.9, 0.9, 0.01),
        fp32_bytes=91_000_000,
        ways=ways,
    )


def test_the_fastest_way_within_the_budget_is_chosen():
    ways = [
        tried("slow", -0.1, 0.99),
        tried("good", 0.3, 1.4),
        tried("quick", 0.31, 3.0),
        tried("exact", 0.0, 1.2),
        tried("torn", 0, 0, "it fell apart"),
    ]
    assert outcome(*ways).best.name == "good"
    assert outcome(*ways, max_drop=0.31).best.name == "quick"
    assert outcome(*ways, max_drop=0).best.name == "exact"


def test_among_equally_quick_ways_the_one_that_changes_fewest_labels_is_chosen():
    ways = [
        tried("quickest", 0.1, 1.37, flipped=0.026),
        tried("truest", -0.1, 1.35, flipped=0.009),
        tried("true", -0.4, 1.36, flipped=0.010),
        tried("slower", 0.0, 1.26, flipped=0.001),
    ]
    assert outcome(*ways).best.name == "truest"
    assert outcome(ways[0], tried("as true", 0, 1.38, flipped=0.026)).best.name == "as true"


def test_a_way_that_changes_too_many_labels_is_not_chosen_though_macro_f1_is_equal_by_luck():
    ways = [tried("lucky", 0.0, 1.9, flipped=0.0417), tried("true", 0.0, 1.5, flipped=0.0)]
    assert outcome(*ways, max_changed=0.02).best.name == "true"
    assert outcome(*ways, max_changed=0.05).best.name == "lucky"
    said = Message(refusal(outcome(ways[0], max_changed=0.02)))
    assert "(95.0 texts/s), 25.0 MB: changes too many labels" in said
    assert said.endswith("Allow more with max_changed=0.05, or export without quantize=….")


def test_few_rows_are_told_as_few_with_the_number_that_it_takes():
    assert outcome(rows=334).doubt is None
    assert outcome(rows=48).doubt == (
        "48 validation rows cannot show 0.3 points: one label there weighs 2.1. That takes 334 "
        "rows, and 998 without a changed label to be 95% sure."
    )
    assert outcome(rows=48, max_drop=100).doubt is None
    assert outcome(rows=48).to_dict()["doubt"] == outcome(rows=48).doubt


def test_texts_per_second_and_speed_put_the_ways_in_one_order():
    raced_apart = [
        Tried("quick", speeds=Speeds(10.0, 20.0, 2.0)),
        Tried("torn", problem="it is torn"),
        Tried("slow", speeds=Speeds(20.0, 30.0, 1.5)),
    ]
    quick, torn_one, slow = on_one_scale(raced_apart)
    assert (quick.speeds, slow.speeds) == (Speeds(15.0, 30.0, 2.0), Speeds(15.0, 22.5, 1.5))
    assert torn_one == raced_apart[1]


def test_of_a_run_training_texts_count_changed_labels(tiny_run):
    parts = read_run_parts(open_artifact(tiny_run.path))
    data = run_data(parts)
    assert sorted(data.texts) == sorted(parts.validation.texts)
    assert sorted(data.others) == sorted(parts.train.texts)
    assert data.source == "validation rows"


def test_of_any_other_model_half_of_the_rows_choose_and_the_other_half_judge(tmp_path, monkeypatch):
    file = tmp_path / "rows.csv"
    lines = [f"text {row},{'positive' if row % 2 else 'negative'}" for row in range(41)]
    file.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    settings = open_artifact("general").settings
    rows = read_labelled(str(file), settings)
    chosen, rest = halves(rows, "rows.csv")
    assert (len(chosen.texts), len(rest.texts), len(rest.examples)) == (20, 21, 21)
    assert sorted(chosen.texts + rest.texts) == sorted(rows.texts)
    known = dict(zip(rows.texts, rows.label_ids, strict=True))
    for texts, ids in ((chosen.texts, chosen.label_ids), (rest.texts, rest.label_ids)):
        assert [known[text] for text in texts] == list(ids)
    assert chosen.source == "rows of rows.csv"
    monkeypatch.setattr(int8_data, "TEXTS", 5)  # of more rows than are needed the rest judges, too
    few, many = halves(rows, "rows.csv")
    assert (few.texts, len(many.texts)) == (chosen.texts[:5], 36)
    assert sorted(few.texts + many.texts) == sorted(rows.texts)


def test_a_way_slower_than_fp32_is_never_chosen():
    assert outcome(tried("slow", -5, 0.99), tried("same", -5, 1.0), max_drop=100).best is None


def test_a_refusal_says_what_each_way_lost_and_what_to_type():
    found = outcome(
        tried("per tensor", 0.42, 1.5), tried("exact", 0.0, 0.8), tried("torn", 0, 0, "it is torn")
    )
    assert Message(refusal(found)).splitlines() == [
        "No int8 way is faster than fp32 here, loses at most 0.3 points of macro F1 on 2,000 "
        "validation rows (fp32: 0.9000, 91.0 MB) and changes at most 3.00% of the labels of 2,000 "
        "texts. Nothing was written.",
        "  per tensor: -0.42 points, 1.25% of labels changed, 1.50 times the speed of fp32 "
        "(75.0 texts/s), 25.0 MB: loses too much",
        "  exact: +0.00 points, 1.25% of labels changed, 0.80 times the speed of fp32 "
        "(40.0 texts/s), 25.0 MB: no faster",
        "  torn: does not work: it is torn",
        "Allow more with max_drop=0.5, or export without quantize=….",
    ]
    slow = outcome(tried("exact", 0.0, 0.8))
    assert Message(refusal(slow)).endswith("\nExport without quantize=…, or to another target.")


def test_both_sides_answer_in_turns(monkeypatch):
    order = []

    def seconds(engine, encoder, texts):
        order.append(engine)
        return {"fp32": 4.0, "int8": 2.0}[engine] * (len(order) if len(order) < 3 else 1)

    monkeypatch.setattr(int8_search, "_seconds", seconds)
    speeds = int8_search.measure_speed("fp32", "int8", None, ["text"] * 8)
    assert speeds == Speeds(fp32=2.0, way=4.0, ratio=2.0)
    assert order[:6] == ["int8", "fp32", "fp32", "int8", "int8", "fp32"]
    assert order.count("fp32") == order.count("int8") == int8_search.ROUNDS + 1


# --- whole exports --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def onnx_int8(tiny_run, tmp_path_factory):
    output = tmp_path_factory.mktemp("exports") / "tiny-int8"
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8_search, "measure_speed", raced(2.0))
        sentilora.export(
            tiny_run.path,
            to="onnx",
            quantize="int8",
            max_drop=100,
            max_changed=1.0,
            output=output,
            listener=told.append,
        )
    ways = [event for event in told if event["kind"] == "way"]
    assert {"name": "per tensor", "number": 1, "total": 4}.items() <= ways[0].items()
    return output


@pytest.fixture(scope="session")
def openvino_int8(tiny_run, tmp_path_factory):
    """Return an export with both: int8, of two ways, and a cascade."""
    output = tmp_path_factory.mktemp("exports") / "tiny-openvino-int8"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8_search, "measure_speed", raced(2.0))
        patch.setitem(int8_search.WAYS, "openvino", lambda *given: openvino_ways(*given)[2:4])
        sentilora.export(
            tiny_run.path,
            to="openvino",
            quantize="int8",
            max_drop=100,
            max_changed=1.0,
            cascade=True,
            max_disagreement=0.3,
            output=output,
        )
    return output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["onnx_int8", "openvino_int8"])
def test_an_int8_export_loads_and_agrees(name, tiny_run, request):
    folder = request.getfixturevalue(name)
    texts = [text for text, _ in make_texts(100, seed=5)]
    run, export = (sentilora.load(path, device="cpu") for path in (tiny_run.path, folder))
    export.first_stage = None
    found, expected = export.score(texts).logits, run.score(texts).logits
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.9
    assert 0 < np.abs(found - expected).max() < 1
    facts = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    part = facts["quantisation"]
    assert part["chosen"] in [way["name"] for way in part["ways"]]
    assert [way["problem"] for way in part["ways"]] == [None] * len(part["ways"])
    exact = part["fp32_parity"]
    assert exact["max_logit_difference"] < exact["tolerance"] < facts["max_logit_difference"]
    assert facts["tolerance"] is None
    # One range a batch in ONNX Runtime; OpenVINO's ranges are fixed.
    mates = facts["batch_mates"]
    assert mates["texts"] == facts["texts"]
    assert (mates["max_logit_difference"] > 1e-3) == (name == "onnx_int8")
    assert facts["proof"]["max_logit_difference"] <= 1e-5
    assert part["rows"] == len(read_run_parts(open_artifact(tiny_run.path)).validation)
    assert not list(folder.glob("*.partial"))
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"Weights are int8 ({part['chosen']})" in card
    assert ("depends a little on the other texts of its batch" in card) == (name == "onnx_int8")


@pytest.mark.slow
def test_bf16_is_measured_where_it_could_be_taken(onnx_int8, openvino_int8):
    onnx_part, openvino_part = (
        json.loads((folder / "parity.json").read_text(encoding="utf-8"))["quantisation"]
        for folder in (onnx_int8, openvino_int8)
    )
    assert onnx_part["bf16"] is None  # ONNX Runtime has no bfloat16 on CPUs
    taken = pick_precision("auto", torch.device("cpu")) == "bf16"
    assert set(openvino_part["bf16"] or ()) == ({"fp32", "int8"} if taken else set())


@pytest.mark.slow
def test_a_cascade_is_bounded_against_the_int8_network(openvino_int8, tiny_run):
    facts = json.loads((openvino_int8 / "parity.json").read_text(encoding="utf-8"))["cascade"]
    validation = read_run_parts(open_artifact(tiny_run.path)).validation
    model = sentilora.load(openvino_int8)
    together = model.score(validation.texts).logits.argmax(axis=1)
    model.first_stage = None
    alone = model.score(validation.texts).logits.argmax(axis=1)
    assert facts["accuracy_alone"] == (alone == validation.label_ids).mean()
    assert facts["disagreements"] == (together != alone).sum()


@pytest.mark.slow
def test_a_slow_export_is_refused_and_leaves_nothing(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setattr(int8_search, "measure_speed", raced(0.7))
    monkeypatch.setitem(int8_search.WAYS, "onnx", lambda *given: onnx_ways(*given)[:1])
    options = {"to": "onnx", "quantize": "int8", "max_drop": 100, "output": tmp_path / "out"}
    with pytest.raises(ModelError, match=r"0\.70 times the speed of fp32 .*: no faster\n"):
        sentilora.export(tiny_run.path, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("fast")
def test_an_export_is_quantised_on_labelled_texts(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setitem(int8_search.WAYS, "onnx", lambda *given: onnx_ways(*given)[1:2])
    merged = sentilora.export(tiny_run.path, output=tmp_path / "merged")
    file = tmp_path / "rows.csv"
    lines = [f"{text},{label}" for text, label in make_texts(60, seed=5)]
    file.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    options = {"to": "onnx", "quantize": "int8", "max_drop": 100, "max_changed": 1.0}
    folder = sentilora.export(merged, output=tmp_path / "out", data=file, **options)
    facts = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    part = facts["quantisation"]
    assert (part["rows"], part["changed_texts"], part["source"]) == (30, 30, "rows of rows.csv")
    assert facts["labelled"]["parity"]["texts"] == 30


def turned_round(source, target):
    """Write the model with its answers turned round: the worst that can become of it."""
    model = onnx.load(source)
    for one in model.graph.initializer:
        if "classifier" in one.name:
            one.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(one), one.name))
    onnx.save(model, target)


def torn(target):
    raise ModelError("it is torn")


@pytest.mark.slow
@pytest.mark.usefixtures("fast")
def test_the_budget_decides_what_replaces_the_file(tiny_run, tmp_path, monkeypatch):
    artifact = open_artifact(tiny_run.path)
    network, tokenizer = load_classifier(artifact)
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    settings = replace(artifact.settings, kind="onnx")
    file = tmp_path / "model.onnx"
    write_onnx(network, settings, file)
    before = file.read_bytes()

    def ways(path, texts):
        assert texts[0]["input_ids"].shape[0] == 1
        return [Way("turned", lambda target: turned_round(path, target)), Way("torn", torn)]

    monkeypatch.setitem(int8_search.WAYS, "onnx", ways)
    given = (file, settings, encoder, run_data(read_run_parts(artifact)))
    problem = r"2\.00 times .*: loses too much and changes too many labels\n  torn: does not work"
    with pytest.raises(ModelError, match=problem):
        quantise(*given, max_drop=5)
    assert file.read_bytes() == before
    found = quantise(*given, max_drop=100, max_changed=1.0)
    assert found.chosen == "turned"
    assert found.best.flipped_share > 0.9
    assert found.best.drop > 50
    assert file.read_bytes() != before
    assert [one.name for one in tmp_path.iterdir()] == ["model.onnx"]


@pytest.mark.slow
@pytest.mark.usefixtures("fast")
def test_the_command_shows_what_was_tried(tiny_run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(int8_search.WAYS, "onnx", lambda *given: onnx_ways(*given)[1:2])
    options = ["--to", "onnx", "--quantize", "int8", "--max-drop", "100"]
    options += ["--max-changed", "1", "--output", "out"]
    monkeypatch.setattr(sys, "argv", ["sentilora", "export", str(tiny_run.path), *options])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    said = capsys.readouterr()
    assert stopped.value.code == 0, said.err
    assert "trying      per channel (1 of 1) …" in said.err
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0].startswith("parity ")
    title = " ".join(lines[1:3])
    assert title.startswith("int8 on 16 validation rows, at most 100 points lost; at most 100.00%")
    assert sum("(shipped)" in line for line in lines) == 1
    assert any(line.split()[1:2] == ["fp32"] for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "onnx", "quantize": "int4"}, 'quantize="int4" is unknown: expected int8'),
        ({"to": "merged", "quantize": "int8"}, r'quantize="int8" does not go with to="merged"'),
        ({"to": "onnx", "quantize": "int8", "max_drop": -1}, r"max_drop=-1 is no number of"),
        ({"to": "onnx", "quantize": "int8", "max_drop": float("nan")}, "max_drop=nan is no"),
        ({"to": "onnx", "quantize": "int8", "max_changed": 2.0}, "max_changed=2.0 is no share"),
    ],
)
def test_what_cannot_be_asked_for_is_said(tiny_run, tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        sentilora.export(tiny_run.path, output=tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())


def test_only_a_run_with_its_data_can_be_quantised(tmp_path):
    with pytest.raises(ModelError, match=r'quantize=… alone, .* to measure on: data="FILE"'):
        sentilora.export("general", to="onnx", quantize="int8", output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_onnx_file_is_at_least_70_percent_smaller(heavy_base, tmp_path):
    network = network_of(heavy_base)
    file = tmp_path / "model.onnx"
    write_onnx(network, settings_of("onnx"), file)
    exact = OnnxEngine(file)
    for number, way in enumerate(onnx_ways(file, inputs())):
        target = tmp_path / f"{number}.onnx"
        way.write(target)
        left_out = "without" in way.name  # one layer of eleven, which may be a large one
        assert size_of(target) < (0.4 if left_out else 0.3) * size_of(file), way.name
        assert_close(OnnxEngine(target), exact)
        check_tail(onnx.load(target), onnx.load(file))


def assert_close(engine, exact, atol=0.05):
    for one in inputs(3, seed=1, length=12):
        fed = {name: torch.from_numpy(array) for name, array in one.items()}
        difference = np.abs(engine.logits(fed).numpy() - exact.logits(fed).numpy()).max()
        assert 0 < difference < atol


def check_tail(quantised, source):
    """Check that all from the logits on is as it was, and that the metadata are."""

    def tail(graph):
        place = next(i for i, node in enumerate(graph.node) if "logits" in node.output)
        return [node.op_type for node in graph.node[place + 1 :]]

    assert tail(quantised.graph) == tail(source.graph)
    kept = {one.name for one in quantised.graph.initializer if one.data_type == TensorProto.FLOAT}
    assert "network.classifier.weight" in kept or "network.classifier.bias" in kept
    assert [one.key for one in quantised.metadata_props] == ["sentilora"]


@pytest.mark.slow
@pytest.mark.parametrize("smooth", [True, False])
def test_an_openvino_model_is_at_least_70_percent_smaller(heavy_base, tmp_path, smooth):
    file = tmp_path / "model.xml"
    write_openvino(network_of(heavy_base), settings_of("openvino"), file)
    ways = {way.name: way for way in openvino_ways(file, inputs(6))}
    names = ["static, smoothed", "weights only, symmetric"] if smooth else ["static"]
    exact = OpenVinoEngine(file)
    for name in names:
        target = tmp_path / f"{len(name)}.xml"
        ways[name].write(target)
        weights = target.with_suffix(".bin").stat().st_size
        assert weights < 0.3 * file.with_suffix(".bin").stat().st_size
        assert_close(OpenVinoEngine(target), exact, atol=0.1)
        model = openvino.Core().read_model(target)
        assert json.loads(model.get_rt_info("sentilora").astype(str))["labels"] == list(LABELS)
        kept = set(openvino_quantisers.float_nodes(openvino.Core().read_model(file)))
        for node in model.get_ordered_ops():
            if node.get_friendly_name() in kept:
                given = {one.get_node().get_type_name() for one in node.input_values()}
                assert "FakeQuantize" not in given, node.get_friendly_name()


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_can_be_quantised(tiny_bases, tmp_path, architecture):
    file = tmp_path / "model.onnx"
    write_onnx(network_of(tiny_bases[architecture]), settings_of("onnx"), file)
    way = onnx_ways(file, inputs())[-1]
    way.write(tmp_path / "int8.onnx")
    assert_close(OnnxEngine(tmp_path / "int8.onnx"), OnnxEngine(file))
    ops = [node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node]
    layers = len(onnx_quantisers.linear_layers(onnx.load(file)))
    assert ops.count("MatMulInteger") == layers - max(1, round(layers / 8)) > 5


def test_rows_of_a_table_are_rounded_by_their_own_size():
    rng = np.random.default_rng(0)
    table = (rng.normal(size=(400, 64)) * 10.0 ** rng.uniform(-4, 2, (400, 1))).astype(np.float32)
    table[7] = 0
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["out"], "take")],
        "g",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["a", "b"])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["a", "b", 64])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    quantise_tables(model)
    onnx.checker.check_model(model, full_check=True)
    assert {one.name for one in model.graph.initializer} == {"table_rows", "table_scales"}
    import onnxruntime

    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    ids = rng.integers(0, 400, (3, 50))
    ids[0, 0] = 7
    (found,) = session.run(["out"], {"ids": ids})
    step = np.abs(table[ids]).max(axis=-1, keepdims=True) / 127
    assert (np.abs(found - table[ids]) <= 0.5001 * step).all()


def test_layers_whose_inputs_have_outliers_are_left_out():
    rng = np.random.default_rng(0)
    weights = {f"layer {i}": rng.normal(size=(32, 16)).astype(np.float32) for i in range(16)}
    text = {name: rng.normal(size=(1, 50, 32)).astype(np.float32) for name in weights}
    text["layer 3"][0, 0, 0] = 500
    text["layer 9"][0, 4, 2] = -900
    assert sorted(most_sensitive(weights, [text, text])) == ["layer 3", "layer 9"]
    assert most_sensitive({"one": weights["layer 0"]}, [{"one": text["layer 0"]}]) == ["one"]


def test_answers_that_are_not_numbers_are_a_way_that_does_not_work():
    logits = np.zeros((4, 3))
    logits[1, 1] = np.nan
    with pytest.raises(ModelError, match="logits that are not numbers"):
        judge(logits, np.zeros(4, np.int64), settings_of("onnx"))
