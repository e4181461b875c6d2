from pathlib import Path

import pytest

from core.augmentation.operator import Context, Row
from core.augmentation.random_insertion import RandomInsertion
from core.randomness import Draws
from tests.core.augmentation.carrying_out import sst2


@pytest.fixture(scope="module")
def cache(synonyms: Path) -> Path:
    if reason := RandomInsertion.missing():
        pytest.skip(reason)
    return synonyms


def test_ten_words_at_a_rate_of_a_fifth_get_two_more(cache: Path) -> None:
    text = "The large movie was a beautiful story of small children"
    operator = RandomInsertion(rate=0.2).build(Context("en", cache, cache))
    for seed in range(50):
        (outcome,) = operator([Row("r", text)], [Draws(seed, "r")])
        assert outcome is not None
        words, inserted = outcome.text.split(), outcome.details["inserted"]
        assert len(words) == 12 and len(inserted) == 2
        for word in inserted:
            assert word not in text
            words.remove(word)
        assert words == text.split()
        assert outcome.text.startswith("The")


def test_the_text_is_a_subsequence_of_what_is_made(cache: Path, shared_data: Path) -> None:
    texts = sst2(shared_data, 300)
    operator = RandomInsertion(rate=0.2).build(Context("en", cache, cache))
    rows = [Row(f"r{i}", text) for i, text in enumerate(texts)]
    outcomes = operator(rows, [Draws(0, row.id) for row in rows])
    assert sum(outcome is not None for outcome in outcomes) > 0.95 * len(texts)
    for row, outcome in zip(rows, outcomes, strict=True):
        words = iter(outcome.text.split() if outcome else row.text.split())
        assert all(word in words for word in row.text.split())


def test_links_stay_whole_and_nothing_comes_of_nothing(cache: Path) -> None:
    operator = RandomInsertion().build(Context("en", cache, cache))
    nothing, linked = operator([Row("a", "the of and not 3"), Row("b", "movie http://a.com/b")], [Draws(0, "r")] * 2)
    assert nothing is None
    assert linked is not None and linked.text.startswith("movie ") and linked.text.endswith(" http://a.com/b")


def test_it_is_for_english_only() -> None:
    assert RandomInsertion.languages == ("en",)
