"""Which perplexities compare, and which model is better: those of the same tokens under the same vocabulary."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.data.workspace import Version
from core.ngram.estimators import ESTIMATORS
from core.runs.store import Run
from core.text.tokenizers import tokenizer_for

READING = ("unit", "lowercase", "stop_words")
HELD_OUT = ("validation_share", "seed")
CHOSEN = ("estimator", "order", "cutoff", "gamma")
NETWORKS = {"lstm": "LSTM", "transformer": "Transformer"}


@dataclass(frozen=True)
class Basis:
    """What a perplexity is of: how the text is read and held out, and which words are known."""

    reading: tuple[Any, ...]
    cutoff: int | None  # None: the words are not those of the dataset


@dataclass(frozen=True)
class Judged:
    """A model, trained or only tried, and its perplexity on the held-out tokens."""

    run: Run
    title: str
    perplexity: float
    tokens: int
    unknown: int
    basis: Basis
    is_kept: bool = True  # whether it is the run's model, not one that was only tried

    def compares_with(self, other: "Judged") -> bool:
        """Whether both were judged on the same tokens under the same vocabulary."""
        return (self.basis, self.tokens, self.unknown) == (other.basis, other.tokens, other.unknown)


def basis_of(run: Run, version: Version, holds_out: bool, cutoff: int | None = None) -> Basis:
    """Return what perplexities of this run are of; `cutoff` is that of the model, where it was chosen by the run.

    `holds_out` says that the version has no validation split, so that the run held some rows out.
    """
    config = run.config
    tokenizer = config["tokenizer"] if config["tokenizer"] != "auto" else tokenizer_for(version.language)
    names = (*READING, *(HELD_OUT if holds_out else ()))
    reading = (version.id, tokenizer, *(config[name] for name in names))
    is_own = run.kind == "arpa" or bool(config.get("vocabulary"))
    return Basis(reading, None if is_own else cutoff or config["cutoff"])


def title_of(run: Run) -> str:
    """Return the name of a run's model for people: "Modified Kneser-Ney, order 3"."""
    if run.kind == "lm":
        return f"{NETWORKS[run.config['architecture']]}, width {run.config['width']}"
    if run.kind == "ngram" and run.result:
        return ngram_title(run.result["estimator"], run.result["order"])
    return run.name


def ngram_title(estimator: str, order: int) -> str:
    """Return "Modified Kneser-Ney, order 3"."""
    return f"{ESTIMATORS[estimator].title}, order {order}"


def ngrams_tried(runs: Sequence[Run], version: Version, holds_out: bool, part: str = "validation") -> Iterator[Judged]:
    """Yield all that finished n-gram runs have measured on this part and that is a perplexity of all its tokens.

    On the validation rows these are also models that were only tried; the test rows are kept for the one chosen.
    """
    for run in runs:
        if run.kind == "ngram" and run.result:
            chosen = {**run.result, **(run.result[part] or {"perplexity": None})}
            for report in (chosen, *(run.result["trials"] if part == "validation" else ())):
                if compares(report):
                    title = ngram_title(report["estimator"], report["order"])
                    basis = basis_of(run, version, holds_out, report["cutoff"])
                    is_kept = all(report[name] == run.result[name] for name in CHOSEN)
                    numbers = (report["perplexity"], report["tokens"], report["unknown"])
                    if basis.cutoff is not None:
                        yield Judged(run, title, *numbers, basis, is_kept)


def neural_judged(runs: Sequence[Run], version: Version, holds_out: bool, part: str = "validation") -> Iterator[Judged]:
    """Yield the finished neural models with their perplexity on this part."""
    for run in runs:
        if run.kind == "lm" and run.result and run.result[part]:
            report = run.result[part]
            basis = basis_of(run, version, holds_out)
            yield Judged(run, title_of(run), report["perplexity"], report["tokens"], report["unknown"], basis)


