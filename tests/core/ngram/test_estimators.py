"""Probabilities worked out by hand, distributions that add up to 1, and agreement with NLTK on real text.

The hand-made text is "a b", "a b", "a c". Its bigrams: <s> a 3, a b 2, a c 1, b </s> 2, c </s> 1. Its words: a 3, b 2,
c 1, </s> 3, 9 in all. V, what can follow, is 5: a, b, c, </s> and <unk>.
"""

import numpy as np
import pytest

from core.jobs import run
from core.ngram.estimators import ESTIMATORS, AbsoluteDiscounting, ModifiedKneserNey
from core.ngram.evaluation import evaluate
from tests.core.ngram.conftest import corpus_of
from tests.core.ngram.plain import plain_model

LINES = ["a b", "a b", "a c"]
SMOOTHED = [name for name in ESTIMATORS if name not in ("mle", "stupid-backoff")]


@pytest.mark.parametrize(
    ("estimator", "history", "word", "expected"),
    [
        ("mle", "a", "b", 2 / 3),
        ("mle", "a", "a", 0),
        ("mle", "zebra", "a", 0),
        ("mle", "<s>", "a", 3 / 3),
        ("laplace", "a", "b", (2 + 1) / (3 + 5)),
        ("laplace", "a", "zebra", 1 / (3 + 5)),
        ("laplace", "zebra", "a", 1 / 5),
        ("lidstone", "a", "b", (2 + 0.5) / (3 + 0.5 * 5)),
        # Two words were seen after a, 4 in all: 9 + 4 = 13.
        ("witten-bell", "", "b", 2 / 13 + 4 / 13 / 5),
        ("witten-bell", "a", "b", 2 / 5 + 2 / 5 * (2.8 / 13)),
        # n1 = 1 (c), n2 = 1 (b): D = 1/3 for words; n1 = 2, n2 = 2: D = 1/3 for bigrams.
        ("absolute-discounting", "", "b", (2 - 1 / 3) / 9 + 4 / 3 / 9 / 5),
        ("absolute-discounting", "a", "b", (2 - 1 / 3) / 3 + 2 / 3 / 3 * (5.8 / 27)),
        # Before a, b, c stands one word each, before </s> two: n1 = 3, n2 = 1, D = 3/5, 5 in all.
        ("kneser-ney", "", "a", (1 - 0.6) / 5 + 4 * 0.6 / 5 / 5),
        ("kneser-ney", "", "</s>", (2 - 0.6) / 5 + 0.48 / 5),
        ("kneser-ney", "a", "b", (2 - 1 / 3) / 3 + 2 / 9 * 0.176),
        # n3 = 0, so the discounts of words are 0.5, 1, 1.5: (3 * 0.5 + 1) / 5 = 0.5 is left over.
        ("modified-kneser-ney", "", "a", (1 - 0.5) / 5 + 0.5 / 5),
        ("modified-kneser-ney", "", "</s>", (2 - 1) / 5 + 0.5 / 5),
        ("modified-kneser-ney", "", "zebra", 0.5 / 5),
        # Bigrams: n1 = 2, n2 = 2, n3 = 1, n4 = 0, Y = 1/3, D1 = 1 - 2/3, D2 = 2 - 1/2, D3 = 3.
        ("modified-kneser-ney", "a", "b", (2 - 1.5) / 3 + (1.5 + 1 / 3) / 3 * 0.2),
        ("modified-kneser-ney", "a", "</s>", (1.5 + 1 / 3) / 3 * 0.3),
        ("modified-kneser-ney", "<s>", "a", (3 - 3) / 3 + 3 / 3 * 0.2),
        ("stupid-backoff", "a", "b", 2 / 3),
        ("stupid-backoff", "b", "a", 0.4 * 3 / 9),
        ("stupid-backoff", "zebra", "a", 0.4 * 3 / 9),
    ],
)
def test_bigrams_by_hand(fit_lines, estimator, history, word, expected):
    model = fit_lines(LINES, order=2, estimator=estimator, gamma=0.5)
    assert model.probability(history.split(), word) == pytest.approx(expected, rel=1e-6)


