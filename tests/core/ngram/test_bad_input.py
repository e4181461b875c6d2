"""What cannot be learned from is said in a sentence; what can, though it is odd, gives finite numbers."""

import math
from itertools import product

import pytest

from core.errors import InputError
from core.jobs import run
from core.ngram.estimators import ESTIMATORS
from core.ngram.evaluation import evaluate
from tests.core.ngram.conftest import corpus_of

ODD = {
    "one sentence": (["the only sentence"], {}),
    "one word": (["word"], {}),
    "one word repeated": (["word " * 50] * 3, {}),
    "order longer than any sentence": (["a b", "c d", "a d"], {"order": 7}),
    "a vocabulary of one": (["a b a", "c a"], {"vocabulary": ("a",)}),
    "a vocabulary that is nowhere": (["a b a", "c a"], {"vocabulary": ("zebra",)}),
    "a cutoff above every count": (["a b", "b c"], {"cutoff": 100}),
    "only unknown words": (["<unk> <unk>", "<unk>"], {}),
    "marks as words": (["<s> a </s>", "</s> <s>"], {}),
    "every ngram twice": (["a b c", "a b c"], {}),
    "a line of a megabyte": (["w1 w2 w3 " * 120_000], {}),
}


@pytest.mark.parametrize(("case", "estimator"), list(product(ODD, ESTIMATORS)))
def test_odd_texts_give_finite_numbers(fit_lines, case, estimator):
    lines, settings = ODD[case]
    model = fit_lines(lines, **{"order": 3, "estimator": estimator, **settings})
    report = run(evaluate(model, corpus_of([*lines, "something else a b"])))
    for name, value in report.numbers().items():
        assert value is None or math.isfinite(value), name
    assert report.tokens == sum(len(line.split()) + 1 for line in lines) + 5
    for history in ([], ["<s>"], ["a"], ["word", "word"], ["zebra", "b"]):
        total = model.distribution(history).sum()
        assert math.isfinite(total)
        if estimator not in ("mle", "stupid-backoff"):
            assert total == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("lines", [[], [""], [" ", "\t"]])
def test_an_empty_corpus_is_said_to_be_one(fit_lines, lines):
    with pytest.raises(InputError, match="has no tokens"):
        fit_lines(lines)


@pytest.mark.parametrize("estimator", ["absolute-discounting", "kneser-ney", "modified-kneser-ney"])
def test_discounts_that_cannot_be_estimated_are_the_documented_ones(fit_lines, estimator):
    model = fit_lines(["a b c", "a b c"], order=2, estimator=estimator)
    assert model.settings.fallbacks == (1, 2)
    usual = (0.0, 0.5, 1.0, 1.5) if estimator == "modified-kneser-ney" else (0.0, 0.75, 0.75, 0.75)
    assert model.settings.discounts == (usual, usual)
