import json

import pytest
from scipy.stats import t

from core.finetuning.evaluation import Scores
from core.finetuning.seeds import T_975, SeedScore, Trials, curve_name, interval, rank_of
from core.jobs import Metrics, Progress, Sample


def test_the_interval_worked_out_by_hand():
    # Mean 0.8; the deviations -0.1, 0, 0.1 have the standard deviation 0.1, and t with 2 degrees of freedom is 4.303.
    half = 4.303 * 0.1 / 3**0.5
    assert interval([0.7, 0.8, 0.9]) == pytest.approx({"mean": 0.8, "low": 0.8 - half, "high": 0.8 + half})


def test_the_quantiles_are_those_of_the_distribution():
    assert pytest.approx([t.ppf(0.975, freedom) for freedom in range(1, 10)], abs=5e-4) == T_975


def test_95_percent_of_the_intervals_hold_the_mean():
    import numpy as np

    rng = np.random.default_rng(0)
    draws = rng.normal(3.0, 2.0, (2_000, 4))
    held = [found["low"] <= 3.0 <= found["high"] for found in map(interval, draws.tolist())]
    assert sum(held) / 2_000 == pytest.approx(0.95, abs=0.015)


def scores(accuracy, macro_f1, loss):
    return Scores(loss=loss, accuracy=accuracy, macro_f1=macro_f1, mcc=2 * accuracy - 1, confusion=None, rows=10)


def test_the_metric_ranks_and_the_loss_decides_a_tie():
    better, worse = scores(0.9, 0.5, 0.4), scores(0.8, 0.6, 0.3)
    assert rank_of(better, "accuracy") > rank_of(worse, "accuracy")
    assert rank_of(better, "macro F1") < rank_of(worse, "macro F1")
    assert rank_of(better, "loss") < rank_of(worse, "loss")
    assert rank_of(scores(0.9, 0.5, 0.4), "accuracy") > rank_of(scores(0.9, 0.5, 0.5), "accuracy")


def test_events_are_told_as_parts_of_the_whole(tmp_path):
    told = []
    tell = Trials(tmp_path, (5, 7), resume=False).emit_for(7, told.append)
    tell(Metrics(3, {"train/loss": 0.5}))
    tell(Progress(3, 10, "steps", "Epoch 1 of 2"))
    tell(Sample("notes", []))
    assert told == [
        Metrics(3, {"train/loss@7": 0.5}),
        Progress(13, 20, "steps", "Seed 7: Epoch 1 of 2"),
        Sample("notes", []),
    ]
    assert curve_name("train/loss", 7) == "train/loss@7"


def test_a_run_that_goes_on_tells_what_was_measured_before(tmp_path):
    first = Trials(tmp_path, (5, 7, 9), resume=False)
    for seed in (5, 7):
        tell = first.emit_for(seed, lambda event: None)
        for step in range(4):
            tell(Metrics(step, {"train/loss": seed + step / 10}))
    first.add(SeedScore(5, steps=3, best_step=2).scored(scores(0.5, 0.4, 0.6), None, "accuracy"))

    again = Trials(tmp_path, (5, 7, 9), resume=True)
    assert again.done == {5}
    told = []
    again.replay(7, 2, told.append)
    # Seed 5 had ended; of seed 7 what came after its checkpoint at step 2 is measured again. Step 0 is still there.
    assert told == [
        *(Metrics(step, {"train/loss@5": 5 + step / 10}) for step in (1, 2, 3)),
        *(Metrics(step, {"train/loss@7": 7 + step / 10}) for step in (1, 2)),
    ]
    kept = [json.loads(line)[:2] for line in (tmp_path / "curves.jsonl").read_text().splitlines()]
    assert kept == [[5, 0], [5, 1], [5, 2], [5, 3], [7, 0], [7, 1], [7, 2]]
    again.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_starts_anew_forgets(tmp_path):
    Trials(tmp_path, (1, 2), resume=False).add(SeedScore(1, 1, 1))
    assert Trials(tmp_path, (1, 2), resume=False).done == set()


def test_the_result_is_of_all_seeds_and_the_best_is_kept(tmp_path):
    trials = Trials(tmp_path, (1, 2), resume=False)
    for seed, accuracy in ((1, 0.7), (2, 0.9)):
        trials.add(SeedScore(seed, 4, 4).scored(scores(accuracy, 0.5, 0.3), scores(0.6, 0.5, 0.3), "accuracy"))
    assert trials.best.seed == 2
    result = trials.result()
    assert [score["seed"] for score in result["seeds"]] == [1, 2]
    assert result["over_seeds"]["validation"]["accuracy"]["mean"] == pytest.approx(0.8)
    assert result["over_seeds"]["validation"]["mcc"]["mean"] == pytest.approx((0.4 + 0.8) / 2)
    assert result["over_seeds"]["test"]["accuracy"] == pytest.approx({"mean": 0.6, "low": 0.6, "high": 0.6})


def test_a_number_that_an_older_seed_lacks_is_not_averaged(tmp_path):
    """The run began with an app that did not measure it, and went on with this one."""
    trials = Trials(tmp_path, (1, 2), resume=False)
    trials.add(SeedScore(1, 4, 4, 0.7, {"accuracy": 0.7, "macro_f1": 0.6, "loss": 0.5}))
    trials.add(SeedScore(2, 4, 4).scored(scores(0.9, 0.5, 0.3), None, "accuracy"))
    assert trials.result()["over_seeds"]["validation"].keys() == {"accuracy", "macro_f1", "loss"}
