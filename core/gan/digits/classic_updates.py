"""Updates of the classic networks with their gradients written out: they are so small that a fifth of a step was
torch's bookkeeping. The test holds them against the gradients that torch works out.

Importing this module imports torch.
"""

from typing import Any

import torch
from torch.nn import functional as F

from core.gan.digits.networks import SLOPE
from core.gan.digits.updates import Updates

backward = torch.ops.aten  # the derivatives of activations, as torch itself uses them


class ClassicUpdates(Updates):
    """Both networks as two linear layers each; see Updates.

    Products are computed with copies of the weights in the pictures' format, bfloat16 where that is quick.
    """

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        for weights in (*self._making, *self._judging):
            weights.grad = torch.zeros_like(weights)
        both = (*self._making, *self._judging)
        self._copies = {id(weights): weights.detach().to(self._format) for weights in both}  # themselves in float32

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        super().restore(state)
        self._copy(self._making)
        self._copy(self._judging)

    def _copy(self, weights: list[torch.Tensor]) -> None:
        if self._bfloat16:
            with torch.no_grad():
                torch._foreach_copy_(self._quick(weights), weights)

    def _quick(self, weights: list[torch.Tensor]) -> list[torch.Tensor]:
        return [self._copies[id(one)] for one in weights]

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _discriminate(self, serves_both: bool) -> None:
        pictures, _, noise = self._draw()
        made = self._make(noise)
        both = torch.cat([pictures.flatten(1), made[-1]])  # (2B, H W)
        before, after, scores = self._score(both)
        real, fake = scores.chunk(2)
        slopes = torch.cat([torch.sigmoid(real) - 1, torch.sigmoid(fake)]) / len(real)  # of the loss by the scores
        quick = slopes.to(self._format)
        inner = self._inner(before, quick)
        gradients = (inner.t() @ both, inner.sum(0), quick[None] @ after, slopes.sum()[None])
        self._learn(self._judging, self._d_optimizer, gradients)
        self._batch = made if serves_both else None
        self._d_seen.append(scores)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _generate(self) -> None:
        noise, hidden, fake = self._batch or self._make(self._draw()[2])
        self._batch = None
        before, _, scores = self._score(fake)
        slopes = ((torch.sigmoid(scores) - 1) / len(scores)).to(self._format)
        judging, making = self._quick(self._judging), self._quick(self._making)
        by_pictures = backward.tanh_backward(self._inner(before, slopes) @ judging[0], fake)
        by_hidden = backward.threshold_backward(by_pictures @ making[2], hidden, 0)
        gradients = (by_hidden.t() @ noise, by_hidden.sum(0), by_pictures.t() @ hidden, by_pictures.sum(0))
        self._learn(self._making, self._g_optimizer, gradients)
        self._g_seen.append((scores, scores))

    def _make(self, noise: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the noise, what the hidden layer makes of it, and the pictures (B, H W)."""
        noise = noise.to(self._format)
        first, first_bias, second, second_bias = self._quick(self._making)
        hidden = F.linear(noise, first, first_bias).relu_()
        return noise, hidden, F.linear(hidden, second, second_bias).tanh_()

    def _score(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the hidden layer of the discriminator before and after its activation, and the scores (B,)."""
        first, first_bias, second, second_bias = self._quick(self._judging)
        before = F.linear(pictures, first, first_bias)
        after = F.leaky_relu(before, SLOPE)
        return before, after, F.linear(after, second, second_bias).squeeze(1).float()

    def _inner(self, before: torch.Tensor, slopes: torch.Tensor) -> torch.Tensor:
        """Return the loss's gradient by what the hidden layer is `before` its activation."""
        after = slopes[:, None] * self._copies[id(self._judging[2])]
        return backward.leaky_relu_backward(after, before, SLOPE, False)

    def _learn(self, weights: list[torch.Tensor], optimizer: Any, gradients: tuple[torch.Tensor, ...]) -> None:
        torch._foreach_copy_([one.grad for one in weights], gradients)
        optimizer.step()
        self._copy(weights)
