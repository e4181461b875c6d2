"""How far a training is, and how often it tells something."""

import math
from dataclasses import dataclass, field

POINT_STEPS, GRID_STEPS, JUDGE_STEPS = 20, 100, 200  # from one to the next, where the training is of usual length
POINTS, GRIDS, JUDGEMENTS = 2_000, 200, 50  # at most, in a longer one
LEAST_POINTS, LEAST_GRIDS, LEAST_JUDGEMENTS = 20, 10, 4  # in a shorter one


@dataclass(frozen=True)
class Rhythm:
    """How many steps there are from one point of the curves, one grid of pictures and one judgement to the next."""

    point: int
    grid: int
    judgement: int

    @classmethod
    def of(cls, steps: int) -> "Rhythm":
        """Return the rhythm of a training of `steps` steps at most."""

        def every(usual: int, most: int, least: int) -> int:
            return max(1, min(max(usual, steps // most), steps // least))

        return cls(
            every(POINT_STEPS, POINTS, LEAST_POINTS),
            every(GRID_STEPS, GRIDS, LEAST_GRIDS),
            every(JUDGE_STEPS, JUDGEMENTS, LEAST_JUDGEMENTS),
        )

    def shows(self, step: int) -> bool:
        """Whether a grid is due: every so often, and more often at the beginning, when most changes."""
        return step % self.grid == 0 or step & (step - 1) == 0


@dataclass
class Standing:
    """How far a training is."""

    step: int = 0
    seconds: float = 0.0  # pauses left out
    learning: float = 0.0  # seconds of them spent on updates; the rest is judging and drawing
    told: int = 0  # the step of the last point of the curves, and `learning` at it
    told_learning: float = 0.0
    drawn: int = -1  # the step of the last grid
    judged: int = 0  # the step of the last judgement
    judgements: int = 0
    best_step: int = 0
    best_frechet: float = math.inf
    singles: int = 0  # single updates made because the page asked for them
    right: float = 0.0  # what the discriminator told right, summed over the `points` since the last judgement
    points: int = 0
    alarms: list[str] = field(default_factory=list)
