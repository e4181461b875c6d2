"""The training jobs: from a dataset version or a text file to a language model to take home, with its scores."""

import hashlib
import shutil
import time
from pathlib import Path
from typing import Any

from core import checkpoint
from core.allocation import keep_freed_memory
from core.data.workspace import Workspace
from core.errors import InputError
from core.jobs import Artifact, Job, Progress, Resumed
from core.neural_lm.config import LmConfig, LmSettings
from core.neural_lm.material import Material, read_files, read_version
from core.neural_lm.model import MODEL, LanguageModel
from core.neural_lm.scores import Scores
from core.neural_lm.vocabulary import Ids
from core.precision import Precision, fastest, torch_threads
from core.storage import storage_errors

MOST_BYTES = 1_500_000_000
SCRATCH = "checkpoint"  # the folder of what is needed only until the training has ended

ENDS = {
    "epochs": "It read the training text {epochs:.1f} times.",
    "time": "It read the training text {epochs:.1f} times in the {minutes:g} minutes it was given.",
    "patience": "It stopped after reading the training text {epochs:.1f} times, because it grew no better.",
}


def train_lm(config: LmConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Train a language model on the training rows of `config.version`.

    Emits Metrics (train/loss in nats, train/learning_rate, train/gradient_norm, train/tokens_per_second,
    train/seconds_left; validation/perplexity and validation/loss after every epoch), Sample("text") of what the model
    writes after every epoch, and Progress in steps. The model of the best validation perplexity is left in
    `folder`/model for core.neural_lm.model.load. A cancelled job leaves a checkpoint, and `resume` goes on from it with
    the numbers of a job that was not cancelled.

    The result holds summary, validation and test (None, or the numbers of Scores.as_dict), steps, best_step, epochs,
    ended ("epochs", "time" or "patience"), vocabulary_size, parameters, train_tokens, precision, threads,
    tokens_per_second, seconds, model (its folder in `folder`) and notes (sentences). Raises InputError for texts or
    settings that cannot be trained on, MissingResource where the tokenizer is not installed.
    """
    settings = LmSettings(**config.model_dump(exclude={"version"}))
    reading = read_version(config, workspace)
    result = yield from _train(settings, reading, folder / MODEL, folder / SCRATCH, resume)
    yield Artifact("model", MODEL)
    return {**result, "model": MODEL}


def train_on_files(
    settings: LmSettings, source: Path, validation: Path | None, output: Path, resume: bool
) -> Job[dict[str, Any]]:
    """Train a language model on the lines of the file `source` and leave it in the folder `output`.

    Without a file to validate on, the end of the training text is held out. Events, result and errors are those of
    `train_lm`; also raises FileError for files that cannot be read.
    """
    with storage_errors(output):
        reading = read_files(settings, source, validation)
        result = yield from _train(settings, reading, output, output / SCRATCH, resume)
    return {**result, "model": str(output)}


def _train(
    settings: LmSettings, reading: Job[Material], target: Path, scratch: Path, resume: bool
) -> Job[dict[str, Any]]:
    """Train, score and save the model; `scratch` holds the checkpoint and the best weights until that is done."""
    import torch

    from core.neural_lm.networks import build
    from core.neural_lm.trainer import Trainer

    started = time.perf_counter()
    saved = checkpoint.read(scratch) if resume else None
    if resume:
        yield Resumed(saved["standing"]["step"] if saved else 0)
    if saved is None:
        shutil.rmtree(scratch, ignore_errors=True)
    material = yield from reading
    fingerprint = _fingerprint(settings, material)
    if saved and saved["fingerprint"] != fingerprint:
        problem = "The checkpoint in this folder is of another text or of other settings."
        raise InputError(problem, "Train into another folder, or start anew without resuming.")
    _require_memory(settings, len(material.vocabulary))
    yield Progress(0, None, "steps", "Measuring the fastest arithmetic")
    keep_freed_memory()
    precision = Precision(saved["bfloat16"], saved["threads"]) if saved else fastest()
    with torch_threads(precision.threads), torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        network = build(settings, len(material.vocabulary))
        model = LanguageModel(
            network.to("cuda" if torch.cuda.is_available() else "cpu"),
            material.vocabulary,
            settings,
            {"tokenizer": material.tokenizer, "language": material.language},
        )
        stamp = {"fingerprint": fingerprint, "bfloat16": precision.bfloat16, "threads": precision.threads}
        trainer = Trainer(model, material, scratch, stamp)
        if saved:
            trainer.restore(saved)
        ended = yield from trainer.train()
        standing = trainer.standing
        network.load_state_dict(checkpoint.read_best(scratch))
        validation = yield from _score(model, material.validation, "Judging the finished model on the validation text")
        test = None
        if material.test is not None:
            test = yield from _score(model, material.test, "Judging the finished model on the test text")
    epochs = standing.step / trainer.streams.steps
    notes = list(material.notes)
    if not trainer.judges_all:
        notes.append("The validation curve is of parts of the validation text; the final perplexity is of all of it.")
    result = {
        "validation": validation.as_dict(),
        "test": test and test.as_dict(),
        "steps": standing.step,
        "best_step": standing.best_step,
        "epochs": epochs,
        "ended": ended,
        "vocabulary_size": len(material.vocabulary),
        "parameters": model.parameters,
        "train_tokens": len(material.train),
        "precision": precision.name,
        "threads": precision.threads,
        "tokens_per_second": standing.tokens / standing.learning,
        "seconds": round(time.perf_counter() - started, 1),
    }
    model.about = {**model.about, **result}
    model.save(target)
    shutil.rmtree(scratch)
    minutes = settings.max_minutes or 0.0
    sentences = [_summary(validation, "validation"), *([_summary(test, "test")] if test else [])]
    sentences.append(ENDS[ended].format(epochs=epochs, minutes=minutes))
    return {"summary": " ".join(sentences), **result, "notes": notes}


def _score(model: LanguageModel, ids: Ids, message: str) -> Job[Scores]:
    """Score a whole text, in float32."""
    from core.neural_lm.scoring import score_windows, windows

    parts = []
    done = 0
    chosen = windows(len(ids), model.network.span, model.network.context)
    for targets, found in score_windows(model.network, ids, chosen):
        parts.append(Scores.of(targets, found))
        done += len(targets)
        yield Progress(done, len(ids), "tokens", message)
    return sum(parts[1:], parts[0])


def _summary(scores: Scores, name: str) -> str:
    return f"The perplexity on the {scores.tokens:,} tokens of the {name} text is {scores.perplexity:,.1f}."


def _require_memory(settings: LmSettings, words: int) -> None:
    """Raise InputError where the embeddings, their gradients and the optimiser's two moments take too much memory."""
    needed = 4 * 4 * words * settings.width
    if needed > MOST_BYTES:
        raise InputError(
            f"Training with {words:,} words of width {settings.width} takes {needed / 1e9:.1f} GB of memory, "
            f"and {MOST_BYTES / 1e9:.1f} GB is the most.",
            "Raise the cutoff, so that rare words are left out, or choose a smaller width.",
        )


def _fingerprint(settings: LmSettings, material: Material) -> str:
    """Return a digest of all that a training depends on, so that no checkpoint is gone on with on another text."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for ids in (material.train, material.validation):
        digest.update(len(ids).to_bytes(8, "little") + ids.tobytes())
    return digest.hexdigest()
