"""The model card (``README.md``) in Hugging Face form: front matter with model-index, and text.

Not covered: the language and the hub name of the training data, which a report does not hold; add
them by hand, or through ``language``, before a model is published.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import (
    caution,
    comparison,
    headline,
    skipped_baselines,
    verdict,
)
from sentilora.evaluation.reports.report import Report
from sentilora.evaluation.reports.report_html import cost_cards, cost_methods, page_environment
from sentilora.model.probabilities import UNCALIBRATED

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

_TAGS = ("sentiment-analysis", "text-classification", "sentilora")
# The hub's names for our metrics; `args` are those of the evaluate library.
_HUB_METRICS: dict[str, tuple[str, str, dict[str, str] | None]] = {
    "accuracy": ("accuracy", "Accuracy", None),
    "macro_f1": ("f1", "Macro F1", {"average": "macro"}),
    "macro_precision": ("precision", "Macro precision", {"average": "macro"}),
    "macro_recall": ("recall", "Macro recall", {"average": "macro"}),
    "matthews_correlation": ("matthews_correlation", "Matthews correlation", None),
}


def render_card(
    report: Report,
    *,
    tags: Sequence[str] = (),
    licence: str | None = None,
    language: str | None = None,
) -> str:
    """Render a report as a model card; nothing is asked of the hub.

    Args:
        report: report of a training run.
        tags: tags for the hub, beside the usual ones.
        licence: licence of the base, as an SPDX identifier.
        language: language of the texts, as an ISO 639-1 code.
    """
    card_data = _front_matter(report, tags, licence, language)
    return f"---\n{card_data.to_yaml()}\n---\n\n{_body(report, licence)}"


def _front_matter(
    report: Report, tags: Sequence[str], licence: str | None, language: str | None
) -> ModelCardData:
    from huggingface_hub import EvalResult, ModelCardData

    run, source = report.run, _source(report)
    is_adapter = run.method != "full"
    results = [
        EvalResult(
            task_type="text-classification",
            task_name="Sentiment analysis",
            dataset_type=_slug(source),
            dataset_name=source,
            dataset_split="test",
            metric_type=kind,
            metric_name=name,
            metric_value=round(report.metrics[key], 6),
            metric_args=arguments,
        )
        for key, (kind, name, arguments) in _HUB_METRICS.items()
        if report.metrics.get(key) is not None
    ]
    hub_id, relation = run.hub_id or "", "adapter" if is_adapter else "finetune"
    return ModelCardData(
        base_model=hub_id if _is_hub_id(hub_id) else None,
        base_model_relation=relation if _is_hub_id(hub_id) else None,
        library_name="peft" if is_adapter else "transformers",
        pipeline_tag="text-classification",
        license=licence.lower() if licence else None,
        language=language,
        tags=list(dict.fromkeys([*_TAGS, *(["lora"] if is_adapter else []), *tags])),
        metrics=list(dict.fromkeys(result.metric_type for result in results)),
        model_name=run.name or "sentilora",
        eval_results=results,
    )


def _body(report: Report, licence: str | None) -> str:
    run, hub_id = report.run, report.run.hub_id or ""
    link = f"[{hub_id}](https://huggingface.co/{hub_id})"
    calibration = report.calibration
    fitted = calibration.fitted if calibration else UNCALIBRATED
    text = (
        page_environment()
        .get_template("card.md.j2")
        .render(
            report=report,
            run=run,
            data=report.dataset,
            name=run.name or "SentiLoRA model",
            headline=headline(report),
            verdict=verdict(report),
            caution=caution(report),
            base=link if _is_hub_id(hub_id) else wording.markdown_cell(run.base or "an encoder"),
            is_adapter=run.method != "full",
            labels=report.label_names,
            label_list=", ".join(wording.markdown_cell(name) for name in report.label_names),
            cell=wording.markdown_cell,
            source=_source(report).replace("`", "'"),
            calibrate=wording.calibrated_in_torch(fitted),
            columns=wording.COLUMNS,
            lines=comparison(report),
            rows=report.metrics["rows"],
            per_label=report.after.per_label,
            calibration=calibration,
            calibrated_by=wording.calibrated_by(fitted),
            cost=cost_cards(report.cost),
            cost_methods=cost_methods(report.cost),
            skipped=skipped_baselines(report),
            pairs=report.order.trained,
            proof=report.training.proof if report.training else None,
            orders=wording.orders(report.order),
            licence=licence,
            wording=wording,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _source(report: Report) -> str:
    return report.dataset.source or "unknown"


def _is_hub_id(text: str) -> bool:
    return re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", text) is not None


def _slug(text: str) -> str:
    return re.sub(r"[^\w/.-]+", "-", text).strip("-") or "unknown"
