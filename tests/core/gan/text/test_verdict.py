import pytest

from core.gan.text.verdict import verdict


def table(gan, likelihood, floor=0.3, **gated):
    """Who writes, with a Frechet distance and its deviation each."""
    distances = {"gan": gan, "likelihood": likelihood, "real": (floor, 0.0)}
    found = {name: {"frechet": list(pair), "label_agreement": [0.8, 0.0]} for name, pair in distances.items()}
    if gated:
        found["gated"] = {name: [value, 0.0] for name, value in gated.items()}
    return found


@pytest.mark.parametrize(
    ("gan", "likelihood", "said"),
    [
        ((0.30, 0.01), (0.40, 0.01), "The GAN won: its rows are 25.0% nearer"),
        ((0.50, 0.01), (0.40, 0.01), "Maximum likelihood won: the GAN's rows are 25.0% further"),
        ((0.41, 0.03), (0.40, 0.04), "are 2.5% apart, which is within the spread"),  # sqrt(0.03^2 + 0.04^2) = 0.05
        ((0.40, 0.01), (0.40, 0.01), "so that model is used"),
    ],
)
def test_who_won_and_by_how_much(gan, likelihood, said):
    first, numbers = verdict(table(gan, likelihood))
    assert said in first
    assert f"{gan[0]:.3f} for the GAN and {likelihood[0]:.3f} for maximum likelihood" in numbers
    assert numbers.endswith("between real rows it is 0.300.")


def test_what_the_gates_left_is_held_against_the_floor():
    said = verdict(table((0.5, 0.0), (0.4, 0.0), frechet=0.33, label_agreement=0.9))
    assert "1.10 times the floor" in said[2]
    assert "agrees with 90% of their labels, and with 80% of those of real rows" in said[3]


def test_without_the_encoder_nothing_is_said():
    assert verdict({"gan": {}, "likelihood": {}, "real": {}}) == []
