"""New rows: written round by round from the train rows and judged by the gates, until there are enough."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.gan.text.gates import Gates, Judged
from core.gan.text.material import Material, Part
from core.gan.text.model import TextGan
from core.gan.text.titles import ACCEPTED
from core.gan.text.writing import new_rows
from core.jobs import Job, Progress
from core.randomness import rng_for

ROUND = 256
MOST_TRIES = 12  # rows written for each that is asked for
FRUITLESS = 4  # rounds without a new row after which it ends


@dataclass(frozen=True)
class Made:
    """All rows that were written, in order, with what was decided; `seconds` is what that took."""

    judged: Sequence[Judged]
    seconds: float

    @property
    def accepted(self) -> list[Judged]:
        """Those that passed every gate."""
        return [one for one in self.judged if one.outcome == ACCEPTED]

    def counts(self) -> dict[str, int]:
        """Return how many rows came to each outcome."""
        return dict(Counter(one.outcome for one in self.judged))


def make(gan: TextGan, material: Material, gates: Gates, seconds: float | None) -> Job[Made]:
    """Write rows until `rows` of the settings have passed the gates, in at most `seconds` if that is not None."""
    settings, train = gan.settings, material.train
    started = time.perf_counter()
    judged: list[Judged] = []
    accepted = fruitless = number = 0
    while accepted < settings.rows and len(judged) < MOST_TRIES * settings.rows and fruitless < FRUITLESS:
        if number and seconds is not None and time.perf_counter() - started > seconds:
            break
        order = rng_for(settings.seed, f"round {number // _rounds(train)}", "parents").permutation(len(train))
        first = number % _rounds(train) * ROUND
        parents = order[first : first + ROUND]
        written = gan.write(train, parents, f"round {number}", anew=True)
        found = gates.judge(new_rows(written, train, material, settings.mode == "infill"))
        passed = [one for one in found if one.outcome == ACCEPTED]
        fruitless = 0 if passed else fruitless + 1
        for late in passed[settings.rows - accepted :]:
            found.remove(late)  # more than was asked for
        judged += found
        accepted += min(len(passed), settings.rows - accepted)
        number += 1
        yield Progress(accepted, settings.rows, "rows", "Writing new rows and judging them")
    return Made(judged, time.perf_counter() - started)


def _rounds(part: Part) -> int:
    return int(np.ceil(len(part) / ROUND))