def levels_for(run: Run, runs: Sequence[Run], version: Version, holds_out: bool, most: int = 3) -> dict[str, float]:
    """Return the perplexities of the best n-gram models that compare with this neural run's, by name, the best first.

    One for each estimator. Before the run has ended, its settings tell which compare.
    """
    basis = basis_of(run, version, holds_out)
    report: Mapping[str, Any] | None = run.result["validation"] if run.result else None
    best: dict[str, Judged] = {}
    for tried in sorted(ngrams_tried(runs, version, holds_out), key=lambda tried: tried.perplexity):
        same = report is None or (tried.tokens, tried.unknown) == (report["tokens"], report["unknown"])
        if tried.basis == basis and same:
            best.setdefault(tried.title.split(",")[0], tried)
    return {tried.title: tried.perplexity for tried in list(best.values())[:most]}


@dataclass(frozen=True)
class Verdict:
    """The best neural model beside the best n-gram model that compares with it; `part` is "validation" or "test".

    `interval` holds, with 95 % confidence, the neural model's perplexity divided by the other's; None: not known.
    """

    neural: Judged
    ngram: Judged
    part: str
    interval: tuple[float, float] | None = None

    @property
    def neural_is_better(self) -> bool:
        """Whether the neural model's perplexity is lower, and by more than chance where that is known."""
        return self.neural.perplexity < self.ngram.perplexity and (self.interval is None or self.interval[1] < 1)

    @property
    def sentences(self) -> list[str]:
        """What it comes to, with both numbers and how certain they are."""
        neural, ngram = self.neural, self.ngram
        share = abs(1 - neural.perplexity / ngram.perplexity)
        numbers = f"{neural.perplexity:,.1f} against {ngram.perplexity:,.1f} on the same {neural.tokens:,} {self.part}"
        if neural.perplexity < ngram.perplexity and not self.neural_is_better:
            said = (
                f"The neural model ({neural.title}) has a perplexity {share:.1%} lower than that of the best n-gram "
                f"model at the same vocabulary ({ngram.title}), {numbers} tokens."
            )
        elif self.neural_is_better:
            said = (
                f"The neural model ({neural.title}) beats the best n-gram model at the same vocabulary "
                f"({ngram.title}): its perplexity is {share:.1%} lower, {numbers} tokens."
            )
        else:
            said = (
                f"The neural model ({neural.title}) does not beat the best n-gram model at the same vocabulary "
                f"({ngram.title}): its perplexity is {share:.1%} higher, {numbers} tokens."
            )
        return [said, *([self._certainty(*self.interval)] if self.interval else [])]

    @staticmethod
    def _certainty(low: float, high: float) -> str:
        if high < 1:
            return f"With 95% confidence it is between {1 - high:.1%} and {1 - low:.1%} lower on text of this kind."
        if low > 1:
            return f"With 95% confidence it is between {low - 1:.1%} and {high - 1:.1%} higher on text of this kind."
        return (
            "The difference may be chance: with 95% confidence it lies anywhere between "
            f"{1 - low:.1%} lower and {high - 1:.1%} higher on text of this kind."
        )


def verdict(runs: Sequence[Run], version: Version, holds_out: bool, part: str = "validation") -> Verdict | None:
    """Return the verdict about the best neural model that compares with an n-gram model, None where none does."""
    tried = list(ngrams_tried(runs, version, holds_out, part))
    judged = neural_judged(runs, version, holds_out, part)
    for neural in sorted(judged, key=lambda judged: judged.perplexity):
        comparable = [one for one in tried if one.compares_with(neural)]
        if comparable:
            return Verdict(neural, min(comparable, key=lambda one: one.perplexity), part)
    return None


def compares(measured: Mapping[str, Any]) -> bool:
    """Return whether what was measured of an estimator is the perplexity of all tokens, and of probabilities."""
    whole = measured["perplexity"] is not None and not measured["zero_probability"]
    return whole and ESTIMATORS[measured["estimator"]].adds_up
