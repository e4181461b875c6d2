"""The training: maximum likelihood, then the discriminator alone, then both against each other.

After that the model before the GAN goes on with maximum likelihood alone, for as long as the GAN took: what the GAN
has to beat. A generator of events that can be stopped at each of them and gone on with from its checkpoint. Imports
torch.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import checkpoint
from core.errors import InputError
from core.gan.text.batches import batch_of, order
from core.gan.text.evaluating import Evaluation, Measured
from core.gan.text.material import Material
from core.gan.text.model import TextGan
from core.gan.text.networks import Batch
from core.gan.text.standing import BEST, LATE_SHARE, LIKELIHOOD, WARMUP, WARMUP_SHARE, Standing
from core.gan.text.steps import Steps
from core.jobs import Job, Metrics, Progress, Sample

EVENT_S, CHECKPOINT_S = 0.1, 30.0
POINT_STEPS = 5
JUDGE_STEPS = 25
LEAST_DIVERSITY = 0.75  # of that at the end of the warm-up
MOST_WORSE = 1.5  # nats per word above that at the end of the warm-up
ROLLBACKS = 3


class Trainer:
    """Trains `gan` on `material`; checkpoints and the best weights are kept in `folder`, `stamp` in every checkpoint.

    `seconds` is the time that was spent before it.
    """

    def __init__(
        self, gan: TextGan, material: Material, folder: Path, stamp: Mapping[str, Any], seconds: float = 0.0
    ) -> None:
        self._gan, self._material, self._folder, self._stamp = gan, material, folder, stamp
        self._settings = gan.settings
        self._steps, self._evaluation = Steps(gan), Evaluation(gan, material)
        self.standing = Standing(seconds=seconds)
        self._epoch_steps = math.ceil(len(material.train) / gan.settings.batch_size)
        self._looked = self._saved = time.perf_counter()
        self._told = 0.0

    def train(self) -> Job[None]:
        """Train to the end; the GAN's best weights are then in place. Closing the generator writes a checkpoint.

        Raises InputError where the loss stops being a number before anything was learned.
        """
        parts = {
            "warmup": self._warm_up,
            "discriminator": self._teach,
            "adversarial": self._compete,
            "likelihood": self._go_on_alone,
        }
        try:
            while self.standing.phase != "done":
                yield from parts[self.standing.phase]()
                self.save()
        except GeneratorExit:
            self.save()
            raise
        self._gan.load_state(checkpoint.read_best(self._folder / BEST), "generator")

    def _warm_up(self) -> Job[None]:
        """Learn to predict the words of real rows, until that grows no better on the validation rows."""
        standing, settings = self.standing, self._settings
        while True:
            over = standing.phase_step >= settings.warmup_epochs * self._epoch_steps
            over = over or standing.is_late(WARMUP_SHARE, settings)
            epoch, place = divmod(standing.phase_step, self._epoch_steps)
            if (over or place == 0) and standing.judged < standing.step:
                yield from self._judge_warm_up()
            if (over or standing.since_best >= settings.patience or standing.ended) and standing.phase_step:
                break
            began = time.perf_counter()
            values = self._steps.warm(self._batch(), standing.step)
            standing.warm_step_seconds += time.perf_counter() - began
            if not _are_numbers(values):
                yield from self._no_number("The loss of the likelihood")
                break
            yield from self._point(values, f"Learning real rows, reading {epoch + 1}")
        best = checkpoint.read_best(self._folder / WARMUP)
        self._gan.load_state(best)
        for name in (BEST, LIKELIHOOD):
            checkpoint.write_best(self._folder / name, best)
        standing.warm_steps, standing.game_began = standing.phase_step, standing.seconds
        standing.likelihood_nll = standing.warm_nll
        self._next("done" if standing.ended else "discriminator")

    def _teach(self) -> Job[None]:
        """Let the discriminator learn alone, so that its first rewards mean something."""
        standing, settings = self.standing, self._settings
        while standing.phase_step < settings.discriminator_steps and not standing.game_is_late(settings):
            if standing.ended:
                break
            values = self._steps.discriminate(self._batch(), standing.step)
            if not _are_numbers(values):
                yield from self._no_number("The loss of the discriminator")
                break
            yield from self._point(values, "The discriminator learns")
        if settings.adversarial_steps and not standing.ended:
            self._next("adversarial")
        else:
            self._end_game()

    def _compete(self) -> Job[None]:
        """Let both learn from each other; the state whose rows are nearest to the validation rows is kept."""
        standing, settings = self.standing, self._settings
        while True:
            over = standing.phase_step >= settings.adversarial_steps or standing.game_is_late(settings)
            if (over or standing.phase_step % JUDGE_STEPS == 0) and standing.judged < standing.step:
                yield from self._judge_competition()
            if over or standing.ended:
                break
            values = self._steps.compete(self._batch(), standing.step, standing.rate)
            if not _are_numbers(values):
                yield from self._no_number("A loss of the GAN")
                break
            yield from self._point(values, "Generator against discriminator")
        self._end_game()

    def _end_game(self) -> None:
        """Put the state before the GAN in place again, to go on from there without it."""
        self.standing.plan_likelihood(self._settings.likelihood_steps)
        self._gan.load_state(checkpoint.read_best(self._folder / WARMUP), "generator")
        self._next("likelihood")

    def _go_on_alone(self) -> Job[None]:
        """Learn real rows as in the warm-up for as long as the GAN took; the best state is kept for the judging."""
        standing = self.standing
        while True:
            over = standing.phase_step >= standing.likelihood_planned or standing.is_late(LATE_SHARE, self._settings)
            if (over or standing.phase_step % self._epoch_steps == 0) and standing.judged < standing.step:
                yield from self._judge_likelihood()
            if over:
                break
            loss = self._steps.warm(self._batch(), standing.step)["train/mle_loss"]
            if not math.isfinite(loss):
                yield self._notice(
                    f"The loss of maximum likelihood alone stopped being a number at step {standing.step:,}. The GAN "
                    "is held against its best state before that."
                )
                break
            standing.likelihood_steps += 1
            yield from self._point({"train/likelihood_loss": loss}, "Maximum likelihood alone, as long as the GAN")
        self._next("done")

    def _judge_likelihood(self) -> Job[None]:
        """Measure maximum likelihood alone, and keep it if it predicts the validation rows best."""
        standing = self.standing
        nll = self._evaluation.nll() if standing.phase_step else standing.warm_nll
        self._look_at_the_clock()
        standing.judged = standing.step
        if nll < standing.likelihood_nll:
            standing.likelihood_nll = nll
            checkpoint.write_best(self._folder / LIKELIHOOD, self._gan.state())
        if math.isfinite(nll):
            yield Metrics(standing.step, {"validation/likelihood_nll": nll})

    def _judge_warm_up(self) -> Job[None]:
        """Measure the present state, and keep it if it predicts the validation rows best."""
        standing = self.standing
        measured = yield from self._measure(adversarial=False)
        standing.since_best += 1
        if measured.nll < standing.best_score:
            standing.best_score, standing.best_step, standing.since_best = measured.nll, standing.step, 0
            standing.warm_nll, standing.warm_diversity = measured.nll, measured.diversity
            checkpoint.write_best(self._folder / WARMUP, self._gan.state())
        yield Metrics(standing.step, {"validation/nll": measured.nll, "train/diversity": measured.diversity})

    def _judge_competition(self) -> Job[None]:
        """Measure the present state, keep it if its rows are the nearest so far, and go back if it collapses."""
        standing = self.standing
        measured = yield from self._measure(adversarial=True)
        values = {"validation/nll": measured.nll, "train/diversity": measured.diversity}
        if measured.distance is not None:
            values["validation/frechet"] = measured.distance
        is_narrow = measured.diversity < LEAST_DIVERSITY * standing.warm_diversity
        if is_narrow or not measured.nll <= standing.warm_nll + MOST_WORSE:
            standing.rollbacks += 1
            standing.rate /= 2
            standing.ended = "collapse" if standing.rollbacks >= ROLLBACKS else ""
            self._gan.load_state(checkpoint.read_best(self._folder / BEST), "generator")
            yield Metrics(standing.step, {name: value for name, value in values.items() if math.isfinite(value)})
            after = "The learning ended there." if standing.ended else "It learns half as fast from there."
            yield self._notice(
                f"The generator began to collapse at step {standing.step:,}: the diversity of its rows is "
                f"{measured.diversity:.2f} after {standing.warm_diversity:.2f} before the GAN, and its loss on the "
                f"validation rows {measured.nll:.2f} after {standing.warm_nll:.2f}. It went back to its best state, of "
                f"step {standing.best_step:,}. {after}"
            )
            return
        score = measured.nll if measured.distance is None else measured.distance
        if score < standing.best_score:
            standing.best_score, standing.best_step = score, standing.step
            checkpoint.write_best(self._folder / BEST, self._gan.state())
        yield Metrics(standing.step, values)

    def _measure(self, adversarial: bool) -> Job[Measured]:
        standing = self.standing
        yield self._progress("Judging the present state")
        measured = self._evaluation.measure(adversarial)
        self._look_at_the_clock()
        yield Sample("samples", {"step": standing.step, "phase": standing.phase, "rows": measured.shown})
        standing.judged = standing.step
        return measured

    def _batch(self) -> Batch:
        """Return the rows of the next step."""
        step, size = self.standing.step, self._settings.batch_size
        epoch, place = divmod(step, self._epoch_steps)
        rows = order(self._material.train, epoch, self._settings)[place * size : (place + 1) * size]
        return batch_of(self._material.train, rows, self._settings, f"step {step}")

    def _point(self, values: Mapping[str, float], message: str) -> Job[None]:
        """Count the step and tell of it now and then."""
        standing = self.standing
        standing.step += 1
        standing.phase_step += 1
        self._look_at_the_clock()
        if standing.phase_step % POINT_STEPS == 0 or standing.phase_step == 1:
            yield Metrics(standing.step, values)
        if self._looked - self._told > EVENT_S:
            self._told = self._looked
            yield self._progress(message)
        if self._looked - self._saved > CHECKPOINT_S:
            self.save()

    def _progress(self, message: str) -> Progress:
        settings, standing = self._settings, self.standing
        if settings.max_minutes is not None:
            return Progress(round(standing.seconds), 60 * settings.max_minutes, "seconds", message)
        total = settings.warmup_epochs * self._epoch_steps + settings.discriminator_steps + settings.adversarial_steps
        total += standing.likelihood_planned
        return Progress(standing.step, total, "steps", message)

    def _next(self, phase: str) -> None:
        """Go on to another part of the training."""
        standing = self.standing
        standing.phase, standing.phase_step, standing.judged = phase, 0, -1
        if phase == "adversarial":
            standing.best_score, standing.best_step = math.inf, standing.step

    def _no_number(self, what: str) -> Job[None]:
        """End the learning with the best state and say so. Raises InputError where there is none yet."""
        place = self._folder / (WARMUP if self.standing.phase == "warmup" else BEST)
        if not (place / checkpoint.BEST).is_file():
            problem = f"{what} stopped being a number at step {self.standing.step:,}."
            raise InputError(problem, "Train again with a smaller learning rate.")
        self._gan.load_state(checkpoint.read_best(place))
        self.standing.ended = "no number"
        yield self._notice(
            f"{what} stopped being a number at step {self.standing.step:,}. The learning ended there with the best "
            f"state, of step {self.standing.best_step:,}. A smaller learning rate may help."
        )

    def _notice(self, text: str) -> Sample:
        return Sample("notice", {"step": self.standing.step, "text": text})

    def _look_at_the_clock(self) -> None:
        now = time.perf_counter()
        self.standing.seconds += now - self._looked
        self._looked = now

    def save(self) -> None:
        """Write the checkpoint that `restore` goes on from."""
        networks = {"standing": asdict(self.standing), "networks": self._gan.state(), "steps": self._steps.state()}
        checkpoint.write(self._folder, {**self._stamp, **networks})
        self._saved = time.perf_counter()

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from the checkpoint `saved`."""
        self.standing = Standing(**saved["standing"])
        self._gan.load_state(saved["networks"])
        self._steps.load_state(saved["steps"])


def _are_numbers(values: Mapping[str, float]) -> bool:
    return all(map(math.isfinite, values.values()))
