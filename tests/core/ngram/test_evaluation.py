"""Reports whose numbers are worked out by hand, tokens explained, and rows that stand out."""

import math

import pytest

from core.errors import InputError
from core.jobs import run
from core.ngram.evaluation import evaluate, most_surprising, row_surprises, token_scores
from tests.core.ngram.conftest import corpus_of

LINES = ["a b", "a b", "a c"]


def test_a_report_by_hand(fit_lines):
    """Laplace bigrams: p(a | <s>) = 4/8, p(b | a) = 3/8, p(</s> | b) = 3/7; then 4/8, p(<unk> | a) = 1/8, and 1/5."""
    report = run(evaluate(fit_lines(LINES, order=2, estimator="laplace"), corpus_of(["a b", "a zebra"])))
    logs = [math.log10(p) for p in (4 / 8, 3 / 8, 3 / 7, 4 / 8, 1 / 8, 1 / 5)]
    assert (report.tokens, report.unknown, report.zero_probability) == (6, 1, 0)
    assert report.log10_probability == pytest.approx(sum(logs))
    assert report.perplexity == pytest.approx(10 ** (-sum(logs) / 6))
    assert report.bits_per_token == pytest.approx(math.log2(report.perplexity))
    known = [log for i, log in enumerate(logs) if i != 4]
    assert report.perplexity_without_unknown == pytest.approx(10 ** (-sum(known) / 5))
    assert report.bits_per_token_without_unknown == pytest.approx(math.log2(report.perplexity_without_unknown))
    assert report.notes == []


def test_zero_probabilities_are_counted_and_never_infinite(fit_lines):
    """Maximum likelihood: p(a | <s>) = 1, p(b | a) = 2/3, p(</s> | b) = 1; then b after <s> 0, c after b 0, </s> 1."""
    report = run(evaluate(fit_lines(LINES, order=2, estimator="mle"), corpus_of(["a b", "b c"])))
    assert (report.tokens, report.unknown, report.zero_probability) == (6, 0, 2)
    assert report.perplexity == pytest.approx((2 / 3) ** (-1 / 4))
    assert "2 of the 6 tokens have the probability 0" in report.notes[0]
    nothing = run(evaluate(fit_lines(LINES, order=2, estimator="mle"), corpus_of(["zebra zebra"])))
    assert (nothing.perplexity, nothing.bits_per_token, nothing.perplexity_without_unknown) == (None, None, None)
    assert nothing.zero_probability == nothing.tokens == 3


def test_scores_that_are_no_probabilities_are_said_to_be_so(fit_lines):
    report = run(evaluate(fit_lines(LINES, order=2, estimator="stupid-backoff"), corpus_of(["a b"])))
    assert not report.adds_up
    assert "do not add up to 1" in report.notes[0]
    assert report.as_json()["notes"] == report.notes


def test_a_text_without_tokens_cannot_be_judged(fit_lines):
    with pytest.raises(InputError, match="no tokens"):
        run(evaluate(fit_lines(LINES), corpus_of(["", " "])))


def test_every_token_is_explained(fit_lines):
    """Of "<s> a c zebra </s>": "<s> a" and "<s> a c" were seen; zebra never; "</s>" only by itself after <unk>."""
    model = fit_lines(LINES, order=3, estimator="modified-kneser-ney")
    found = token_scores(model, "a c zebra")
    assert [(t.token, t.word, t.order, t.history, t.history_count, t.count, t.word_count) for t in found] == [
        ("a", "a", 2, ("<s>",), 3, 3, 3),
        ("c", "c", 3, ("<s>", "a"), 3, 1, 1),
        ("zebra", "<unk>", 1, (), 9, 0, 0),
        ("</s>", "</s>", 1, (), 9, 3, 3),
    ]
    assert [t.probability for t in found] == pytest.approx(
        [model.probability(h.split(), w) for h, w in (("<s>", "a"), ("<s> a", "c"), ("a c", "z"), ("c z", "</s>"))]
    )
    assert found[0].bits == pytest.approx(-math.log2(found[0].probability))


def test_a_token_that_nothing_answers_for(fit_lines):
    found = token_scores(fit_lines(LINES, order=2, estimator="mle"), "zebra a")
    assert [(t.word, t.probability, t.order, t.bits) for t in found] == [
        ("<unk>", 0, 2, None),
        ("a", 0, 0, None),
        ("</s>", 0, 2, None),
    ]
    assert found[1].history_count is None


def test_rows_by_how_surprising_they_are(fit_lines, zipf_lines):
    model = fit_lines(zipf_lines, order=3)
    lines = [*zipf_lines[:50], "w290 w1 w280 w2 w270 w3 w260", "x y"]
    (first, *rest) = run(most_surprising(model, corpus_of(lines), 5))
    assert first.id == "51"
    assert [row.bits_per_token for row in rest] == sorted((row.bits_per_token for row in rest), reverse=True)
    every = [row for batch in corpus_of(lines).batches() for row in row_surprises(model, batch)]
    assert len(every) == 52
    assert (every[51].tokens, every[51].unknown, every[51].zero_probability) == (3, 2, 0)
    scores = model.score(model.vocabulary.encode([lines[0].split()]))
    assert every[0].bits_per_token == pytest.approx(
        -sum(math.log2(p) for p in scores.probabilities) / len(scores.probabilities)
    )


def test_a_row_of_several_sentences_is_one_row(fit_lines, make_version):
    from core.data.corpus import ReadingConfig, version_corpus

    model = fit_lines(LINES, order=2)
    version = make_version(["It rains. We stay.", "", "Oh sun!"])
    (batch,) = version_corpus(version, ReadingConfig(tokenizer="words")).batches()
    rows = row_surprises(model, batch)
    assert [(row.id, row.tokens) for row in rows] == [("r0", 8), ("r2", 4)]
