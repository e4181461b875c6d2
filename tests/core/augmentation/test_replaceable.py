"""Which words change: the draws of each text, how often each word comes, and that threads do not mix them up."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.augmentation import tokens
from core.augmentation.replaceable import NEAR_BEST, Changes, Replaceable, splitmix64
from core.errors import MissingResource
from core.text.synonym_forms import SynonymForms
from core.text.tagging import tagger


@pytest.fixture(scope="module")
def table(synonyms: Path) -> SynonymForms:
    try:
        return SynonymForms.load(synonyms)
    except MissingResource as error:
        pytest.skip(str(error))


@pytest.fixture
def replaceable(table: SynonymForms) -> Replaceable:
    return Replaceable(table, tagger(), 0.09, phrases=False)


def test_splitmix64_gives_the_numbers_of_its_authors() -> None:
    zero = splitmix64(np.zeros(3, np.uint64), np.arange(3))
    assert [hex(number) for number in zero.tolist()] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
    last = splitmix64(np.array([2**64 - 1], np.uint64), np.array([10**6]))
    assert 0 <= int(last[0]) < 2**64


def test_a_word_comes_as_often_as_it_fits(table: SynonymForms, replaceable: Replaceable) -> None:
    found = table.get("smart", "JJ")
    assert found is not None
    single = [near for near in found.candidates if " " not in near.word and near.fit >= 0.09]
    near_best = {near.word: near.fit for near in single if near.fit >= NEAR_BEST * single[0].fit}
    times = 4_000
    came = Counter(replaceable.changes([["smart"]] * times, range(times), lambda words: 1).words)
    assert came.keys() == near_best.keys()
    assert len(near_best) > 1
    for word, fit in near_best.items():
        share = fit / sum(near_best.values())
        assert abs(came[word] / times - share) < 4 * (share * (1 - share) / times) ** 0.5  # four standard deviations


def test_each_of_equal_words_goes_as_often(replaceable: Replaceable) -> None:
    times = 4_000
    places = Counter(replaceable.changes([["movies"] * 4] * times, range(times), lambda words: 1).places)
    assert sorted(places) == [0, 1, 2, 3]
    assert all(abs(count / times - 1 / 4) < 4 * (3 / 16 / times) ** 0.5 for count in places.values())


def test_better_words_go_first(replaceable: Replaceable) -> None:
    tiers = {word: int(replaceable.tokens.known.tier[replaceable.tokens[word]]) for word in ("movies", "watched")}
    assert tiers["movies"] > tiers["watched"] > 0
    for seed in range(20):
        assert replaceable.changes([["watched", "movies"]], [seed], lambda words: 1).places == [1]


def test_threads_do_not_mix_up_tokens(table: SynonymForms, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [[["a", f"zorb{i % 97}x", "movie", f"(mark{i})", "often"] for i in range(k, k + 20)] for k in range(60)]

    def changes(shared: Replaceable, batch: list[list[str]]) -> Changes:
        return shared.changes(batch, range(len(batch)), lambda words: 2)

    alone = Replaceable(table, tagger(), 0.09, phrases=False)
    expected = [changes(alone, batch) for batch in batches]
    monkeypatch.setattr(tokens, "MOST_KEPT", 30)
    shared = Replaceable(table, tagger(), 0.09, phrases=False)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda batch: changes(shared, batch), batches)) == expected
    assert len(shared.tokens) <= len(table.words) + 1 + 30 + 60
