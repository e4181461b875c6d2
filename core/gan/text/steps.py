"""One step of learning of either network. Importing this module imports torch."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from core.gan.text import losses
from core.gan.text.model import TextGan
from core.gan.text.networks import Batch
from core.gan.text.vocabulary import PAD
from core.randomness import rng_for

CLIP = 1.0  # the longest gradient
WEIGHT_DECAY = 0.01
GUMBEL_TEMPERATURE = 1.0
ADVERSARIAL_BETAS = (0.5, 0.99)  # Adam's; a game forgets sooner than a likelihood


class Steps:
    """The optimisers of a text GAN and the steps they make; everything random follows from the number of the step."""

    def __init__(self, gan: TextGan) -> None:
        self._gan, settings = gan, gan.settings
        self._settings = settings
        self._is_gumbel = settings.adversary == "gumbel"
        generator, discriminator = list(gan.generator.parameters()), list(gan.discriminator.parameters())
        self._warm = torch.optim.AdamW(generator, settings.learning_rate, weight_decay=WEIGHT_DECAY, fused=True)
        self._push = torch.optim.Adam(generator, settings.adversarial_rate, betas=ADVERSARIAL_BETAS, fused=True)
        self._judge = torch.optim.Adam(discriminator, settings.discriminator_rate, betas=ADVERSARIAL_BETAS, fused=True)
        self._likelihood = 0.0

    def warm(self, batch: Batch, step: int) -> dict[str, float]:
        """Learn the words of real rows and return the loss."""
        return {"train/mle_loss": self._learn(self._warm, self._gan.generator, step, lambda: self._nll(batch))}

    def discriminate(self, batch: Batch, step: int, made: Batch | None = None) -> dict[str, float]:
        """Let the discriminator learn from real rows and from `made` ones, or new ones, and return the loss."""
        gan = self._gan
        filled = made or gan.fill(batch, f"step {step}")

        def loss() -> Any:
            real, fake = gan.discriminator(batch.ids, batch.labels), gan.discriminator(filled.ids, filled.labels)
            if self._is_gumbel:
                return losses.relativistic(real, fake, batch.judged & filled.judged)
            return losses.discrimination(real[batch.judged], fake[filled.judged])

        return {"train/d_loss": self._learn(self._judge, gan.discriminator, step, loss)}

    def compete(self, batch: Batch, step: int, rate: float) -> dict[str, float]:
        """Let the generator and then the discriminator learn once; `rate` scales the generator's step size."""
        for group in self._push.param_groups:
            group["lr"] = self._settings.adversarial_rate * rate
        made, reward, pushed = self._softened(batch, step) if self._is_gumbel else self._rewarded(batch, step)
        values = {"train/g_loss": pushed, "train/reward": reward, "train/mle_loss": self._likelihood}
        return {**values, **self.discriminate(batch, step, made)}

    def _rewarded(self, batch: Batch, step: int) -> tuple[Batch, float, float]:
        gan = self._gan
        made = gan.fill(batch, f"step {step}")
        gan.discriminator.eval()
        rewards = losses.rewards_of(gan.discriminator, made)

        def loss() -> Any:
            pushed = losses.policy_gradient(gan.generator, made, rewards, self._settings.discount)
            return pushed + self._settings.anchor * self._nll(batch)

        reward = float(torch.sigmoid(rewards[made.judged]).mean())
        return made, reward, self._learn(self._push, gan.generator, step, loss)

    def _softened(self, batch: Batch, step: int) -> tuple[Batch, float, float]:
        gan = self._gan
        shape = (*batch.ids.shape, len(gan.vocabulary))
        noise = rng_for(self._settings.seed, f"step {step}", "gumbel").gumbel(size=shape).astype(np.float32)
        found: list[Any] = []

        def loss() -> Any:
            gan.discriminator.eval()
            soft = gan.generator.soften(batch, torch.from_numpy(noise), GUMBEL_TEMPERATURE, gan.may_end(batch))
            ids = soft.detach().argmax(2)
            written = batch.blanks & (ids != PAD)
            made, real = gan.discriminator(soft, batch.labels), gan.discriminator(batch.ids, batch.labels)
            found[:] = [Batch(ids, batch.blanks, written, batch.labels), torch.sigmoid(made.detach()[written]).mean()]
            # Place by place, so where both rows have a word: one written from nothing may end before the real one.
            pushed = losses.relativistic(made, real, batch.judged & written)
            return pushed + self._settings.anchor * self._nll(batch)

        pushed = self._learn(self._push, gan.generator, step, loss)
        return found[0], float(found[1]), pushed

    def _nll(self, batch: Batch) -> Any:
        loss = losses.likelihood(self._gan.generator, batch)
        self._likelihood = float(loss.detach())
        return loss

    def _learn(self, optimizer: Any, network: nn.Module, step: int, loss_of: Callable[[], Any]) -> float:
        """Make one step of `optimizer` and return the loss; no step where that is no number."""
        # Seeded by the step, dropout is the same after a resumption.
        torch.manual_seed(int(rng_for(self._settings.seed, f"step {step}", "dropout").integers(2**62)))
        network.train()
        optimizer.zero_grad()
        loss = loss_of()
        value = float(loss.detach())
        if math.isfinite(value):
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
        return value

    def state(self) -> list[dict[str, Any]]:
        """Return the state of the optimisers."""
        return [optimizer.state_dict() for optimizer in (self._warm, self._push, self._judge)]

    def load_state(self, states: list[dict[str, Any]]) -> None:
        """Take the state that `state` returned."""
        for optimizer, state in zip((self._warm, self._push, self._judge), states, strict=True):
            optimizer.load_state_dict(state)
