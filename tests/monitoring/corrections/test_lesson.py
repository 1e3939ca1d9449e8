"""Old rows and corrections become rows to learn from, each with where it comes from."""

import csv

import pytest

from sentilora.data.labelled.split import read_parts
from sentilora.data.same_text import fold
from sentilora.monitoring.corrections.corrected_texts import CorrectedText
from sentilora.monitoring.corrections.lesson import is_held_out, make_lesson, write_origins
from sentilora.monitoring.corrections.stored_corrections import Correction
from tests.helpers.texts import make_texts, write_csv

LABELS = ("negative", "positive")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    path = write_csv(tmp_path_factory.mktemp("old") / "old.csv", make_texts(60))
    return read_parts(path)


def corrected(text, label="negative", contradicted=0, number=1):
    told = Correction(
        number, f"T-{number}", "mail", "general", "positive", label, "Ada", "page", 1_000
    )
    return CorrectedText(text, told, contradicted)


def lesson_of(parts, *given, share=0.0, repeats=1):
    return make_lesson(parts, given, LABELS, held_out_share=share, repeats=repeats)


def test_old_rows_come_along_and_each_row_says_where_it_comes_from(parts, tmp_path):
    made = lesson_of(parts, corrected("A new text"), corrected("=1+1 is new", number=2), repeats=2)
    train = made.parts["train"]
    assert len(train) == len(parts.train) + 4
    assert [row["text"] for row in train[-4:]] == ["A new text"] * 2 + ["=1+1 is new"] * 2
    assert {row["label"] for row in train} == set(LABELS)
    write_origins(made.origins, tmp_path / "provenance.csv")
    with (tmp_path / "provenance.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert [int(row["row"]) for row in told] == list(range(1, len(train) + 1))
    assert {row["origin"] for row in told[:-4]} == {"original"}
    assert told[-1]["id"] == "T-2"
    assert told[-1]["corrected_at"] == "1970-01-01T00:00:01Z"
    assert (told[-1]["corrected_by"], told[-1]["label_before"]) == ("Ada", "positive")
    assert [row["label"] for row in told] == [row["label"] for row in train]


def test_a_correction_wins_over_an_old_row_of_the_same_text(parts):
    text, label = parts.train.texts[0], LABELS[parts.train.label_ids[0]]
    other = LABELS[1 - LABELS.index(label)]
    made = lesson_of(parts, corrected(text.upper(), other))
    same = [row for row in made.parts["train"] if fold(row["text"]) == fold(text)]
    assert [row["label"] for row in same] == [other]
    assert any("1 old rows have a text that was corrected" in note for note in made.notes)


def test_what_the_model_is_measured_with_is_not_learned_from(parts):
    made = lesson_of(parts, corrected(parts.test.texts[0]), corrected(parts.validation.texts[0]))
    assert len(made.parts["train"]) == len(parts.train)
    assert any(
        "2 corrections are of texts that the model is measured with" in n for n in made.notes
    )


def test_labels_of_another_model_and_contradictions_are_told(parts):
    made = lesson_of(
        parts, corrected("A new text", "odd"), corrected("Another text", contradicted=3)
    )
    assert any("1 corrections have labels that the model does not have" in n for n in made.notes)
    assert any("3 corrections were followed by other labels" in n for n in made.notes)
    assert made.parts["train"][-1]["text"] == "Another text"


def test_the_same_texts_are_held_out_every_time(parts):
    texts = [f"text number {place}" for place in range(1000)]
    given = [corrected(text, number=place) for place, text in enumerate(texts)]
    made = lesson_of(parts, *given, share=0.2)
    assert 150 < len(made.held_out) < 250
    held = {row["text"] for row in made.held_out}
    assert not held & {row["text"] for row in made.parts["train"]}
    again = lesson_of(parts, *given[::-1], share=0.2)
    assert {row["text"] for row in again.held_out} == held
    assert all(is_held_out(f"  {text.upper()} ", 0.2) for text in held)
