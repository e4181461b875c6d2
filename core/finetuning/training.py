"""The fine-tuning job: from labelled rows to a model that can be taken home, with its score."""

import gc
import shutil
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.data.workspace import Workspace
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.encoding import Encoded, chosen_length, tokenize
from core.finetuning.evaluation import Scores, score
from core.finetuning.examples import Examples, Rows, read_examples
from core.finetuning.final_scores import final_scores
from core.finetuning.memory import memory_errors
from core.finetuning.model import load_pretrained, load_tokenizer
from core.finetuning.prediction import MODEL, Classifier
from core.finetuning.pretrained import Pretrained, find_pretrained
from core.finetuning.processes import is_first, require_meeting_place
from core.finetuning.seeds import Emit, SeedScore, Trials
from core.finetuning.shape import sizes_of
from core.finetuning.strategies import choose_trained, frozen_layers, learning_rate, merge, parameters_of
from core.jobs import Artifact, Job, Metrics, Progress, Resumed, Sample, from_callbacks
from core.precision import Precision, fastest, torch_threads
from core.text.embedded_model import quiet

if TYPE_CHECKING:
    from core.finetuning.fitting import Material

CURVE_ROWS = 1_000  # rows that the validation curve is measured on; the final score is of all
FIRST_ROWS = 32  # rows that the untrained model is scored on, so that the curve starts at once
CANDIDATE = "candidate"  # the folder of a seed's model until it is known whether it is the best


@dataclass(frozen=True)
class Setting:
    """What the trainings from all seeds of a run share."""

    config: FinetuneConfig
    folder: Path
    examples: Examples
    found: Pretrained
    tokenizer: Any
    precision: Precision


