from core.augmentation.keyboard_noise import KeyboardNoise
from core.augmentation.ocr_noise import OcrNoise
from tests.core.augmentation.carrying_out import made, outcomes

TEXT = "alpha gamma delta kappa"  # 4 words of 5 letters


def differences(before: str, after: str | None) -> list[int]:
    assert after is not None and len(after) == len(before)
    return [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]


def test_the_rate_is_a_share_of_the_characters() -> None:
    for seed in range(50):  # a quarter of 20 letters
        assert len(differences(TEXT, made(KeyboardNoise(rate=0.25), [TEXT], seed=seed)[0])) == 5
        assert len(differences(TEXT, made(KeyboardNoise(rate=0.25, max_changes=2), [TEXT], seed=seed)[0])) == 2


def test_or_of_the_words_with_one_change_in_each() -> None:
    for seed in range(50):  # half of 4 words
        places = differences(TEXT, made(KeyboardNoise(rate=0.5, per="word"), [TEXT], seed=seed)[0])
        assert len(places) == 2 and len({TEXT.count(" ", 0, place) for place in places}) == 2


def test_what_stays() -> None:
    text = "Do not pay 3.50 on May 3, 2020 at http://a.com/x to me@a.org or @bob or #fun, don't n't <b>"
    for noise in (KeyboardNoise(rate=1), OcrNoise(rate=1)):
        (changed,) = made(noise, [text])
        assert changed is not None
        for kept in ("not", "3.50", "May 3, 2020", "http://a.com/x", "me@a.org", "@bob", "#fun", "don't n't <b>"):
            assert kept in changed
        assert not changed.startswith("Do not pay")


def test_chinese_negations_stay_and_other_characters_may_change() -> None:
    text = "房间不大，没有早餐，服务在前台，价格3.5元"
    (changed,) = made(KeyboardNoise(rate=1), [text], "zh")
    assert changed is not None
    for kept in ("不", "没", "3.5", "，"):
        assert changed.count(kept) == text.count(kept)
    assert len(differences(text, changed)) >= 5


def test_only_what_must_stay_gives_nothing() -> None:
    assert outcomes(KeyboardNoise(), ["not", "3.50", "http://a.com", "", "。", "好"]) == [None] * 6
