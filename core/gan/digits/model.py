"""A finished GAN of digits: loaded from its folder, it draws pictures, scores them, and finds what they resemble."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.config import parse_config
from core.errors import CorpusLabError, InputError, NotFound
from core.gan.digits import measures
from core.gan.digits.config import DigitsConfig
from core.gan.digits.pictures import Pictures, Pixels
from core.randomness import rng_for

if TYPE_CHECKING:
    from core.gan.digits.networks import Discriminator, Generator

MODEL = "model"  # the folder in a run's folder that holds the finished model
GENERATOR, DISCRIMINATOR, CONFIG = "generator.safetensors", "discriminator.safetensors", "config.json"
TRAINING = "pictures.npz"  # what it has learned from
AT_ONCE = 500  # pictures that are drawn in one go

Classes = NDArray[np.int64]


class DigitsModel:
    """A trained pair of networks with the pictures they learned from. It computes in float32.

    `about` says where it comes from: the numbers of its training, and the `midpoint` between the discriminator's mean
    scores of real and of generated pictures.
    """

    def __init__(
        self,
        generator: "Generator",
        discriminator: "Discriminator",
        config: DigitsConfig,
        pictures: Pictures,
        about: Mapping[str, Any],
    ) -> None:
        self.generator = generator
        self.discriminator = discriminator
        self.config = config
        self.pictures = pictures
        self.about = about

    @classmethod
    def load(cls, folder: Path) -> "DigitsModel":
        """Return the model in `folder`, or the one that the run with this folder made.

        Raises NotFound when there is none (yet), InputError when its files do not fit together.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        from core.gan.digits.networks import build

        folder = folder / MODEL if (folder / MODEL).is_dir() else folder
        if not (folder / CONFIG).is_file():
            raise NotFound(f"There is no finished GAN in {folder}.", "Choose a folder that holds one.")
        try:
            about = json.loads((folder / CONFIG).read_text("utf-8"))
            config = parse_config(DigitsConfig, about.pop("settings"))
            names = tuple(about.pop("names"))
            with np.load(folder / TRAINING) as kept:
                pictures = Pictures(kept["images"], kept["labels"].astype(np.int64), names)
            generator, discriminator = build(config, pictures.size, len(names))
            generator.load_state_dict(load((folder / GENERATOR).read_bytes()))
            discriminator.load_state_dict(load((folder / DISCRIMINATOR).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError, CorpusLabError) as error:
            problem = f"The folder {folder.name!r} holds no GAN that can be loaded."
            raise InputError(problem, f"Choose a folder with {CONFIG}, {GENERATOR} and {TRAINING}.") from error
        return cls(generator, discriminator.eval(), config, pictures, about)

    def save(self, folder: Path) -> None:
        """Write the model to `folder`: weights (safetensors), settings (JSON), and the pictures (NPZ)."""
        from safetensors.torch import save

        folder.mkdir(parents=True, exist_ok=True)
        for network, file in ((self.generator, GENERATOR), (self.discriminator, DISCRIMINATOR)):
            weights = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
            (folder / file).write_bytes(save(weights))
        np.savez_compressed(
            folder / TRAINING, images=self.pictures.pixels, labels=self.pictures.classes.astype(np.uint8)
        )
        described = {
            **self.about,
            "settings": self.config.model_dump(mode="json"),
            "names": self.pictures.names,
            "size": self.pictures.size,
        }
        (folder / CONFIG).write_text(json.dumps(described, ensure_ascii=False, indent=2), "utf-8")

    @property
    def conditional(self) -> bool:
        """Whether a class can be asked for."""
        return self.config.model == "conditional"

    def sample(self, n: int, classes: Sequence[int] | Classes | None = None, seed: int = 0) -> Pixels:
        """Return `n` pictures (n, H, W), the same for the same seed.

        `classes` are the `n` classes asked for, as places in the names; without them, all in turn. Raises InputError
        for a class that there is not.
        """
        import torch

        asked = self.in_turn(n) if classes is None else np.asarray(classes, np.int64)
        if len(asked) != n or not ((asked >= 0) & (asked < len(self.pictures.names))).all():
            raise InputError(
                f"The classes asked for are not {n} numbers from 0 to {len(self.pictures.names) - 1}.",
                "Give one for each picture.",
            )
        noise = self._noise(n, seed)
        drawn = []
        with torch.inference_mode():
            for first in range(0, n, AT_ONCE):
                some = slice(first, first + AT_ONCE)
                classes = torch.from_numpy(asked[some]).to(self._device)
                drawn.append(to_pixels(self.generator(noise[some], classes)))
        return np.concatenate(drawn) if drawn else np.zeros((0, *self.pictures.size), np.uint8)

    def in_turn(self, n: int) -> Classes:
        """Return `n` classes, (n,): each of them in turn."""
        return np.arange(n, dtype=np.int64) % len(self.pictures.names)

    def interpolate(self, start: tuple[int, int], end: tuple[int, int], n: int) -> Pixels:
        """Return `n` pictures (n, H, W) from one to another, each given as its class and the seed of its noise.

        The noise goes along the great circle between the two (Shoemake 1985), so that it stays as long as noise is;
        the embedding of the class along a straight line.
        """
        import torch

        (one,), (other,) = self._noise(1, start[1]), self._noise(1, end[1])
        share = torch.linspace(0, 1, n, device=self._device).unsqueeze(1)  # (n, 1)
        cosine = torch.nn.functional.cosine_similarity(one, other, dim=0).clamp(-1, 1)
        angle = torch.arccos(cosine)
        if float(angle) < 1e-3:
            noise = one + share * (other - one)
        else:
            noise = (torch.sin((1 - share) * angle) * one + torch.sin(share * angle) * other) / torch.sin(angle)
        with torch.inference_mode():
            first, last = self.generator.embed(torch.tensor([start[0], end[0]], device=self._device))
            return to_pixels(self.generator.draw(noise, first + share * (last - first)))

    def score(self, pixels: Pixels, classes: Sequence[int] | Classes) -> NDArray[np.float64]:
        """Return how sure the discriminator is that each picture is real, (N,) from 0 to 1; 0.5 is undecided."""
        scores = self._scores(pixels, classes) - self.about.get("midpoint", 0.0)
        sure: NDArray[np.float64] = 1 / (1 + np.exp(-scores.clip(-500, 500)))
        return sure

    def midpoint(self) -> float:
        """Return the score halfway between the mean of real pictures and that of generated ones.

        A relativistic discriminator only compares, so what a score means is told from where the two are.
        """
        chosen = rng_for(0, "midpoint", "real").permutation(len(self.pictures.pixels))[:AT_ONCE]
        classes = self.pictures.classes[chosen]
        kinds = (self.pictures.pixels[chosen], self.sample(len(classes), classes, seed=1))
        return float(np.mean([self._scores(pixels, classes).mean() for pixels in kinds]))

    def _scores(self, pixels: Pixels, classes: Sequence[int] | Classes) -> NDArray[np.float64]:
        import torch

        with torch.inference_mode():
            asked = torch.from_numpy(np.asarray(classes, np.int64)).to(self._device)
            scores: NDArray[np.float64] = (
                self.discriminator(to_tensor(pixels).to(self._device), asked).double().cpu().numpy()
            )
        return scores

    def nearest(self, pixels: Pixels) -> tuple[Classes, NDArray[np.float64]]:
        """Return which training picture each picture is most like, (N,), and how far apart they are, (N,).

        See core.gan.digits.measures.nearest for the distance.
        """
        return measures.nearest(pixels, self.pictures.pixels)

    def _noise(self, n: int, seed: int) -> Any:
        import torch

        rng = rng_for(seed, "sample", "noise")
        return torch.from_numpy(rng.standard_normal((n, self.generator.noise), np.float32)).to(self._device)

    @property
    def _device(self) -> Any:
        return next(self.generator.parameters()).device


def to_tensor(pixels: Pixels) -> Any:
    """Return pictures (N, H, W) as a tensor (N, 1, H, W) from -1 to 1."""
    import torch

    return torch.from_numpy(pixels).unsqueeze(1).float() / 127.5 - 1


def to_pixels(pictures: Any) -> Pixels:
    """Return a tensor of pictures (N, 1, H, W) from -1 to 1 as pictures (N, H, W)."""
    import torch

    pixels: Pixels = ((pictures.float().squeeze(1) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return pixels


def load(folder: Path) -> DigitsModel:
    """Return the model in `folder`. Raises as DigitsModel.load."""
    return DigitsModel.load(folder)
