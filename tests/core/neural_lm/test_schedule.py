import math

import pytest

from core.neural_lm.config import LmSettings
from core.neural_lm.schedule import learning_rate, steps_left


def test_modern_rises_then_falls_along_half_a_cosine():
    settings = LmSettings(learning_rate=0.01, warmup_share=0.2)
    assert learning_rate(settings, 0.1, 0) == pytest.approx(0.005)
    assert learning_rate(settings, 0.2, 0) == pytest.approx(0.01)
    assert learning_rate(settings, 0.6, 3) == pytest.approx(0.005)  # half-way down
    assert learning_rate(settings, 0.4, 3) == pytest.approx(0.01 * (1 + math.sqrt(0.5)) / 2)  # cos 45 degrees
    assert learning_rate(settings, 1.0, 9) == pytest.approx(0)
    assert learning_rate(LmSettings(learning_rate=0.01, warmup_share=0), 0.0, 0) == 0.01


def test_classic_loses_a_twentieth_an_epoch():
    settings = LmSettings(preset="classic")
    assert [learning_rate(settings, share, epoch) for share, epoch in [(0, 0), (0.4, 1), (0.9, 2)]] == [
        5.0,
        4.75,
        pytest.approx(4.5125),
    ]


def test_steps_are_those_of_the_epochs_or_those_there_is_time_for():
    assert steps_left(30, 100, 60.0, None) == 70
    assert steps_left(30, 100, 60.0, max_minutes=2.0) == 30  # 2 s a step, 60 s left
    assert steps_left(30, 100, 60.0, max_minutes=60.0) == 70
    assert steps_left(30, 100, 60.0, max_minutes=1.0) == 0
    assert steps_left(10, 100, 59.0, max_minutes=1.0) == 90  # too early to know how long a step takes
    assert steps_left(100, 100, 1.0, 1.0) == 0


def test_a_schedule_that_must_hurry_still_ends_at_its_end():
    """At 1 s a step there is time for 60 of 100 steps; after 30 the machine becomes twice as slow."""
    step, seconds, share = 0, 0.0, 0.0
    while left := steps_left(step, 100, seconds, max_minutes=1.0):
        share += (1 - share) / left
        seconds += 1.0 if step < 30 else 2.0
        step += 1
    assert (step, seconds) == (45, 60.0)
    assert 0.9 < share <= 1  # where the cosine is below 3 % of its height
