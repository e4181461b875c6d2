"""The networks: a generator makes pictures of noise, a discriminator scores how real pictures look.

Pictures are (B, 1, H, W) with values from -1 (paper) to 1 (ink). Importing this module imports torch.
"""

import math
from abc import ABC, abstractmethod

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from core.gan.digits.config import DigitsConfig

HIDDEN = 256  # of the classic networks
SLOPE = 0.2  # of LeakyReLU


class Generator(nn.Module, ABC):  # type: ignore[misc]
    """Makes pictures of noise (B, `noise`) and of the classes (B,) that are asked for."""

    noise: int

    @abstractmethod
    def embed(self, classes: torch.Tensor) -> torch.Tensor:
        """Return what stands for the classes (B,) inside the network, (B, E)."""

    @abstractmethod
    def draw(self, noise: torch.Tensor, embedded: torch.Tensor) -> torch.Tensor:
        """Return pictures (B, 1, H, W) of noise and embedded classes, which need not be those of whole classes."""

    def forward(self, noise: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return pictures (B, 1, H, W)."""
        return self.draw(noise, self.embed(classes))


class Discriminator(nn.Module, ABC):  # type: ignore[misc]
    """Scores pictures (B, 1, H, W) of the classes (B,) that they are said to be of."""

    @abstractmethod
    def forward(self, pictures: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return scores (B,), higher for pictures that look real."""


class ClassicGenerator(Generator):
    """Two linear layers (Goodfellow et al. 2014, "Generative Adversarial Nets", as tutorials write it). No classes."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.noise = height * width
        self._size = (1, height, width)
        self.layers = nn.Sequential(
            nn.Linear(self.noise, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, height * width), nn.Tanh()
        )

    def embed(self, classes: torch.Tensor) -> torch.Tensor:
        """Return nothing for each class, (B, 0)."""
        return torch.empty(len(classes), 0, device=classes.device)

    def draw(self, noise: torch.Tensor, embedded: torch.Tensor) -> torch.Tensor:
        """Return pictures (B, 1, H, W)."""
        pictures: torch.Tensor = self.layers(noise).unflatten(1, self._size)
        return pictures


class ClassicDiscriminator(Discriminator):
    """Two linear layers. It does not look at classes."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(height * width, HIDDEN), nn.LeakyReLU(SLOPE), nn.Linear(HIDDEN, 1))

    def forward(self, pictures: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return scores (B,)."""
        scores: torch.Tensor = self.layers(pictures.flatten(1)).squeeze(1)
        return scores


class ConditionalGenerator(Generator):
    """Noise and an embedding of the class become pictures of a quarter of the size, which are resized twice.

    Bilinear resizing in place of transposed convolutions, and no normalisation (Huang et al. 2024, "The GAN is dead;
    long live the GAN!", section 3).
    """

    def __init__(self, height: int, width: int, classes: int, noise: int, channels: int) -> None:
        super().__init__()
        self.noise = noise
        self._sizes = [(math.ceil(height / shrink), math.ceil(width / shrink)) for shrink in (4, 2, 1)]
        h, w = self._sizes[0]
        self.embedding = nn.Embedding(classes, noise)
        self.start = nn.Linear(2 * noise, 4 * channels * h * w)
        self.small = nn.Conv2d(4 * channels, 2 * channels, 3, padding=1)
        self.middle = nn.Conv2d(2 * channels, channels, 3, padding=1)
        self.large = nn.Conv2d(channels, 1, 3, padding=1)

    def embed(self, classes: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of the classes, as long as the noise, (B, noise)."""
        embedded: torch.Tensor = self.embedding(classes)
        return embedded

    def draw(self, noise: torch.Tensor, embedded: torch.Tensor) -> torch.Tensor:
        """Return pictures (B, 1, H, W)."""
        asked = torch.cat([noise, embedded], 1)  # (B, 2 noise)
        x = F.leaky_relu(self.start(asked), SLOPE).unflatten(1, (-1, *self._sizes[0]))  # (B, 4C, H/4, W/4)
        x = x.contiguous(memory_format=torch.channels_last)
        x = resized(F.leaky_relu(self.small(x), SLOPE), self._sizes[1])  # (B, 2C, H/2, W/2)
        x = resized(F.leaky_relu(self.middle(x), SLOPE), self._sizes[2])  # (B, C, H, W)
        return torch.tanh(self.large(x))


class ConditionalDiscriminator(Discriminator):
    """Convolutions that halve the picture, then a score of the picture plus one of how it fits its class.

    The second is the projection of Miyato and Koyama (2018), "cGANs with Projection Discriminator", section 3. With
    `spectral`, weights are divided by their largest singular value (Miyato et al. 2018, "Spectral Normalization for
    Generative Adversarial Networks", section 2.1).
    """

    def __init__(self, height: int, width: int, classes: int, channels: int, spectral: bool) -> None:
        super().__init__()
        inner = 4 * channels

        def bounded(layer: nn.Module) -> nn.Module:
            return spectral_norm(layer) if spectral else layer

        self.large = bounded(nn.Conv2d(1, 2 * channels, 4, stride=2, padding=1))
        self.small = bounded(nn.Conv2d(2 * channels, inner, 4, stride=2, padding=1))
        self.features = bounded(nn.Linear(inner * (height // 4) * (width // 4), inner))
        self.score = bounded(nn.Linear(inner, 1))
        self.embedding = bounded(nn.Embedding(classes, inner))

    def forward(self, pictures: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return scores (B,)."""
        x = F.leaky_relu(self.large(pictures), SLOPE)  # (B, 2C, H/2, W/2)
        x = F.leaky_relu(self.small(x), SLOPE)  # (B, 4C, H/4, W/4)
        x = F.leaky_relu(self.features(x.flatten(1)), SLOPE)  # (B, 4C)
        scores: torch.Tensor = self.score(x).squeeze(1) + (x * self.embedding(classes)).sum(1)
        return scores


def resized(pictures: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return pictures (B, C, H, W) as large as `size`, interpolated between their pixels."""
    return F.interpolate(pictures, size=size, mode="bilinear", align_corners=False)


def _spread(layer: nn.Module) -> None:
    """Begin with weights that keep the spread of what goes through (He et al. 2015, section 2.2): without it the noise
    fades on its way through the generator, and with it all differences between its pictures.
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, SLOPE)
        nn.init.zeros_(layer.bias)


def build(config: DigitsConfig, size: tuple[int, int], classes: int) -> tuple[Generator, Discriminator]:
    """Return both networks for pictures of `size` (H, W), with new weights from torch's random state."""
    if config.model == "classic":
        return ClassicGenerator(*size), ClassicDiscriminator(*size)
    made = (
        ConditionalGenerator(*size, classes, config.latent, config.width),
        ConditionalDiscriminator(*size, classes, config.width, config.loss == "hinge"),
    )
    for network in made:
        network.apply(_spread)
        network.to(memory_format=torch.channels_last)  # convolutions are quicker so on processors
    return made
