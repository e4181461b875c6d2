"""What the two networks learn from. Importing this module imports torch."""

from typing import Any

import torch
from torch.nn import functional

from core.gan.text.networks import Batch, Discriminator, Generator


def likelihood(generator: Generator, batch: Batch) -> Any:
    """Return the mean cross-entropy of the judged words in nats, a scalar; 0 where there are none."""
    words = batch.ids[batch.judged]
    total = functional.cross_entropy(generator.logits(batch, batch.judged), words, reduction="sum")
    return total / max(1, len(words))


def discrimination(real: Any, made: Any) -> Any:
    """Return the loss of the scores of real words (n,) and of made ones (m,), a scalar: those above 0, these below.

    Goodfellow et al. 2014, equation 1, word by word as in Fedus et al. 2018 ("MaskGAN"), section 3.2.
    """
    return sum(functional.softplus(scores).sum() / max(1, len(scores)) for scores in (-real, made))


def relativistic(better: Any, worse: Any, judged: Any) -> Any:
    """Return the loss that falls as the scores of `better` (B, T) rise above those of `worse`, place by place.

    Jolicoeur-Martineau 2019, "The relativistic discriminator", equation 3, as RelGAN (Nie et al. 2019) uses it.
    """
    return functional.softplus(worse - better)[judged].sum() / judged.sum().clamp(min=1)


def returns(rewards: Any, blanks: Any, discount: float) -> Any:
    """Return for each blank the mean of its reward and the later blanks' ones, discounted, (B, T).

    A mean and no sum, so that an early word is not worth more than a late one.
    """
    total = torch.zeros(len(rewards))
    weight = torch.zeros(len(rewards))
    means = torch.zeros_like(rewards)
    for place in reversed(range(rewards.shape[1])):
        here = blanks[:, place]
        total = torch.where(here, rewards[:, place] + discount * total, total)
        weight = torch.where(here, 1 + discount * weight, weight)
        means[:, place] = torch.where(here, total / weight.clamp(min=1e-9), 0.0)
    return means


def policy_gradient(generator: Generator, made: Batch, rewards: Any, discount: float) -> Any:
    """Return the loss whose gradient makes rewarded words likelier, a scalar (Williams 1992, REINFORCE).

    The baseline is the mean return of the batch's other words; advantages are divided by their deviation.
    """
    value = returns(rewards, made.judged, discount)[made.judged]
    count = len(value)
    others = (value.sum() - value) / max(1, count - 1)
    advantage = value - others
    advantage = advantage / (advantage.square().mean().sqrt() + 1e-6)
    surprise = functional.cross_entropy(generator.logits(made, made.judged), made.ids[made.judged], reduction="none")
    return (advantage * surprise).mean()


def rewards_of(discriminator: Discriminator, made: Batch) -> Any:
    """Return the reward of each word (B, T): its score, which is log D - log (1 - D), kept within -5 and 5."""
    with torch.no_grad():
        return discriminator(made.ids, made.labels).clamp(-5, 5)
