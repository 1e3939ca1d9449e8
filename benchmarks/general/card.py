"""The card of the adapter that ships: every set with its terms, and every figure with its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.general.figures import FIGURES
from benchmarks.general.sets import SETS
from sentilora import samples
from sentilora.evaluation.reports import wording
from sentilora.model.bases.known_bases import by_hub_id
from sentilora.model.probabilities import Calibration
from sentilora.runs.run_folder import Run

COLUMNS = [wording.METRICS[key] for key in FIGURES]
OWN = {
    "title": "SentiLoRA's own sample",
    "kind": "reviews of films, shops, apps, hotels, surgeries and banks, written for it",
    "terms": "MIT",
}


def render(
    run: Run,
    packed: Mapping[str, Any],
    story: Mapping[str, Mapping[str, Any]],
    measured: Mapping[str, Mapping[str, Any]],
    *,
    precision: str,
    command: str,
    held_out: list[str],
) -> str:
    """Write the card.

    Args:
        run: the training.
        packed: facts from :func:`~benchmarks.general.package.pack`.
        story: what became of each set, from :func:`~benchmarks.general.mixture.read_story`.
        measured: ``three`` and ``two``, as far as they were measured.
        precision: that these were computed in.
        command: that builds the adapter.
        held_out: names of the files whose texts were left out.
    """
    report = run.report
    environment = json.loads((run.path / "environment.json").read_text(encoding="utf-8"))
    used = [
        {**_told(name), **part, "total": sum(part["counts"].values())}
        for name, part in story.items()
    ]
    own = {"metrics": report["metrics"], "intervals": report["intervals"]}
    lines = [{"name": "own test part", "rows": report["metrics"]["rows"], **own}]
    names = {"three": "", "two": ", good and bad texts only"}
    lines += [
        {**measured[kind], "name": measured[kind]["data"] + names[kind]}
        for kind in names
        if kind in measured
    ]
    known = by_hub_id(report["run"]["hub_id"])
    page = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown
    )
    page.filters["count"] = wording.count
    text = page.get_template("card.md.j2").render(
        base={"hub_id": report["run"]["hub_id"], "licence": known.licence if known else "its own"},
        packed=packed,
        calibrated_by=wording.calibrated_by(Calibration.from_dict(packed)),
        rows=sum(one["total"] for one in used),
        held_out=held_out,
        used=used,
        joined=sum(sum(part["joined"].values()) for part in story.values()),
        refused=[one for one in SETS.values() if one.refused],
        columns=COLUMNS,
        lines=lines,
        has_two="two" in measured,
        precision=precision,
        rank=run.config.lora.rank,
        run=report["run"],
        cost=report["cost"],
        cores=environment["cores"],
        version=report["sentilora"],
        command=command,
        wording=wording,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _told(name: str) -> dict[str, str]:
    if name == samples.NAME:
        return OWN
    one = SETS[name]
    return {"title": one.title, "kind": one.kind, "terms": one.terms}
