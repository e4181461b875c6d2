"""The settings of a fine-tuning run."""

from pydantic import Field

from core.config import Config


class FinetuneConfig(Config):
    """How a pretrained BERT is fine-tuned on the labelled rows of one dataset version."""

    version: str = Field(description="Id of the dataset version whose labelled rows the model learns from.")
    epochs: int = Field(
        default=4,
        ge=1,
        le=50,
        description="How often the model sees every training row. More can fit better, or learn the rows by heart.",
    )
    batch_size: int = Field(
        default=16,
        ge=1,
        le=256,
        description="Rows per training step. Larger steps are steadier, smaller ones are more frequent.",
    )
    learning_rate: float = Field(
        default=1e-4,
        gt=0,
        le=1e-2,
        description="The largest step size of the optimiser. Too high and the loss jumps, too low and it hardly falls.",
    )
    max_length: int | None = Field(
        default=None,
        ge=8,
        le=512,
        description="Tokens of a text that the model reads; the rest is cut off. "
        "Empty: enough for 99 % of the rows, at most 256.",
    )
    warmup_share: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        description="Share of the steps in which the learning rate rises from 0, before it falls to 0 again.",
    )
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="How strongly weights are pulled towards 0, which holds back learning by heart.",
    )
    validation_share: float = Field(
        default=0.2,
        ge=0.05,
        le=0.5,
        description="Share of the training rows held out to score the model, if the dataset has no validation split.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Starting point of everything random. The same seed gives the same run again.",
    )
    evaluations_per_epoch: int = Field(
        default=2,
        ge=1,
        le=20,
        description="How often per epoch the model is scored on the validation rows and a checkpoint is written.",
    )
