"""The settings of a neural language model and of its training."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from core.data.corpus import ReadingConfig

Architecture = Literal["lstm", "transformer"]


@dataclass(frozen=True)
class Preset:
    """A recipe of training: what the settings mean that are left empty."""

    learning_rate: float
    clip: float  # the longest gradient; longer ones are scaled down to it


# classic: Mikolov et al. (2010) as PyTorch's tutorials teach it. modern: Loshchilov and Hutter (2019).
PRESETS = {"modern": Preset(learning_rate=4e-3, clip=1.0), "classic": Preset(learning_rate=5.0, clip=0.5)}


class LmSettings(ReadingConfig):
    """How text is read and how a language model is built and trained, whatever text it learns from."""

    architecture: Architecture = Field(
        default="lstm",
        description="The network. An LSTM reads word after word and learns well from little text; a Transformer looks "
        "at all words of a window at once and needs more text.",
        json_schema_extra={"titles": {"lstm": "LSTM", "transformer": "Transformer"}},
    )
    preset: Literal["modern", "classic"] = Field(
        default="modern",
        description="The recipe. modern: AdamW, a learning rate that rises, then falls to 0 along a cosine. "
        "classic: plain SGD from learning rate 5, times 0.95 each epoch, as in PyTorch's tutorials.",
    )
    cutoff: int = Field(
        default=1,
        ge=1,
        le=1_000,
        description="Words seen less often than this in the training text become the unknown word <unk>.",
    )
    width: int = Field(
        default=256,
        ge=8,
        le=1_024,
        description="Numbers that stand for a word inside the network. Wider learns more and takes longer.",
    )
    layers: int = Field(default=1, ge=1, le=8, description="Layers of the network, one on top of the other.")
    heads: int = Field(
        default=4,
        title="Attention heads",
        ge=1,
        le=16,
        description="Attention heads of a Transformer's layer; they share the width. An LSTM has none.",
    )
    dropout: float = Field(
        default=0.5,
        ge=0,
        le=0.9,
        description="Share of the network's numbers hidden at random while it learns, which holds back learning by "
        "heart. Small texts need much, large ones little.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=512,
        description="Streams of text read side by side. More are quicker; fewer learn more from a small text.",
    )
    bptt: int = Field(
        default=35,
        title="Tokens per step (bptt)",
        ge=2,
        le=512,
        description="Tokens of a stream per step, through which errors are traced back. A Transformer sees no further.",
    )
    epochs: int = Field(default=20, ge=1, le=200, description="How often the training text is read, at most.")
    max_minutes: float | None = Field(
        default=4.5,
        title="Minutes at most",
        gt=0,
        le=10_000,
        description="Minutes the training takes at most; the learning rate falls in time for it. Empty: no limit.",
    )
    patience: int = Field(
        default=4,
        ge=0,
        le=200,
        description="Epochs without a better validation perplexity after which the training ends. 0: never.",
    )
    learning_rate: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="The largest step size of the optimiser. Empty: what the recipe takes, 0.004 or 5.",
    )
    clip: float | None = Field(
        default=None,
        title="Longest gradient",
        gt=0,
        le=1_000,
        description="The longest gradient; longer ones are shortened. Empty: what the recipe takes, 1 or 0.5.",
    )
    warmup_share: float = Field(
        default=0.05,
        ge=0,
        le=0.5,
        description="Share of a modern training in which the learning rate rises from 0.",
    )
    weight_decay: float = Field(
        default=0.5,
        ge=0,
        le=10,
        description="How strongly a modern training pulls weights towards 0, which holds back learning by heart and "
        "keeps rare words from becoming too unlikely.",
    )
    unknown_share: float = Field(
        default=0.5,
        title="Share of rare words read as unknown",
        ge=0,
        le=1,
        description="How often a word that occurs once in the training text is read as <unk>, so that the model learns "
        "where unknown words stand and how likely they are.",
    )
    validation_share: float = Field(
        default=0.1,
        ge=0.01,
        le=0.5,
        description="Share of the training text held out to judge the model, if there is no validation text.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Starting point of everything random. The same seed gives the same training again.",
    )

    @field_validator("heads")
    @classmethod
    def _share_the_width(cls, heads: int, info: ValidationInfo) -> int:
        width = info.data.get("width", heads)
        if info.data.get("architecture") == "transformer" and width % heads:
            raise ValueError(f"the width {width} cannot be divided by {heads}")
        return heads

    @property
    def recipe(self) -> Preset:
        """The preset, with the learning rate and the clip that were chosen in place of its own."""
        preset = PRESETS[self.preset]
        return Preset(self.learning_rate or preset.learning_rate, self.clip or preset.clip)


class LmConfig(LmSettings):
    """A language model that learns from the texts of one dataset version."""

    version: str = Field(description="Id of the dataset version whose texts the model learns from.")
