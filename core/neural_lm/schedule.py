"""How far a training is and how fast it should learn there: the learning rate as a function of the share done."""

import math

from core.neural_lm.config import LmSettings

UNMEASURED_STEPS = 20  # the first steps are slow and say little about the speed
DECAY = 0.95  # of the classic learning rate, each epoch


def learning_rate(settings: LmSettings, share: float, epoch: int) -> float:
    """Return the learning rate when `share` of the training is done and `epoch` epochs are.

    classic: Mikolov et al.'s decay, 0.95 an epoch. modern: a rise over the warm-up share, then half a cosine down to 0
    (Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts).
    """
    highest = settings.recipe.learning_rate
    if settings.preset == "classic":
        return highest * DECAY**epoch
    if share < settings.warmup_share:
        return highest * share / settings.warmup_share
    falling = (share - settings.warmup_share) / (1 - settings.warmup_share)
    return highest * (1 + math.cos(math.pi * falling)) / 2


def steps_left(step: int, last_step: int, seconds: float, max_minutes: float | None) -> int:
    """Return how many steps will still be made: those of the epochs, or as many as there is time for.

    `seconds` is the time that the `step` steps before took, evaluations included.
    """
    left = last_step - step
    if max_minutes is None:
        return left
    time_left = max_minutes * 60 - seconds
    if time_left <= 0:
        return 0
    return left if step < UNMEASURED_STEPS else min(left, math.ceil(time_left * step / seconds))
