import math

import pytest
import torch

from core.gan.digits.losses import LOSSES, beliefs, gradient_penalty, right

REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -3.0])


def softplus(x):
    return math.log1p(math.exp(x))


def test_losses_worked_out_by_hand():
    classic, hinge, pairs = (LOSSES[name] for name in ("classic", "hinge", "relativistic"))
    # Cross-entropy of the probabilities themselves: -log D(x) - log(1 - D(G(z))), and -log D(G(z)).
    chance = torch.sigmoid(REAL), torch.sigmoid(FAKE)
    assert float(classic.discriminator(REAL, FAKE)) == pytest.approx(
        float((-chance[0].log()).mean() - (1 - chance[1]).log().mean())
    )
    assert float(classic.generator(REAL, FAKE)) == pytest.approx(float(-chance[1].log().mean()))
    # max(0, 1 - 2) = 0, max(0, 1 + 1) = 2; max(0, 1 + 0.5) = 1.5, max(0, 1 - 3) = 0.
    assert float(hinge.discriminator(REAL, FAKE)) == pytest.approx((0 + 2) / 2 + (1.5 + 0) / 2)
    assert float(hinge.generator(REAL, FAKE)) == pytest.approx(-(0.5 - 3) / 2)
    # The pairs differ by 2 - 0.5 = 1.5 and -1 + 3 = 2.
    assert float(pairs.discriminator(REAL, FAKE)) == pytest.approx((softplus(-1.5) + softplus(-2)) / 2)
    assert float(pairs.generator(REAL, FAKE)) == pytest.approx((softplus(1.5) + softplus(2)) / 2)


def test_the_penalty_of_a_linear_score_is_the_squared_length_of_its_weights():
    weights = torch.tensor([3.0, 4.0]).reshape(1, 1, 1, 2).requires_grad_()
    pictures = torch.randn(5, 1, 1, 2, requires_grad=True)
    penalty = gradient_penalty((pictures * weights).sum((1, 2, 3)), pictures)
    assert float(penalty.detach()) == pytest.approx(25)
    penalty.backward()
    assert weights.grad.flatten().tolist() == pytest.approx([6, 8]), "the discriminator learns from it"


def test_what_the_discriminator_believes_and_gets_right():
    real, fake = beliefs(REAL, FAKE, pairs=False)
    assert float(real) == pytest.approx((1 / (1 + math.exp(-2)) + 1 / (1 + math.exp(1))) / 2)
    assert float(fake) == pytest.approx((1 / (1 + math.exp(-0.5)) + 1 / (1 + math.exp(3))) / 2)
    assert float(right(REAL, FAKE, pairs=False)) == 0.5, "the first real one and the second generated one"
    real, fake = beliefs(REAL, FAKE, pairs=True)
    assert float(real) == pytest.approx((1 / (1 + math.exp(-1.5)) + 1 / (1 + math.exp(-2))) / 2)
    assert float(real + fake) == pytest.approx(1)
    assert float(right(REAL, FAKE, pairs=True)) == 1
