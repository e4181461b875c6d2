"""The settings of a GAN of handwritten digits and of its training."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from core.config import Config

SMALL = 16  # pixels a side, up to which the relativistic loss is chosen
SAMPLE = "digits"  # scikit-learn's 8x8 digits, which need no file
HUB = "hub:"  # what the name of a dataset of the hub begins with
SOURCE = ("data", "hub_config", "hub_split", "row_limit")  # the settings that say which pictures are learned from


@dataclass(frozen=True)
class Pace:
    """How fast the two networks learn: updates of each in a step, and their learning rates."""

    d_updates: int
    g_updates: int
    d_learning_rate: float
    g_learning_rate: float


# The pace of a balanced training. The first is that of tutorials. The others did best in trainings of 36 processor
# seconds. MNIST's 10,000 test pictures, seeds 0, 1 and 2: Frechet distance 30, 16 and 16 with hinge, 34, 28 and 35 with
# relativistic (floor 4); agreement 96, 98 and 98 % against 89, 90 and 88 %. The sample digits, 24 seconds: 36 with
# hinge, whose pictures of a class were all alike (diversity 0.09), 5 with relativistic (floor 2, diversity 0.67).
BALANCED = {
    "classic": Pace(1, 1, 2e-4, 2e-4),
    "hinge": Pace(1, 1, 2e-3, 1e-3),
    "relativistic": Pace(1, 1, 1e-3, 1e-3),
}
# The updates of the others, and how much faster or slower each network learns. They break the training on purpose.
BROKEN = {
    "strong-discriminator": Pace(8, 1, 4.0, 0.02),
    "collapse": Pace(1, 8, 0.02, 4.0),
}


class DigitsConfig(Config):
    """A GAN that learns to make pictures of handwritten digits."""

    data: str = Field(
        default=SAMPLE,
        min_length=1,
        description="Where the pictures come from: digits for scikit-learn's 1,797 of 8 x 8 pixels, a folder of idx "
        "files such as MNIST's, or hub:OWNER/NAME for an image dataset of the hub, such as hub:ylecun/mnist.",
    )
    hub_config: str | None = Field(
        default=None,
        title="Configuration",
        max_length=200,
        description="The configuration of a hub dataset. Empty: its only one, or its default.",
    )
    hub_split: str | None = Field(
        default=None,
        title="Split",
        max_length=200,
        description="The split of a hub dataset, such as train; all for every split. Empty: train, or the first.",
    )
    row_limit: int = Field(
        default=10_000,
        title="Pictures at most",
        ge=100,
        le=100_000,
        description="How many pictures of a split of a hub dataset are fetched: the first ones.",
    )
    model: Literal["conditional", "classic"] = Field(
        default="conditional",
        description="The networks. conditional: convolutional ones, which make a digit of the class that is asked for. "
        "classic: two small ones without convolutions and classes, as tutorials begin with.",
    )
    preset: Literal["balanced", "strong-discriminator", "collapse"] = Field(
        default="balanced",
        description="How fast the two networks learn. balanced: alike. The others break the training on purpose: in "
        "strong-discriminator the generator is left behind, in collapse it makes the same few pictures.",
    )
    loss: Literal["auto", "hinge", "relativistic"] = Field(
        default="auto",
        description="What the conditional networks play for. hinge: the discriminator's scores, with its weights kept "
        "small (spectral norm); it did best on MNIST. relativistic: real and generated pictures are scored in pairs "
        "(R3GAN), with its gradients kept small; it did best on the sample digits. auto: relativistic for pictures of "
        "up to 16 pixels a side, hinge for larger ones.",
    )
    steps: int = Field(default=10_000, ge=1, le=10_000_000, description="Steps of training at most.")
    max_minutes: float | None = Field(
        default=3.0,
        title="Minutes at most",
        gt=0,
        le=10_000,
        description="Minutes of training at most; pauses do not count. Empty: no limit.",
    )
    batch_size: int = Field(default=100, ge=4, le=2_000, description="Real pictures, and generated ones, in a step.")
    width: int = Field(
        default=16,
        ge=4,
        le=256,
        description="Channels of the widest pictures inside the conditional networks. Wider learns more per step.",
    )
    latent: int = Field(
        default=64,
        title="Noise numbers",
        ge=2,
        le=1_024,
        description="Random numbers that the conditional generator makes a picture of; the classic one takes as many "
        "as a picture has pixels.",
    )
    d_updates: int | None = Field(
        default=None,
        title="Discriminator updates",
        ge=1,
        le=20,
        description="Updates of the discriminator in each step. Empty: what the preset takes.",
    )
    g_updates: int | None = Field(
        default=None,
        title="Generator updates",
        ge=1,
        le=20,
        description="Updates of the generator in each step. Empty: what the preset takes.",
    )
    d_learning_rate: float | None = Field(
        default=None,
        title="Discriminator's learning rate",
        gt=0,
        le=0.5,
        description="Step size of the discriminator. Empty: what the preset and the loss take, 0.0002 to 0.002.",
    )
    g_learning_rate: float | None = Field(
        default=None,
        title="Generator's learning rate",
        gt=0,
        le=0.5,
        description="Step size of the generator. Empty: what the preset and the loss take, 0.0002 to 0.001.",
    )
    penalty: float = Field(
        default=1.0,
        title="Gradient penalty",
        ge=0,
        le=100,
        description="How strongly the relativistic loss keeps the discriminator's gradients small (R1 and R2).",
    )
    averaging: float = Field(
        default=0.995,
        title="Averaging of the weights",
        ge=0,
        lt=1,
        description="The finished generator has the average of its weights over about 1 / (1 - this) steps, which "
        "makes better pictures than those of any one step. 0: no averaging.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Starting point of everything random. The same seed gives the same training again.",
    )

    def settled(self, size: tuple[int, int]) -> "DigitsConfig":
        """Return these settings for pictures of this size, with a loss in place of auto."""
        chosen = "relativistic" if max(size) <= SMALL else "hinge"
        return self.model_copy(update={"loss": chosen}) if self.loss == "auto" else self

    @property
    def pace(self) -> Pace:
        """The preset's pace, with the settings that were chosen in place of its own. The loss must be settled."""
        usual = BALANCED["classic" if self.model == "classic" else self.loss]
        broken = BROKEN.get(self.preset, Pace(1, 1, 1.0, 1.0))
        return Pace(
            self.d_updates or broken.d_updates,
            self.g_updates or broken.g_updates,
            self.d_learning_rate or usual.d_learning_rate * broken.d_learning_rate,
            self.g_learning_rate or usual.g_learning_rate * broken.g_learning_rate,
        )
