"""What tests of a training hear in its events, and how they break it."""

import math

from core.gan.text.steps import Steps
from core.jobs import Metrics, Sample


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]


def notices(events):
    return [event.data["text"] for event in events if isinstance(event, Sample) and event.name == "notice"]


def break_at(monkeypatch, part, step):
    """Let a part of the learning come to a loss that is no number at a step."""
    real = getattr(Steps, part)

    def broken(self, batch, number, *more):
        values = real(self, batch, number, *more)
        return {**values, "train/mle_loss": math.nan} if number == step else values

    monkeypatch.setattr(Steps, part, broken)
