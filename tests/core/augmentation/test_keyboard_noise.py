import random
import string
from pathlib import Path

from core.augmentation.keyboard_noise import QWERTY, KeyboardNoise
from tests.core.augmentation.carrying_out import hotel_reviews, made, sst2

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def test_neighbours_are_mutual_and_touch_on_the_keyboard() -> None:
    places = {
        letter: (y, x + 0.25 * y + (0.25 if y == 2 else 0))
        for y, row in enumerate(ROWS)
        for x, letter in enumerate(row)
    }
    assert set(QWERTY) == set(string.ascii_lowercase)
    for letter, around in QWERTY.items():
        for other in around:
            assert letter in QWERTY[other]
            (y, x), (v, u) = places[letter], places[other]
            assert abs(y - v) <= 1 and abs(x - u) <= 1.3


def test_a_letter_becomes_a_neighbour_with_the_same_shift() -> None:
    found = {made(KeyboardNoise(), ["A"], seed=seed)[0] for seed in range(100)}
    assert found == {"Q", "W", "S", "Z"}


def test_nothing_but_ascii_letters_changes(shared_data: Path) -> None:
    draw = random.Random(0)
    alphabet = string.ascii_letters + "éß 好,.'3-😀@#"
    texts = ["".join(draw.choices(alphabet, k=draw.randrange(60))) for _ in range(500)] + sst2(shared_data, 300)
    for before, after in zip(texts, made(KeyboardNoise(rate=0.3), texts), strict=True):
        for old, new in zip(before, after or before, strict=True):
            assert old == new or new.lower() in QWERTY[old.lower()]
            assert old.isupper() == new.isupper()


def test_chinese_characters_become_others_that_sound_alike(shared_data: Path) -> None:
    (text,) = made(KeyboardNoise(), ["在"], "zh")
    assert text in ("再", "载")
    assert made(KeyboardNoise(), ["在"], "ja") == [None]
    reviews = hotel_reviews(shared_data, 100)
    changed = made(KeyboardNoise(), reviews, "zh")
    assert sum(text is not None for text in changed) >= 99
    assert all(len(after or before) == len(before) for before, after in zip(reviews, changed, strict=True))
