"""The end of a run: the model and its baselines answer all rows, and what they answered is kept."""

import math

import pytest

from core.finetuning import scored_rows
from core.finetuning.evaluation import score
from core.finetuning.examples import Examples, Rows
from core.finetuning.final_scores import final_scores
from core.finetuning.judging import judge
from core.jobs import Progress, Sample
from tests.core.finetuning.tiny_model import save, tiny_classifier


def rows(texts, targets, prefix):
    return Rows([f"{prefix}{i}" for i in range(len(texts))], list(texts), list(targets))


TRAIN = rows(["a good film", "a good book", "a bad film", "a bad book"] * 5, [1, 1, 0, 0] * 5, "t")
VALIDATION = rows(["a good song", "a bad song", "good", "bad", "good good"], [1, 0, 1, 0, 1], "v")
TEST = rows(["a good phone", "a bad phone", "bad"], [1, 0, 0], "x")


def test_all_rows_are_answered_and_kept(tmp_path):
    classifier = tiny_classifier(["bad", "good"])
    save(classifier, tmp_path)
    events = []
    result = final_scores(tmp_path, Examples(["bad", "good"], TRAIN, VALIDATION, TEST, []), 7, events.append)
    kept = scored_rows.load(tmp_path, "test")
    assert kept.ids == ["x0", "x1", "x2"]
    assert kept.targets.tolist() == TEST.targets
    assert kept.logits == pytest.approx(classifier.logits(TEST.texts), abs=1e-4)
    assert kept.baselines["tfidf"].tolist() == TEST.targets, "one word decides"
    assert kept.baselines["majority"].tolist() == [0, 0, 0]
    expected = score(kept.logits, TEST.targets)
    for name in ("accuracy", "macro_f1", "loss"):
        assert result["test"][name] == pytest.approx(getattr(expected, name))
    assert (result["validation_rows"], result["test"]["rows"]) == (5, 3)
    low, high = result["test"]["intervals"]["accuracy"]
    assert low <= result["test"]["accuracy"] <= high
    assert result["test"]["baselines"]["tfidf"]["accuracy"] == 1
    assert 0 <= result["ece"] <= 1
    samples = {event.name: event.data for event in events if isinstance(event, Sample)}
    assert samples["confusion_test"] == {"labels": ["bad", "good"], "matrix": expected.confusion.tolist()}
    assert {event.message for event in events if isinstance(event, Progress)} >= {
        "Training the baselines on the same rows",
        "Scoring the finished model on the test rows",
    }
    judged = judge(tmp_path, "test", ["bad", "good"])
    assert judged.report.accuracy.value == pytest.approx(result["test"]["accuracy"])
    assert judged.calibration.fitted_on_others


def test_without_test_rows_and_with_several_labels_a_row(tmp_path):
    save(tiny_classifier(["good", "film"], multi_label=True), tmp_path)
    train = rows(TRAIN.texts, [[1, 1], [1, 0], [0, 1], [0, 0]] * 5, "t")
    validation = rows(["good film", "bad book", "good"], [[1, 1], [0, 0], [1, 0]], "v")
    examples = Examples(["good", "film"], train, validation, Rows(), [], multi_label=True)
    result = final_scores(tmp_path, examples, 1, lambda event: None)
    assert result["test"] is None
    assert scored_rows.available(tmp_path) == ["validation"]
    kept = scored_rows.load(tmp_path, "validation")
    assert kept.targets.tolist() == validation.targets
    assert kept.baselines["tfidf"].shape == (3, 2)
    assert math.isfinite(result["loss"])
    judged = judge(tmp_path, "validation", ["good", "film"])
    assert not judged.calibration.fitted_on_others
    assert judged.verdict.sentence.startswith("On the 3 validation rows")
