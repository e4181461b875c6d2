"""The settings of a fine-tuning run."""

from typing import Literal

from pydantic import Field, field_validator

from core.config import Config

Strategy = Literal["full", "freeze embeddings", "freeze layers", "head only", "LoRA"]
EMBEDDED = "embedded"
MOST_SEEDS = 10


class FinetuneConfig(Config):
    """How a pretrained BERT is fine-tuned on the labelled rows of one dataset version."""

    version: str = Field(
        title="Dataset version", description="Id of the dataset version whose labelled rows the model learns from."
    )
    model: str = Field(
        default=EMBEDDED,
        min_length=1,
        max_length=1_000,
        title="Model",
        description="The pretrained model: embedded for the one inside the app, the id of one on the hub such as "
        "google-bert/bert-base-uncased, or the path of a folder on your own machine. Only safetensors are read.",
    )
    strategy: Strategy = Field(
        default="full",
        title="What is trained",
        description="full trains every weight; freeze embeddings all but the vectors of the words; freeze layers all "
        "but these and the first layers; head only the classifier on top; LoRA small additions to frozen weights.",
    )
    frozen_layers: int | None = Field(
        default=None,
        ge=1,
        le=48,
        title="Frozen layers",
        description="With freeze layers: how many of the first layers stay as they are. Empty: a third of them, with "
        "which the embedded model scored as high on SST-2 as with every weight trained, in less time.",
    )
    lora_rank: int = Field(
        default=8,
        ge=1,
        le=256,
        title="LoRA rank",
        description="With LoRA: the width of the additions. A higher rank can learn more, with more weights.",
    )
    epochs: int = Field(
        default=4,
        ge=1,
        le=50,
        title="Epochs",
        description="How often the model sees every training row. More can fit better, or learn the rows by heart.",
    )
    batch_size: int = Field(
        default=16,
        ge=1,
        le=256,
        title="Batch size",
        description="Rows that are computed together. Larger batches are steadier, smaller ones are more frequent.",
    )
    gradient_accumulation: int = Field(
        default=1,
        ge=1,
        le=64,
        title="Batches a step",
        description="How many batches are added up before the weights change once (gradient accumulation).",
    )
    learning_rate: float | None = Field(
        default=None,
        gt=0,
        le=1e-1,
        title="Learning rate",
        description="The largest step size of the optimiser. Too high and the loss jumps, too low and it hardly falls. "
        "Empty: one that suits what is trained, from 0.0001 for all weights to 0.005 for the head only.",
    )
    max_length: int | None = Field(
        default=None,
        ge=8,
        le=512,
        title="Longest text in tokens",
        description="Tokens of a text that the model reads; the rest is cut off. "
        "Empty: enough for 99% of the rows, at most 256.",
    )
    warmup_share: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        title="Warm-up",
        description="Share of the steps in which the learning rate rises from 0, before it falls to 0 again.",
    )
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        le=1,
        title="Weight decay",
        description="How strongly weights are pulled towards 0, which holds back learning by heart.",
    )
    class_weights: Literal["none", "balanced"] = Field(
        default="none",
        title="Class weights",
        description="balanced lets rows of rare labels count for more, so that every label counts alike in the loss.",
    )
    label_smoothing: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        title="Label smoothing",
        description="Share of each row's target that is spread over all labels, so that the model grows less certain.",
    )
    metric: Literal["accuracy", "macro F1", "loss"] = Field(
        default="accuracy",
        title="Metric of the best model",
        description="What decides which checkpoint is kept, measured on validation rows; also for stopping early.",
    )
    patience: int | None = Field(
        default=None,
        ge=1,
        le=100,
        title="Patience",
        description="Stop early after this many evaluations without a better one. Empty: train to the end.",
    )
    evaluations_per_epoch: int = Field(
        default=2,
        ge=1,
        le=20,
        title="Evaluations an epoch",
        description="How often per epoch the model is scored on the validation rows and a checkpoint is written.",
    )
    validation_share: float = Field(
        default=0.2,
        ge=0.05,
        le=0.5,
        title="Validation share",
        description="Share of the training rows held out to score the model, if the dataset has no validation split.",
    )
    seeds: tuple[int, ...] = Field(
        default=(0,),
        title="Seeds",
        description="Starting points of everything random; the same seed gives the same training again. Several seeds "
        "repeat the training, which shows how far its score is chance; the best model is kept.",
    )
    gradual_freezing: bool = Field(
        default=False,
        title="Freeze more as it learns",
        description="Leaves more of the first layers as they are in every further epoch, two thirds of them in the "
        "last. What they make of a text is computed once, so epochs become shorter. With a third frozen from the start "
        "the embedded model read 1.8 times as many sentences of SST-2 a second as with all weights trained, and got "
        "87.7% right instead of 88.9%. Head only and LoRA do without.",
    )
    text_column: str | None = Field(
        default=None,
        min_length=1,
        title="Text column",
        description="The column that holds the text, if it is another than the dataset's text.",
    )
    label_column: str | None = Field(
        default=None,
        min_length=1,
        title="Label column",
        description="The column that holds the label, if it is another than the dataset's label.",
    )
    label_separator: str | None = Field(
        default=None,
        min_length=1,
        max_length=8,
        title="Label separator",
        description="What stands between the labels of a row that can have several, such as a comma or |. "
        "Empty: every row has one label.",
    )

    @field_validator("seeds")
    @classmethod
    def _check_seeds(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(seeds) <= MOST_SEEDS or len(set(seeds)) < len(seeds):
            raise ValueError(f"Give 1 to {MOST_SEEDS} different seeds.")
        if not all(0 <= seed < 2**31 for seed in seeds):
            raise ValueError("A seed is a whole number from 0 to 2,147,483,647.")
        return seeds

    @property
    def seed(self) -> int:
        """The first seed, which also decides which rows are held out: the same ones for every seed."""
        return self.seeds[0]

    @property
    def multi_label(self) -> bool:
        """Whether a row can have several labels."""
        return self.label_separator is not None
