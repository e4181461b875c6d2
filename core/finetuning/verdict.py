"""A verdict on a model, beside its baselines: a sentence with numbers and their uncertainty."""

from dataclasses import dataclass
from typing import Literal

from core.finetuning.baselines import MAJORITY, TFIDF
from core.finetuning.class_report import ClassReport, Interval
from core.finetuning.scored_rows import Part, ScoredRows
from core.finetuning.significance import Difference, difference

Quality = Literal["good", "caution", "bad"]
SIGNIFICANT = 0.05
FEW_ROWS = 100


@dataclass(frozen=True)
class Rival:
    """A baseline on the same rows: its accuracy, and the model's accuracy minus its."""

    accuracy: float
    difference: Difference


@dataclass(frozen=True)
class Verdict:
    """`good`: better than every baseline beyond chance; `caution`: not surely; `bad`: surely worse than one."""

    quality: Quality
    sentence: str


def rivals(scored: ScoredRows) -> dict[str, Rival]:
    """Return what the baselines reach on the rows, by name."""
    model = scored.right()
    rights = {name: scored.right(answers) for name, answers in scored.baselines.items()}
    return {name: Rival(float(right.mean()), difference(model, right)) for name, right in rights.items()}


def verdict(report: ClassReport, beside: dict[str, Rival], part: Part) -> Verdict:
    """Return the verdict on the model with this report and these rivals."""
    said = [
        f"On the {report.rows:,} {part} rows the model labels {_percent(report.accuracy)} correctly "
        f"(95% interval {_range(report.accuracy)})."
    ]
    qualities: list[Quality] = []
    for name in (TFIDF, MAJORITY):
        if name in beside:
            quality, sentence = _compared(beside[name], name)
            qualities.append(quality)
            said.append(sentence)
    if report.rows < FEW_ROWS:
        said.append(f"With only {report.rows:,} rows to judge by, take these numbers as a first impression.")
    worst: Quality = next((quality for quality in ("bad", "caution") if quality in qualities), "good")
    return Verdict("caution" if worst == "good" and report.rows < FEW_ROWS else worst, " ".join(said))


def _compared(rival: Rival, name: str) -> tuple[Quality, str]:
    theirs, gap, p = f"{100 * rival.accuracy:.1f}%", rival.difference.accuracy, rival.difference.p_value
    points, between = f"{abs(100 * gap.value):.1f}", f"{100 * gap.low:+.1f} to {100 * gap.high:+.1f}"
    chance = "p < 0.0001" if p < 1e-4 else f"p = {p:.4f}" if p < 0.01 else f"p = {p:.2f}"
    sure = p < SIGNIFICANT
    sentences = {
        (TFIDF, True, True): (
            "That is {points} points more than logistic regression on TF-IDF ({theirs}; difference {between} points, "
            "McNemar's exact test: {chance}), more than chance explains."
        ),
        (TFIDF, True, False): (
            "Logistic regression on TF-IDF reaches {theirs}; the difference ({between} points) may be chance "
            "(McNemar's exact test: {chance})."
        ),
        (TFIDF, False, True): (
            "That is {points} points less than logistic regression on TF-IDF ({theirs}; difference {between} points, "
            "McNemar's exact test: {chance}): the simpler method is better here."
        ),
        (MAJORITY, True, True): "Always giving the most frequent answer would reach {theirs}.",
        (MAJORITY, True, False): (
            "Always giving the most frequent answer reaches {theirs}, and the model is not surely better ({chance})."
        ),
        (MAJORITY, False, True): (
            "Always giving the most frequent answer reaches {theirs}: this model has learned less than nothing."
        ),
    }
    more = gap.value >= 0 or not sure
    sentence = sentences[name, more, sure].format(points=points, theirs=theirs, between=between, chance=chance)
    return ("good" if more else "bad") if sure else "caution", sentence


def _percent(interval: Interval) -> str:
    return f"{100 * interval.value:.1f}%"


def _range(interval: Interval) -> str:
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}%"
