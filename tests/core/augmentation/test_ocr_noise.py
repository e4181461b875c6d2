from pathlib import Path

from core.augmentation.ocr_noise import OcrNoise
from core.text.chinese_characters import lookalikes
from tests.core.augmentation.carrying_out import hotel_reviews, made, sst2


def test_what_looks_alike_is_taken_for_one_another() -> None:
    assert {made(OcrNoise(), ["l"], seed=seed)[0] for seed in range(50)} == {"1", "I", "i"}
    assert made(OcrNoise(), ["kern"], seed=1)[0] in ("kem", "kcrn", "korn")
    assert "kem" in {made(OcrNoise(), ["kern"], seed=seed)[0] for seed in range(50)}
    assert "stern" in {made(OcrNoise(), ["stem"], seed=seed)[0] for seed in range(50)}


def test_numbers_change_only_where_they_may() -> None:
    assert made(OcrNoise(), ["1050"]) == [None]
    (changed,) = made(OcrNoise(rate=1, keep_numbers=False), ["1050"])
    assert (
        changed is not None and changed[0] in "lI" and changed[1] in "Oo" and changed[2] in "Ss" and len(changed) == 4
    )


def test_chinese_characters_become_others_that_look_alike(shared_data: Path) -> None:
    assert made(OcrNoise(), ["末"], "zh") == ["未"] and made(OcrNoise(), ["末"], "ja") == [None]
    reviews = hotel_reviews(shared_data, 100)
    for before, after in zip(reviews, made(OcrNoise(), reviews, "zh"), strict=True):
        if after and len(after) == len(before):
            for old, new in zip(before, after, strict=True):
                assert old == new or old.isascii() or new in lookalikes()[old]


def test_every_sentence_has_something_to_misread(shared_data: Path) -> None:
    texts = sst2(shared_data, 300)
    assert all(text is not None for text in made(OcrNoise(), texts))
