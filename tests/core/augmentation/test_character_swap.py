from collections import Counter
from pathlib import Path

from core.augmentation.character_swap import CharacterSwap
from tests.core.augmentation.carrying_out import hotel_reviews, made, sst2


def test_two_letters_side_by_side_change_places() -> None:
    assert {made(CharacterSwap(), ["word"], seed=seed)[0] for seed in range(50)} == {"wrod", "wodr"}
    free = CharacterSwap(keep_first=False)
    assert {made(free, ["word"], seed=seed)[0] for seed in range(50)} == {"owrd", "wrod", "wodr"}


def test_capitals_stay_where_they_are() -> None:
    assert made(CharacterSwap(keep_first=False), ["Ab"]) == ["Ba"]
    assert made(CharacterSwap(keep_first=False), ["ẞa", "éa"])[1] == "aé"


def test_an_accent_of_its_own_stays_on_its_letter() -> None:
    assert made(CharacterSwap(keep_first=False), ["ae\u0301"]) == [None]


def test_equal_letters_and_single_ones_give_nothing() -> None:
    assert made(CharacterSwap(), ["a", "ab", "abb", "a b c", "3", ""]) == [None] * 6


def test_the_letters_stay_the_same_ones(shared_data: Path) -> None:
    for language, texts in (("en", sst2(shared_data, 300)), ("zh", hotel_reviews(shared_data, 100))):
        changed = made(CharacterSwap(rate=0.2), texts, language)
        assert sum(text is not None for text in changed) >= 0.98 * len(texts)
        for before, after in zip(texts, changed, strict=True):
            assert after is None or Counter(after.lower()) == Counter(before.lower())
            if language == "en" and after:
                assert [word[0] for word in after.split()] == [word[0] for word in before.split()]
