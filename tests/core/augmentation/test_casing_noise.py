from pathlib import Path

from core.augmentation.casing_noise import CasingNoise
from tests.core.augmentation.carrying_out import made, sst2


def test_words_change_their_case() -> None:
    assert {made(CasingNoise(), ["good"], seed=seed)[0] for seed in range(50)} == {"GOOD", "Good"}
    assert made(CasingNoise(style="upper"), ["good"]) == ["GOOD"]
    assert made(CasingNoise(style="lower"), ["GOOD"]) == ["good"]
    assert made(CasingNoise(style="title"), ["don't"]) == ["Don't"]
    assert made(CasingNoise(style="upper"), ["GOOD", "3", "straße", "酒店", "http://a.com"]) == [None] * 5


def test_a_fifth_of_ten_words_is_two() -> None:
    text = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    for seed in range(50):
        (changed,) = made(CasingNoise(rate=0.2), [text], seed=seed)
        assert changed is not None and changed.lower() == text
        assert sum(a != b for a, b in zip(changed.split(), text.split(), strict=True)) == 2


def test_single_letters_change_their_case() -> None:
    (changed,) = made(CasingNoise(rate=0.3, per="character"), ["alphabetic"])  # 3 of 10 letters
    assert changed is not None and sum(map(str.isupper, changed)) == 3
    assert made(CasingNoise(per="character"), ["A"]) == ["a"]


def test_the_letters_stay_the_same_ones(shared_data: Path) -> None:
    texts = sst2(shared_data, 300)
    for before, after in zip(texts, made(CasingNoise(), texts), strict=True):
        assert after is not None and after != before and after.lower() == before.lower()
    assert made(CasingNoise(style="upper"), ["用wifi很好"], "zh") == ["用WIFI很好"]