def test_trigrams_that_begin_a_sequence_keep_their_count_in_kneser_ney(fit_lines):
    """Before "<s> a" nothing can stand, so it counts 3 times; before the other bigrams stands one word each.

    n1 = 4 and n2 = 0: the fallback discounts. p(a | <s>) = (3 - 1.5)/3 + 1.5/3 p(a) and p(a) = 0.2 as above.
    """
    model = fit_lines(LINES, order=3, estimator="modified-kneser-ney")
    assert model.probability(["<s>"], "a") == pytest.approx(0.5 + 0.5 * 0.2, rel=1e-6)
    # b after a: counted once of two. After <s> a: raw 2 of 3; n1 = n2 = 2, n3 = 0: fallback again.
    below = (1 - 0.5) / 2 + (0.5 + 0.5) / 2 * 0.2
    assert model.probability(["<s>", "a"], "b") == pytest.approx((2 - 1) / 3 + 1.5 / 3 * below, rel=1e-6)
    assert model.settings.fallbacks == (1, 2, 3)


@pytest.mark.parametrize(
    ("histogram", "discounts", "fell_back"),
    [
        ([9, 8, 4, 2, 1], (1 - 2 * 0.5 * 0.5, 2 - 3 * 0.5 * 0.5, 3 - 4 * 0.5 * 0.5), False),
        ([0, 0, 4, 2, 1], (0.5, 1.0, 1.5), True),
        ([0, 8, 0, 2, 1], (0.5, 1.0, 1.5), True),
        ([0, 8, 4, 0, 1], (0.5, 1.0, 1.5), True),
        ([0, 8, 4, 2, 0], (1 - 2 * 0.5 * 0.5, 2 - 3 * 0.5 * 0.5, 3.0), False),
        ([0, 10, 1, 99, 1], (0.5, 1.0, 1.5), True),  # the discount of 2 would be below 0
        ([0, 0, 0, 0, 0], (0.5, 1.0, 1.5), True),
    ],
)
def test_modified_discounts_and_when_the_fallback_is_used(histogram, discounts, fell_back):
    found, fallback = ModifiedKneserNey.fitted(np.array(histogram))
    assert found.discounts == pytest.approx((0.0, *discounts))
    assert fallback is fell_back


@pytest.mark.parametrize(
    ("histogram", "discount", "fell_back"), [([0, 6, 2], 0.6, False), ([0, 0, 2], 0.75, True), ([0, 6, 0], 0.75, True)]
)
def test_one_discount_and_when_the_fallback_is_used(histogram, discount, fell_back):
    found, fallback = AbsoluteDiscounting.fitted(np.array([*histogram, 0, 0]))
    assert found.discounts == pytest.approx((0.0, *[discount] * 3))
    assert fallback is fell_back


@pytest.mark.parametrize("cutoff", [1, 3])
@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("estimator", SMOOTHED)
def test_every_distribution_adds_up_to_one(fit_lines, zipf_lines, estimator, order, cutoff):
    model = fit_lines(zipf_lines, order=order, estimator=estimator, cutoff=cutoff)
    histories = [[], ["<s>"], ["zebra"], ["<s>", "zebra"], ["<unk>", "w1"]]
    histories += [["<s>", *line.split()][-4:] for line in zipf_lines[:40]]
    histories += [[*line.split()[:2], "zebra"] for line in zipf_lines[:5]]
    for history in histories:
        distribution = model.distribution(history)
        assert distribution.sum() == pytest.approx(1, abs=2e-6)
        assert distribution.min() >= 0


def test_maximum_likelihood_adds_up_to_one_after_what_was_seen(fit_lines, zipf_lines):
    model = fit_lines(zipf_lines, order=3, estimator="mle")
    for line in zipf_lines[:40]:
        assert model.distribution(line.split()[-2:]).sum() == pytest.approx(1)
    assert model.distribution(["zebra", "zebra"]).sum() == 0


