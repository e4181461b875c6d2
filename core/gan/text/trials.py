"""The trainings of a run: one after the other on the same rows, each with a seed of its own. Imports torch."""

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from core import checkpoint
from core.errors import InputError
from core.gan.text.config import GanTextSettings
from core.gan.text.material import Material
from core.gan.text.model import TextGan
from core.gan.text.standing import LIKELIHOOD, Standing
from core.gan.text.trainer import Trainer
from core.jobs import Job, Progress, Resumed, Sample

SEEDS = 2**31


@dataclass(frozen=True)
class Trial:
    """What a training came to: the GAN, and the model before it that went on with maximum likelihood alone."""

    gan: TextGan
    likelihood: TextGan
    standing: Standing

    @property
    def seed(self) -> int:
        """The seed of the training."""
        return self.gan.settings.seed


def train_all(
    settings: GanTextSettings, material: Material, scratch: Path, resume: bool, started: float
) -> Job[Sequence[Trial]]:
    """Train as often as the settings say, with their seed and those after it.

    The run began at the moment `started` of time.perf_counter. Each training keeps its checkpoints in `scratch` or a
    folder below it. All events of the first are told; of the others only progress and notices, so that curves and
    samples are those of the GAN that makes the rows. Raises InputError where a checkpoint is of other rows or settings,
    or nothing can be learned.
    """
    found: list[Trial] = []
    for number in range(settings.trainings):
        own = settings.model_copy(update={"seed": (settings.seed + number) % SEEDS})
        folder = scratch / f"seed-{own.seed}" if number else scratch
        job = _train(own, material, folder, resume, time.perf_counter() if number else started)
        found.append((yield from _told(job, number, settings.trainings)))
    return found


def _train(settings: GanTextSettings, material: Material, folder: Path, resume: bool, started: float) -> Job[Trial]:
    stamp = {"fingerprint": _fingerprint(settings, material)}
    saved = checkpoint.read(folder) if resume else None
    if saved is None:
        shutil.rmtree(folder, ignore_errors=True)
    elif saved["fingerprint"] != stamp["fingerprint"]:
        problem = "The checkpoint in this folder is of other rows or of other settings."
        raise InputError(problem, "Start anew without resuming.")
    if resume:
        yield Resumed(saved["standing"]["step"] if saved else 0)
    torch.manual_seed(settings.seed)
    gan = TextGan.new(settings, material)
    trainer = Trainer(gan, material, folder, stamp, time.perf_counter() - started)
    if saved:
        trainer.restore(saved)
    yield from trainer.train()
    return Trial(gan, gan.at(checkpoint.read_best(folder / LIKELIHOOD)), trainer.standing)


def _told(job: Job[Trial], number: int, of: int) -> Job[Trial]:
    """Tell the events of training `number`, counted from 0, so that it is clear which of how many it is."""
    if of == 1:
        return (yield from job)
    try:
        while True:
            try:
                event = next(job)
            except StopIteration as end:
                trial: Trial = end.value
                return trial
            title = f"Training {number + 1} of {of}"
            if isinstance(event, Progress):
                done, total = event.done, event.total
                if total is not None:
                    done, total = number * total + done, of * total
                yield replace(event, done=done, total=total, message=f"{title}: {event.message}")
            elif isinstance(event, Sample) and event.name == "notice":
                yield Sample("notice", {**event.data, "text": f"{title}: {event.data['text']}"})
            elif number == 0:
                yield event
    finally:
        job.close()


def _fingerprint(settings: GanTextSettings, material: Material) -> str:
    """Return a digest of all that a training depends on, so that no checkpoint is gone on with on other rows."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for part in (material.train, material.validation):
        digest.update(part.ids.tobytes() + part.labels.tobytes())
    return digest.hexdigest()
