"""The job as it is: a tiny text GAN learns a tiny language, is cancelled and resumed, collapses, makes a version."""

import math

import pyarrow.parquet as pq
import pytest
import torch

from core import checkpoint
from core.errors import InputError
from core.gan.text.model import load
from core.gan.text.outcomes import outcomes
from core.gan.text.standing import Standing
from core.gan.text.training import SCRATCH
from core.jobs import Artifact, Metrics, Progress, Resumed, Sample
from tests.core.gan.text.heard import break_at, curve, notices


def test_from_a_version_to_new_rows_with_lineage(whole_run, kept):
    events, result, folder = whole_run
    workspace, version = kept["workspace"], kept["version"]
    # 60 rows are 3 steps of 24; the warm-up is judged at 0, 3 and 6, the GAN where it begins and ends, then maximum
    # likelihood alone where it begins, after 3 steps and where it ends.
    assert (result["steps"], result["likelihood_steps"]) == (6 + 2 + 6, 4)
    assert [step for step, _ in curve(events, "validation/likelihood_nll")] == [14, 17, 18]
    assert curve(events, "validation/likelihood_nll")[0][1] == curve(events, "validation/nll")[2][1], "from there"
    assert [step for step, _ in curve(events, "validation/nll")] == [0, 3, 6, 8, 14]
    assert [step for step, _ in curve(events, "validation/frechet")] == [8, 14]
    for name in ("train/mle_loss", "train/d_loss", "train/reward", "train/g_loss", "train/diversity"):
        assert all(math.isfinite(value) for _, value in curve(events, name)) and curve(events, name)
    assert curve(events, "validation/nll")[0][1] > curve(events, "validation/nll")[2][1]
    samples = [event.data for event in events if isinstance(event, Sample) and event.name == "samples"]
    assert len({row["before"] for sample in samples for row in sample["rows"][:1]}) == 1, "the same rows each time"
    first, last = samples[0]["rows"][0], samples[-1]["rows"][0]
    assert first["scores"] == [None] * len(first["words"])
    assert [score is not None for score in last["scores"]] == last["filled"]
    assert {Artifact("model", "model"), Artifact("rows", "made.parquet")} <= {e for e in events if hasattr(e, "path")}
    assert not (folder / SCRATCH).exists()

    assert result["accepted"] == 10 == result["counts"]["accepted"]
    assert sum(result["counts"].values()) == result["written"]
    made = workspace.version(result["version"])
    assert (made.rows, made.parent_id, made.action) == (90, version.id, "generate")
    rows = pq.read_table(made.path).to_pylist()
    parents = {row["id"]: row for row in rows[:80]}
    for row in rows[80:]:
        parent = parents[row["parent_id"]]
        assert (row["origin"], row["operator"], row["split"]) == ("generated", "gan_text", "train")
        assert row["label"] == parent["label"] and row["text"] != parent["text"]
        assert len(row["text"].split()) == len(parent["text"].split())
    assert len({row["id"] for row in rows}) == 90
    assert not {row["text"] for row in rows[80:]} & {row["text"] for row in rows[:80]}
    assert len({row["text"] for row in rows[80:]}) == 10

    table = result["table"]
    assert list(table) == [
        "real",
        "trigram",
        "likelihood",
        "likelihood@0.7",
        "likelihood@1.3",
        "gan",
        *(["gated"] if "gated" in table else []),
    ]
    assert table["real"]["novel"][0] == 0 and table["gan"]["novel"][0] > 0
    for measures in table.values():
        assert {"bleu_2", "self_bleu_4", "reverse_perplexity", "copied", "frechet", "label_agreement"} <= set(measures)
        assert all(math.isfinite(number) for pair in measures.values() for number in pair)
    assert "won" in result["verdict"][0] and "This is one training" in result["verdict"][2]
    assert result["notes"][-1].startswith("Maximum likelihood went on alone for 4 steps, ")
    assert [(one["seed"], one["gan"]["frechet"]) for one in result["trainings"]] == [(0, table["gan"]["frechet"][0])]
    assert result["summary"].endswith(f"They are in {made.label}.")

    rejected = result["written"] - 10
    assert outcomes(folder).total == result["written"]
    others = [kind for kind in result["counts"] if kind != "accepted"]
    found = outcomes(folder, kinds=others)
    assert found.total == rejected
    assert all(row["explanation"].endswith(".") for row in found.rows.to_pylist())
    word = rows[80]["text"].split()[2]
    assert 0 < outcomes(folder, search=word.upper()).total <= result["written"]
    gan = load(folder / "model")
    assert gan.labels == ("bad", "good")


CURVES = (
    *("train/mle_loss", "train/d_loss", "train/reward", "validation/nll", "train/diversity"),
    *("train/likelihood_loss", "validation/likelihood_nll"),
)
MOMENTS = {
    "warmup": lambda event: isinstance(event, Metrics) and event.step == 5,
    "judging": lambda event: isinstance(event, Sample) and event.data["step"] == 8,
    "discriminator": lambda event: isinstance(event, Metrics) and event.step == 7,
    "adversarial": lambda event: isinstance(event, Metrics) and event.step == 13,
    "likelihood": lambda event: isinstance(event, Metrics) and event.step == 17,
    "writing": lambda event: isinstance(event, Progress) and event.message.startswith("Writing"),
}


