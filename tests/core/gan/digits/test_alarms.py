from dataclasses import replace

import pytest

from core.gan.digits.alarms import SENTENCES, Signs, alarms

WELL = Signs(right=0.8, frechet=10, best=12, diversity=0.9, classes=1.0, judgements=5)


@pytest.mark.parametrize(
    ("signs", "found"),
    [
        (WELL, []),
        (replace(WELL, right=0.99), []),  # it still gets better: 10 is less than 0.95 * 12
        (replace(WELL, right=0.99, frechet=11.9), ["strong-discriminator"]),
        (replace(WELL, right=0.99, frechet=11.9, judgements=2), []),
        (replace(WELL, diversity=0.3), ["collapse"]),
        (replace(WELL, diversity=0.3, classes=0.1), ["collapse"]),
        (replace(WELL, classes=0.5), ["classes"]),
        (replace(WELL, right=1.0, frechet=50, diversity=0.1), ["strong-discriminator"]),
        (replace(WELL, right=float("nan"), frechet=50), []),  # only the generator was updated
    ],
)
def test_alarms(signs, found):
    assert alarms(signs) == found
    assert set(found) <= set(SENTENCES)
