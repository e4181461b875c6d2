"""The end of a fine-tuning run: the finished model and its baselines answer every validation and test row, once."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.finetuning import scored_rows
from core.finetuning.baselines import baselines
from core.finetuning.calibration import calibration
from core.finetuning.class_report import class_report
from core.finetuning.evaluation import score
from core.finetuning.examples import Examples
from core.finetuning.prediction import Classifier
from core.finetuning.scored_rows import Part, ScoredRows
from core.finetuning.verdict import rivals
from core.jobs import Event, Progress, Sample

Emit = Callable[[Event], None]
TELL_EVERY_S = 0.1
MESSAGES: dict[Part, str] = {
    "validation": "Scoring the finished model on the validation rows",
    "test": "Scoring the finished model on the test rows",
}
SAMPLES: dict[Part, str] = {"validation": "confusion", "test": "confusion_test"}


def final_scores(folder: Path, examples: Examples, last_step: int, emit: Emit) -> dict[str, Any]:
    """Score the model as it was saved in `folder`, in float32 and on all rows; the test rows this once.

    Leaves the logits and the baselines' answers in the folder (core.finetuning.scored_rows). The result holds
    accuracy, macro_f1, mcc, loss, intervals (of the first three, [low, high] at 95 %), ece (expected calibration
    error, a share) and baselines (accuracy and McNemar's p-value by name) of the validation rows, validation_rows, and
    test: None, or the same numbers of the test rows with rows.
    """
    classifier = Classifier.load(folder)
    emit(Progress(last_step, last_step, "steps", "Training the baselines on the same rows"))
    methods = baselines(examples)
    scored: dict[Part, ScoredRows] = {}
    parts: dict[Part, Any] = {"validation": examples.validation, "test": examples.test}
    for part, rows in parts.items():
        if not len(rows):
            continue
        logits = classifier.logits(rows.texts, _ticking(emit, Progress(last_step, last_step, "steps", MESSAGES[part])))
        answers = {name: method(rows) for name, method in methods.items()}
        scored[part] = ScoredRows(rows.ids, np.asarray(rows.targets), logits, answers)
        scored_rows.save(folder, part, scored[part])
        emit(Sample(SAMPLES[part], score(logits, rows.targets).matrix(examples.labels)))
    test = scored.get("test")
    return {
        **_numbers(scored["validation"], None, examples.labels),
        "validation_rows": len(scored["validation"]),
        "test": {**_numbers(scored["validation"], test, examples.labels), "rows": len(test)} if test else None,
    }


def _ticking(emit: Emit, progress: Progress) -> Callable[[int], None]:
    """Return what hears of every batch and tells it to `emit` ten times a second, so that a cancel is heard soon."""
    emit(progress)
    last = time.perf_counter()

    def tick(done: int) -> None:
        nonlocal last
        if time.perf_counter() - last > TELL_EVERY_S:
            last = time.perf_counter()
            emit(progress)

    return tick


def _numbers(validation: ScoredRows, test: ScoredRows | None, labels: list[str]) -> dict[str, Any]:
    judged = validation if test is None else test
    report = class_report(judged, labels)
    intervals = {"accuracy": report.accuracy, "macro_f1": report.macro_f1, "mcc": report.mcc}
    return {
        **{name: interval.value for name, interval in intervals.items()},
        "loss": score(judged.logits, judged.targets).loss,
        "intervals": {name: [interval.low, interval.high] for name, interval in intervals.items()},
        "ece": calibration(validation, test).before.ece,
        "baselines": {
            name: {"accuracy": rival.accuracy, "p_value": rival.difference.p_value}
            for name, rival in rivals(judged).items()
        },
    }
