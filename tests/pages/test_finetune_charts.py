"""The charts of a judged model, number by number, and where the best checkpoint is marked on its curves."""

import numpy as np
import pytest

from core.finetuning.calibration import Bin, Calibration, Reliability
from core.finetuning.mistakes import Wrong
from core.finetuning.ranking import curves
from pages.ui.finetune_charts import (
    MOST_CLICKABLE,
    MOST_POINTS,
    clickable_confusion,
    mistakes_by,
    precision_recall,
    reliability,
    roc,
)
from pages.ui.finetune_live import best_checkpoint
from tests.pages.a_run import a_run

FOUND = curves(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))  # ranks: yes, no, yes, no


def lines(chart) -> dict[str, tuple[list[float], list[float]]]:
    return {line.name: (list(line.x), list(line.y)) for line in chart.figure.data}


def test_roc_goes_from_corner_to_corner_beside_chance() -> None:
    drawn = lines(roc(FOUND, "good"))
    assert drawn["Model"] == ([0, 0, 0.5, 0.5, 1], [0, 0.5, 0.5, 1, 1])
    assert drawn["Chance"] == ([0, 1], [0, 1])
    assert "the area under it is 0.750" in roc(FOUND, "good").description  # 3 of 4 pairs are ranked rightly


def test_precision_and_recall_beside_the_share_that_has_the_label() -> None:
    drawn = lines(precision_recall(FOUND, "good"))
    assert drawn["Model"] == ([0.5, 0.5, 1, 1], [1, 0.5, pytest.approx(2 / 3), 0.5])
    assert drawn["Chance"] == ([0, 1], [0.5, 0.5])
    assert "average precision is 0.833" in precision_recall(FOUND, "good").description


def test_a_curve_of_many_rows_keeps_its_ends_and_few_points() -> None:
    rng = np.random.default_rng(0)
    x, y = lines(roc(curves(rng.random(20_000) < 0.5, rng.random(20_000)), "good"))["Model"]
    assert len(x) == MOST_POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)


def test_calibration_before_and_after_beside_the_perfect_one() -> None:
    before = Reliability((Bin(4, 0.7, 0.5), Bin(6, 0.95, 0.8)), 0.17, 0.6)
    after = Reliability((Bin(10, 0.68, 0.68),), 0.0, 0.5)
    chart = reliability(Calibration(1.8, before, after, 10, True))
    drawn = lines(chart)
    assert drawn["As trained"] == ([0.7, 0.95], [0.5, 0.8])
    assert drawn["With temperature"] == ([0.68], [0.68])
    assert drawn["Perfect"] == ([0, 1], [0, 1])
    assert "0.170 as trained and 0.000 with a temperature of 1.80" in chart.description


def test_mistakes_are_shares_with_their_intervals() -> None:
    chart = mistakes_by({"good": Wrong(10, 1, 0.02, 0.4), "bad": Wrong(4, 2, 0.15, 0.85)}, "True label")
    bar = chart.figure.data[0]
    assert list(bar.x) == [0.1, 0.5]
    assert list(bar.error_x.array) == pytest.approx([0.3, 0.35])
    assert list(bar.error_x.arrayminus) == pytest.approx([0.08, 0.35])
    assert "the largest is 50.0% for bad, 2 of 4 rows" in chart.description


def test_every_cell_of_the_confusion_matrix_is_a_mark() -> None:
    chart = clickable_confusion([[3, 1], [0, 4]], ["bad", "good"])
    assert chart.marks == ((0, 0), (0, 1), (1, 0), (1, 1))
    points = chart.figure.data[1]
    assert [points.customdata[place][2] for place in range(4)] == [3, 1, 0, 4]
    many = MOST_CLICKABLE + 1
    assert not clickable_confusion(np.eye(many, dtype=int).tolist(), [str(n) for n in range(many)]).marks


def test_the_best_checkpoint_is_that_of_the_chosen_metric_and_never_the_untrained_model() -> None:
    drawn = {
        "validation/accuracy": ([0, 4, 8], [0.9, 0.7, 0.8]),
        "validation/loss": ([0, 4, 8], [0.1, 0.3, 0.4]),
    }
    assert best_checkpoint(a_run(), drawn) == ("validation/accuracy", 8)
    assert best_checkpoint(a_run(config={"metric": "loss"}), drawn) == ("validation/loss", 4)
    assert best_checkpoint(a_run(result={"best_step": 4}), drawn) == ("validation/accuracy", 4)
    assert best_checkpoint(a_run(), {"validation/accuracy": ([0], [0.5])}) is None
    seeds = {"validation/accuracy@1": ([0, 4], [0.5, 0.6]), "validation/accuracy@2": ([0, 4], [0.5, 0.9])}
    assert best_checkpoint(a_run(), seeds) == ("validation/accuracy@2", 4)
    assert best_checkpoint(a_run(result={"best_step": 4, "seed": 1}), seeds) == ("validation/accuracy@1", 4)
