"""The Markdown form holds the same report, and shows texts as they are written."""

import re

from sentilora.insights.report.insights_markdown import render_insights_markdown
from sentilora.insights.report.summary import summary
from tests.helpers.insight_reports import airline_report, plain_report, quote


def unescaped(text):
    return re.sub(r"\\(.)", r"\1", text.replace("\\\n", "\n")).replace("\u00a0", " ")


def test_it_holds_every_sentence_and_every_quote():
    report = airline_report()
    text = unescaped(render_insights_markdown(report))
    for said in summary(report):
        assert f"\n- {said}\n" in text
    for theme in report.themes[:4]:
        assert f"\n#### “{theme.name}”\n" in text
        for one in theme.quotes:
            told = f"\n> {one.statement}\n> — row {one.row + 1:,}, {one.id}, "
            assert told in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    for report in (airline_report(), plain_report()):
        tables = re.findall(r"(?:^\|.*\|$\n)+", render_insights_markdown(report), re.MULTILINE)
        assert len(tables) >= 2
        for table in tables:
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1, table


def test_texts_are_no_markup():
    report = airline_report()
    nasty = "# <b>1 | 2</b> [x](y) `z`\n- *w*"
    theme = report.themes[0].model_copy(
        update={"name": nasty, "quotes": (quote(1, nasty), quote(2, "1. one"), quote(3, "- two"))}
    )
    text = render_insights_markdown(report.model_copy(update={"themes": (theme,), "title": nasty}))
    assert "<b>" not in text
    assert "](y)" not in text.replace("\\](y)", "")
    assert "> \\# \\<b\\>1 \\| 2" in text
    assert "> 1\\. one" in text
    assert "> \\- two" in text
    assert "None" not in text


def test_there_are_no_empty_stretches():
    assert "\n\n\n" not in render_insights_markdown(plain_report())
    assert "None" not in render_insights_markdown(plain_report())
