import pytest

from core.config import parse_config
from core.errors import InputError
from core.gan.digits.config import DigitsConfig, Pace


def test_the_pace_is_that_of_the_preset_and_the_loss_unless_chosen():
    assert DigitsConfig(model="classic").pace == Pace(1, 1, 2e-4, 2e-4), "as tutorials write it"
    broken = DigitsConfig(model="classic", preset="collapse").pace
    assert (broken.d_updates, broken.g_updates) == (1, 8)
    assert broken.d_learning_rate < 2e-4 < broken.g_learning_rate
    chosen = DigitsConfig(loss="hinge", preset="collapse", g_updates=2, d_learning_rate=0.5).pace
    assert (chosen.g_updates, chosen.d_learning_rate) == (2, 0.5)


@pytest.mark.parametrize("values", [{"steps": 0}, {"loss": "wasserstein"}, {"averaging": 1}, {"data": ""}])
def test_values_out_of_bounds_are_a_sentence(values):
    with pytest.raises(InputError, match=next(iter(values))):
        parse_config(DigitsConfig, values)


def test_the_loss_is_settled_by_the_size_unless_chosen():
    assert DigitsConfig().settled((8, 8)).loss == DigitsConfig().settled((16, 12)).loss == "relativistic"
    assert DigitsConfig().settled((28, 28)).loss == "hinge"
    assert DigitsConfig(loss="relativistic").settled((28, 28)).loss == "relativistic"
