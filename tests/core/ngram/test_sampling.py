"""Texts drawn from a model: the same for the same seed, as likely as the model says."""

from collections import Counter

import pytest

from core.errors import InputError
from core.ngram.estimators import ESTIMATORS
from core.ngram.sampling import next_words, sample

LINES = ["a b", "a b", "a c"]


def test_the_same_seed_draws_the_same_text(fit_lines, zipf_lines):
    model = fit_lines(zipf_lines, order=3)
    texts = [sample(model, seed=seed).tokens for seed in range(20)]
    assert texts == [sample(model, seed=seed).tokens for seed in range(20)]
    assert len(set(texts)) > 15


def test_words_are_drawn_as_often_as_they_are_likely(fit_lines):
    model = fit_lines(LINES, order=2, estimator="mle")
    drawn = Counter(sample(model, seed=seed).tokens for seed in range(300))
    assert set(drawn) == {("a", "b"), ("a", "c")}
    assert drawn["a", "b"] == pytest.approx(200, abs=35)  # more than 4 standard deviations of 8.2
    assert all(sample(model, seed=seed).ended for seed in range(5))


def test_low_temperature_and_a_small_k_choose_the_likeliest(fit_lines, zipf_lines):
    model = fit_lines(zipf_lines, order=2)
    best, history = [], ["<s>"]
    while len(best) < 10 and (word := next_words(model, history, 1)[0].word) != "</s>":
        best.append(word)
        history.append(word)
    assert list(sample(model, max_tokens=10, top_k=1, seed=1).tokens) == best
    assert list(sample(model, max_tokens=10, temperature=0.01, seed=2).tokens) == best
    assert len(set(sample(model, max_tokens=200, temperature=50, seed=0).tokens)) > 100


@pytest.mark.parametrize("estimator", list(ESTIMATORS))
def test_unknown_words_are_never_drawn_and_any_prompt_goes(fit_lines, zipf_lines, estimator):
    model = fit_lines(zipf_lines, order=3, estimator=estimator, cutoff=5)
    for prompt in ([], ["w1", "w2"], ["zebra", "zebra"]):
        drawn = sample(model, prompt, max_tokens=30, seed=4)
        assert "<unk>" not in drawn.tokens and "<s>" not in drawn.tokens
        assert drawn.ended or len(drawn.tokens) == 30


def test_a_vocabulary_of_unknown_words_only_ends_the_text(fit_lines):
    model = fit_lines(["x y z"], order=1, vocabulary=("a",), estimator="mle")
    assert sample(model, max_tokens=3).tokens == ()
    assert not sample(fit_lines(["a"] * 3, order=1, estimator="mle"), max_tokens=0).tokens


def test_next_words_with_their_counts(fit_lines):
    model = fit_lines(LINES, order=2, estimator="mle")
    assert [(w.word, w.count) for w in next_words(model, ["a"])] == [("b", 2), ("c", 1)]
    assert [w.probability for w in next_words(model, ["a"])] == pytest.approx([2 / 3, 1 / 3])
    assert [(w.word, w.count) for w in next_words(model, ["b"], 1)] == [("</s>", 2)]


def test_settings_that_make_no_sense(fit_lines):
    model = fit_lines(LINES)
    for settings in ({"temperature": 0}, {"temperature": -1.0}, {"temperature": float("nan")}, {"top_k": 0}):
        with pytest.raises(InputError):
            sample(model, **settings)
