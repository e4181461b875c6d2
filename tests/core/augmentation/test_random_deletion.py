from pathlib import Path

import pytest

from core.augmentation.random_deletion import RandomDeletion
from tests.core.augmentation.carrying_out import hotel_reviews, made, sst2

LETTERS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def test_each_word_goes_with_the_probability() -> None:
    # 2,000 texts of 10 words at 0.3: 6,000 words on average, standard deviation sqrt(20,000 * 0.3 * 0.7) = 65. Where
    # none was chosen one goes nevertheless: 2,000 * 0.7^10 = 56 more.
    texts = [" ".join(LETTERS)] * 2_000
    changed = made(RandomDeletion(rate=0.3), texts)
    gone = sum(10 - len((text or "").split()) for text in changed)
    assert gone == pytest.approx(6_056, abs=4 * 65)
    for word in LETTERS:  # and each of them alike: 606 of 2,000, standard deviation 20
        assert sum(word not in (text or "").split() for text in changed) == pytest.approx(606, abs=5 * 20)


def test_what_is_left_is_a_subsequence(shared_data: Path) -> None:
    for language, texts in (("en", sst2(shared_data, 300)), ("zh", hotel_reviews(shared_data, 100))):
        for before, after in zip(texts, made(RandomDeletion(rate=0.3), texts, language), strict=True):
            characters = iter(before)
            # A blank is put between what would run together: "280到360" without 到.
            assert after is None or all(character in characters for character in after if character != " ")
            assert after is None or 0 < len(after) < len(before)


def test_negations_and_numbers_stay() -> None:
    text = "She did not pay 3.50 on May 3, 2020 for twelve things, nor in cash"
    for seed in range(100):
        (changed,) = made(RandomDeletion(rate=0.9), [text], seed=seed)
        assert changed is not None
        assert all(kept in changed for kept in ("not", "3.50", "May 3, 2020", "twelve", "nor"))


def test_at_least_one_word_stays() -> None:
    for seed in range(50):
        (changed,) = made(RandomDeletion(rate=0.9), ["alpha beta"], seed=seed)
        assert changed in ("alpha", "beta")
    assert made(RandomDeletion(rate=0.9), ["word", "no", "not 3"]) == [None] * 3


def test_at_most_so_many_go() -> None:
    for text in made(RandomDeletion(rate=0.9, max_deletions=2), [" ".join(LETTERS)] * 50):
        assert text is not None and len(text.split()) >= 8


def test_punctuation_stays_where_it_was() -> None:
    found = {made(RandomDeletion(rate=0.1), ["Good, bad (ugly)!"], seed=seed)[0] for seed in range(60)}
    assert "Good, bad ()!" in found or "Good, bad!" in found
    assert all(text and text.endswith("!") for text in found)
