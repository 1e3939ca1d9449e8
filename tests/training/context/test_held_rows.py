"""Rows in memory that are trained on are kept beside the runs, for resuming and for exports."""

import json

import datasets
import pandas as pd
import pytest

import sentilora
from sentilora.errors import ConfigError, DataError
from sentilora.files import sha256_of
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(make_texts(100), columns=["comment", "mood"])


def test_a_table_is_trained_on_measured_on_and_judged_on(frame, tiny_base, tmp_path):
    run = sentilora.train(
        frame,
        text="comment",
        label="mood",
        epochs=1,
        base=tiny_base,
        output=tmp_path,
        config={**TINY_SETTINGS, "report.baselines": []},
    )
    (kept,) = (tmp_path / "data").iterdir()
    assert run.config.data.train == str(kept)
    environment = json.loads((run.path / "environment.json").read_text(encoding="utf-8"))
    assert environment["data"] == [
        {"file": kept.name, "bytes": kept.stat().st_size, "sha256": sha256_of(kept)}
    ]
    assert [one.path for one in sentilora.list_runs(tmp_path)] == [run.path]
    model = sentilora.load(run)
    columns = {"text": "comment", "label": "mood"}
    report = sentilora.evaluate(model, frame[:30], resamples=100, **columns)
    assert report.metrics["rows"] == 30
    assert report.dataset.source == "the DataFrame"
    folder = sentilora.export(run, output=tmp_path / "merged", data=frame[:20], **columns)
    assert json.loads((folder / "parity.json").read_text())["labelled"]["source"] == "the DataFrame"


def test_rows_that_cannot_be_used_are_not_kept(frame, tiny_base, tmp_path):
    with pytest.raises(DataError, match=r"no column 'body'. Found: 'comment', 'mood'"):
        sentilora.train(frame, text="body", base=str(tiny_base), output=str(tmp_path))
    assert list((tmp_path / "data").iterdir()) == []


def test_parts_are_taken_from_a_dict_of_them(frame, tiny_base, tmp_path, monkeypatch):
    from sentilora.training import train

    whole = datasets.Dataset.from_pandas(frame)
    parts = datasets.DatasetDict(train=whole, test=whole.select(range(20)))
    seen = []
    monkeypatch.setattr(train, "open_run", lambda resolved, *_: seen.append(resolved))
    monkeypatch.setattr(train, "_work", lambda context, **_: context)
    settings = {"base": str(tiny_base), "output": str(tmp_path), "text": "comment", "label": "mood"}
    sentilora.train(parts, **settings)
    sentilora.train(whole, test=frame[:10], **settings)
    assert [len(one.parts.test) for one in seen] == [20, 10]
    assert len(seen[0].parts.train) + len(seen[0].parts.validation) == 100
    with pytest.raises(ConfigError, match="The rows for test have the parts train, test"):
        sentilora.train(whole, test=parts, **settings)
