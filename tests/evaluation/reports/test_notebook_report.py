"""What notebooks show of a report."""

from sentilora.evaluation.reports.report import read_report


def test_a_report_is_a_sentence_and_a_table(tiny_run):
    shown = read_report(tiny_run.path)._repr_html_()
    assert shown.startswith("<div><b>Right on ")
    rows = shown.split("<tr>")[1:]
    assert "Macro F1" in rows[0]
    assert "+ LoRA" in rows[1]
    assert any("TF-IDF" in row for row in rows[2:])
    assert "<br><small>100.0 – 100.0</small>" in rows[1]


def test_a_name_is_no_code(tiny_run):
    report = read_report(tiny_run.path)
    raw = report.to_dict()
    raw["run"]["base"] = "<script>"
    shown = type(report).from_dict(raw)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt; + LoRA" in shown


def test_a_run_says_what_it_is(tiny_run, tmp_path):
    assert repr(tiny_run) == f"<Run {tiny_run.path}: finished>"
    assert repr(type(tiny_run)(tmp_path)) == f"<Run {tmp_path}: not finished>"
    assert repr(type(tiny_run)(tmp_path / "a")).endswith(": not there>")
