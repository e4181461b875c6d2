"""The training loop: a generator of events that can be stopped at each of them and gone on with from its checkpoint.

Importing this module imports torch.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core import checkpoint
from core.errors import InputError
from core.gan.digits.alarms import SENTENCES, Signs, alarms
from core.gan.digits.config import Pace
from core.gan.digits.controls import Controls, Part, read_controls
from core.gan.digits.judge import Judge
from core.gan.digits.judgement import Standard, judgement
from core.gan.digits.model import DigitsModel
from core.gan.digits.pictures import grid, png
from core.gan.digits.standing import Rhythm, Standing
from core.gan.digits.updates import Updates
from core.jobs import Job, Metrics, Progress, Sample

PROGRESS_EVERY_S = 0.2
CHECKPOINT_EVERY_S = 30.0
CONTROLS_EVERY_S = 0.2
GRIDS = "grids"  # the folder in a run's folder that holds pictures over time
COLUMNS, ROWS, GRID_PIXELS = 10, 8, 640  # classes shown, pictures of each, and about how wide that is
SEED = 0  # of the pictures that are looked at over time


class Trainer:
    """Trains the networks of `updates`, whose average is the generator of `model`.

    Grids of pictures are left in `folder`, the checkpoint and the best weights in `scratch`, and `stamp` stands in
    every checkpoint.
    """

    def __init__(
        self,
        model: DigitsModel,
        updates: Updates,
        judge: Judge,
        standard: Standard,
        folders: tuple[Path, Path],
        stamp: Mapping[str, Any],
    ) -> None:
        self._model, self._updates, self._judge, self._standard = model, updates, judge, standard
        self._folder, self._scratch = folders
        self._stamp, self._config = stamp, model.config
        self._rhythm = Rhythm.of(self._config.steps)
        self.standing = Standing()
        self._controls = Controls()
        self._is_single = False  # whether the last step was a single update that the page asked for
        self._told = self._saved = self._looked = time.perf_counter()
        self._read = -math.inf

    def train(self) -> Job[str]:
        """Train to the end and return why that came: "steps", "time", or "nan" where a loss stopped being a number.

        Closing the generator writes a checkpoint. Raises InputError when a loss stops being a number before any
        weights were judged.
        """
        try:
            while True:
                ended = self._end()
                if not (yield from self._tell(bool(ended))):
                    return self._give_up()
                if ended:
                    return ended
                part = yield from self._wait()
                started = time.perf_counter()
                self._updates.step(self._pace(), part)
                self.standing.step += 1
                self._is_single = part is not None
                self.standing.learning += time.perf_counter() - started
                self._look_at_the_clock()
        except GeneratorExit:
            self.save()
            raise

    def _end(self) -> str:
        """Return why the training is over, "" while it is not."""
        if self.standing.step >= self._config.steps:
            return "steps"
        return "" if self._steps_left() else "time"

    def _steps_left(self) -> int:
        """Return how many steps there is still time for."""
        standing, limit = self.standing, self._config.max_minutes
        left = self._config.steps - standing.step
        if limit is None or not standing.step:
            return left
        return min(left, max(0, int((60 * limit - standing.seconds) / (standing.seconds / standing.step))))

    def _tell(self, ended: bool) -> Job[bool]:
        """Tell what is due at this step, and return whether all losses and weights are still numbers."""
        standing, rhythm, step = self.standing, self._rhythm, self.standing.step
        judges = step > standing.judged and (ended or step % rhythm.judgement == 0)
        points = step > standing.told and (ended or judges or self._is_single or step % rhythm.point == 0)
        if (points or judges) and not self._updates.are_numbers():
            return False
        if points:
            yield self._point()
        if step > standing.drawn and (ended or self._is_single or rhythm.shows(step)):
            yield self._show()
        if judges:
            yield from self._judge_it()
            self.save()
        if time.perf_counter() - self._told > PROGRESS_EVERY_S:
            yield self._progress("")
        if time.perf_counter() - self._saved > CHECKPOINT_EVERY_S:
            self.save()
        return True

    def _wait(self) -> Job[Part | None]:
        """Wait while the page wants that, and return the part to update alone; None for an ordinary step."""
        self._read_controls()
        while self._controls.paused:
            if self._controls.singles > self.standing.singles:
                self.standing.singles = self._controls.singles
                return self._controls.single
            yield self._progress("Paused")
            time.sleep(CONTROLS_EVERY_S)
            self._read_controls()
            self._looked = time.perf_counter()
        self.standing.singles = self._controls.singles
        return None

    def _read_controls(self) -> None:
        if time.perf_counter() - self._read >= CONTROLS_EVERY_S:
            self._controls = read_controls(self._folder)
            self._read = time.perf_counter()

    def _pace(self) -> Pace:
        """The pace that the page wants, or that of the settings."""
        wanted = self._controls.model_dump(include=set(Pace.__dataclass_fields__), exclude_none=True)
        return Pace(**{**asdict(self._config.pace), **wanted})

    def _point(self) -> Metrics:
        """Return the point of the curves for the steps since the last one."""
        standing = self.standing
        values, right = self._updates.means()
        if math.isfinite(right):
            standing.right += right
            standing.points += 1
        seconds = standing.learning - standing.told_learning
        values["train/steps_per_second"] = (standing.step - standing.told) / seconds
        standing.told, standing.told_learning = standing.step, standing.learning
        return Metrics(standing.step, values)

    def _show(self) -> Sample:
        """Draw the same noise anew, and keep the picture."""
        step = self.standing.step
        classes = np.tile(np.arange(min(COLUMNS, len(self._model.pictures.names))), ROWS)
        pixels = self._model.sample(len(classes), classes, SEED)
        columns = len(classes) // ROWS
        path = self._folder / GRIDS / f"{step:09}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        scale = max(1, GRID_PIXELS // (columns * (pixels.shape[2] + 1)))
        checkpoint.replace(path, png(grid(pixels, columns, scale)))
        self.standing.drawn = step
        self._look_at_the_clock()
        return Sample("grid", {"step": step, "path": f"{GRIDS}/{path.name}"})

    def _judge_it(self) -> Job[None]:
        """Judge the averaged generator, keep it if it is the best so far, and raise or end alarms."""
        standing = self.standing
        yield self._progress("Judging the generated pictures")
        found = judgement(self._model, self._judge, self._standard, SEED)
        right = standing.right / standing.points if standing.points else math.nan
        share = found.classes / len(found.balance)
        signs = Signs(right, found.frechet, standing.best_frechet, found.diversity, share, standing.judgements + 1)
        raised = alarms(signs)
        self._look_at_the_clock()
        if raised != standing.alarms:
            standing.alarms = raised
            yield Sample(
                "alarms", {"step": standing.step, "names": raised, "sentences": [SENTENCES[n] for n in raised]}
            )
        standing.judged, standing.judgements = standing.step, standing.judgements + 1
        standing.right, standing.points = 0.0, 0
        if found.frechet < standing.best_frechet:
            standing.best_frechet, standing.best_step = found.frechet, standing.step
            networks = {name: network.state_dict() for name, network in self._networks().items()}
            checkpoint.write_best(
                self._scratch, {f"{n}/{k}": t for n, state in networks.items() for k, t in state.items()}
            )
        values = {
            "judge/frechet": found.frechet,
            "judge/frechet_floor": self._standard.floor,
            "judge/classes": float(found.classes),
            "judge/diversity": found.diversity,
        }
        if found.agreement is not None:
            values["judge/agreement"] = found.agreement
        yield Metrics(standing.step, values)

    def _networks(self) -> dict[str, Any]:
        return {"generator": self._model.generator, "discriminator": self._model.discriminator}

    def restore_best(self) -> None:
        """Give the model the weights that were judged best."""
        kept = checkpoint.read_best(self._scratch)
        for name, network in self._networks().items():
            network.eval()  # a spectral norm is no longer estimated
            network.load_state_dict({k.partition("/")[2]: t for k, t in kept.items() if k.startswith(f"{name}/")})

    def _progress(self, message: str) -> Progress:
        self._told = time.perf_counter()
        return Progress(self.standing.step, self.standing.step + self._steps_left(), "steps", message)

    def _look_at_the_clock(self) -> None:
        now = time.perf_counter()
        self.standing.seconds += now - self._looked
        self._looked = now

    def _give_up(self) -> str:
        if not self.standing.best_step:
            raise InputError(
                f"A loss stopped being a number by step {self.standing.step:,}, before the first judgement.",
                "Train again with smaller learning rates.",
            )
        return "nan"

    def save(self) -> None:
        """Write the checkpoint that `restore` goes on from, unless something stopped being a number since the last."""
        if self._updates.are_numbers():
            checkpoint.write(
                self._scratch, {**self._stamp, "standing": asdict(self.standing), "updates": self._updates.state()}
            )
            self._saved = time.perf_counter()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from the checkpoint `saved`."""
        self.standing = Standing(**saved["standing"])
        self._updates.restore(saved["updates"])
