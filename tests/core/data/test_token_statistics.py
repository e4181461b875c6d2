"""Token samples and the curves drawn from them, worked out on texts short enough to count by hand."""

import csv
import random
from collections import Counter

import pytest

from core.data import token_statistics
from core.data.filters import Filters
from core.data.token_statistics import encoded, token_sample, top_ngrams, vocabulary_growth, zipf
from core.errors import UnknownName
from core.text.tokenizers import TOKENIZERS


def sample_of(*texts):
    return encoded([text.split() for text in texts], "whitespace", len(texts))


def ngrams(sample, *args, **kwargs):
    return [(" ".join(ngram.tokens), ngram.count) for ngram in top_ngrams(sample, *args, **kwargs)]


def test_ngrams_do_not_cross_rows():
    sample = sample_of("a b a b", "", "b a", "a")
    assert ngrams(sample, 1) == [("a", 4), ("b", 3)]
    assert ngrams(sample, 2) == [("a b", 2), ("b a", 2)]
    assert ngrams(sample, 3) == [("a b a", 1), ("b a b", 1)]
    assert ngrams(sample, 4) == [("a b a b", 1)]
    assert ngrams(sample, 5) == []
    assert ngrams(sample, 2, k=1) == [("a b", 2)]


def test_ngrams_without_some_tokens():
    sample = sample_of("the cat sat on the mat", "the cat ran")
    assert ngrams(sample, 1, without={"the", "on"}) == [("cat", 2), ("sat", 1), ("mat", 1), ("ran", 1)]
    assert ngrams(sample, 2, without={"the"}) == [("cat sat", 1), ("cat ran", 1), ("sat on", 1)]
    assert ngrams(sample, 2, without={"the", "cat", "sat", "mat", "ran", "on"}) == []


@pytest.mark.parametrize("largest", [token_statistics.LARGEST_KEY, 100])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_ngrams_are_counted_as_python_counts_them_also_when_their_numbers_grow_large(n, largest, monkeypatch):
    monkeypatch.setattr(token_statistics, "LARGEST_KEY", largest)
    rng = random.Random(n)
    rows = [rng.choices("abcdefgh", k=rng.randint(0, 9)) for _ in range(400)]
    expected = Counter(tuple(row[i : i + n]) for row in rows for i in range(len(row) - n + 1))
    found = {ngram.tokens: ngram.count for ngram in top_ngrams(encoded(rows, "whitespace", 400), n, k=10**6)}
    assert found == expected


def test_zipf_orders_tokens_by_how_often_they_occur():
    curve = zipf(sample_of("a a a a b b c", "b"))
    assert (curve.ranks, curve.counts, curve.tokens) == ((1, 2, 3), (4, 3, 1), ("a", "b", "c"))


def test_the_exponent_of_an_exact_power_law_is_found():
    # 10,000 / rank for ranks 1 to 50, to the nearest whole number: s = 1.
    rows = [[f"w{rank}"] * round(10_000 / rank) for rank in range(1, 51)]
    assert zipf(encoded(rows, "whitespace", 50)).exponent == pytest.approx(1, abs=0.001)


def test_a_curve_of_many_tokens_is_thinned_and_keeps_both_ends():
    curve = zipf(encoded([[f"w{i}" for i in range(5_000)] + ["w0"]], "whitespace", 1))
    assert (curve.ranks[0], curve.ranks[-1], curve.counts[0], curve.tokens[0]) == (1, 5_000, 2, "w0")
    assert len(curve.ranks) <= token_statistics.CURVE_POINTS


def test_growth_counts_different_tokens_so_far():
    growth = vocabulary_growth(sample_of("a b a", "c a b d"))
    assert growth.tokens == (1, 2, 3, 4, 5, 6, 7)
    assert growth.types == (1, 2, 2, 3, 3, 3, 4)


def test_nothing_at_all_gives_empty_curves(make_version):
    sample = token_sample(make_version(["", " "]), Filters(text="nowhere"))
    assert (sample.sampled, sample.of) == (0, 0)
    assert zipf(sample).ranks == ()
    assert zipf(sample).exponent is None
    assert vocabulary_growth(sample).tokens == ()
    assert top_ngrams(sample, 2) == []


def test_a_small_dataset_is_read_whole(make_version):
    version = make_version(["The film was good.", "Good film!", "bad"], labels=["p", "p", "n"])
    sample = token_sample(version)
    assert (sample.sampled, sample.of, sample.cut) == (3, 3, 0)
    tokens = [
        token
        for text in ("The film was good.", "Good film!", "bad")
        for token in TOKENIZERS[sample.tokenizer].tokenize(text)
    ]
    assert Counter(sample.vocabulary[code] for code in sample.codes) == Counter(tokens)
    assert token_sample(version, Filters(labels=("n",))).vocabulary == ("bad",)


def test_a_large_one_is_sampled_the_same_way_every_time(make_version, monkeypatch):
    monkeypatch.setattr(token_statistics, "SAMPLE_ROWS", 300)
    version = make_version([f"word{i}" for i in range(3_000)])
    sample = token_sample(version, tokenizer="whitespace")
    # Each row is drawn with probability 0.1: 300 on average, standard deviation sqrt(3000 * 0.1 * 0.9) = 16.4.
    assert abs(sample.sampled - 300) < 5 * 16.4
    assert sample.of == 3_000
    assert sample.vocabulary == token_sample(version, tokenizer="whitespace").vocabulary
    narrow = token_sample(version, Filters(text="word12"), tokenizer="whitespace")
    assert narrow.sampled == narrow.of == 111  # 12, 120 to 129, 1200 to 1299: drawn from what matches, not from all


def test_long_texts_are_cut_and_counted(make_version, monkeypatch):
    monkeypatch.setattr(token_statistics, "ROW_CHARACTERS", 4)
    sample = token_sample(make_version(["ab cd ef", "ab"]), tokenizer="whitespace")
    assert sample.cut == 1
    assert set(sample.vocabulary) == {"ab", "c"}


def test_the_sample_stops_when_it_has_enough_characters(make_version, monkeypatch):
    monkeypatch.setitem(token_statistics.SAMPLE_CHARACTERS_OF, "whitespace", 100)
    sample = token_sample(make_version(["a" * 30] * 50), tokenizer="whitespace")
    assert (sample.sampled, sample.of) == (4, 50)  # a row is read while fewer than 100 characters stand before it
    assert token_sample(make_version(["a" * 300, "b" * 300]), tokenizer="whitespace").sampled == 1


def test_chinese_is_cut_into_words_without_asking(make_version, shared_data):
    with next((shared_data / "chnsenticorp").glob("*.csv")).open(encoding="utf-8-sig") as file:
        texts = [row[1] for row in list(csv.reader(file))[1:200]]
    sample = token_sample(make_version(texts, language="zh"))
    assert sample.tokenizer == "jieba"
    assert "酒店" in [token for ngram in top_ngrams(sample, 1, 50) for token in ngram.tokens]


def test_real_english_follows_zipf(make_version, shared_data):
    with next((shared_data / "sst2").glob("*dev*")).open(encoding="utf-8") as file:
        texts = [text for text, _ in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    sample = token_sample(make_version(texts))
    exponent = zipf(sample).exponent
    assert exponent is not None
    assert 0.8 < exponent < 1.3
    growth = vocabulary_growth(sample)
    assert growth.types[-1] == len(sample.vocabulary)
    assert growth.tokens[-1] == len(sample.codes)


def test_an_unknown_tokenizer_lists_the_choices(make_version):
    with pytest.raises(UnknownName, match="whitespace"):
        token_sample(make_version(["a"]), tokenizer="nope")
