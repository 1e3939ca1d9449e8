"""SentiLoRA: from a file of labelled texts to a proven, calibrated, small sentiment model."""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOME = {
    "Prediction": "sentilora.inference.prediction",
    "Report": "sentilora.evaluation.reports.report",
    "Run": "sentilora.runs.run_folder",
    "RunConfig": "sentilora.config",
    "SentiloraError": "sentilora.errors",
    "SentimentModel": "sentilora.inference.sentiment_model",
    "create_model": "sentilora.model.classifier",
    "evaluate": "sentilora.evaluation.evaluate",
    "export": "sentilora.exports.export",
    "load": "sentilora.inference.sentiment_model",
    "train": "sentilora.training.train",
}

__all__ = [
    "Prediction",
    "Report",
    "Run",
    "RunConfig",
    "SentiloraError",
    "SentimentModel",
    "__version__",
    "create_model",
    "evaluate",
    "export",
    "load",
    "train",
]

if TYPE_CHECKING:
    from sentilora.config import RunConfig as RunConfig
    from sentilora.errors import SentiloraError as SentiloraError
    from sentilora.evaluation.evaluate import evaluate as evaluate
    from sentilora.evaluation.reports.report import Report as Report
    from sentilora.exports.export import export as export
    from sentilora.inference.prediction import Prediction as Prediction
    from sentilora.inference.sentiment_model import SentimentModel as SentimentModel
    from sentilora.inference.sentiment_model import load as load
    from sentilora.model.classifier import create_model as create_model
    from sentilora.runs.run_folder import Run as Run
    from sentilora.training.train import train as train
else:  # hidden from type checkers, so that they still flag misspelt names

    def __getattr__(name: str) -> object:
        """Load a public name on first use; ``import sentilora`` alone loads nothing heavy."""
        if name in _HOME:
            return getattr(import_module(_HOME[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
