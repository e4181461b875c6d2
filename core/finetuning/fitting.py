"""One training from one seed: the Trainer and its arguments.

Importing this module imports torch and transformers, which takes seconds; it is imported where training starts.
"""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, TrainingArguments

from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.encoding import Encoded
from core.finetuning.losses import loss_for
from core.finetuning.reporting import Emit, Reporter
from core.finetuning.strategies import frozen_by_epoch, layers_of, learning_rate
from core.finetuning.trainer import LabelTrainer
from core.jobs import Stopped
from core.precision import Precision

CURVE_POINTS = 1_000  # training points at most, however long the run
PART_TOKENS = 4_096  # larger steps are computed in parts, so that a cancel is heard soon


@dataclass(frozen=True)
class Material:
    """What every seed learns from: tokenised training rows, and those that the validation curve is measured on."""

    train: Encoded
    curve: Encoded
    labels: int
    pad_id: int


def fit(
    config: FinetuneConfig,
    seed: int,
    model: Any,
    material: Material,
    saved: Path,
    step: int | None,
    precision: Precision,
    emit: Emit,
) -> tuple[int, int]:
    """Train `model` in place, leave the best weights in it, and return (best step, last step).

    `step` is that of the checkpoint to go on from. Raises Stopped, after a checkpoint, when nobody listens any more,
    and InputError where that checkpoint is of another number of processes.
    """
    per_epoch = steps_per_epoch(config, len(material.train), int(os.environ.get("WORLD_SIZE", "1")))
    if step is not None:
        checkpoints.require_steps(checkpoints.path_of(saved, step), config.epochs * per_epoch)
    rows_per_step = len(material.train) / per_epoch
    reporter = Reporter(emit, rows_per_step)
    trainer = trainer_for(config, seed, model, material, saved, precision, reporter)
    trainer.train(resume_from_checkpoint=None if step is None else str(checkpoints.path_of(saved, step)))
    if reporter.stopped:
        raise Stopped
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)
    last = trainer.state.global_step
    return trainer.state.best_global_step or last, last


def trainer_for(
    config: FinetuneConfig,
    seed: int,
    model: Any,
    material: Material,
    saved: Path,
    precision: Precision,
    reporter: Reporter,
) -> LabelTrainer:
    """Return the Trainer of one seed, which writes its checkpoints into `saved`."""
    parts = parts_of(config.batch_size, max(map(len, material.train.tokens)))
    return LabelTrainer(
        model=model,
        train=material.train,
        curve=material.curve,
        pad_id=material.pad_id,
        loss=loss_for(config, material.train.targets, material.labels),
        metric=config.metric,
        frozen=frozen_by_epoch(config, len(layers_of(model))),
        reporter=reporter,
        args=training_arguments(config, seed, model, len(material.train), parts, saved, precision),
        callbacks=[EarlyStoppingCallback(config.patience)] if config.patience else None,
    )


def training_arguments(
    config: FinetuneConfig, seed: int, model: Any, rows: int, parts: int, saved: Path, precision: Precision
) -> TrainingArguments:
    """Return Trainer's arguments for `rows` training rows, a batch computed in `parts`."""
    cuda = torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=str(saved),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch_size // parts,
        gradient_accumulation_steps=parts * config.gradient_accumulation,
        learning_rate=learning_rate(config, model.config.hidden_size),
        warmup_steps=config.warmup_share,
        weight_decay=config.weight_decay,
        seed=seed,
        bf16=precision.bfloat16,
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        ddp_find_unused_parameters=False,
        remove_unused_columns=False,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        eval_strategy="steps",
        save_strategy="steps",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_rank",
        greater_is_better=True,
        report_to="none",
        disable_tqdm=True,
        log_level_replica="error",
    )
    per_epoch = steps_per_epoch(config, rows, arguments.world_size)
    arguments.logging_steps = math.ceil(config.epochs * per_epoch / CURVE_POINTS)
    arguments.eval_steps = arguments.save_steps = math.ceil(per_epoch / config.evaluations_per_epoch)
    return arguments


def steps_per_epoch(config: FinetuneConfig, rows: int, processes: int = 1) -> int:
    """Return how often the weights change while the model sees `rows` rows once."""
    return math.ceil(rows / (config.batch_size * config.gradient_accumulation * processes))


def parts_of(batch_size: int, max_length: int) -> int:
    """Return into how many equal parts a batch is divided so that none is longer than PART_TOKENS tokens."""
    return next(
        parts
        for parts in range(1, batch_size + 1)
        if batch_size % parts == 0 and (batch_size // parts * max_length <= PART_TOKENS or parts == batch_size)
    )
