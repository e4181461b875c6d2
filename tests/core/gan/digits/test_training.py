"""Training as it is: tiny networks learn bars, are cancelled, killed, resumed, paused and broken."""

import shutil

import pytest
import torch
from PIL import Image

from core import checkpoint
from core.errors import InputError
from core.gan.digits import training
from core.gan.digits.controls import Controls, write_controls
from core.gan.digits.model import load
from core.gan.digits.training import SCRATCH, train_digits
from core.jobs import Artifact, Metrics, Progress, Resumed, Sample, run
from core.precision import Precision

CURVES = ("train/d_loss", "train/g_loss", "train/d_real", "train/d_fake", "judge/frechet", "judge/diversity")


@pytest.fixture
def train(tmp_path, judged, settings):
    """A function that trains in a folder and returns its events, its result and the folder."""

    def go(name, resume=False, stop=lambda event: False, **more):
        folder, events = tmp_path / name, []
        folder.mkdir(exist_ok=True)

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            return events, run(train_digits(settings(**more), judged, folder, resume), watch), folder
        except KeyboardInterrupt:
            return events, None, folder

    return go


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]


def samples(events, name):
    return [event.data for event in events if isinstance(event, Sample) and event.name == name]


@pytest.mark.parametrize("more", [{"model": "classic"}, {"loss": "hinge"}, {"loss": "relativistic"}])
def test_a_run_from_pictures_to_a_model_to_take_home(train, more):
    events, result, folder = train("run", **more)
    assert (result["steps"], result["ended"], result["pictures"], result["names"]) == (24, "steps", 120, ["3", "7"])
    assert [step for step, _ in curve(events, "train/d_loss")] == list(range(1, 25))
    for name in ("train/d_real", "train/d_fake"):
        assert all(0 < value < 1 for _, value in curve(events, name))
    assert all(value > 0 for _, value in curve(events, "train/steps_per_second"))
    assert [step for step, _ in curve(events, "judge/frechet")] == [6, 12, 18, 24]
    assert {value for _, value in curve(events, "judge/frechet_floor")} == {result["frechet_floor"]}
    grids = samples(events, "grid")
    assert [sample["step"] for sample in grids] == [0, 1, *range(2, 25, 2)]
    for sample in grids:
        assert Image.open(folder / sample["path"]).size[0] > 100
    assert Artifact("model", "model") in events
    assert not (folder / SCRATCH).exists()
    asked = more.get("model") != "classic"
    assert (result["agreement"] is not None) == asked == bool(curve(events, "judge/agreement"))
    assert ("asked for" in result["summary"]) == asked
    assert result["frechet"] > result["frechet_floor"] > 0, "bars of 24 steps are no bars yet"
    assert sum(result["balance"].values()) == pytest.approx(1)
    assert load(folder).about["frechet"] == result["frechet"]


def test_it_learns_the_classes_it_is_asked_for(train):
    quick = {"batch_size": 16, "width": 8, "d_learning_rate": 4e-3, "g_learning_rate": 4e-3}
    _, late, _ = train("run", loss="hinge", steps=120, **quick)
    assert late["frechet"] < 15, "80 after 24 steps with SMALL"
    assert late["agreement"] > 0.9
    assert late["classes"] == 2
    assert late["nearest"] > 0.5, "it does not copy"


@pytest.mark.parametrize(
    ("moment", "more"),
    [
        ("point", {"model": "classic"}),
        ("grid", {"loss": "hinge"}),
        ("judging", {"d_updates": 2, "g_updates": 2}),
        ("judged", {}),
    ],
)
def test_a_cancelled_run_resumes_as_if_it_had_not_been(train, moment, more):
    whole, expected, untouched = train("whole", **more)

    def due(event):
        return {
            "point": isinstance(event, Metrics) and event.step == 9,
            "grid": isinstance(event, Sample) and event.name == "grid" and event.data["step"] == 10,
            "judging": isinstance(event, Progress) and event.message.startswith("Judging the gen") and event.done == 12,
            "judged": isinstance(event, Metrics) and event.step == 12 and "judge/frechet" in event.values,
        }[moment]

    first, nothing, folder = train("cancelled", stop=due, **more)
    assert nothing is None
    second, result, _ = train("cancelled", resume=True, **more)
    assert second[0] == Resumed({"point": 9, "grid": 10}.get(moment, 12))
    for name in CURVES:
        assert curve(first, name) + curve(second, name) == curve(whole, name)
    for name in ("steps", "best_step", "frechet", "agreement", "nearest", "balance", "summary"):
        assert result[name] == expected[name]
    ours, theirs = (load(f).generator.state_dict() for f in (folder, untouched))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    grids = [sorted(path.name for path in (f / "grids").iterdir()) for f in (folder, untouched)]
    assert grids[0] == grids[1]
    for name in grids[0]:
        assert (folder / "grids" / name).read_bytes() == (untouched / "grids" / name).read_bytes()


