"""Perplexities are compared only where they compare, and the verdict says what it is worth."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui.lm_basis import levels_for, verdict

READING = {"tokenizer": "auto", "unit": "sentence", "lowercase": False, "stop_words": False}
HELD_OUT = {"validation_share": 0.1, "seed": 0}


def run_of(kind: str, config: dict[str, Any], result: dict[str, Any] | None) -> Run:
    return Run(
        id=f"{kind} {config}",
        owner="local",
        kind=kind,
        name="",
        lane="training",
        config={**READING, **HELD_OUT, "cutoff": 1, **config},
        inputs=(),
        state="finished",
        resume=False,
        cancel_requested=None,
        created=0,
        started=1,
        ended=2,
        pid=None,
        progress=None,
        message="",
        result=result,
        place=None,
        folder=Path(),
    )


def report(perplexity: float, unknown: int = 5, zeros: int = 0) -> dict[str, Any]:
    return {"perplexity": perplexity, "tokens": 100, "unknown": unknown, "zero_probability": zeros}


def trial(estimator: str, order: int, cutoff: int, **measured: Any) -> dict[str, Any]:
    return {"estimator": estimator, "order": order, "cutoff": cutoff, "gamma": 0.0, **report(**measured)}


def ngram(chosen: dict[str, Any], *trials: dict[str, Any], **config: Any) -> Run:
    measured = {**report(chosen["perplexity"], chosen["unknown"], chosen["zero_probability"])}
    return run_of("ngram", config, {**chosen, "validation": measured, "test": None, "trials": [chosen, *trials]})


def neural(perplexity: float, unknown: int = 5, **config: Any) -> Run:
    settings = {"architecture": "lstm", "width": 8, **config}
    return run_of("lm", settings, {"validation": report(perplexity, unknown), "test": None})


@pytest.fixture
def version(make_version: Callable[..., Version]) -> Version:
    return make_version(["a", "b"])


def test_the_best_of_all_that_was_tried_at_the_same_vocabulary_is_compared(version: Version) -> None:
    chosen = trial("modified-kneser-ney", 3, 2, perplexity=50.0, unknown=9)
    others = (
        trial("witten-bell", 3, 1, perplexity=80.0),
        trial("kneser-ney", 2, 1, perplexity=75.0),
        trial("mle", 2, 1, perplexity=3.0, zeros=40),  # the perplexity of the other 60 tokens
        trial("stupid-backoff", 3, 1, perplexity=20.0),  # no probabilities
    )
    runs = [neural(60.0), ngram(chosen, *others)]
    found = verdict(runs, version, True)
    assert found and (found.ngram.title, found.ngram.perplexity) == ("Kneser-Ney, order 2", 75.0)
    assert not found.ngram.is_kept and found.neural_is_better
    assert "its perplexity is 20.0% lower, 60.0 against 75.0 on the same 100 validation" in found.sentences[0]
    assert levels_for(runs[0], runs, version, True) == {"Kneser-Ney, order 2": 75.0, "Witten-Bell, order 3": 80.0}
    at_two = neural(55.0, unknown=9, cutoff=2)
    found = verdict([at_two, runs[1]], version, True)
    assert found and found.ngram.is_kept and not found.neural_is_better
    assert "does not beat the best n-gram model" in found.sentences[0]
    assert "its perplexity is 10.0% higher, 55.0 against 50.0" in found.sentences[0]


@pytest.mark.parametrize(
    "other",
    [{"cutoff": 3}, {"lowercase": True}, {"tokenizer": "words"}, {"unit": "document"}, {"seed": 1}, {"unknown": 6}],
)
def test_what_was_read_otherwise_is_not_compared(version: Version, other: dict[str, Any]) -> None:
    fitted = ngram(trial("kneser-ney", 2, 1, perplexity=75.0))
    assert verdict([neural(60.0), fitted], version, True)
    assert verdict([neural(60.0, **other), fitted], version, True) is None


def test_the_seed_does_not_matter_where_the_dataset_has_a_validation_split(version: Version) -> None:
    runs = [neural(60.0, seed=1), ngram(trial("kneser-ney", 2, 1, perplexity=75.0))]
    assert verdict(runs, version, False) and not verdict(runs, version, True)


def test_a_vocabulary_of_ones_own_compares_with_none(version: Version) -> None:
    runs = [neural(60.0), ngram(trial("kneser-ney", 2, 1, perplexity=75.0), vocabulary=["a"])]
    assert verdict(runs, version, True) is None


def test_the_verdict_says_how_certain_it_is(version: Version) -> None:
    found = verdict([neural(60.0), ngram(trial("kneser-ney", 2, 1, perplexity=75.0))], version, True)
    assert found
    sure = replace(found, interval=(0.7, 0.9))
    assert sure.neural_is_better and "between 10.0% and 30.0% lower" in sure.sentences[1]
    unsure = replace(found, interval=(0.7, 1.1))
    assert not unsure.neural_is_better and "beat" not in unsure.sentences[0]
    assert "between 30.0% lower and 10.0% higher" in unsure.sentences[1]