@pytest.mark.parametrize("estimator", list(ESTIMATORS))
@pytest.mark.parametrize("order", [1, 3])
def test_a_stream_is_scored_as_each_distribution_says(fit_lines, zipf_lines, estimator, order):
    model = fit_lines(zipf_lines[:200], order=order, estimator=estimator)
    for line in [*zipf_lines[190:210], "w1 zebra zebra w1 w2", "zebra"]:
        tokens = line.split()
        scores = model.score(model.vocabulary.encode([tokens]))
        said = [model.probability(["<s>", *tokens[:i]], word) for i, word in enumerate([*tokens, "</s>"])]
        assert scores.probabilities.tolist() == pytest.approx(said, rel=1e-9)


@pytest.mark.parametrize("estimator", ["witten-bell", "absolute-discounting", "kneser-ney", "modified-kneser-ney"])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_every_probability_is_that_of_the_definition(fit_lines, zipf_lines, estimator, order):
    lines = [line for line in zipf_lines if len(line.split()) > 2][:300]
    model = fit_lines(lines, order=order, estimator=estimator)
    assert not model.settings.fallbacks
    plain = plain_model(lines, order, estimator)
    for line in [*lines[:60], "w1 w2 w3 w2 w1 zebra w1 w1 w5", "w9 w8 w7 w6"]:
        tokens = [word if word in model.vocabulary.ids else "<unk>" for word in line.split()]
        scores = model.score(model.vocabulary.encode([tokens])).probabilities
        sequence = ["<s>", *tokens, "</s>"]
        expected = [plain(word, tuple(sequence[:i])) for i, word in enumerate(sequence) if i]
        assert scores.tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("estimator", ["mle", "lidstone", "witten-bell"])
def test_agrees_with_nltk_on_real_text(fit_lines, shared_data, estimator):
    """NLTK is given the n-grams of sequences between one <s> and one </s>, as they are here, without <s> alone."""
    from nltk.lm import MLE, Lidstone, NgramCounter, Vocabulary, WittenBellInterpolated
    from nltk.util import everygrams

    lines = (shared_data / "wikitext-2" / "valid.txt").read_text("utf-8").splitlines()
    lines = [line.strip() for line in lines if line.strip()][:120]
    model = fit_lines(lines, order=3, estimator=estimator, gamma=0.2, cutoff=2)
    known = model.vocabulary.ids
    texts = [["<s>", *(t if known.get(t) else "<unk>" for t in line.split()), "</s>"] for line in lines]
    vocabulary = Vocabulary([w for text in texts for w in text[1:] if w != "<unk>"], unk_label="<unk>")
    counter = NgramCounter([ngram for ngram in everygrams(text, max_len=3) if ngram != ("<s>",)] for text in texts)
    settings = {"order": 3, "vocabulary": vocabulary, "counter": counter}
    theirs = {"mle": MLE, "lidstone": lambda **s: Lidstone(0.2, **s), "witten-bell": WittenBellInterpolated}
    peer = theirs[estimator](**settings)
    held_out = [*texts[:5], *(["<s>", *reversed(text[1:-1]), "</s>"] for text in texts[5:10])]
    scores = model.score(model.vocabulary.encode([text[1:-1] for text in held_out])).probabilities
    expected = [
        peer.unmasked_score(text[i], tuple(text[max(0, i - 2) : i])) for text in held_out for i in range(1, len(text))
    ]
    assert len(expected) > 500
    assert scores.tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("order", "with_unknown", "without"), [(3, 379.2510, 272.6275), (5, 375.0524, 269.7430)])
def test_modified_kneser_ney_is_that_of_lmplz(fit_lines, shared_data, order, with_unknown, without):
    """What KenLM's lmplz and query say of these files. They keep logarithms in 32 bits: the 4th decimal may differ."""

    def lines_of(name):
        lines = (shared_data / "wikitext-2" / name).read_text("utf-8").split("\n")
        return [line.strip().replace("<unk>", "UNK") for line in lines if line.strip()]

    model = fit_lines(lines_of("valid.txt"), order=order, estimator="modified-kneser-ney")
    report = run(evaluate(model, corpus_of(lines_of("test.txt"))))
    assert (report.tokens, report.unknown, report.zero_probability) == (244_102, 11_896, 0)
    assert report.perplexity == pytest.approx(with_unknown, abs=2e-4)
    assert report.perplexity_without_unknown == pytest.approx(without, abs=2e-4)
