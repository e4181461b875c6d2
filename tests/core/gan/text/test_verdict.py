from statistics import fmean, stdev

import pytest

from core.gan.text.verdict import verdict


def table(gan, likelihood, floor=0.3, **gated):
    """Who writes, with a Frechet distance and its deviation each."""
    distances = {"gan": gan, "likelihood": likelihood, "real": (floor, 0.0)}
    found = {name: {"frechet": list(pair), "label_agreement": [0.8, 0.0]} for name, pair in distances.items()}
    if gated:
        found["gated"] = {name: [value, 0.0] for name, value in gated.items()}
    return found


def one_training(gan, likelihood, **gated):
    """The table, and the one training in it."""
    found = table(gan, likelihood, **gated)
    return found, [{name: {"frechet": found[name]["frechet"][0]} for name in ("gan", "likelihood")}]


@pytest.mark.parametrize(
    ("gan", "likelihood", "said"),
    [
        ((0.30, 0.01), (0.40, 0.01), "The GAN won: its rows are 25.0% nearer"),
        ((0.50, 0.01), (0.40, 0.01), "Maximum likelihood alone won: the GAN's rows are 25.0% further"),
        ((0.41, 0.03), (0.40, 0.04), "are 2.5% apart, which is within the spread"),  # sqrt(0.03^2 + 0.04^2) = 0.05
        ((0.40, 0.01), (0.40, 0.01), "so that model is used"),
    ],
)
def test_who_won_and_by_how_much(gan, likelihood, said):
    first, numbers, luck = verdict(*one_training(gan, likelihood))
    assert said in first
    assert "over the draws" in numbers and luck.startswith("This is one training: the spread is over its draws")
    assert f"{gan[0]:.3f} for the GAN and {likelihood[0]:.3f} for maximum likelihood" in numbers
    assert numbers.endswith("between real rows it is 0.300.")


@pytest.mark.parametrize(
    ("gan", "likelihood", "said", "luck"),
    [
        # Apart by -0.02, -0.04 and -0.03: the spread of these is 0.01, though that of each is 0.1.
        ((0.28, 0.36, 0.47), (0.30, 0.40, 0.50), "The GAN won: its rows are 7.5% nearer", "in 3 of 3 trainings"),
        ((0.32, 0.42, 0.53), (0.30, 0.40, 0.50), "Maximum likelihood alone won: the GAN's rows are 5.8%", "in 0 of 3"),
        ((0.28, 0.44), (0.30, 0.40), "are 2.9% apart, which is within the spread", "in 1 of 2 trainings"),
        ((0.30, 0.40), (0.30, 0.40), "so that model is used", "in 0 of 2 trainings"),
    ],
)
def test_of_several_trainings_it_counts_how_far_the_two_are_apart_in_each(gan, likelihood, said, luck):
    trainings = [
        {"gan": {"frechet": one}, "likelihood": {"frechet": other}} for one, other in zip(gan, likelihood, strict=True)
    ]
    means = table(*((fmean(values), stdev(values)) for values in (gan, likelihood)))
    first, numbers, sure = verdict(means, trainings)
    assert said in first
    assert f"(±{stdev(gan):.3f} and ±{stdev(likelihood):.3f} over the {len(gan)} trainings)" in numbers
    assert luck in sure


def test_what_the_gates_left_is_held_against_the_floor():
    said = verdict(*one_training((0.5, 0.0), (0.4, 0.0), frechet=0.33, label_agreement=0.9))
    assert "1.10 times the floor" in said[3]
    assert "agrees with 90% of their labels, and with 80% of those of real rows" in said[4]


def test_without_the_encoder_nothing_is_said():
    assert verdict({"gan": {}, "likelihood": {}, "real": {}}, [{"gan": {}, "likelihood": {}}]) == []
