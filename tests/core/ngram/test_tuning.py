"""Settings chosen by validation text, and perplexities that compare between vocabularies."""

import math

import pytest

from core.jobs import run
from core.ngram.estimators import ESTIMATORS
from core.ngram.evaluation import evaluate
from core.ngram.text import read_text
from core.ngram.tuning import GAMMAS, benches, first_sequences
from tests.core.ngram.conftest import corpus_of


def made(tmp_path, train, validation, order=3, cutoffs=(1,), given=()):
    texts = [run(read_text(corpus_of(lines), tmp_path / name)) for lines, name in ((train, "t"), (validation, "v"))]
    return run(benches(*texts, order, cutoffs, given, tmp_path))


@pytest.mark.parametrize("estimator", list(ESTIMATORS))
def test_a_trial_measures_what_a_fitted_model_does(tmp_path, fit_lines, zipf_lines, estimator):
    train, validation = zipf_lines[:400], [*zipf_lines[400:], "zebra w1 w2"]
    for bench, cutoff in zip(made(tmp_path, train, validation, 4, (1, 3)), (1, 3), strict=True):
        for order in (1, 2, 4):
            (trial,) = run(bench.trials(estimator, order, (0.3,)))
            model = fit_lines(train, order=order, estimator=estimator, cutoff=cutoff, gamma=0.3)
            report = run(evaluate(model, corpus_of(validation)))
            assert trial.report.perplexity == pytest.approx(report.perplexity)
            assert trial.report.unknown == report.unknown
            assert (trial.order, trial.cutoff) == (order, cutoff)


def test_every_gamma_is_tried_where_there_is_one(tmp_path, zipf_lines):
    (bench,) = made(tmp_path, zipf_lines[:400], zipf_lines[400:])
    assert [trial.gamma for trial in run(bench.trials("lidstone", 2, GAMMAS))] == list(GAMMAS)
    assert [trial.gamma for trial in run(bench.trials("laplace", 2, GAMMAS))] == [1.0]
    assert len(run(bench.trials("witten-bell", 2, GAMMAS))) == 1


def test_an_unknown_word_is_charged_for_the_words_it_stands_for(tmp_path):
    """<unk> stands for the 3 words b, c and d, so each unknown token costs log10(3) more: one of 2 tokens."""
    (bench,) = made(tmp_path, ["a a b c"], ["d"], order=1, cutoffs=(2,))
    (trial,) = run(bench.trials("mle", 1, GAMMAS))
    # Of 5 tokens 2 are a, 2 unknown and 1 the end.
    assert trial.report.perplexity == pytest.approx((2 / 5 * 1 / 5) ** -0.5)
    assert trial.adjusted_perplexity == pytest.approx((2 / 5 / 3 * 1 / 5) ** -0.5)


def test_an_unknown_word_without_probability_is_charged_nothing(tmp_path):
    (bench,) = made(tmp_path, ["a b"], ["a zebra"], order=1)
    (trial,) = run(bench.trials("mle", 1, GAMMAS))
    assert trial.report.zero_probability == 1
    assert trial.adjusted_perplexity == trial.report.perplexity == pytest.approx(3)


def test_trials_without_zero_probabilities_come_first(tmp_path, zipf_lines):
    (bench,) = made(tmp_path, zipf_lines[:300], zipf_lines[300:])
    trials = [trial for order in (1, 2, 3) for trial in run(bench.trials("mle", order, ()))]
    best = min(trials, key=lambda trial: trial.rank)
    assert best.report.zero_probability == min(trial.report.zero_probability for trial in trials)
    assert math.isfinite(best.rank[1])
    assert "estimator" in best.as_json() and "perplexity" in best.as_json()


def test_long_validation_texts_are_cut_after_a_sequence(tmp_path, monkeypatch):
    monkeypatch.setattr("core.ngram.tuning.MOST_TOKENS", 5)
    text = run(read_text(corpus_of(["a b", "c", "d e", "f"]), tmp_path / "text"))
    assert first_sequences(text.stream).tolist() == text.stream[:7].tolist()  # <s> a b </s> <s> c </s>
    monkeypatch.setattr("core.ngram.tuning.MOST_TOKENS", 500)
    assert len(first_sequences(text.stream)) == len(text.stream)
