"""Trainings from several seeds in one run: their curves told apart, their scores kept, and what is said of them all."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from core.finetuning.evaluation import Scores
from core.jobs import Event, Metrics, Progress

Emit = Callable[[Event], None]

SCORES = "seeds.json"
CURVES = "curves.jsonl"
# Student's t with 1, 2, ... 9 degrees of freedom: 97.5 % of the distribution lies below.
T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
NUMBERS = ("accuracy", "macro_f1", "mcc", "loss")


@dataclass(frozen=True)
class SeedScore:
    """How the training from one seed ended; `validation` and `test` (None: no rows) are of all rows, by NUMBERS."""

    seed: int
    steps: int
    best_step: int
    rank: float = -math.inf  # higher is better
    validation: dict[str, float] = field(default_factory=dict)
    test: dict[str, float] | None = None

    def scored(self, validation: Scores, test: Scores | None, metric: str) -> "SeedScore":
        """Return the same with the scores of its model, ranked by `metric` of the config."""
        of_validation = {name: getattr(validation, name) for name in NUMBERS}
        of_test = {name: getattr(test, name) for name in NUMBERS} if test else None
        return replace(self, rank=rank_of(validation, metric), validation=of_validation, test=of_test)


def rank_of(scores: Scores, metric: str) -> float:
    """Return a number that is higher for better scores by `metric` of the config; equal ones are told by the loss."""
    loss = min(scores.loss, 100.0)
    if metric == "loss":
        return -loss
    return (scores.macro_f1 if metric == "macro F1" else scores.accuracy) - 1e-6 * loss


def curve_name(name: str, seed: int) -> str:
    """Return the name of a curve in a run of several seeds: "train/loss@3"."""
    return f"{name}@{seed}"


def interval(values: Sequence[float]) -> dict[str, float]:
    """Return mean, low and high: Student's t-interval that holds the mean over all seeds with 95 % confidence.

    Student 1908, "The Probable Error of a Mean". `values` are 2 to 10, one a seed.
    """
    mean = fmean(values)
    half = T_975[len(values) - 2] * stdev(values) / math.sqrt(len(values))
    return {"mean": mean, "low": mean - half, "high": mean + half}


class Trials:
    """The trainings of one run of several seeds, kept in its folder so that it can go on after an interruption."""

    def __init__(self, folder: Path, seeds: Sequence[int], resume: bool) -> None:
        self._folder, self._seeds = folder, seeds
        self.scores: list[SeedScore] = []
        if resume and (folder / SCORES).is_file():
            self.scores = [SeedScore(**one) for one in json.loads((folder / SCORES).read_text("utf-8"))]
        elif not resume:
            self.clear()

    def clear(self) -> None:
        """Delete what is kept for going on."""
        for name in (SCORES, CURVES):
            (self._folder / name).unlink(missing_ok=True)

    @property
    def done(self) -> set[int]:
        """The seeds whose training has ended."""
        return {score.seed for score in self.scores}

    @property
    def best(self) -> SeedScore:
        """The training whose model is kept."""
        return max(self.scores, key=lambda score: score.rank)

    def add(self, score: SeedScore) -> None:
        """Keep the score of a training that has ended."""
        self.scores.append(score)
        unfinished = self._folder / f"{SCORES}.part"
        unfinished.write_text(json.dumps([asdict(one) for one in self.scores]), "utf-8")
        unfinished.replace(self._folder / SCORES)

    def emit_for(self, seed: int, emit: Emit) -> Emit:
        """Return what tells the events of one seed's training as those of a part of the whole run."""
        place, number = self._seeds.index(seed), len(self._seeds)

        def tell(event: Event) -> None:
            if isinstance(event, Metrics):
                event = Metrics(event.step, {curve_name(name, seed): value for name, value in event.values.items()})
                with (self._folder / CURVES).open("a", encoding="utf-8") as file:
                    file.write(json.dumps([seed, event.step, dict(event.values)]) + "\n")
            elif isinstance(event, Progress) and event.unit == "steps" and event.total:
                done, total = event.done + place * event.total, event.total * number
                event = Progress(done, total, event.unit, f"Seed {seed}: {event.message}")
            emit(event)

        return tell

    def replay(self, seed: int | None, step: int, emit: Emit) -> None:
        """Tell again what was measured before an interruption: of the seeds that ended, and of `seed` up to `step`.

        The watchers have dropped every point after step 0, for they cannot know which seed a step belongs to.
        """
        path = self._folder / CURVES
        kept = []
        for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
            of_seed, at, values = json.loads(line)
            if of_seed in self.done or (of_seed == seed and at <= step):
                kept.append(line)
                if at > 0:
                    emit(Metrics(at, values))
        path.write_text("".join(f"{line}\n" for line in kept), "utf-8")

    def result(self) -> dict[str, Any]:
        """Return the scores by seed, and mean and interval of each number over them."""
        parts = ("validation", "test") if self.scores[0].test else ("validation",)
        every = [name for name in NUMBERS if all(name in score.validation for score in self.scores)]
        return {
            "seeds": [asdict(score) for score in self.scores],
            "over_seeds": {
                part: {name: interval([getattr(score, part)[name] for score in self.scores]) for name in every}
                for part in parts
            },
        }
