"""SentiLoRA: from a file of labelled texts to a proven, calibrated, small sentiment model."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOME = {
    "AsyncClient": "sentilora.client.async_client",
    "Client": "sentilora.client.blocking_client",
    "Prediction": "sentilora.inference.prediction",
    "ReplyQueue": "sentilora.monitoring.replies.reply_queue",
    "Report": "sentilora.evaluation.reports.report",
    "Run": "sentilora.runs.run_folder",
    "RunConfig": "sentilora.config",
    "SentiloraError": "sentilora.errors",
    "SentimentClassifier": "sentilora.estimator",
    "SentimentModel": "sentilora.inference.sentiment_model",
    "adapt": "sentilora.adaptation.adapt",
    "check": "sentilora.quality.quality_check",
    "correct": "sentilora.monitoring.corrections.correction",
    "correct_file": "sentilora.monitoring.corrections.correction",
    "create_model": "sentilora.model.classifier",
    "evaluate": "sentilora.evaluation.evaluate",
    "export": "sentilora.exports.export",
    "forget": "sentilora.monitoring.forget",
    "insights": "sentilora.insights.insights",
    "list_runs": "sentilora.runs.run_folder",
    "load": "sentilora.inference.sentiment_model",
    "monitor": "sentilora.monitoring.monitor",
    "pairs_from_edits": "sentilora.data.pairs.from_edits",
    "pairs_from_ratings": "sentilora.data.pairs.from_ratings",
    "predict_file": "sentilora.inference.rows.predict_file",
    "promote": "sentilora.runs.promotion.promote",
    "read_pairs": "sentilora.data.pairs.pair_reader",
    "replay": "sentilora.monitoring.replay",
    "resume_adaptation": "sentilora.adaptation.adapt",
    "train": "sentilora.training.train",
    "train_on_feedback": "sentilora.monitoring.corrections.corrected_run",
    "undo_promotion": "sentilora.runs.promotion.promote",
    "write_pairs": "sentilora.data.pairs.built_pairs",
}

__all__ = [
    "AsyncClient",
    "Client",
    "Prediction",
    "ReplyQueue",
    "Report",
    "Run",
    "RunConfig",
    "SentiloraError",
    "SentimentClassifier",
    "SentimentModel",
    "__version__",
    "adapt",
    "check",
    "correct",
    "correct_file",
    "create_model",
    "evaluate",
    "export",
    "forget",
    "insights",
    "list_runs",
    "load",
    "monitor",
    "pairs_from_edits",
    "pairs_from_ratings",
    "predict_file",
    "promote",
    "read_pairs",
    "replay",
    "resume_adaptation",
    "train",
    "train_on_feedback",
    "undo_promotion",
    "write_pairs",
]

if TYPE_CHECKING:
    from sentilora.adaptation.adapt import adapt as adapt
    from sentilora.adaptation.adapt import resume_adaptation as resume_adaptation
    from sentilora.client.async_client import AsyncClient as AsyncClient
    from sentilora.client.blocking_client import Client as Client
    from sentilora.config import RunConfig as RunConfig
    from sentilora.data.pairs.built_pairs import write_pairs as write_pairs
    from sentilora.data.pairs.from_edits import pairs_from_edits as pairs_from_edits
    from sentilora.data.pairs.from_ratings import pairs_from_ratings as pairs_from_ratings
    from sentilora.data.pairs.pair_reader import read_pairs as read_pairs
    from sentilora.errors import SentiloraError as SentiloraError
    from sentilora.estimator import SentimentClassifier as SentimentClassifier
    from sentilora.evaluation.evaluate import evaluate as evaluate
    from sentilora.evaluation.reports.report import Report as Report
    from sentilora.exports.export import export as export
    from sentilora.inference.prediction import Prediction as Prediction
    from sentilora.inference.rows.predict_file import predict_file as predict_file
    from sentilora.inference.sentiment_model import SentimentModel as SentimentModel
    from sentilora.inference.sentiment_model import load as load
    from sentilora.insights.insights import insights as insights
    from sentilora.model.classifier import create_model as create_model
    from sentilora.monitoring.corrections.corrected_run import (
        train_on_feedback as train_on_feedback,
    )
    from sentilora.monitoring.corrections.correction import correct as correct
    from sentilora.monitoring.corrections.correction import correct_file as correct_file
    from sentilora.monitoring.forget import forget as forget
    from sentilora.monitoring.monitor import monitor as monitor
    from sentilora.monitoring.replay import replay as replay
    from sentilora.monitoring.replies.reply_queue import ReplyQueue as ReplyQueue
    from sentilora.quality.quality_check import check as check
    from sentilora.runs.promotion.promote import promote as promote
    from sentilora.runs.promotion.promote import undo_promotion as undo_promotion
    from sentilora.runs.run_folder import Run as Run
    from sentilora.runs.run_folder import list_runs as list_runs
    from sentilora.training.train import train as train
else:  # hidden from type checkers, so that they still flag misspelt names

    def __getattr__(name: str) -> object:
        """Load a public name on first use; ``import sentilora`` alone loads nothing heavy."""
        if name in _HOME:
            return getattr(import_module(_HOME[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    class _Package(ModuleType):
        """Keeps the function ``insights``, whose room has the same name.

        Python binds a room over its parent's name once it is loaded; imports of what the room
        holds find it all the same.
        """

        def __setattr__(self, name: str, value: object) -> None:
            if not (name == "insights" and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    sys.modules[__name__].__class__ = _Package