def finetune(config: FinetuneConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Fine-tune a pretrained BERT on the labelled rows of `config.version`.

    Emits Metrics (train/loss, train/learning_rate, train/gradient_norm, train/sentences_per_second per step;
    validation/loss, validation/accuracy, validation/macro_f1 per evaluation, the first of the untrained model at
    step 0; with several seeds each name ends in "@" and the seed), Progress in steps, Sample("notes") with sentences
    about the rows before the training begins, Sample("confusion") of the validation and Sample("confusion_test") of
    the test rows. The model with the best validation score by `config.metric` is left in `folder`/model for
    Classifier.load and for transformers.pipeline. A cancelled job leaves a checkpoint, and `resume` goes on from the
    last complete one.

    The result holds summary, what core.finetuning.final_scores gives, train_rows, labels, steps, best_step, seed (of
    the model that is kept), seeds and over_seeds (of several: core.finetuning.seeds.Trials.result), max_length,
    learning_rate and frozen_layers (as they were used), precision, threads, seconds (of this process), model (its
    folder in `folder`) and notes (sentences). Raises InputError for rows, settings or a model that cannot be used or is
    too large, MissingResource where the hub cannot be reached, StorageError when the disk is too small. Started by
    torchrun, every process but the first tells and leaves nothing.
    """
    return (yield from from_callbacks(partial(_finetune, config, workspace, folder, resume)))


def _finetune(config: FinetuneConfig, workspace: Workspace, folder: Path, resume: bool, emit: Emit) -> dict[str, Any]:
    started = time.perf_counter()
    require_meeting_place()
    if not is_first():
        emit = _say_nothing
    trials = Trials(folder, config.seeds, resume)
    left = [seed for seed in config.seeds if seed not in trials.done]
    step = checkpoints.last_complete(_checkpoints(folder, left[0])) if resume and left else None
    if resume:
        emit(Resumed(step or 0 if len(config.seeds) == 1 else 0))
    else:
        shutil.rmtree(folder / checkpoints.FOLDER, ignore_errors=True)
    emit(Progress(0, None, "steps", "Looking for the model"))
    found = find_pretrained(config.model, hub_only=workspace.is_private)
    sizes_of(found.shape, config, labels=2)  # refuses more frozen layers than there are before a row is read
    emit(Progress(0, None, "steps", "Reading the rows"))
    examples = read_examples(workspace.version(config.version), config)
    emit(Progress(0, None, "steps", "Loading the model"))
    precision = fastest()
    with torch_threads(precision.threads), quiet(), checkpoints.disk_errors(folder), memory_errors():
        tokenizer = load_tokenizer(found)
        length, cut = chosen_length(tokenizer, examples.train, config.max_length, config.seed)
        tokenizer.model_max_length = length
        notes = [*examples.notes, *cut]
        if len(examples.validation) > CURVE_ROWS:
            notes.append(
                f"The validation curve is of {CURVE_ROWS:,} of the {len(examples.validation):,} validation rows; "
                "the final score is of all."
            )
        emit(Sample("notes", notes))
        setting = Setting(config, folder, examples, found, tokenizer, precision)
        trained = _train_all(setting, trials, left, step, emit)
        if not is_first():
            return {}
        emit(Artifact("model", MODEL))
        _forget_training()
        scores = final_scores(folder, examples, trained["steps"] * len(config.seeds), emit)
    shutil.rmtree(folder / checkpoints.FOLDER, ignore_errors=True)
    trials.clear()
    return {
        "summary": _summary(scores, trained),
        **scores,
        **trained,
        "train_rows": len(examples.train),
        "labels": examples.labels,
        "max_length": length,
        "learning_rate": learning_rate(config, found.shape.width),
        "frozen_layers": frozen_layers(config, found.shape.layers) if config.strategy == "freeze layers" else 0,
        "precision": precision.name,
        "threads": precision.threads,
        "seconds": round(time.perf_counter() - started, 1),
        "model": MODEL,
        "notes": notes,
    }


def _forget_training() -> None:
    """Give back what the Trainer took: its parts point at one another, so that Python would keep them for a while."""
    from core.finetuning.reporting import release_memory

    gc.collect()
    release_memory()


def _say_nothing(event: object) -> None:
    """Stand in for `emit` in all processes but the first."""


def _checkpoints(folder: Path, seed: int) -> Path:
    return folder / checkpoints.FOLDER / f"seed-{seed}"


def _train_all(setting: Setting, trials: Trials, left: list[int], step: int | None, emit: Emit) -> dict[str, Any]:
    """Train from the seeds that are `left`, the first from its checkpoint at `step`; leave the best model behind.

    Return steps, best_step and seed of the model that is kept, and what is known over several seeds.
    """
    config, several = setting.config, len(setting.config.seeds) > 1
    if several:
        trials.replay(left[0] if left else None, step or 0, emit)
    material: Material | None = None
    steps = best_step = 0
    for seed in left:
        tell = trials.emit_for(seed, emit) if several else emit
        model, _ = load_pretrained(setting.found, setting.examples.labels, seed, config.multi_label)
        choose_trained(model, config)
        if step is None:
            _score_untrained(setting, model, tell)
        material = material or _material(setting, emit)
        steps, best_step = _train(setting, model, seed, material, step, tell)
        step = None
        if not is_first():
            continue
        if several:
            _keep_if_best(setting, trials, model, SeedScore(seed, steps, best_step), tell)
        else:
            _save(setting, model, setting.folder / MODEL)
    if not several or not is_first():
        return {"seed": config.seed, "steps": steps, "best_step": best_step}
    return {"seed": trials.best.seed, "steps": trials.best.steps, "best_step": trials.best.best_step, **trials.result()}


def _score_untrained(setting: Setting, model: Any, emit: Emit) -> None:
    """Emit the first point of the validation curve, at step 0: what the model scores before it has learned."""
    import torch

    from core.finetuning.trainer import score_rows, validation_metrics

    rows = setting.examples.validation.drawn(FIRST_ROWS, setting.config.seed)
    tokenizer = setting.tokenizer
    encoded = Encoded(tokenize(tokenizer, rows.texts, tokenizer.model_max_length), rows.targets)
    with torch.autocast(model.device.type, torch.bfloat16, enabled=setting.precision.bfloat16):
        scores = score_rows(model, encoded, tokenizer.pad_token_id)
    emit(Metrics(0, validation_metrics(scores)))


def _material(setting: Setting, emit: Emit) -> "Material":
    from core.finetuning.fitting import Material

    def encoded(rows: Rows) -> Encoded:
        def tick(done: int) -> None:
            emit(Progress(done, len(rows), "rows", "Tokenising the rows"))

        return Encoded(tokenize(setting.tokenizer, rows.texts, setting.tokenizer.model_max_length, tick), rows.targets)

    examples = setting.examples
    curve = encoded(examples.validation.drawn(CURVE_ROWS, setting.config.seed))
    return Material(encoded(examples.train), curve, len(examples.labels), setting.tokenizer.pad_token_id)


def _train(
    setting: Setting, model: Any, seed: int, material: "Material", step: int | None, emit: Emit
) -> tuple[int, int]:
    """Train `model`, leave its best weights in it, as weights of plain transformers, and return (last, best step)."""
    from core.finetuning.fitting import fit

    weights, trained = parameters_of(model)
    checkpoints.require_space(setting.folder, 4 * weights, 4 * trained)
    saved = _checkpoints(setting.folder, seed)
    best_step, last_step = fit(setting.config, seed, model, material, saved, step, setting.precision, emit)
    if setting.config.strategy == "LoRA":
        merge(model)
    return last_step, best_step


def _save(setting: Setting, model: Any, folder: Path) -> None:
    model.save_pretrained(folder)
    setting.tokenizer.save_pretrained(folder)
    for weights in folder.glob("*.safetensors"):  # safetensors lets nobody but the owner read them
        shutil.copymode(folder / "config.json", weights)


def _keep_if_best(setting: Setting, trials: Trials, model: Any, ended: SeedScore, emit: Emit) -> None:
    """Score one seed's model on all rows, and let it take the place of the best before it where it is better."""
    candidate = setting.folder / CANDIDATE
    shutil.rmtree(candidate, ignore_errors=True)
    _save(setting, model, candidate / MODEL)
    classifier = Classifier.load(candidate)

    def scores_of(rows: Rows) -> Scores:
        def tick(done: int) -> None:
            emit(Progress(done, len(rows), "rows", "Scoring the model of this seed on all rows"))

        return score(classifier.logits(rows.texts, tick), rows.targets)

    validation, test = scores_of(setting.examples.validation), None
    if len(setting.examples.test):
        test = scores_of(setting.examples.test)
    scored = ended.scored(validation, test, setting.config.metric)
    if not trials.scores or scored.rank > trials.best.rank:
        shutil.rmtree(setting.folder / MODEL, ignore_errors=True)
        (candidate / MODEL).rename(setting.folder / MODEL)
    trials.add(scored)
    shutil.rmtree(candidate)
    shutil.rmtree(_checkpoints(setting.folder, ended.seed))


def _summary(scores: dict[str, Any], trained: dict[str, Any]) -> str:
    sentence = (
        f"The model labels {scores['accuracy']:.1%} of the {scores['validation_rows']:,} validation rows correctly "
        f"(macro F1 {scores['macro_f1']:.3f}); its weights are those of step {trained['best_step']:,} of "
        f"{trained['steps']:,}, the best."
    )
    if scores["test"]:
        sentence += (
            f" It labels {scores['test']['accuracy']:.1%} of the {scores['test']['rows']:,} test rows correctly."
        )
    if "seeds" in trained:
        part = "test" if scores["test"] else "validation"
        over = trained["over_seeds"][part]["accuracy"]
        sentence += (
            f" Over {len(trained['seeds'])} seeds the mean accuracy on the {part} rows is {over['mean']:.1%}, with a "
            f"95% interval from {over['low']:.1%} to {over['high']:.1%}; the model of seed {trained['seed']} is kept."
        )
    return sentence
