"""The gradients that are written out for the classic networks are those that torch works out."""

from copy import deepcopy

import pytest
import torch

from core.gan.digits.classic_updates import ClassicUpdates
from core.gan.digits.config import Pace
from core.gan.digits.networks import build
from core.gan.digits.pictures import read_pictures
from core.gan.digits.updates import Updates


@pytest.fixture
def pair(settings):
    """`pair(bfloat16)` are updates with torch's gradients and with ours, of networks that begin alike."""

    def make(bfloat16):
        config = settings(model="classic")
        pictures = read_pictures(config.data)
        torch.manual_seed(0)
        networks = build(config, pictures.size, len(pictures.names))
        return [
            kind(*deepcopy(networks), config.settled(pictures.size), pictures, bfloat16)
            for kind in (Updates, ClassicUpdates)
        ]

    return make


@pytest.mark.parametrize("pace", [Pace(1, 1, 1e-3, 2e-3), Pace(2, 3, 1e-3, 1e-3)])
def test_both_networks_and_the_curves_are_those_of_torchs_gradients(pair, pace):
    theirs, ours = pair(bfloat16=False)
    for part in (None, None, "generator", "discriminator", None, "both"):
        theirs.step(pace, part)
        ours.step(pace, part)
    for name in ("generator", "discriminator", "average"):
        for key, weights in theirs.state()[name].items():
            torch.testing.assert_close(ours.state()[name][key], weights, atol=2e-5, rtol=1e-4)
    (expected, told), (found, told_too) = theirs.means(), ours.means()
    assert found == pytest.approx(expected, abs=1e-4)
    assert told_too == pytest.approx(told)


def test_in_bfloat16_the_curves_stay_near_and_a_checkpoint_is_gone_on_with(pair):
    theirs, ours = pair(bfloat16=True)
    pace = Pace(1, 1, 2e-4, 2e-4)
    for _ in range(20):
        theirs.step(pace)
        ours.step(pace)
    assert ours.means()[0] == pytest.approx(theirs.means()[0], abs=0.03)
    _, again = pair(bfloat16=True)
    again.restore(deepcopy(ours.state()))
    ours.step(pace)
    again.step(pace)
    assert again.means() == ours.means()
