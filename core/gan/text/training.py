"""The job: a dataset version in; a text GAN, its rows that passed the gates, and an honest table out."""

import shutil
import time
from pathlib import Path
from typing import Any

from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.gan.text.config import GanTextConfig, GanTextSettings
from core.gan.text.material import read
from core.gan.text.outcomes import FILE, write
from core.gan.text.standing import Standing
from core.gan.text.versioning import make_version
from core.jobs import Artifact, Job, Progress
from core.precision import torch_threads

SCRATCH = "checkpoint"  # the folder of what is needed only until the run has ended
WRITING_SHARE = 0.75  # of the time that is given, up to which rows are written
JUDGING_SHARE = 0.82  # up to which a further round of judging may begin
LESSON = "Rows written from nothing are a lesson and no data"


def gan_text(config: GanTextConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Train a text GAN on the rows of `config.version`, let it write new rows, and judge them.

    Emits Metrics (train/mle_loss in nats per word, train/d_loss, train/g_loss, train/reward from 0 to 1;
    train/diversity, validation/nll and, during the GAN, validation/frechet now and then; train/likelihood_loss and
    validation/likelihood_nll of maximum likelihood alone), Sample("samples") of rows of one seed with the
    discriminator's scores, Sample("notice") of what went wrong and what was done, and Progress. A cancelled job leaves
    a checkpoint, and `resume` goes on from it with the numbers of a job that was not cancelled.

    How long maximum likelihood goes on alone to be held against the GAN is measured, so the rows of the table that are
    about it are the same again only after an interruption in it, or where likelihood_steps is set.

    `folder` gets the rows (core/gan/text/outcomes.py) and the model (core/gan/text/model.py). The result holds summary,
    verdict (sentences), table (measures as mean and deviation, by who writes), trainings (of each: seed, and the
    measures of GAN and maximum likelihood), counts (rows by outcome), accepted, steps (until the GAN ended), best_step,
    likelihood_steps, ended, rollbacks, seconds, notes, and `version` where one was asked for. Raises InputError where
    the rows or settings cannot be learned from, MissingResource, StorageError.
    """
    if config.make_version and config.mode == "unconditional":
        raise InputError(f"{LESSON}.", "Choose the mode infill to make rows for the dataset.")
    parent = workspace.version(config.version)
    settings = GanTextSettings(**config.model_dump(exclude={"version", "make_version"}))
    result = yield from train_and_write(settings, parent, folder, resume)
    if config.make_version and result["accepted"]:
        version = make_version(folder, parent, workspace, config.model_dump(mode="json"))
        return {**result, "version": version.id, "summary": f"{result['summary']} They are in {version.label}."}
    return result


def train_and_write(settings: GanTextSettings, version: Version, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Do what `gan_text` does, up to the version."""
    import torch

    from core.gan.text.gates import Gates
    from core.gan.text.judging import judge
    from core.gan.text.making import make
    from core.gan.text.model import MODEL
    from core.gan.text.trials import train_all
    from core.gan.text.verdict import verdict

    started = time.perf_counter()
    material = yield from read(settings, version)
    yield Progress(0, None, "steps", "Getting the networks ready")
    with torch_threads(1), torch.random.fork_rng():  # steps are too small for a second thread to pay
        trials = yield from train_all(settings, material, folder / SCRATCH, resume, started)
        gan, standing = trials[0].gan, trials[0].standing
        begun = time.perf_counter() - standing.seconds  # of the trainings, the limit is that of the first
        gan.save(folder / MODEL)
        yield Artifact("model", MODEL)
        gates = Gates(gan, material)
        most = None if settings.max_minutes is None else 60 * settings.max_minutes
        made = yield from make(gan, material, gates, most and begun + WRITING_SHARE * most - time.perf_counter())
        write(made.judged, material, settings.mode == "infill", folder / FILE)
        yield Artifact("rows", FILE)
        compared = yield from judge(trials, material, gates, made, most and begun + JUDGING_SHARE * most)
    shutil.rmtree(folder / SCRATCH)
    accepted, said = len(made.accepted), verdict(compared.table, compared.trainings)
    others = sum(trial.standing.seconds for trial in trials[1:])
    return {
        "summary": _summary(settings, accepted, len(made.judged), said),
        "verdict": said,
        "table": compared.table,
        "trainings": [{"seed": one.seed, **each} for one, each in zip(trials, compared.trainings, strict=True)],
        "counts": made.counts(),
        "written": len(made.judged),
        "accepted": accepted,
        "steps": standing.step - standing.likelihood_steps,
        "likelihood_steps": standing.likelihood_steps,
        "best_step": standing.best_step,
        "ended": standing.ended,
        "rollbacks": standing.rollbacks,
        "vocabulary_size": len(material.vocabulary),
        "train_rows": len(material.train),
        "judge_rows": len(material.judge),
        "seconds": round(time.perf_counter() - begun + others, 1),
        "notes": [*material.notes, *gates.notes, _as_long(standing)],
    }


def _summary(settings: GanTextSettings, accepted: int, written: int, said: list[str]) -> str:
    """Return what came out, in whole sentences."""
    rows = f"Of {written:,} rows that were written, {accepted:,} passed every gate."
    if settings.mode == "unconditional":
        rows = f"{rows} {LESSON}."
    elif accepted < settings.rows:
        rows = f"{rows} That is fewer than the {settings.rows:,} asked for."
    return " ".join([rows, *said[:1]])


def _as_long(standing: Standing) -> str:
    """Return how long the two learned that are held against each other."""
    return (
        f"Maximum likelihood went on alone for {standing.likelihood_steps:,} steps, {standing.likelihood_seconds:.0f} "
        f"seconds, from the state that the GAN began with; the GAN took {standing.game_seconds:.0f} seconds."
    )
