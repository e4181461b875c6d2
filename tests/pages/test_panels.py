import pytest

from core.jobs import Metrics
from core.runs.clock import Clock
from core.runs.store import StoredEvent
from pages.ui.panels import MINUTES, STEP, View, lay_out, panels_for, smoothed

DRAWN = {
    "train/loss": ([1, 2, 3], [4.0, 2.0, 1.0]),
    "validation/loss": ([0, 2], [5.0, 3.0]),
    "validation/accuracy": ([0, 2], [0.5, 0.8]),
}


def test_smoothing_worked_out_by_hand():
    # w = 0.5: averages 2, 2 and 1.5 of shares 1/2, 3/4 and 7/8.
    assert smoothed([4.0, 2.0, 1.0], 0.5) == pytest.approx([4, 8 / 3, 12 / 7])
    assert smoothed([3.0] * 50, 0.95) == pytest.approx([3.0] * 50)
    assert smoothed([], 0.9) == []


def test_a_run_as_it_is():
    loss, scores = panels_for("finetune")(DRAWN)
    assert (loss.title, loss.x_title, loss.log_y, loss.marker) == ("Loss", STEP, False, None)
    assert loss.series == {"Training": DRAWN["train/loss"], "Validation": DRAWN["validation/loss"]}
    assert scores.series == {"Accuracy": DRAWN["validation/accuracy"]}
    assert panels_for("import") is None


def test_training_curves_are_smoothed_and_what_was_measured_stays_behind_them():
    loss, scores = lay_out("finetune", DRAWN, View(smoothing=0.5, logarithmic=True))
    assert list(loss.series) == ["Training, as measured", "Training", "Validation"]
    assert loss.series["Training"][1] == pytest.approx([4, 8 / 3, 12 / 7])
    assert loss.behind == {"Training, as measured": "Training"}
    assert loss.log_y
    assert not scores.log_y
    assert scores.behind == {}


def test_earlier_runs_seeds_and_the_best_checkpoint():
    seeds = {"validation/accuracy@0": ([0, 2], [0.5, 0.8]), "validation/accuracy@7": ([0, 2], [0.4, 0.9])}
    earlier = {"run 1": DRAWN}
    scores = lay_out("finetune", seeds, View(earlier=earlier, best=("validation/accuracy@7", 2)))[1]
    assert list(scores.series) == ["Accuracy, seed 0", "Accuracy, seed 7", "Accuracy, run 1"]
    assert scores.over == {"Accuracy, run 1"}
    assert (scores.marker, scores.marker_label) == (2, "Best")


def test_over_time():
    def clock(times):
        made = Clock()
        made.extend(
            StoredEvent(i, time, Metrics(step, dict.fromkeys(DRAWN, 0.0))) for i, (step, time) in enumerate(times)
        )
        return made

    clocks = {"": clock([(0, 0), (1, 60), (2, 120), (3, 240)]), "old": clock([(0, 0), (1, 6), (2, 12), (3, 18)])}
    view = View(clocks=clocks, earlier={"old": DRAWN}, best=("validation/accuracy", 2))
    loss = lay_out("finetune", DRAWN, view)[0]
    assert loss.x_title == MINUTES
    assert loss.series["Training"][0] == [1, 2, 4]
    assert loss.series["Training, old"][0] == pytest.approx([0.1, 0.2, 0.3])
    assert loss.marker == 2
