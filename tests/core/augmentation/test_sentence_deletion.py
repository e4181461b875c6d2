from pathlib import Path

import pytest

from core.augmentation.sentence_deletion import SentenceDeletion
from core.text.sentences import sentences
from tests.core.augmentation.carrying_out import hotel_reviews, made, outcomes, sst2


def test_the_example_of_the_issue() -> None:
    assert made(SentenceDeletion(), ["The cat is on the mat"]) == ["The cat is"]


def test_whole_sentences_go() -> None:
    found = {made(SentenceDeletion(), ["A is one. B is so.\n\nC is me. \n"], seed=seed)[0] for seed in range(50)}
    assert found == {"B is so.\n\nC is me. \n", "A is one. C is me. \n", "A is one. B is so. \n"}


@pytest.mark.parametrize(("rate", "most", "left"), [(0.3, None, 7), (0.9, None, 1), (0.99, None, 1), (0.5, 2, 8)])
def test_the_share_of_sentences_goes(rate: float, most: int | None, left: int) -> None:
    text = " ".join(f"Word {letter} stands." for letter in "ABCDEFGHJK")  # ten
    for seed in range(20):
        (outcome,) = outcomes(SentenceDeletion(rate=rate, max_sentences=most), [text], seed=seed)
        assert outcome is not None and outcome.text.count("Word") == left
        assert outcome.details == {"sentences": 10 - left}


def test_what_denies_stays() -> None:
    for seed in range(30):
        assert made(SentenceDeletion(rate=0.9), ["It is good. It is not bad."], seed=seed) == ["It is not bad."]
        assert made(SentenceDeletion(), ["He never came. She did not."], seed=seed) == [None]
        (phrase,) = made(SentenceDeletion(), ["He never came to the house. She did not."], seed=seed)
        assert phrase == "He never came. She did not."


def test_phrases_only_where_they_may() -> None:
    assert made(SentenceDeletion(single=False), ["The cat is on the mat"]) == [None]
    assert made(SentenceDeletion(kinds=("adverbial",)), ["The cat is on the mat", "It is very good"]) == [
        None,
        "It is good",
    ]
    assert made(SentenceDeletion(max_share=0.4), ["The cat is on the mat"]) == [None]  # it would be 3 of 6 words
    assert made(SentenceDeletion(), ["In the house", "Really", "Really good"]) == [None, None, None]


def test_chinese_sentences_and_clauses_go(shared_data: Path) -> None:
    found = {made(SentenceDeletion(), ["房间很大。早餐很好！"], "zh", seed)[0] for seed in range(20)}
    assert found == {"房间很大。", "早餐很好！"}
    found = {made(SentenceDeletion(), ["房间很大，早餐很好！"], "zh", seed)[0] for seed in range(20)}
    assert found == {"房间很大！", "早餐很好！"}
    reviews = hotel_reviews(shared_data, 100)
    for before, after in zip(reviews, outcomes(SentenceDeletion(), reviews, "zh"), strict=True):
        if after and "sentences" in after.details:
            kept = [sentence.strip() for sentence in sentences(before)]
            assert all(sentence.strip() in before for sentence in sentences(after.text)) and len(kept) > 1


def test_real_sentences_stay_sentences(shared_data: Path) -> None:
    texts = sst2(shared_data, 400)
    changed = made(SentenceDeletion(), texts)
    assert sum(text is not None for text in changed) > 0.5 * len(texts)
    for before, after in zip(texts, changed, strict=True):
        left = iter(before.split())
        assert after is None or (len(after.split()) >= 2 and all(word in left for word in after.split()))
