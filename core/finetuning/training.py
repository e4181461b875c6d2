"""The fine-tuning job: from labelled rows to a model that can be taken home, with its score."""

import math
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from core.data.workspace import Workspace
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.encoding import Encoded, fitting_length, tokenize
from core.finetuning.evaluation import Scores, score
from core.finetuning.examples import Examples, Rows, read_examples
from core.finetuning.model import embedded_model, load_pretrained, quiet
from core.finetuning.prediction import MODEL, Classifier
from core.jobs import Artifact, Event, Job, Metrics, Progress, Resumed, Sample, Stopped, from_callbacks
from core.precision import Precision, fastest, torch_threads

CURVE_ROWS = 1_000  # rows that the validation curve is measured on; the final score is of all
FIRST_ROWS = 64  # rows that the untrained model is scored on, so that the curve starts at once
CURVE_POINTS = 1_000  # training points at most, however long the run
PART_TOKENS = 4_096  # larger steps are computed in parts, so that a cancel is heard soon

Emit = Callable[[Event], None]


def finetune(config: FinetuneConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Fine-tune the embedded BERT on the labelled rows of `config.version`.

    Emits Metrics (train/loss, train/learning_rate, train/gradient_norm, train/sentences_per_second per step;
    validation/loss, validation/accuracy, validation/macro_f1 per evaluation, the first of the untrained model at
    step 0), Progress in steps, Sample("confusion") of the validation and Sample("confusion_test") of the test rows.
    The model with the best validation accuracy is left in `folder`/model for Classifier.load and for
    transformers.pipeline. A cancelled job leaves a checkpoint, and `resume` goes on from the last complete one.

    The result holds summary, accuracy, macro_f1, loss, validation_rows, test (None or the same numbers of the test
    rows), train_rows, labels, steps, best_step, max_length, precision, threads, seconds (of this process), model
    (its folder in `folder`) and notes (sentences). Raises InputError for rows or settings that cannot be trained
    on, StorageError when the disk is too small.
    """
    return (yield from from_callbacks(partial(_finetune, config, workspace, folder, resume)))


def _finetune(config: FinetuneConfig, workspace: Workspace, folder: Path, resume: bool, emit: Emit) -> dict[str, Any]:
    import torch

    started = time.perf_counter()
    saved = folder / checkpoints.FOLDER
    step = checkpoints.last_complete(saved) if resume else None
    if resume:
        emit(Resumed(step or 0))
    if step is None:
        shutil.rmtree(saved, ignore_errors=True)
    emit(Progress(0, None, "steps", "Reading the rows"))
    examples = read_examples(workspace.version(config.version), config)

    emit(Progress(0, None, "steps", "Loading the model"))
    precision = fastest()
    with torch_threads(precision.threads), quiet(), checkpoints.disk_errors(folder):
        model, tokenizer = load_pretrained(embedded_model(), examples.labels, config.seed)
        checkpoints.require_space(folder, model.num_parameters() * 4)
        tokenizer.model_max_length = config.max_length or fitting_length(tokenizer, examples.train, config.seed)
        if not torch.cuda.is_available():
            model.set_attn_implementation("eager")  # a tenth faster than the fused one with dropout, at any length
        if step is None:
            _score_untrained(model, tokenizer, examples, config, precision, emit)
        train = _encoded(tokenizer, examples.train, emit)
        curve = _encoded(tokenizer, examples.validation.drawn(CURVE_ROWS, config.seed), emit)
        best_step, last_step = _train(config, model, tokenizer.pad_token_id, train, curve, saved, step, precision, emit)
        model.save_pretrained(folder / MODEL)
        tokenizer.save_pretrained(folder / MODEL)
        emit(Artifact("model", MODEL))
        scores = _final_scores(folder, examples, last_step, emit)
    shutil.rmtree(saved)
    notes = list(examples.notes)
    if len(examples.validation) > len(curve):
        notes.append(
            f"The validation curve is of {len(curve):,} of the {len(examples.validation):,} validation rows; "
            "the final score is of all."
        )
    return {
        "summary": _summary(scores, best_step, last_step),
        **scores,
        "train_rows": len(train),
        "labels": examples.labels,
        "steps": last_step,
        "best_step": best_step,
        "max_length": tokenizer.model_max_length,
        "precision": precision.name,
        "threads": precision.threads,
        "seconds": round(time.perf_counter() - started, 1),
        "model": MODEL,
        "notes": notes,
    }


def _score_untrained(
    model: Any, tokenizer: Any, examples: Examples, config: FinetuneConfig, precision: Precision, emit: Emit
) -> None:
    """Emit the first point of the validation curve, at step 0: what the model scores before it has learned."""
    import torch

    from core.finetuning.trainer import score_rows, validation_metrics

    rows = examples.validation.drawn(FIRST_ROWS, config.seed)
    encoded = Encoded(tokenize(tokenizer, rows.texts, tokenizer.model_max_length), rows.targets)
    with torch.autocast(model.device.type, torch.bfloat16, enabled=precision.bfloat16):
        scores = score_rows(model, encoded, tokenizer.pad_token_id)
    emit(Metrics(0, validation_metrics(scores)))


def _encoded(tokenizer: Any, rows: Rows, emit: Emit) -> Encoded:
    def tick(done: int) -> None:
        emit(Progress(done, len(rows), "rows", "Tokenising the rows"))

    return Encoded(tokenize(tokenizer, rows.texts, tokenizer.model_max_length, tick), rows.targets)


def _train(
    config: FinetuneConfig,
    model: Any,
    pad_id: int,
    train: Encoded,
    curve: Encoded,
    saved: Path,
    step: int | None,
    precision: Precision,
    emit: Emit,
) -> tuple[int, int]:
    """Train `model` in place, leave the best weights in it, and return (best step, last step).

    `step` is that of the checkpoint to go on from. Raises Stopped, after a checkpoint, when nobody listens any more.
    """
    import torch
    from transformers import TrainingArguments

    from core.finetuning.trainer import LabelTrainer, Reporter

    steps_per_epoch = math.ceil(len(train) / config.batch_size)
    parts = parts_of(config.batch_size, max(map(len, train.tokens)))
    evaluate_every = math.ceil(steps_per_epoch / config.evaluations_per_epoch)
    cuda = torch.cuda.is_available()
    reporter = Reporter(emit, rows_per_step=len(train) / steps_per_epoch)
    arguments = TrainingArguments(
        output_dir=str(saved),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch_size // parts,
        gradient_accumulation_steps=parts,
        learning_rate=config.learning_rate or 1e-4,
        warmup_steps=config.warmup_share,
        weight_decay=config.weight_decay,
        seed=config.seed,
        bf16=precision.bfloat16,
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        remove_unused_columns=False,
        logging_steps=math.ceil(config.epochs * steps_per_epoch / CURVE_POINTS),
        logging_first_step=True,
        logging_nan_inf_filter=False,
        eval_strategy="steps",
        eval_steps=evaluate_every,
        save_strategy="steps",
        save_steps=evaluate_every,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_rank",
        greater_is_better=True,
        report_to="none",
        disable_tqdm=True,
    )
    trainer = LabelTrainer(model=model, train=train, curve=curve, pad_id=pad_id, reporter=reporter, args=arguments)
    trainer.train(resume_from_checkpoint=None if step is None else str(checkpoints.path_of(saved, step)))
    if reporter.stopped:
        raise Stopped
    last = trainer.state.global_step
    return trainer.state.best_global_step or last, last


def parts_of(batch_size: int, max_length: int) -> int:
    """Return into how many equal parts a step is divided so that none is longer than PART_TOKENS tokens."""
    return next(
        parts
        for parts in range(1, batch_size + 1)
        if batch_size % parts == 0 and (batch_size // parts * max_length <= PART_TOKENS or parts == batch_size)
    )


def _final_scores(folder: Path, examples: Examples, last_step: int, emit: Emit) -> dict[str, Any]:
    """Score the model as it was saved, in float32 and on all rows; the test rows this once."""
    classifier = Classifier.load(folder)

    def scored(rows: Rows, message: str, name: str) -> Scores:
        emit(Progress(last_step, last_step, "steps", message))
        last = time.perf_counter()

        def tick(done: int) -> None:
            nonlocal last
            if time.perf_counter() - last > 0.1:
                last = time.perf_counter()
                emit(Progress(last_step, last_step, "steps", message))

        scores = score(classifier.logits(rows.texts, tick), rows.targets)
        emit(Sample(name, scores.matrix(examples.labels)))
        return scores

    validation = scored(examples.validation, "Scoring the finished model on the validation rows", "confusion")
    result: dict[str, Any] = {**_numbers(validation), "validation_rows": validation.rows, "test": None}
    if len(examples.test):
        test = scored(examples.test, "Scoring the finished model on the test rows", "confusion_test")
        result["test"] = {**_numbers(test), "rows": test.rows}
    return result


def _numbers(scores: Scores) -> dict[str, float]:
    return {"accuracy": scores.accuracy, "macro_f1": scores.macro_f1, "loss": scores.loss}


def _summary(result: dict[str, Any], best_step: int, last_step: int) -> str:
    sentence = (
        f"The model labels {result['accuracy']:.1%} of the {result['validation_rows']:,} validation rows correctly "
        f"(macro F1 {result['macro_f1']:.3f}); its weights are those of step {best_step:,} of {last_step:,}, the best."
    )
    if result["test"]:
        sentence += (
            f" It labels {result['test']['accuracy']:.1%} of the {result['test']['rows']:,} test rows correctly."
        )
    return sentence
