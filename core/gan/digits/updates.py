"""Updates of the two networks: what a training does again and again, as fast as it can.

All pictures lie in one tensor, batches are drawn ahead, a generated batch that the discriminator has learned from
serves the generator too, and nothing is read back between the points of the curves.

Importing this module imports torch.
"""

import math
from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch

from core.gan.digits.config import DigitsConfig, Pace
from core.gan.digits.controls import Part
from core.gan.digits.draws import Batch, Draws
from core.gan.digits.losses import LOSSES, beliefs, gradient_penalty, right
from core.gan.digits.model import to_tensor
from core.gan.digits.networks import Discriminator, Generator
from core.gan.digits.pictures import Pictures

PENALTY_EVERY = 4  # updates, and as much stronger then (Karras et al. 2020, "Analyzing StyleGAN", section 3.1: lazy)
CLASSIC_BETAS, BETAS = (0.9, 0.999), (0.0, 0.99)  # of Adam: its defaults as tutorials have them; without momentum


class Updates:
    """Both networks with their optimisers, and `average`, the generator of averaged weights."""

    def __init__(
        self,
        generator: Generator,
        discriminator: Discriminator,
        config: DigitsConfig,
        pictures: Pictures,
        bfloat16: bool,
    ) -> None:
        self._generator, self._discriminator, self._config = generator, discriminator, config
        self._bfloat16 = bfloat16
        self._device = next(generator.parameters()).device
        self.average = deepcopy(generator).requires_grad_(False)
        networks = (generator, discriminator, self.average)  # finding weights in a network takes long for one update
        self._making, self._judging, self._averages = (list(network.parameters()) for network in networks)
        noise, size = generator.noise, config.batch_size
        classes = torch.from_numpy(pictures.classes).to(self._device)
        self._format = torch.bfloat16 if bfloat16 else torch.float32
        real = to_tensor(pictures.pixels).to(self._device, self._format)
        self._batches = Draws(real, classes, noise, size, config.seed)
        self._loss = LOSSES["classic" if config.model == "classic" else config.loss]
        self._penalty = config.penalty if self._loss.pairs else 0.0
        betas = CLASSIC_BETAS if config.model == "classic" else BETAS
        self._d_optimizer = torch.optim.Adam(discriminator.parameters(), betas=betas, fused=True)
        self._g_optimizer = torch.optim.Adam(generator.parameters(), betas=betas, fused=True)
        self._draws = self._averaged = self._discriminated = 0
        self._d_seen: list[torch.Tensor] = []  # scores (2B,), real pictures' first, by update since the last means
        self._g_seen: list[tuple[torch.Tensor, torch.Tensor]] = []  # of real and of generated pictures, (B,) each
        self._batch: Any = None  # what the discriminator saw last, for the generator to learn from

    def step(self, pace: Pace, part: Part | None = None) -> None:
        """Update both networks as often as `pace` says, or the `part` once."""
        for optimizer, rate in (
            (self._d_optimizer, pace.d_learning_rate),
            (self._g_optimizer, pace.g_learning_rate),
        ):
            optimizer.param_groups[0]["lr"] = rate
        if part:
            pace = replace(pace, d_updates=int(part != "generator"), g_updates=int(part != "discriminator"))
        for left in range(pace.d_updates, 0, -1):
            self._discriminate(serves_both=left == 1 and pace.g_updates > 0)
        for _ in range(pace.g_updates):
            self._generate()
        if pace.g_updates:
            self._follow()

    def _draw(self) -> Batch:
        self._draws += 1
        return self._batches.take(self._draws - 1)

    def _autocast(self) -> Any:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16)

    def _discriminate(self, serves_both: bool) -> None:
        pictures, classes, noise = self._draw()
        penalty = 0.0 if self._discriminated % PENALTY_EVERY else self._penalty * PENALTY_EVERY
        self._discriminated += 1
        with self._autocast():
            with torch.set_grad_enabled(serves_both):
                fake = self._generator(noise, classes)
            both = torch.cat([pictures, fake.detach().to(pictures.dtype)])
            if penalty:
                both = both.float().requires_grad_()
            scores = self._discriminator(both, classes.repeat(2)).float()
        real_scores, fake_scores = scores.chunk(2)
        loss = self._loss.discriminator(real_scores, fake_scores)
        if penalty:  # the mean over both halves is half of R1 + R2
            (loss + penalty * gradient_penalty(scores, both)).backward()
        else:
            loss.backward()
        self._d_optimizer.step()
        self._d_optimizer.zero_grad()
        self._batch = (pictures, classes, fake) if serves_both else None
        self._d_seen.append(scores.detach())

    def _generate(self) -> None:
        if self._batch is None:
            pictures, classes, noise = self._draw()
            with self._autocast():
                fake = self._generator(noise, classes)
        else:
            pictures, classes, fake = self._batch
            self._batch = None
        self._learns(False)
        with self._autocast():
            scores = self._discriminator(fake, classes).float()
            with torch.no_grad():
                real = self._discriminator(pictures, classes).float() if self._loss.pairs else scores
        loss = self._loss.generator(real, scores)
        loss.backward()
        self._learns(True)
        self._g_optimizer.step()
        self._g_optimizer.zero_grad()
        self._g_seen.append((real.detach(), scores.detach()))

    def _learns(self, learns: bool) -> None:
        """Say whether gradients of the discriminator's weights are worked out; the generator needs only its inputs'."""
        for weights in self._judging:
            weights.requires_grad_(learns)

    def _follow(self) -> None:
        """Move the averaged weights towards those of the generator, faster at the beginning."""
        decay = min(self._config.averaging, (1 + self._averaged) / (10 + self._averaged))
        torch._foreach_lerp_(self._averages, self._making, 1 - decay)
        self._averaged += 1

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def means(self) -> tuple[dict[str, float], float]:
        """Return the curves' values and the share told right, as means since this was last called."""
        values: dict[str, float] = {}
        told_right = math.nan
        if self._d_seen:
            real, fake = (half.flatten() for half in torch.stack(self._d_seen).chunk(2, 1))
            believed = beliefs(real, fake, self._loss.pairs)
            numbers = [self._loss.discriminator(real, fake), *believed]
            values |= dict(zip(("train/d_loss", "train/d_real", "train/d_fake"), map(float, numbers), strict=True))
            told_right = float(right(real, fake, self._loss.pairs))
        if self._g_seen:
            real, fake = map(torch.cat, zip(*self._g_seen, strict=True))
            values["train/g_loss"] = float(self._loss.generator(real, fake))
        self._d_seen, self._g_seen = [], []
        return values, told_right

    def are_numbers(self) -> bool:
        """Whether the scores since the last means, and all averaged weights, are finite numbers."""
        seen = [*self._d_seen, *(scores for both in self._g_seen for scores in both)]
        checked = [*([torch.cat(seen)] if seen else []), *self._averages]
        return all(bool(torch.isfinite(tensor).all()) for tensor in checked)

    def state(self) -> dict[str, Any]:
        """Return everything that `restore` goes on from."""
        return {
            "generator": self._generator.state_dict(),
            "discriminator": self._discriminator.state_dict(),
            "average": self.average.state_dict(),
            "d_optimizer": self._d_optimizer.state_dict(),
            "g_optimizer": self._g_optimizer.state_dict(),
            "counts": [self._draws, self._averaged, self._discriminated],
            "seen": [list(self._d_seen), list(self._g_seen)],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._generator.load_state_dict(state["generator"])
        self._discriminator.load_state_dict(state["discriminator"])
        self.average.load_state_dict(state["average"])
        self._d_optimizer.load_state_dict(state["d_optimizer"])
        self._g_optimizer.load_state_dict(state["g_optimizer"])
        self._draws, self._averaged, self._discriminated = state["counts"]
        self._d_seen, self._g_seen = map(list, state["seen"])
