"""A report as a training run writes it, measured on drawn answers instead of a model's."""

import copy

import numpy as np
import pytest

from sentilora.evaluation.baselines import Baseline
from sentilora.evaluation.model_figures import (
    calibration_effect,
    compare_with,
    measure_with_intervals,
)
from sentilora.evaluation.report_parts.order_part import OrderPart
from sentilora.evaluation.report_parts.run_part import DataPart, RunPart
from sentilora.evaluation.report_parts.training_part import Cost, CurvePoint, Proof, TrainingPart
from sentilora.evaluation.reports.report import compose_report
from sentilora.labels import BINARY, TERNARY, Labels
from sentilora.model.probabilities import Calibration, softmax

ROWS = 1200


def drawn_logits(label_ids, n_labels, skill, seed, scale=1.0):
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(len(label_ids), n_labels))
    logits[np.arange(len(label_ids)), label_ids] += skill
    return logits * scale


def made_report(names=TERNARY, rows=ROWS):
    labels = Labels(names)
    label_ids = np.random.default_rng(1).choice(len(names), rows)
    sampling = {"resamples": 200, "seed": 13}
    # Logits scaled by the skill are calibrated; times 1.8 they are too sure by that temperature.
    logits = drawn_logits(label_ids, len(names), 2.4, 2, scale=2.4 * 1.8)
    skills = {"majority": None, "vader": 0.8, "tfidf": 2.1, "frozen": 1.8}
    probabilities = softmax(logits / 1.8)
    baselines = {
        name: Baseline(
            name,
            f"what {name} is, in one line",
            softmax(drawn_logits(label_ids, len(names), skill, 3, scale=skill))
            if skill
            else np.tile(np.arange(1, len(names) + 1) / sum(range(len(names) + 1)), (rows, 1)),
            1.5,
        )
        for name, skill in skills.items()
    }
    untrained = softmax(drawn_logits(label_ids, len(names), 0.05, 4, scale=0.1))
    steps = np.arange(1, 481)
    wobble = np.random.default_rng(5).normal(scale=0.05, size=len(steps))
    evaluations = range(60, 481, 60)

    return compose_report(
        RunPart(
            name="2026-11-21-101500-minilm-reviews",
            base="minilm",
            hub_id="sentence-transformers/all-MiniLM-L6-v2",
            method="lora",
            preset="balanced",
            seed=13,
            labels=names,
            device="cpu",
            precision="fp32",
            max_tokens=256,
            long_text="head-tail",
        ),
        DataPart(
            source="reviews.csv",
            train=4800,
            validation=530,
            test=rows,
            label_counts={
                part: {name: size // (index + 2) for index, name in enumerate(names)}
                for part, size in (("train", 4800), ("validation", 530), ("test", rows))
            },
            truncated_share=0.183,
            skipped=3,
            notes=("labels 0, 1, 2 read as negative, neutral, positive",),
        ),
        measure_with_intervals(label_ids, probabilities, labels, **sampling),
        comparison=compare_with(
            measure_with_intervals(label_ids, untrained, labels, **sampling),
            baselines,
            {},
            label_ids,
            probabilities,
            labels,
            **sampling,
        ),
        calibration=calibration_effect(label_ids, logits, labels, Calibration(1.8)),
        order=OrderPart(),
        training=TrainingPart(
            cost=Cost(
                seconds=1312.4,
                tokens=5_312_000,
                tokens_per_second=4047.5,
                steps=480,
                trainable_parameters=668_547,
                total_parameters=23_381_763,
                trainable_share=668_547 / 23_381_763,
                model_bytes=2_681_344,
                full_model_bytes=93_527_052,
                peak_memory_bytes=1_420_000_000,
                energy_kwh=0.0124,
                co2_g=5.89,
                energy_method="codecarbon, this process, CPU by constant; estimated unless by RAPL",
                co2_method="world average, 475 g/kWh",
            ),
            loss_curve=[
                CurvePoint(int(step), {"loss": float(0.35 + 0.75 * np.exp(-step / 110) + noise)})
                for step, noise in zip(steps, wobble, strict=True)
            ],
            validation_curve=[
                CurvePoint(
                    step,
                    {
                        "macro_f1": 0.86 - 0.4 * float(np.exp(-step / 90)),
                        "accuracy": 0.87 - 0.38 * float(np.exp(-step / 90)),
                        "log_loss": 0.36 + 0.5 * float(np.exp(-step / 80)) + step / 9000,
                    },
                )
                for step in evaluations
            ],
            best_step=420,
            proof=Proof(texts=64, max_logit_difference=0.0, seconds=4.1),
        ),
    ).data


@pytest.fixture(scope="session")
def _reports():
    return {names: made_report(names) for names in (BINARY, TERNARY)}


@pytest.fixture
def report(_reports):
    """A report of three labels as plain values; a test may change it."""
    return copy.deepcopy(_reports[TERNARY])


@pytest.fixture
def binary_report(_reports):
    """A report of two labels as plain values; a test may change it."""
    return copy.deepcopy(_reports[BINARY])