def test_a_killed_run_goes_on_from_its_last_checkpoint(train, monkeypatch, tmp_path):
    """A checkpoint is due after each step here; what the killed process left is copied before its orderly end."""
    whole, expected, _ = train("whole")
    monkeypatch.setattr("core.gan.digits.trainer.CHECKPOINT_EVERY_S", 0.0)
    copied = tmp_path / "copied"

    def fifth(event):
        if isinstance(event, Metrics) and event.step == 5:
            shutil.copytree(tmp_path / "killed" / SCRATCH, copied / SCRATCH)
            return True
        return False

    first, _, _ = train("killed", stop=fifth)
    second, result, _ = train("copied", resume=True)
    assert second[0] == Resumed(4)
    kept = [point for point in curve(first, "train/d_loss") if point[0] <= 4]
    assert kept + curve(second, "train/d_loss") == curve(whole, "train/d_loss")
    assert result["frechet"] == expected["frechet"]


def test_a_checkpoint_of_other_settings_is_not_gone_on_with(train):
    def second_step(event):
        return isinstance(event, Metrics) and event.step == 2

    train("run", stop=second_step)
    with pytest.raises(InputError, match="of other pictures or of other settings"):
        train("run", resume=True, seed=5)
    assert train("nothing there", resume=True)[0][0] == Resumed(0)


def test_a_loss_that_is_no_number_brings_the_best_weights_back(train):
    """The weights are spoilt in the checkpoint, as a step that is much too large spoils them."""

    def judged_twice(event):
        return isinstance(event, Metrics) and event.step == 14

    first, _, folder = train("run", stop=judged_twice)
    best = min(curve(first, "judge/frechet"), key=lambda point: point[1])
    saved = checkpoint.read(folder / SCRATCH)
    saved["updates"]["discriminator"]["features.bias"][0] = float("nan")
    checkpoint.write(folder / SCRATCH, saved)
    events, result, _ = train("run", resume=True)
    assert (result["ended"], result["steps"], result["best_step"]) == ("nan", 15, best[0])
    assert "At step 15 a loss stopped being a number, so the training was stopped" in result["summary"]
    assert not curve(events, "train/d_loss")
    assert all(bool(torch.isfinite(t).all()) for t in load(folder).generator.state_dict().values())


def test_a_loss_that_is_no_number_at_once_is_a_sentence_and_is_never_saved(train):
    def second_step(event):
        return isinstance(event, Metrics) and event.step == 2

    _, _, folder = train("run", stop=second_step)
    saved = checkpoint.read(folder / SCRATCH)
    saved["updates"]["generator"]["start.bias"][0] = float("inf")
    checkpoint.write(folder / SCRATCH, saved)
    before = (folder / SCRATCH / checkpoint.FILE).read_bytes()
    with pytest.raises(
        InputError, match=r"A loss stopped being a number by step 3, before the first judgement\. Train"
    ):
        train("run", resume=True)
    assert (folder / SCRATCH / checkpoint.FILE).read_bytes() == before


def test_too_little_time_ends_in_time_with_a_model(train):
    events, result, folder = train("run", steps=100_000, max_minutes=0.01)
    assert result["ended"] == "time"
    assert 0 < result["steps"] < 100_000
    assert curve(events, "judge/frechet")[-1][0] == result["steps"]
    assert f"It made {result['steps']:,} steps in the 0.01 minutes it was given." in result["summary"]
    assert load(folder).about["ended"] == "time"


def test_pause_single_updates_and_other_settings_while_it_runs(train, tmp_path, monkeypatch):
    monkeypatch.setattr("core.gan.digits.trainer.CONTROLS_EVERY_S", 0.0)
    folder = tmp_path / "run"
    wishes = iter(
        [
            Controls(paused=True, singles=1, single="discriminator"),
            Controls(paused=True, singles=2, single="generator"),
            Controls(paused=True, singles=3, single="both"),
            Controls(paused=False, singles=3, g_updates=2, g_learning_rate=1e-9),
        ]
    )
    pauses = []

    def watch(event):
        if isinstance(event, Metrics) and event.step == 4 and not pauses:
            write_controls(folder, Controls(paused=True))
        if isinstance(event, Progress) and event.message == "Paused":
            pauses.append(event.done)
            write_controls(folder, next(wishes))
        return False

    events, result, _ = train("run", stop=watch)
    assert pauses == [4, 5, 6, 7]
    d_losses, g_losses = ([step for step, _ in curve(events, f"train/{name}_loss")] for name in "dg")
    assert set(range(1, 25)) - set(d_losses) == {6}, "one update of the generator alone"
    assert set(range(1, 25)) - set(g_losses) == {5}, "one update of the discriminator alone"
    shown = [sample["step"] for sample in samples(events, "grid")]
    assert {5, 6, 7} <= set(shown), "the pictures after each single update"
    assert result["steps"] == 24


def test_what_breaks_it_on_purpose_raises_an_alarm(train):
    events, _, _ = train("run", preset="collapse", steps=24)
    raised = [set(sample["names"]) for sample in samples(events, "alarms")]
    assert raised and raised[0] & {"collapse", "classes"}
    assert "Lower the generator's learning rate" in samples(events, "alarms")[0]["sentences"][0]


def test_random_state_and_threads_are_left_as_they_were(train):
    before = torch.get_rng_state(), torch.get_num_threads()
    train("run")
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


def test_small_networks_train_on_one_thread(monkeypatch, settings):
    monkeypatch.setattr(training, "fastest", lambda: Precision(False, 2))
    conditional, classic = settings(), settings(model="classic")
    chosen = [
        training._fastest(*of).threads for of in ((conditional, (8, 8)), (conditional, (28, 28)), (classic, (28, 28)))
    ]
    assert chosen == [1, 2, 1]
