"""The settings of a text GAN: how rows are read, how it learns, how many rows it makes and which may stay."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from core.config import Config
from core.text.tokenizers import TOKENIZERS, available_tokenizers, tokenizer_choices


class GanTextSettings(Config):
    """A text GAN, whatever the texts it learns from."""

    mode: Literal["infill", "unconditional"] = Field(
        default="infill",
        description="infill: blanks are cut into real rows and filled anew, which gives rows fit for a dataset. "
        "unconditional: whole rows are written from nothing; from a few thousand rows that gives word salad, so it is "
        "a lesson, and its rows never become data.",
    )
    rows: int = Field(default=500, title="New rows", ge=1, le=100_000, description="How many new rows to make.")
    adversary: Literal["policy_gradient", "gumbel"] = Field(
        default="policy_gradient",
        description="How the generator hears from the discriminator. policy_gradient: every word it chose is rewarded "
        "or not. gumbel: words are softened so that the discriminator's gradient flows through them (RelGAN).",
    )
    max_minutes: float | None = Field(
        default=3.0,
        title="Minutes at most",
        gt=0,
        le=10_000,
        description="Minutes that all of it takes at most: learning, writing and judging. Empty: no limit. Each "
        "further training may take as long again.",
    )
    trainings: int = Field(
        default=1,
        ge=1,
        le=20,
        description="How many trainings are made, one after the other, each with another seed. With one, the verdict "
        "cannot say how much is luck; with more, its spread is over them. The first one makes the new rows.",
    )
    tokenizer: str = Field(
        default="auto",
        description="How text is cut into words. auto keeps text that is cut at blanks already, and else chooses by "
        f"the language. The choices here: {', '.join(['auto', *available_tokenizers()])}.",
        json_schema_extra=tokenizer_choices,
    )
    shortest: int = Field(default=4, title="Shortest row", ge=1, le=200, description="Words a row has at least.")
    longest: int = Field(
        default=20, title="Longest row", ge=2, le=200, description="Words a row has at most; longer ones are left out."
    )
    cutoff: int = Field(
        default=2, ge=1, le=1_000, description="Words seen less often than this are never written by the generator."
    )
    blanks_least: float = Field(
        default=0.2, title="Fewest blanks", ge=0.05, le=1, description="Share of a row that is cut out at least."
    )
    blanks_most: float = Field(
        default=0.6, title="Most blanks", ge=0.05, le=1, description="Share of a row that is cut out at most."
    )
    longest_kept: int = Field(
        default=3,
        title="Longest run kept",
        ge=1,
        le=100,
        description="Words of the real row that may stand side by side without a blank between them. With 3, no "
        "sequence of 4 words is copied from the row itself.",
    )
    width: int = Field(default=192, ge=8, le=1_024, description="Numbers in the generator's state.")
    dropout: float = Field(
        default=0.4, ge=0, le=0.9, description="Share of the numbers hidden at random while learning from real rows."
    )
    word_vectors: bool = Field(
        default=True,
        title="Begin with known words",
        description="Begin with the word vectors of the embedded language model instead of random ones, where it is "
        "installed.",
    )
    batch_size: int = Field(default=64, ge=2, le=512, description="Rows per step.")
    warmup_epochs: int = Field(
        default=30,
        ge=1,
        le=1_000,
        description="How often the training rows are read, at most, by maximum likelihood before the GAN begins.",
    )
    patience: int = Field(
        default=3, ge=1, le=100, description="Readings without a better validation loss after which the warm-up ends."
    )
    adversarial_steps: int = Field(
        default=300, ge=0, le=100_000, description="Steps of the GAN after the warm-up, at most. 0: none."
    )
    discriminator_steps: int = Field(
        default=60, ge=0, le=100_000, description="Steps that the discriminator learns alone before the GAN begins."
    )
    likelihood_steps: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Steps that the model before the GAN goes on with by maximum likelihood alone, to be held against "
        "the GAN. Empty: as many as take as long as the GAN did.",
    )
    learning_rate: float = Field(default=3e-3, gt=0, le=1, description="Step size of the warm-up.")
    adversarial_rate: float = Field(default=2e-4, gt=0, le=1, description="The generator's step size in the GAN.")
    discriminator_rate: float = Field(default=1e-3, gt=0, le=1, description="The discriminator's step size.")
    anchor: float = Field(
        default=0.5,
        ge=0,
        le=100,
        description="How strongly maximum likelihood holds the generator while it learns from the discriminator.",
    )
    discount: float = Field(
        default=0.9, ge=0, le=1, description="How much the reward of a later word counts for a word before it."
    )
    temperature: float = Field(
        default=1.0, ge=0.1, le=5, description="How freely rows are written: 1 is what the generator has learned."
    )
    copied_at_most: float = Field(
        default=0.1,
        title="Copied 4-grams at most",
        ge=0,
        le=1,
        description="Share of a new row's sequences of 4 words that may stand in the training rows.",
    )
    class_share: float = Field(
        default=0.05,
        title="Far from the class",
        ge=0,
        le=0.9,
        description="A new row may be no further from the middle of its label's rows than all but this share of them.",
    )
    label_at_least: float = Field(
        default=0.8,
        title="Label agreement at least",
        ge=0,
        le=1,
        description="The probability that a simple classifier gives to a new row's label, at least.",
    )
    validation_share: float = Field(
        default=0.15,
        ge=0.02,
        le=0.5,
        description="Share of the training rows held out to judge by, if there is no validation split.",
    )
    draws: int = Field(
        default=3, ge=2, le=20, description="How often each model writes for the judging; the spread is over these."
    )
    judged_rows: int = Field(default=250, ge=20, le=5_000, description="Rows per draw of the judging, at most.")
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, description="Starting point of everything random. The same seed, the same rows."
    )

    @field_validator("tokenizer")
    @classmethod
    def _is_a_tokenizer(cls, name: str) -> str:
        return name if name == "auto" else TOKENIZERS[name].name  # raises UnknownName with the choices

    @field_validator("longest")
    @classmethod
    def _is_no_shorter(cls, longest: int, info: ValidationInfo) -> int:
        if longest < info.data.get("shortest", 1):
            raise ValueError(f"the longest row cannot be shorter than the shortest, {info.data['shortest']} words")
        return longest

    @field_validator("blanks_most")
    @classmethod
    def _is_no_less(cls, most: float, info: ValidationInfo) -> float:
        if most < info.data.get("blanks_least", 0):
            raise ValueError(f"the most blanks cannot be fewer than the fewest, {info.data['blanks_least']}")
        return most


class GanTextConfig(GanTextSettings):
    """A text GAN that learns from the rows of one dataset version."""

    version: str = Field(description="Id of the dataset version whose rows it learns from.")
    make_version: bool = Field(
        default=False,
        title="Make a version of them",
        description="Whether the accepted rows become a version of the dataset at once.",
    )
