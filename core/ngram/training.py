"""The n-gram job: from the rows of a dataset version to a model that is chosen by validation and tested once."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.data.corpus import Corpus, version_parts
from core.data.workspace import Workspace
from core.jobs import Artifact, Job, Metrics, Progress, Sample
from core.ngram.config import NgramConfig
from core.ngram.counting import count
from core.ngram.cross_scoring import surprising_rows
from core.ngram.estimators import ESTIMATORS
from core.ngram.evaluation import Report, evaluate
from core.ngram.fitting import SCRATCH, finish
from core.ngram.model import NgramModel
from core.ngram.sampling import sample
from core.ngram.text import Text, read_text, renumbered, vocabulary_of
from core.ngram.tuning import CUTOFFS, GAMMAS, MOST_TOKENS, Bench, Trial, benches
from core.storage import storage_errors
from core.text.tokenizers import TOKENIZERS

MODEL = "model"  # the folder in a run's folder that holds the finished model
SAMPLES = 3
SURPRISING = 20


def train(config: NgramConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Fit an n-gram model on the training rows of `config.version`, choose its settings by the validation rows, and
    judge it on the test rows once.

    Emits Progress; Metrics("perplexity/<estimator>") of the validation rows with the order as the step, for estimators
    that give every token a probability; Sample("trials"), Sample("texts"), Sample("surprising"); Artifact("model"). The
    model is left in `folder`/model for NgramModel.load. It starts from the beginning when it is resumed.

    The result holds summary, estimator, order, cutoff, gamma, validation and test (reports, test None without test
    rows), trials, vocabulary (words), ngrams (of each length), tokens, surprising (the most surprising rows of the
    dataset), texts (drawn from the model), size (bytes), seconds, tokens_per_second (of scoring), model (its folder in
    `folder`) and notes (sentences). Raises InputError where there is nothing to learn from, StorageError.
    """
    started = time.perf_counter()
    target = folder / MODEL
    scratch = target / SCRATCH
    version = workspace.find(config.version)
    parts = version_parts(version, config, config.validation_share, config.seed)
    with storage_errors(folder):
        shutil.rmtree(target, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            text = yield from read_text(parts.train, scratch / "text")
            validation = yield from read_text(parts.validation, scratch / "validation")
            trials = yield from _trials(config, text, validation, scratch)
            best = min((trial for trial in trials if trial.estimator == config.estimator), key=lambda trial: trial.rank)
            chosen = config.model_copy(update={"order": best.order, "cutoff": best.cutoff, "gamma": best.gamma})
            model = yield from _fitted(chosen, parts.train, text, scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    fitted = time.perf_counter() - started
    yield Artifact("model", MODEL)
    report = yield from evaluate(model, parts.validation)
    rate = report.tokens / (time.perf_counter() - started - fitted)
    test = (yield from evaluate(model, parts.test)) if parts.test else None
    surprising = []
    if config.surprising:
        try:
            rows = yield from surprising_rows(version, chosen, SURPRISING, scratch)
            surprising = [vars(row) for row in rows]
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    texts = [_drawn(model, config.seed + number) for number in range(SAMPLES)]
    yield Sample("trials", [trial.as_json() for trial in trials])
    yield Sample("texts", texts)
    yield Sample("surprising", surprising)
    return {
        "summary": _summary(model, report, test),
        "estimator": config.estimator,
        "order": best.order,
        "cutoff": best.cutoff,
        "gamma": best.gamma,
        "validation": report.as_json(),
        "test": test.as_json() if test else None,
        "trials": [trial.as_json() for trial in trials],
        "vocabulary": len(model.vocabulary),
        "ngrams": list(model.settings.ngrams),
        "tokens": model.settings.tokens,
        "surprising": surprising,
        "texts": texts,
        "size": sum(path.stat().st_size for path in target.iterdir()),
        "seconds": round(fitted, 1),
        "tokens_per_second": round(rate),
        "model": MODEL,
        "notes": [*parts.notes, *_notes(model, validation)],
    }


def _trials(config: NgramConfig, text: Text, validation: Text, scratch: Path) -> Job[list[Trial]]:
    """Try what `config` asks for: its own settings, the ones around them, and the other estimators."""
    cutoffs = [config.cutoff] if not config.tune or config.vocabulary else sorted({*CUTOFFS, config.cutoff})
    made = yield from benches(text, validation, config.order, cutoffs, config.vocabulary, scratch)
    trials: list[Trial] = []
    planned = list(_planned(config, made))
    for number, (bench, estimator, order) in enumerate(planned):
        yield Progress(number, len(planned), "trials", "Trying the settings on the validation rows")
        gammas = GAMMAS if config.tune else (config.gamma,)
        trials += yield from bench.trials(estimator, order, gammas)
    own = [trial for trial in trials if trial.estimator == config.estimator]
    cutoff = min(own, key=lambda trial: trial.rank).cutoff
    if config.compare:
        bench = made[cutoffs.index(cutoff)]
        others = [(name, order) for name in ESTIMATORS if name != config.estimator for order in _orders(config)]
        for number, (name, order) in enumerate(others):
            yield Progress(number, len(others), "trials", "Comparing the estimators")
            trials += yield from bench.trials(name, order, GAMMAS)
    yield from _curves(trials, cutoff)
    return trials


def _planned(config: NgramConfig, made: list[Bench]) -> Iterator[tuple[Bench, str, int]]:
    orders = _orders(config) if config.tune else [config.order]
    yield from ((bench, config.estimator, order) for bench in made for order in orders)


def _orders(config: NgramConfig) -> range:
    return range(1, config.order + 1)


def _curves(trials: list[Trial], cutoff: int) -> Iterator[Metrics]:
    """Yield the perplexity of each estimator by order at one cutoff, at the best gamma."""
    best: dict[tuple[int, str], Trial] = {}
    for trial in trials:
        key = (trial.order, trial.estimator)
        if trial.cutoff == cutoff and (key not in best or trial.rank < best[key].rank):
            best[key] = trial
    for (order, estimator), trial in sorted(best.items()):
        report = trial.report
        if report.adds_up and not report.zero_probability and report.perplexity is not None:
            yield Metrics(order, {f"perplexity/{estimator}": report.perplexity})


def _fitted(config: NgramConfig, corpus: Corpus, text: Text, scratch: Path, target: Path) -> Job[NgramModel]:
    vocabulary = vocabulary_of(text, config.cutoff, config.vocabulary)
    counted = yield from count(renumbered(text, vocabulary, scratch / "renumbered"), config.order, scratch)
    return (yield from finish(corpus, config, vocabulary, counted, target))


def _drawn(model: NgramModel, seed: int) -> str:
    tokens = sample(model, seed=seed).tokens
    return TOKENIZERS[model.settings.tokenizer].join(tokens, model.settings.language)


def _summary(model: NgramModel, validation: Report, test: Report | None) -> str:
    title = ESTIMATORS[model.settings.estimator].title
    sentence = f"The model of order {model.order} ({title}) {_said(validation, 'validation')}"
    return f"{sentence} It {_said(test, 'test')}" if test else sentence


def _said(report: Report, part: str) -> str:
    if report.perplexity is None:
        return f"gives none of the {report.tokens:,} {part} tokens a probability."
    sentence = f"has a perplexity of {report.perplexity:,.1f} on {report.tokens:,} {part} tokens"
    if report.zero_probability:
        sentence += f", {report.zero_probability:,} without probability left aside"
    return f"{sentence}; {report.unknown / report.tokens:.1%} of them are unknown words."


def _notes(model: NgramModel, validation: Text) -> list[str]:
    notes = []
    if model.settings.fallbacks:
        lengths = ", ".join(map(str, model.settings.fallbacks))
        notes.append(f"Too few n-grams to estimate discounts from, so the usual ones were used, for length {lengths}.")
    if len(validation.stream) > MOST_TOKENS:
        notes.append(f"The settings were chosen by about the first {MOST_TOKENS:,} validation tokens.")
    return notes
