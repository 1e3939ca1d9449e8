"""What a base does not know of texts is counted and told."""

import json

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.model.bases.coverage import (
    Coverage,
    english_base,
    measure_coverage,
    notes_on,
    remarks_of,
)
from sentilora.model.classifier import load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.texts import make_texts, write_csv

THAI = "ดีมาก"


@pytest.fixture(scope="module")
def measure(tiny_base):
    tokenizer = load_tokenizer(str(tiny_base))
    return lambda texts: measure_coverage(
        tokenizer.backend_tokenizer, tokenizer.unk_token_id, texts
    )


def test_unknown_tokens_are_counted_and_shown(measure):
    found = measure(["the film is good", "😡 😡", f"good {THAI}", "very !"])
    assert (found.texts, found.unread, found.examples) == (4, 2, ("😡", THAI))
    assert found.share == 3 / 10
    assert notes_on(found, "tiny") == [
        f"30.0% of the tokens are unknown to the base tiny, such as '😡', '{THAI}'; 2 of 4 texts "
        "are mostly unknown"
    ]


def test_a_text_without_any_token_is_not_read(measure):
    assert measure(["\u200b"]).unread == 1


def test_little_is_not_told(measure):
    assert notes_on(measure(["the film is very good"] * 60 + ["it is 😡 !"]), "tiny") == []


def test_texts_that_are_mostly_unknown_are_refused(measure):
    with pytest.raises(
        ModelError, match=r"^100.0% of the tokens are unknown .* 'nie'.*xlm-roberta"
    ):
        notes_on(measure(["nie wieder Wasserkocher"]), "tiny")


def test_from_nine_tenths_on_next_to_nothing_can_be_learned():
    (note,) = notes_on(Coverage(0.89, texts=10, unread=9, examples=()), "tiny")
    assert note == (
        "89.0% of the tokens are unknown to the base tiny; 9 of 10 texts are mostly unknown"
    )
    with pytest.raises(ModelError, match=r"^90.0% of .* tiny: next to nothing can be learned"):
        notes_on(Coverage(0.9, texts=10, unread=9, examples=()), "tiny")


def test_bases_of_the_table_read_english_by_either_name():
    for name in ("minilm", "sentence-transformers/all-MiniLM-L6-v2"):
        assert english_base(name) == "minilm"
    assert english_base("FacebookAI/xlm-roberta-base") is None


def test_tokenizers_are_read_without_transformers_too(tiny_base):
    assert remarks_of(tiny_base, "tiny")(["it is good", "😡 !"]) == [
        "20.0% of the tokens are unknown to the base tiny, such as '😡'; 1 of 2 texts are mostly "
        "unknown"
    ]


def test_check_tells_of_it(tiny_base, tmp_path):
    rows = [(f"{text} {THAI}", label) for text, label in make_texts(60)]
    found = sentilora.check(
        write_csv(tmp_path / "a.csv", rows), remarks=remarks_of(tiny_base, "tiny")
    )
    assert any("of the tokens are unknown to the base tiny" in note for note in found.notes)
    assert found.is_usable
    strange = [("ดี " * (2 + i), label) for i, (_, label) in enumerate(rows)]
    found = sentilora.check(
        write_csv(tmp_path / "b.csv", strange), remarks=remarks_of(tiny_base, "tiny")
    )
    assert "100.0% of the tokens are unknown" in found.problems[0]


def test_a_training_on_unknown_words_is_refused(tiny_base, tmp_path):
    strange = [(f"ยอด {'ดี ' * (2 + i)}", label) for i, (_, label) in enumerate(make_texts(60))]
    source = write_csv(tmp_path / "b.csv", strange)
    with pytest.raises(ModelError, match=r"100.0% of the tokens are unknown to the base bert"):
        sentilora.train(source, base=str(tiny_base), output=str(tmp_path / "runs"))
    assert not (tmp_path / "runs").exists()


def test_the_share_of_each_text_counts_whole_texts(tiny_base):
    encoder = TextEncoder(load_tokenizer(str(tiny_base)), TextRule(max_tokens=4))
    texts = ["good film", f"{THAI} good good 😡", "😡😡", "\u200b"]
    assert encoder.encode(texts).unknown == [0.0, 0.5, 1.0, 1.0]


def test_a_text_of_unknown_words_gets_no_sure_answer(tiny_run, tmp_path):
    model = sentilora.load(tiny_run.path)
    known, half, blind = model.predict(["good film", "good 😡", "😡😡😡"])
    assert (known.unknown, half.unknown, blind.unknown) == (0.0, 0.5, 1.0)
    assert (known.abstained, half.abstained, blind.abstained) == (False, False, True)
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"text": t}) + "\n" for t in ["good", "😡", "bad 😡"]))
    summary = sentilora.predict_file(model, source, tmp_path / "out.jsonl")
    assert (summary.unknown, summary.abstained) == (2, 1)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["unknown"] for row in rows] == [0.0, 1.0, 0.5]
