"""``insights.md``: the same report as Markdown, for tickets, chats and repositories."""

from __future__ import annotations

import re

from sentilora.insights.insight_report import InsightReport
from sentilora.insights.report.insights_html import insights_environment, page_parts


def render_insights_markdown(report: InsightReport) -> str:
    """Render a report as Markdown; texts of users are shown as they are written."""
    text = insights_environment().get_template("insights.md.j2").render(**page_parts(report))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
