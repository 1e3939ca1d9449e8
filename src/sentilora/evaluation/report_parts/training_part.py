"""What only a training knows: cost, curves, and the proof of reload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sentilora.evaluation.report_parts.json_form import Raw, given, known_fields


@dataclass(frozen=True)
class Cost:
    """What a training took; what was not measured is None.

    Attributes:
        seconds: wall-clock time, of all stretches of a resumed run.
        tokens: number of tokens trained on, padding not counted.
        tokens_per_second: tokens divided by seconds.
        steps: number of updates.
        trainable_parameters: number of weights that learn.
        total_parameters: number of weights in use.
        trainable_share: ratio of the two.
        model_bytes: bytes of the weights that are stored.
        full_model_bytes: bytes of all weights in float32.
        peak_memory_bytes: most memory of the process.
        energy_kwh: energy in kilowatt-hours.
        co2_g: grams of CO2 equivalent.
        energy_method: where the energy comes from.
        co2_method: where the CO2 comes from.
    """

    seconds: float | None = None
    tokens: int | None = None
    tokens_per_second: float | None = None
    steps: int | None = None
    trainable_parameters: int | None = None
    total_parameters: int | None = None
    trainable_share: float | None = None
    model_bytes: int | None = None
    full_model_bytes: int | None = None
    peak_memory_bytes: int | None = None
    energy_kwh: float | None = None
    co2_g: float | None = None
    energy_method: str | None = None
    co2_method: str | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> Cost:
        """Take what ``asdict`` gave."""
        return cls(**known_fields(cls, raw))


@dataclass(frozen=True)
class CurvePoint:
    """Figures at one update of a training.

    Attributes:
        step: number of the update.
        figures: loss, or metrics on validation; None where one was not a number.
    """

    step: int
    figures: Mapping[str, float | None]

    @classmethod
    def from_dict(cls, raw: Raw) -> CurvePoint:
        """Take what :meth:`to_dict` gave."""
        return cls(raw["step"], {name: value for name, value in raw.items() if name != "step"})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {"step": self.step, **self.figures}


@dataclass(frozen=True)
class Proof:
    """What a clean process found that loaded the saved model.

    Attributes:
        texts: number of texts compared.
        max_logit_difference: largest absolute difference of a logit.
        seconds: time that it took, in seconds.
        attempts: number of comparisons until they agreed.
    """

    texts: int
    max_logit_difference: float
    seconds: float | None = None
    attempts: int = 1

    @classmethod
    def from_dict(cls, raw: Raw) -> Proof:
        """Take what :meth:`to_dict` gave."""
        return cls(**known_fields(cls, raw))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class TrainingPart:
    """What only a training knows.

    Attributes:
        cost: what the training took.
        loss_curve: loss on train.
        validation_curve: figures on validation.
        best_step: number of the update whose weights are the model.
        proof: proof of the reload.
    """

    cost: Cost | None
    loss_curve: Sequence[CurvePoint] = ()
    validation_curve: Sequence[CurvePoint] = ()
    best_step: int | None = None
    proof: Proof | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> TrainingPart | None:
        """Take the keys that :meth:`to_dict` gave; None if there is none of them."""
        if not any(raw.get(one.name) for one in fields(cls)):
            return None
        cost, proof = raw.get("cost"), raw.get("proof")
        return cls(
            cost=Cost.from_dict(cost) if cost else None,
            loss_curve=_curve(raw.get("loss_curve")),
            validation_curve=_curve(raw.get("validation_curve")),
            best_step=raw.get("best_step"),
            proof=Proof.from_dict(proof) if proof else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of the report that belong to the training."""
        return given(
            {
                "cost": self.cost and asdict(self.cost),
                "loss_curve": [point.to_dict() for point in self.loss_curve],
                "validation_curve": [point.to_dict() for point in self.validation_curve],
                "best_step": self.best_step,
                "proof": self.proof and self.proof.to_dict(),
            }
        )


def _curve(raw: Sequence[Raw] | None) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint.from_dict(point) for point in raw or ())
