"""A file of texts to a table of answers: the library's answers, filtered and taken home."""

import csv
import io

import pytest

import sentilora
from sentilora.data.files.read_options import Reading
from sentilora.errors import DataError
from sentilora.events import as_counts
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.models import scored_file
from sentilora.ui.models.scored_file import ROWS, choose_rows
from sentilora.ui.settings import NOT_SURE
from tests.helpers.texts import make_texts
from tests.helpers.uploads import keep


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path, device="cpu")


def score_file(model, upload, *, below=0.0, skip_bad_rows=False, listener=None):
    choices = DataChoices(upload, Reading(), (), text="text", skip_bad_rows=skip_bad_rows)
    return scored_file.score_file(model, "tiny", choices, below, listener=listener)


@pytest.fixture
def upload(tmp_path):
    rows = [f"{number},{text},{label}" for number, (text, label) in enumerate(make_texts(700, 4))]
    return keep(tmp_path, "reviews.csv", "\n".join(["id,text,label", *rows]).encode())


def test_the_answers_are_those_of_the_library_in_the_order_of_the_file(model, upload):
    told = []
    scored = score_file(model, upload, listener=as_counts(lambda *one: told.append(one)))
    table = scored.read()
    expected = model.predict(table["text"].to_pylist())
    assert (scored.label, scored.score) == ("predicted_label", "score")
    assert table["predicted_label"].to_pylist() == [one.label for one in expected]
    assert table["score"].to_pylist() == pytest.approx([one.score for one in expected])
    assert table["id"].to_pylist() == [str(number) for number in range(700)]
    assert told[-1] == (700, 700)
    assert any(0 < done <= ROWS for done, _ in told)  # other sessions get a turn in between
    assert any("predicted_label" in note for note in scored.summary.notes)


def test_the_download_has_the_format_and_the_name_of_the_file(model, upload):
    scored = score_file(model, upload)
    assert scored.download_name == "reviews-predicted.csv"
    rows = list(csv.DictReader(io.StringIO(scored.download().decode("utf-8"))))
    assert [row["text"] for row in rows] == scored.read()["text"].to_pylist()
    assert [row["predicted_label"] for row in rows] == scored.read()[scored.label].to_pylist()


def test_a_prediction_that_was_stopped_goes_on(model, upload):
    def stop(done, _):
        if done > ROWS:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_file(model, upload, listener=as_counts(stop))
    assert score_file(model, upload).summary.resumed == ROWS


def test_rows_without_a_text_are_named_or_skipped(model, tmp_path):
    upload = keep(tmp_path, "gaps.csv", b"text,n\ngood film,1\n,2\nbad film,3\n")
    with pytest.raises(DataError, match=r"gaps.csv.*row 2"):
        score_file(model, upload)
    scored = score_file(model, upload, skip_bad_rows=True)
    assert scored.summary.skipped == 1
    assert scored.read()[scored.label].to_pylist()[1] is None
    names = list(scored.summary.label_counts)
    assert choose_rows(scored.read(), scored, labels=names).num_rows == 2


def test_rows_are_chosen_by_label_words_and_score(model, upload):
    scored = score_file(model, upload)
    table = scored.read()
    rows = table.to_pylist()
    good = [row for row in rows if row["predicted_label"] == "positive" and "good" in row["text"]]
    scores = sorted(row["score"] for row in good)
    low, high = scores[2], scores[-3]
    found = choose_rows(
        table, scored, labels=["positive"], words=" GOOD ", scores=(low, high)
    ).to_pylist()
    assert found == [row for row in good if low <= row["score"] <= high]
    assert len(found) == len(good) - 4
    assert choose_rows(table, scored, labels=[]).num_rows == 0
    assert choose_rows(table, scored, labels=["positive"], words="(").num_rows == 0  # no pattern


def test_answers_below_the_limit_count_as_not_sure(model, upload):
    scored = score_file(model, upload)
    scores = sorted(scored.read()["score"].to_pylist())
    unsure = score_file(model, upload, below=scores[100])
    table = unsure.read()
    counts = unsure.counts(table)
    expected = sum(score < scores[100] for score in table["score"].to_pylist())
    assert counts[NOT_SURE] == unsure.summary.abstained == expected
    assert sum(counts.values()) == 700
    found = choose_rows(table, unsure, labels=[NOT_SURE])
    assert found.num_rows == expected
    assert NOT_SURE not in scored.counts(scored.read())


def test_a_text_of_which_nothing_is_known_counts_as_not_sure_at_any_score(model, tmp_path):
    upload = keep(tmp_path, "reviews.csv", "text,abstained\ngood film,no\n😡,no\n".encode())
    scored = score_file(model, upload)
    table = scored.read()
    assert scored.abstained == "predicted_abstained"
    assert scored.shown_labels(table).to_pylist()[1] == NOT_SURE
    assert scored.counts(table)[NOT_SURE] == scored.summary.abstained == 1
    assert choose_rows(table, scored, labels=[NOT_SURE])["text"].to_pylist() == ["😡"]
