"""Losses of preferences: against the formulas of the papers, and in which way they push."""

import math

import pytest
import torch

from sentilora.errors import ConfigError
from sentilora.inference.prediction import make_predictions
from sentilora.labels import BINARY, TERNARY, Labels, poles_of
from sentilora.training.preference.preference_loss import (
    bradley_terry_losses,
    preference_losses,
    signed_logits,
)

STARS = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")


def test_the_signed_logit_is_the_log_odds_of_the_two_sides():
    logits = torch.randn(20, 5, generator=torch.Generator().manual_seed(0))
    probabilities = logits.softmax(dim=1)
    expected = (probabilities[:, 3:].sum(dim=1) / probabilities[:, :2].sum(dim=1)).log()
    found = signed_logits(logits, *poles_of(Labels(STARS)))
    torch.testing.assert_close(found, expected)


def test_with_two_labels_it_rises_with_signed():
    logits = torch.randn(20, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    signed = signed_logits(logits, *poles_of(Labels(BINARY)))
    predictions = make_predictions((logits / 1.6).softmax(1).numpy(), [False] * 20, Labels(BINARY))
    expected = torch.tensor([one.signed for one in predictions], dtype=torch.float64)
    torch.testing.assert_close(torch.tanh(signed / (2 * 1.6)), expected)


def test_the_order_of_the_labels_decides_the_sign():
    logits = torch.tensor([[1.0, 4.0]])
    assert signed_logits(logits, *poles_of(Labels(("negative", "positive")))).item() == 3
    assert signed_logits(logits, *poles_of(Labels(("positive", "negative")))).item() == -3


def test_neutral_has_no_part_in_it():
    poles = poles_of(Labels(TERNARY))
    one, other = torch.tensor([[1.0, -9.0, 2.0]]), torch.tensor([[1.0, 9.0, 2.0]])
    assert signed_logits(one, *poles).item() == signed_logits(other, *poles).item() == 1


@pytest.mark.parametrize("names", [("refund", "praise"), ("neutral", "positive")])
def test_labels_without_two_sides_cannot_be_graded(names):
    with pytest.raises(ConfigError, match=r"expected a negative and a positive side.*rejected"):
        poles_of(Labels(names))


def test_bradley_terry_by_hand():
    losses = bradley_terry_losses(
        torch.tensor([2.0, 0.0, -1.0]), torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0.0, 0.0, 0.5])
    )
    expected = [-math.log(1 / (1 + math.exp(-d))) for d in (1.0, 0.0, -2.5)]
    assert losses.tolist() == pytest.approx(expected, rel=1e-6)


def test_probabilities_of_bradley_terry_are_those_of_their_strengths():
    """With strengths exp(s): P(A before B) = p_A / (p_A + p_B), as in the paper of 1952."""
    strengths = torch.tensor([0.3, 1.7])
    loss = bradley_terry_losses(strengths[:1], strengths[1:], torch.zeros(1))
    a, b = strengths.exp()
    assert math.exp(-loss.item()) == pytest.approx((a / (a + b)).item(), rel=1e-6)


def test_dpo_is_the_formula_of_the_paper():
    generator = torch.Generator().manual_seed(2)
    logits, reference = torch.randn(2, 8, 4, generator=generator).double().unbind()
    chosen = torch.tensor([0, 1, 2, 3, 0, 1, 2, 3])
    rejected = torch.tensor([3, 0, 1, 2, 1, 2, 3, 0])
    beta = 0.7

    def log_probability(table, labels):
        return table.log_softmax(dim=1).gather(1, labels[:, None]).squeeze(1)

    ratio = log_probability(logits, chosen) - log_probability(reference, chosen)
    ratio -= log_probability(logits, rejected) - log_probability(reference, rejected)
    expected = -torch.nn.functional.logsigmoid(beta * ratio)
    rows = torch.arange(8)
    log_odds = reference[rows, chosen] - reference[rows, rejected]
    found = preference_losses(logits, chosen, rejected, log_odds, beta)
    torch.testing.assert_close(found, expected)


def test_against_a_uniform_reference_with_two_labels_it_is_cross_entropy():
    logits = torch.randn(6, 2, generator=torch.Generator().manual_seed(3))
    chosen = torch.tensor([0, 1, 1, 0, 1, 0])
    found = preference_losses(logits, chosen, 1 - chosen, torch.zeros(6), 1.0)
    expected = torch.nn.functional.cross_entropy(logits, chosen, reduction="none")
    torch.testing.assert_close(found, expected)


def test_a_model_like_its_reference_pays_log_two():
    logits = torch.tensor([[0.2, 1.4, -2.0]])
    losses = preference_losses(
        logits, torch.tensor([2]), torch.tensor([0]), torch.tensor([-2.2]), 3.0
    )
    assert losses.item() == pytest.approx(math.log(2))


def test_gradients_raise_the_preferred_text_and_lower_the_other():
    preferred, other = (torch.tensor([0.4], requires_grad=True) for _ in range(2))
    bradley_terry_losses(preferred, other, torch.zeros(1)).sum().backward()
    assert preferred.grad.item() == pytest.approx(-0.5)
    assert other.grad.item() == pytest.approx(0.5)


def test_gradients_raise_the_chosen_label_and_lower_the_rejected():
    logits = torch.zeros(1, 3, requires_grad=True)
    preference_losses(
        logits, torch.tensor([2]), torch.tensor([0]), torch.zeros(1), 0.5
    ).sum().backward()
    assert logits.grad.tolist() == [[pytest.approx(0.25), 0.0, pytest.approx(-0.25)]]


def test_a_margin_asks_for_more():
    preferred, other = torch.tensor([1.0]), torch.tensor([0.0])
    losses = [
        bradley_terry_losses(preferred, other, torch.tensor([margin])).item()
        for margin in (0.0, 0.5, 1.0)
    ]
    assert losses == sorted(losses)
    assert losses[2] == pytest.approx(math.log(2))


def test_losses_stay_finite_far_out():
    far = torch.tensor([1e4])
    assert bradley_terry_losses(far, -far, torch.zeros(1)).item() == 0
    assert bradley_terry_losses(-far, far, torch.zeros(1)).item() == pytest.approx(2e4)