@pytest.mark.parametrize("moment", ["warmup", "judging", "discriminator", "likelihood"])
def test_a_cancelled_training_resumes_as_if_it_had_not_been(train, whole_run, moment):
    whole, _, untouched = whole_run
    first, nothing = train(stop=MOMENTS[moment])
    assert nothing is None
    second, [trial] = train(resume=True)
    for name in CURVES:
        assert curve(first, name) + curve(second, name) == curve(whole, name)
    ours, theirs = trial.gan.state(), load(untouched / "model").state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("moment", ["adversarial", "writing"])
def test_a_cancelled_run_resumes_as_if_it_had_not_been(go, whole_run, moment):
    whole, expected, untouched = whole_run
    first, nothing, folder = go("cut", stop=MOMENTS[moment])
    assert nothing is None and (folder / SCRATCH / checkpoint.FILE).is_file()
    second, result, _ = go("cut", resume=True)
    assert any(isinstance(event, Resumed) for event in second)
    for name in CURVES:
        assert curve(first, name) + curve(second, name) == curve(whole, name)
    for name in ("table", "trainings", "counts", "verdict", "best_step"):
        assert result[name] == expected[name]
    assert (folder / "made.parquet").read_bytes() == (untouched / "made.parquet").read_bytes()


def test_maximum_likelihood_goes_on_for_as_long_as_the_gan_and_a_resumption_keeps_its_steps(train, tmp_path):
    learned = Standing(warm_steps=10, warm_step_seconds=2.0, game_began=7.0, seconds=12.0)
    learned.plan_likelihood(None)  # 0.2 seconds a step, and the GAN took 5
    assert (learned.game_seconds, learned.likelihood_planned) == (5.0, 25)

    def due(event):
        return isinstance(event, Metrics) and "train/likelihood_loss" in event.values

    _, nothing = train(stop=due, likelihood_steps=None)
    assert nothing is None
    standing = Standing(**checkpoint.read(tmp_path / "trained")["standing"])
    per_step = standing.warm_step_seconds / standing.warm_steps
    assert standing.likelihood_planned == round(standing.game_seconds / per_step) > 0
    _, [trial] = train(resume=True, likelihood_steps=None)
    assert trial.standing.likelihood_steps == standing.likelihood_planned
    best = trial.likelihood.state()
    assert trial.standing.likelihood_nll <= trial.standing.warm_nll
    assert all(torch.isfinite(weights).all() for weights in best.values())


def test_several_trainings_differ_by_their_seeds_and_one_that_was_cancelled_goes_on(train):
    def due(event):
        return isinstance(event, Progress) and event.message == "Training 2 of 2: Judging the present state"

    first, nothing = train(stop=due, trainings=2)
    assert nothing is None
    assert curve(first, "train/likelihood_loss"), "the first is told as a whole"
    second, trials = train(resume=True, trainings=2)
    assert not [event for event in second if isinstance(event, Metrics)], "of the others only progress"
    assert [trial.seed for trial in trials] == [0, 1]
    _, [alone] = train("alone", seed=1)
    ours, theirs = trials[1].gan.state(), alone.gan.state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_the_spread_of_several_trainings_is_over_them_and_the_first_makes_the_rows(go, whole_run):
    _, expected, untouched = whole_run
    _, result, folder = go(trainings=2)
    assert (folder / "made.parquet").read_bytes() == (untouched / "made.parquet").read_bytes()
    for name in ("gan", "likelihood"):
        one, other = (training[name]["frechet"] for training in result["trainings"])
        mean, spread = result["table"][name]["frechet"]
        assert one == expected["table"][name]["frechet"][0] != other
        assert (mean, spread) == (pytest.approx((one + other) / 2), pytest.approx(abs(one - other) / math.sqrt(2)))
    assert result["table"]["trigram"] == expected["table"]["trigram"]
    assert "of 2 trainings" in result["verdict"][2]
    assert (result["accepted"], result["steps"]) == (expected["accepted"], expected["steps"])


def test_a_checkpoint_of_other_settings_is_not_gone_on_with(go):
    go("run", stop=lambda event: isinstance(event, Metrics) and event.step == 5)
    with pytest.raises(InputError, match="of other rows or of other settings"):
        go("run", resume=True, rows=11)


@pytest.mark.parametrize("mode", ["infill", "unconditional"])
def test_softened_words_teach_the_generator_in_either_mode(train, mode):
    events, _ = train(adversary="gumbel", mode=mode, anchor=0.0)
    for name in ("train/reward", "train/g_loss", "train/d_loss"):
        found = [value for _, value in curve(events, name)]
        assert found and all(map(math.isfinite, found))
    (began, before), (ended, after) = curve(events, "validation/nll")[-2:]
    assert (began, ended) == (8, 14) and before != after, "only softened words have moved it: there is no anchor"


@pytest.mark.parametrize("changed", [{"mode": "unconditional"}, {"max_minutes": 0.01}], ids=str)
def test_every_choice_gives_rows_and_numbers(go, changed):
    _, result, folder = go(**changed)
    assert result["table"]["gan"]["bleu_2"][0] >= 0
    assert result["written"] == outcomes(folder).total > 0
    if "mode" in changed:
        assert result["summary"].count("a lesson and no data") == 1
        assert set(pq.read_table(folder / "made.parquet").column("parent_id").to_pylist()) == {None}


def test_maximum_likelihood_that_is_no_number_ends_without_harm_to_the_gan(train, whole_run, monkeypatch):
    break_at(monkeypatch, "warm", 15)
    events, [trial] = train()
    assert (trial.standing.ended, trial.standing.likelihood_steps) == ("", 1)
    assert "maximum likelihood alone stopped being a number at step 15" in notices(events)[0]
    ours, theirs = trial.gan.state(), load(whole_run[2] / "model").state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
