"""``sentilora pairs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import AnyText, Scale, SkipBadRows, Text
from sentilora.defaults import MAX_PAIRS, PER_GROUP, SEED
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.data.pairs.built_pairs import BuiltPairs

EXAMPLE = (
    "Example:  sentilora pairs reviews.csv --rating stars --group product --output pairs.parquet"
)


def pairs(
    context: typer.Context,
    data: Annotated[
        str, typer.Argument(help="File, folder (its train.* is read) or hub data set id.")
    ],
    rating: Annotated[
        str | None, typer.Option(help="Column with ratings: the higher one is preferred.")
    ] = None,
    counterfactual: Annotated[
        bool, typer.Option("--counterfactual", help="Pair texts of a group with other labels.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="Column (product, film, pair id) that pairs do not cross.")
    ] = None,
    text: Text = None,
    label: Annotated[
        str | None, typer.Option(help="Column with the label, for --counterfactual.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Label names in id order: negative,neutral,positive.")
    ] = None,
    stars: Annotated[
        int | None, typer.Option(help="Ratings go from 1 to this; scales the margin.")
    ] = None,
    scale: Scale = None,
    any_text: AnyText = False,
    kind: Annotated[
        str, typer.Option(help="Of counterfactual pairs: graded (texts) or labels (preferences).")
    ] = "graded",
    test: Annotated[
        list[str] | None, typer.Option(help="File whose texts are left out; may be repeated.")
    ] = None,
    per_group: Annotated[int, typer.Option(help="Pairs of a group at most.")] = PER_GROUP,
    max_pairs: Annotated[int, typer.Option(help="Pairs in all at most.")] = MAX_PAIRS,
    min_gap: Annotated[
        float, typer.Option(help="Ratings of a pair differ by this at least.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = SEED,
    skip_bad_rows: SkipBadRows = False,
    output: Annotated[
        Path, typer.Option(help="File to write: .parquet, .csv, .tsv or .jsonl.")
    ] = Path("pairs.parquet"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was built as JSON.")] = False,
) -> None:
    """Build pairs to learn preferences from: of ratings, or of counterfactual edits."""
    from sentilora.data.pairs.built_pairs import write_pairs

    shared: dict[str, Any] = {
        "text": text,
        "stars": stars,
        "scale": scale,
        "any_text": any_text,
        "leave_out": test or (),
        "per_group": per_group,
        "max_pairs": max_pairs,
        "seed": seed,
        "skip_bad_rows": skip_bad_rows,
        **context.obj,
    }
    _check(rating, counterfactual, group, label, kind)
    if rating is not None:
        from sentilora.data.pairs.from_ratings import pairs_from_ratings

        built = pairs_from_ratings(data, rating=rating, group=group, min_gap=min_gap, **shared)
    else:
        from sentilora.data.pairs.from_edits import pairs_from_edits
        from sentilora.data.pairs.preference_pairs import GRADED, LABELS

        assert group is not None
        built = pairs_from_edits(
            data,
            group=group,
            label=label,
            labels=labels,
            kind=LABELS if kind == "labels" else GRADED,
            **shared,
        )
    write_pairs(built, output)
    meant = {"text": text, "label": rating or label, "labels": labels, "stars": stars}
    meant |= {"scale": scale, "any_text": any_text}
    rows = {**meant, "skip_bad_rows": skip_bad_rows, **context.obj}
    _show(built, data, output, rows, as_json=as_json)


def _check(
    rating: str | None, counterfactual: bool, group: str | None, label: str | None, kind: str
) -> None:
    from sentilora.errors import ConfigError, several

    problems = []
    if (rating is not None) == counterfactual:
        problems.append(
            "give either --rating COL (pairs from ratings) or --counterfactual (pairs from edits)"
        )
    if counterfactual and group is None:
        problems.append(
            "--counterfactual needs --group COL: the id that a text shares with its edit"
        )
    if rating is not None and label is not None:
        problems.append(f"--label {label} is for --counterfactual; leave it out")
    if kind not in ("graded", "labels"):
        problems.append(f"--kind {kind}: must be graded or labels")
    elif rating is not None and kind != "graded":
        problems.append(f"--kind {kind} is for --counterfactual; ratings make graded texts")
    if problems:
        raise ConfigError(several("the options", problems))


def _show(
    built: BuiltPairs, data: str, output: Path, rows: dict[str, Any], *, as_json: bool
) -> None:
    from sentilora.cli.report_tables import console

    pairs = built.pairs
    facts = {
        "output": str(output),
        "kind": pairs.kind,
        "pairs": len(pairs),
        "texts": len(pairs.keys),
        "groups": len(set(built.more["group"])) if "group" in built.more else None,
        "mean_margin": float(pairs.margins.mean()) if pairs.is_graded else None,
        "notes": spelled(list(built.notes), COMMAND_LINE),
    }
    if as_json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    out = console()
    told = f"{len(pairs):,} {pairs.kind} of {len(pairs.keys):,} texts"
    told += f" in {facts['groups']:,} groups" if facts["groups"] is not None else ""
    told += f", mean margin {facts['mean_margin']:.2f}" if pairs.is_graded else ""
    out.print(f"built    {told}", markup=False, soft_wrap=True)
    for note in facts["notes"]:
        out.print(f"note     {note}", markup=False, soft_wrap=True)
    out.print(f"\npairs    {output}", markup=False, soft_wrap=True)
    from sentilora.model.bases.embedded_base import base_at_hand

    then = typed("train", data, **rows, pairs=output, base=base_at_hand())
    out.print(f"next     {then}", markup=False, soft_wrap=True)
