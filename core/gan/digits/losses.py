"""What the two networks play for. Scores are (B,), of real and of generated pictures; losses are means over them.

Importing this module imports torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import relu, softplus

Scores = Any


@dataclass(frozen=True)
class Loss:
    """A game. `discriminator(real, fake)` and `generator(real, fake)` are what each network makes small.

    In a game of `pairs` a score means something only next to another one: its generator looks at real pictures too.
    """

    discriminator: Callable[[Scores, Scores], torch.Tensor]
    generator: Callable[[Scores, Scores], torch.Tensor]
    pairs: bool = False


LOSSES = {
    # Goodfellow et al. (2014), algorithm 1, with the generator's loss that does not saturate; on logits.
    "classic": Loss(
        lambda real, fake: softplus(-real).mean() + softplus(fake).mean(),
        lambda real, fake: softplus(-fake).mean(),
    ),
    # Lim and Ye (2017), "Geometric GAN", section 3.
    "hinge": Loss(
        lambda real, fake: relu(1 - real).mean() + relu(1 + fake).mean(),
        lambda real, fake: -fake.mean(),
    ),
    # Jolicoeur-Martineau (2019), "The relativistic discriminator", section 4; Huang et al. (2024), section 2.
    "relativistic": Loss(
        lambda real, fake: softplus(fake - real).mean(),
        lambda real, fake: softplus(real - fake).mean(),
        pairs=True,
    ),
}


def gradient_penalty(scores: Scores, pictures: torch.Tensor) -> torch.Tensor:
    """Return the mean squared length of the scores' gradients by the pictures (B, 1, H, W) they are of.

    Of real and generated pictures alike: R1 and R2 (Mescheder et al. 2018, "Which Training Methods for GANs do
    actually Converge?", section 4.1). The pictures must require gradients.
    """
    (gradient,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return gradient.float().square().flatten(1).sum(1).mean()


def beliefs(real: Scores, fake: Scores, pairs: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Return D(x) and D(G(z)): how real the real and the generated pictures look on average, from 0 to 1.

    In pairs: the probability that of two pictures this one is the real one.
    """
    if pairs:
        surer = torch.sigmoid(real - fake).mean()
        return surer, 1 - surer
    return torch.sigmoid(real).mean(), torch.sigmoid(fake).mean()


def right(real: Scores, fake: Scores, pairs: bool) -> torch.Tensor:
    """Return the share of the pictures, or pairs, that the discriminator gets right."""
    if pairs:
        return (real > fake).float().mean()
    return ((real > 0).float().mean() + (fake < 0).float().mean()) / 2
