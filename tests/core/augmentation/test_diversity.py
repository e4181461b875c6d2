"""Tokens, vocabulary and distinct-n, counted by hand and against sets."""

import numpy as np

from core.augmentation.diversity import DistinctCount, Diversity


def split(texts: list[str]) -> list[list[str]]:
    return [text.split() for text in texts]


def test_figures_of_two_short_texts() -> None:
    diversity = Diversity(split)
    diversity.add(["a b a b", "b c"])
    # tokens a b a b b c: 6, different a b c: 3; pairs ab ba ab | bc: 4, different ab ba bc: 3
    assert (diversity.tokens, diversity.vocabulary) == (6, 3)
    assert (diversity.distinct_1, diversity.distinct_2) == (3 / 6, 3 / 4)
    diversity.add(["", "d"])
    assert (diversity.tokens, diversity.vocabulary, diversity.distinct_2) == (7, 4, 3 / 4)
    empty = diversity.emptied()
    assert (empty.tokens, empty.vocabulary, empty.distinct_1, empty.distinct_2) == (0, 0, 0, 0)


def test_many_texts_are_counted_exactly_up_to_the_limit_as_sets_would() -> None:
    words = [f"w{n * n % 9973}" for n in range(60_000)]
    texts = [" ".join(words[n : n + 7]) for n in range(0, 60_000, 7)]
    diversity = Diversity(split)
    for begin in range(0, len(texts), 100):
        diversity.add(texts[begin : begin + 100])
    pairs = {pair for text in texts for pair in zip(text.split(), text.split()[1:], strict=False)}
    assert diversity.vocabulary == len(set(words))
    assert diversity.distinct_2 == len(pairs) / sum(len(text.split()) - 1 for text in texts)


def test_beyond_the_limit_the_count_is_near() -> None:
    count = DistinctCount(kept=4096)
    hashes = np.random.default_rng(0).integers(0, 2**64, 1_500_000, np.uint64, endpoint=False)
    for _ in range(2):
        count.add(hashes)
    assert abs(count.count() / len(np.unique(hashes)) - 1) < 5 / np.sqrt(4096)  # five standard errors
