"""The training job: from pictures of digits to a GAN to take home, with the judge's numbers."""

import hashlib
import math
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import checkpoint
from core.allocation import keep_freed_memory
from core.data.workspace import Workspace
from core.errors import InputError
from core.gan.digits.config import SOURCE, DigitsConfig
from core.gan.digits.kept import pictures_for
from core.gan.digits.model import MODEL, DigitsModel
from core.gan.digits.pictures import Pictures
from core.jobs import Artifact, Job, Progress, Resumed
from core.precision import Precision, fastest, torch_threads

SMALL = 256  # pixels of a picture
SCRATCH = "checkpoint"  # the folder of what is needed only until the training has ended

ENDS = {
    "steps": "It made all of its {steps:,} steps.",
    "time": "It made {steps:,} steps in the {minutes:g} minutes it was given.",
    "nan": "At step {steps:,} a loss stopped being a number, so the training was stopped; the model is the best one "
    "before that, of step {best:,}. Smaller learning rates help.",
}


def train_digits(config: DigitsConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Train a GAN on the pictures that `config.data` names, and leave it in `folder`/model for `model.load`.

    Emits Metrics: train/d_loss, train/g_loss, train/d_real (D(x)), train/d_fake (D(G(z))), train/steps_per_second;
    judge/frechet, judge/frechet_floor, judge/classes, judge/diversity and, where a class can be asked for,
    judge/agreement. Sample("grid", {"step", "path"}) is the same noise drawn anew, a PNG file below `folder`;
    Sample("alarms", {"step", "names", "sentences"}) is what is wrong from that step on, none where all is well.
    `folder`/controls.json is obeyed (core.gan.digits.controls). A cancelled job leaves a checkpoint, and `resume` goes
    on from it with the numbers of a job that was not cancelled.

    The result holds summary, the numbers of core.gan.digits.judgement.verdict, steps, best_step, ended ("steps",
    "time" or "nan"), alarms (names that were on at the end), pictures, names, size, parameters, precision, threads,
    steps_per_second, seconds and model (its folder in `folder`). Raises FileError, InputError, MissingResource for
    pictures that cannot be learned from, InputError for losses that stop being numbers at once.
    """
    import torch

    from core.gan.digits.classic_updates import ClassicUpdates
    from core.gan.digits.judge import judge_for
    from core.gan.digits.judgement import Standard, verdict
    from core.gan.digits.networks import build
    from core.gan.digits.trainer import Trainer
    from core.gan.digits.updates import Updates

    started = time.perf_counter()
    keep_freed_memory()
    scratch = folder / SCRATCH
    saved = checkpoint.read(scratch) if resume else None
    if resume:
        yield Resumed(saved["standing"]["step"] if saved else 0)
    if saved is None:
        shutil.rmtree(scratch, ignore_errors=True)
    pictures = yield from pictures_for(config, workspace.home)
    config = config.settled(pictures.size)
    fingerprint = _fingerprint(config, pictures)
    if saved and saved["fingerprint"] != fingerprint:
        problem = "The checkpoint in this folder is of other pictures or of other settings."
        raise InputError(problem, "Train into another folder, or start anew without resuming.")
    yield Progress(0, None, "steps", "Measuring the fastest arithmetic")
    precision = Precision(saved["bfloat16"], saved["threads"]) if saved else _fastest(config, pictures.size)
    with torch_threads(precision.threads):
        judge = yield from judge_for(pictures, workspace.home)
        standard = Standard.of(pictures, judge, config.model == "conditional")
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            networks = build(config, pictures.size, len(pictures.names))
        device = "cuda" if torch.cuda.is_available() else "cpu"
        generator, discriminator = (network.to(device) for network in networks)
        kind = ClassicUpdates if config.model == "classic" else Updates
        updates = kind(generator, discriminator, config, pictures, precision.bfloat16)
        model = DigitsModel(updates.average, discriminator, config, pictures, {})
        stamp = {"fingerprint": fingerprint, "bfloat16": precision.bfloat16, "threads": precision.threads}
        trainer = Trainer(model, updates, judge, standard, (folder, scratch), stamp)
        if saved:
            trainer.restore(saved)
        ended = yield from trainer.train()
        standing = trainer.standing
        yield Progress(standing.step, standing.step, "steps", "Judging the finished generator")
        trainer.restore_best()
        result = {
            **verdict(model, judge, standard),
            "steps": standing.step,
            "best_step": standing.best_step,
            "ended": ended,
            "alarms": standing.alarms,
            "pictures": len(pictures.pixels),
            "names": list(pictures.names),
            "size": list(pictures.size),
            "parameters": sum(p.numel() for network in networks for p in network.parameters()),
            "precision": precision.name,
            "threads": precision.threads,
            "steps_per_second": standing.step / standing.learning,
            "seconds": round(time.perf_counter() - started, 1),
        }
        model.about = {**result, "midpoint": model.midpoint()}
    model.save(folder / MODEL)
    shutil.rmtree(scratch)
    yield Artifact("model", MODEL)
    return {"summary": _summary(config, result), **result, "model": MODEL}


def _fastest(config: DigitsConfig, size: tuple[int, int]) -> Precision:
    """Return how to train on pictures of `size` (H, W).

    The classic networks, and those of small pictures, do so little at a time that a second thread is waited for longer
    than it works: on pictures of 8 x 8 it costs a fifth of the speed, and five sixths on a busy machine.
    """
    found = fastest()
    return replace(found, threads=1) if config.model == "classic" or math.prod(size) <= SMALL else found


def _summary(config: DigitsConfig, result: dict[str, Any]) -> str:
    sentences = [
        f"The Fréchet distance of the generated pictures is {result['frechet']:.2f}; that of real pictures among "
        f"themselves is {result['frechet_floor']:.2f}."
    ]
    if result["agreement"] is not None:
        sentences.append(f"The judge sees the digit that was asked for in {result['agreement']:.0%} of them.")
    end = ENDS[result["ended"]]
    sentences.append(end.format(steps=result["steps"], minutes=config.max_minutes or 0.0, best=result["best_step"]))
    return " ".join(sentences)


def _fingerprint(config: DigitsConfig, pictures: Pictures) -> str:
    """Return a digest of all that a training depends on, so that no checkpoint is gone on with on other pictures."""
    settings = config.model_dump_json(exclude=set(SOURCE))
    return hashlib.sha256(f"{settings}{pictures.digest}".encode()).hexdigest()
