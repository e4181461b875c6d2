"""Trainings that are cancelled or killed, and go on as if they had not been."""

import shutil

import pytest
import torch

from core import checkpoint
from core.errors import InputError
from core.jobs import Metrics, Progress, Resumed, Sample
from core.neural_lm.model import load
from core.neural_lm.training import SCRATCH
from tests.core.neural_lm.conftest import curve, sentences


def weights(folder):
    return load(folder).network.state_dict()


@pytest.mark.parametrize(
    ("architecture", "moment"),
    [("transformer", "step"), *(("lstm", moment) for moment in ("step", "epoch", "judging", "sample", "validation"))],
)
def test_a_cancelled_run_resumes_as_if_it_had_not_been(train, architecture, moment):
    settings = {"architecture": architecture, "heads": 2, "dropout": 0.3, "epochs": 2}
    whole, expected, untouched = train("whole", **settings)
    every = [step for step, _ in curve(whole, "train/loss")]
    epoch = every[-1] // 2

    def due(event):
        step = getattr(event, "step", -1)
        return {
            "step": step == epoch + 3 and isinstance(event, Metrics),
            "epoch": step == epoch and isinstance(event, Metrics),
            "judging": isinstance(event, Progress) and event.done == epoch and "Judging" in event.message,
            "sample": isinstance(event, Sample),
            "validation": isinstance(event, Metrics) and "validation/loss" in event.values,
        }[moment]

    first, nothing, folder = train("cancelled", stop=due, **settings)
    assert nothing is None
    assert (folder / SCRATCH / checkpoint.FILE).is_file()
    second, result, _ = train("cancelled", resume=True, **settings)
    assert second[0] == Resumed(epoch + 3 if moment == "step" else epoch)
    for name in ("train/loss", "train/learning_rate", "train/gradient_norm", "validation/perplexity"):
        assert curve(first, name) + curve(second, name) == curve(whole, name)
    for name in ("steps", "best_step", "validation", "epochs", "summary"):
        assert result[name] == expected[name]
    ours, theirs = weights(folder), weights(untouched)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert not (folder / SCRATCH).exists()


def test_a_killed_run_goes_on_from_its_last_checkpoint(train, monkeypatch, tmp_path):
    """A checkpoint is due after each step here; what the killed process left is copied before its orderly end."""
    whole, expected, _ = train("whole", epochs=2)
    monkeypatch.setattr("core.neural_lm.trainer.CHECKPOINT_EVERY_S", 0.0)
    copied = tmp_path / "copied"

    def fifth(event):
        if isinstance(event, Metrics) and event.step == 5:
            shutil.copytree(tmp_path / "killed" / SCRATCH, copied / SCRATCH)
            return True
        return False

    first, _, _ = train("killed", epochs=2, stop=fifth)
    second, result, _ = train("copied", epochs=2, resume=True)
    assert second[0] == Resumed(4)
    kept = [point for point in curve(first, "train/loss") if point[0] <= 4]
    assert kept + curve(second, "train/loss") == curve(whole, "train/loss")
    assert result["validation"] == expected["validation"]


def test_a_run_cancelled_after_its_last_step_only_has_to_be_scored(train):
    def finished(event):
        return isinstance(event, Progress) and event.message.startswith("Judging the finished model")

    _, nothing, _ = train("run", epochs=1, stop=finished)
    assert nothing is None
    second, result, _ = train("run", epochs=1, resume=True)
    assert second[0].step == result["steps"] > 0
    assert curve(second, "train/loss") == curve(second, "validation/loss") == []


def test_a_checkpoint_of_other_settings_or_another_text_is_not_gone_on_with(train):
    def second_step(event):
        return isinstance(event, Metrics) and event.step == 2

    train("run", stop=second_step)
    with pytest.raises(InputError, match="of another text or of other settings"):
        train("run", resume=True, epochs=5)
    with pytest.raises(InputError, match="of another text or of other settings"):
        train("run", resume=True, lines=sentences(40, seed=9))
    assert train("nothing there", resume=True, epochs=1)[0][0] == Resumed(0)


def test_a_loss_that_is_no_number_stops_the_run_with_a_sentence_and_is_never_saved(train):
    def second_step(event):
        return isinstance(event, Metrics) and event.step == 2

    _, _, folder = train("run", stop=second_step)
    saved = checkpoint.read(folder / SCRATCH)
    saved["network"]["bias"][3] = float("inf")
    checkpoint.write(folder / SCRATCH, saved)
    before = (folder / SCRATCH / checkpoint.FILE).read_bytes()
    with pytest.raises(InputError, match=r"The training loss stopped being a number at step 3\. Train again with a"):
        train("run", resume=True, stop=second_step)
    assert (folder / SCRATCH / checkpoint.FILE).read_bytes() == before
