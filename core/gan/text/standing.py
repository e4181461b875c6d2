"""How far the training of a text GAN is: what its checkpoint says besides the weights."""

import math
from dataclasses import dataclass

from core.gan.text.config import GanTextSettings

WARMUP_SHARE = 0.4  # of the time that is given, up to which real rows are learned at most
LEARNING_SHARE = 0.62  # up to which all is learned; the rest is for writing and judging
LATE_SHARE = 0.64  # where maximum likelihood breaks off, should its steps have become slower than they were
WARMUP, BEST, LIKELIHOOD = "warmup", "best", "likelihood"  # folders of the best weights


@dataclass
class Standing:
    """How far a training is. Times are seconds in which it was going on."""

    phase: str = "warmup"  # then discriminator, adversarial, likelihood, done
    step: int = 0
    phase_step: int = 0
    seconds: float = 0.0
    judged: int = -1  # the step of the last evaluation
    best_step: int = 0
    best_score: float = math.inf
    since_best: int = 0
    warm_diversity: float = 0.0
    warm_nll: float = 0.0
    warm_steps: int = 0
    warm_step_seconds: float = 0.0  # that the steps of the warm-up took, without its evaluations
    game_began: float = 0.0
    game_seconds: float = 0.0  # of discriminator and GAN, with the evaluations
    rollbacks: int = 0
    rate: float = 1.0  # of the generator's step size that is left after rollbacks
    likelihood_planned: int = 0  # steps of maximum likelihood alone, fixed where the GAN ends
    likelihood_steps: int = 0
    likelihood_nll: float = math.inf
    ended: str = ""  # why the learning ended early: "collapse", "no number"

    @property
    def likelihood_seconds(self) -> float:
        """How long maximum likelihood went on alone, once all is done."""
        return self.seconds - self.game_began - self.game_seconds

    def is_late(self, share: float, settings: GanTextSettings) -> bool:
        """Whether this share of the time that is given has gone by."""
        return settings.max_minutes is not None and self.seconds >= 60 * settings.max_minutes * share

    def game_is_late(self, settings: GanTextSettings) -> bool:
        """Whether half the time from the warm-up to the end of the learning has gone by.

        The other half is that of maximum likelihood, which is given as long.
        """
        if settings.max_minutes is None:
            return False
        return self.seconds >= (self.game_began + 60 * settings.max_minutes * LEARNING_SHARE) / 2

    def plan_likelihood(self, asked: int | None) -> None:
        """Fix how many steps maximum likelihood goes on alone: `asked`, or as many as fit in the GAN's time.

        They are counted by the mean time of a step of the warm-up, once, so that a training that is interrupted
        afterwards comes to the same weights.
        """
        self.game_seconds = self.seconds - self.game_began
        per_step = self.warm_step_seconds / max(1, self.warm_steps)
        self.likelihood_planned = round(self.game_seconds / max(per_step, 1e-6)) if asked is None else asked
