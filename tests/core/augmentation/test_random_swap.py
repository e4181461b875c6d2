from collections import Counter
from pathlib import Path

from core.augmentation.random_swap import RandomSwap
from tests.core.augmentation.carrying_out import hotel_reviews, made, sst2


def test_two_words_change_places_and_punctuation_stays() -> None:
    found = {made(RandomSwap(rate=0.1), ["Red, green (blue)!"], seed=seed)[0] for seed in range(50)}
    assert found == {"green, Red (blue)!", "blue, green (Red)!", "Red, blue (green)!"}


def test_ten_words_at_a_rate_of_a_fifth_give_two_swaps_so_four_words_move() -> None:
    letters = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    for seed in range(100):
        (text,) = made(RandomSwap(rate=0.2), [" ".join(letters)], seed=seed)
        assert text is not None
        assert sum(a != b for a, b in zip(letters, text.split(), strict=True)) == 4
    (text,) = made(RandomSwap(rate=0.2, max_swaps=1), [" ".join(letters)])
    assert text is not None and sum(a != b for a, b in zip(letters, text.split(), strict=True)) == 2


def test_numbers_negations_and_links_stay_where_they_are() -> None:
    text = "on May 3, 2020 she did not pay 3.50 at http://a.com to @bob"
    for seed in range(100):
        (changed,) = made(RandomSwap(rate=0.5), [text], seed=seed)
        assert changed is not None
        kept = changed.split()
        assert kept[1:4] == ["May", "3,", "2020"] and kept[6] == "not" and kept[8] == "3.50"
        assert kept[10] == "http://a.com" and kept[12] == "@bob"


def test_the_words_stay_the_same_ones(shared_data: Path) -> None:
    texts = sst2(shared_data, 300)
    changed = made(RandomSwap(rate=0.3), texts)
    assert sum(text is not None for text in changed) > 290
    for before, after in zip(texts, changed, strict=True):
        assert after is None or Counter(after.split(" ")) == Counter(before.split(" "))
    chinese = hotel_reviews(shared_data, 100)
    for before, after in zip(chinese, made(RandomSwap(rate=0.3), chinese, "zh"), strict=True):
        assert after is None or Counter(after.replace(" ", "")) == Counter(before.replace(" ", ""))


def test_nothing_to_swap_gives_nothing() -> None:
    assert made(RandomSwap(), ["word", "very very", "not bad", "12 monkeys"]) == [None] * 4
