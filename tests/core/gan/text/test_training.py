"""The job as it is: a tiny text GAN learns a tiny language, is cancelled and resumed, collapses, makes a version."""

import math
import time

import pyarrow.parquet as pq
import pytest
import torch

from core import checkpoint
from core.errors import InputError
from core.gan.text import evaluating, trainer
from core.gan.text.config import GanTextConfig
from core.gan.text.material import read
from core.gan.text.model import load
from core.gan.text.outcomes import outcomes
from core.gan.text.standing import WARMUP, Standing
from core.gan.text.steps import Steps
from core.gan.text.training import SCRATCH, gan_text
from core.gan.text.trials import train_all
from core.jobs import Artifact, Metrics, Progress, Resumed, Sample, run
from tests.core.gan.text.conftest import SMALL, sentences


@pytest.fixture(autouse=True)
def few_samples(monkeypatch):
    monkeypatch.setattr(evaluating, "SAMPLED", 20)


@pytest.fixture(scope="module")
def kept():
    """What one test leaves for the next."""
    return {}


@pytest.fixture
def whole_run(go, kept, workspace, version):
    """The events, the result and the folder of a run that nobody cancelled, carried out once."""
    if "run" not in kept:
        before = torch.get_rng_state(), torch.get_num_threads()
        kept["run"] = go("whole", make_version=True)
        kept["workspace"], kept["version"] = workspace, version
        assert torch.equal(torch.get_rng_state(), before[0]), "the random state is left as it was"
        assert torch.get_num_threads() == before[1]
    return kept["run"]


@pytest.fixture
def go(workspace, version, tmp_path):
    """A function that carries the job out in a folder and returns its events, its result and the folder."""

    def carry_out(name="run", stop=lambda event: False, resume=False, data=None, **changed):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        events = []
        config = GanTextConfig(version=(data or version).id, **{**SMALL, **changed})

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            return events, run(gan_text(config, workspace, folder, resume), watch), folder
        except KeyboardInterrupt:
            return events, None, folder

    return carry_out


@pytest.fixture
def train(go, version, settings, tmp_path):
    """A function that only trains, without writing and judging, and returns the events and the trials."""

    def carry_out(name="trained", stop=lambda event: False, resume=False, **changed):
        events = []
        own = settings.model_copy(update=changed)

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        material = run(read(own, version))
        try:
            return events, run(train_all(own, material, tmp_path / name, resume, time.perf_counter()), watch)
        except KeyboardInterrupt:
            return events, None

    return carry_out


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]


def notices(events):
    return [event.data["text"] for event in events if isinstance(event, Sample) and event.name == "notice"]


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


def test_without_steps_of_the_gan_the_state_before_it_stays(train, tmp_path):
    events, [trial] = train(adversarial_steps=0)
    assert curve(events, "train/reward") == []
    first = checkpoint.read_best(tmp_path / "trained" / WARMUP)
    ours = trial.gan.generator.state_dict()
    assert all(torch.equal(weights, first[f"generator.{name}"]) for name, weights in ours.items())


def test_rows_written_from_nothing_never_become_data(go):
    with pytest.raises(InputError, match="a lesson and no data"):
        go(mode="unconditional", make_version=True)


def test_a_collapse_is_rolled_back_and_said(train, monkeypatch):
    monkeypatch.setattr(trainer, "LEAST_DIVERSITY", 100.0)  # everything is a collapse
    monkeypatch.setattr(trainer, "JUDGE_STEPS", 1)
    events, [trial] = train()
    assert (trial.standing.rollbacks, trial.standing.ended) == (3, "collapse")
    assert trial.standing.best_step == 8, "where the GAN began"
    assert trial.standing.likelihood_steps == 4, "which is held against maximum likelihood all the same"
    said = notices(events)
    assert len(said) == 3 and "began to collapse at step" in said[0] and "learning ended there" in said[2]


@pytest.mark.parametrize(("part", "step", "left"), [("warm", 4, 0), ("discriminate", 7, 4), ("compete", 10, 4)])
def test_a_loss_that_is_no_number_ends_the_learning_with_the_best_state(train, monkeypatch, part, step, left):
    break_at(monkeypatch, part, step)
    events, [trial] = train()
    standing = trial.standing
    assert (standing.ended, standing.step, standing.likelihood_steps) == ("no number", step + left, left)
    assert "stopped being a number at step" in notices(events)[0] and len(notices(events)) == 1
    assert all(torch.isfinite(weights).all() for weights in trial.gan.state().values())


def test_maximum_likelihood_that_is_no_number_ends_without_harm_to_the_gan(train, whole_run, monkeypatch):
    break_at(monkeypatch, "warm", 15)
    events, [trial] = train()
    assert (trial.standing.ended, trial.standing.likelihood_steps) == ("", 1)
    assert "maximum likelihood alone stopped being a number at step 15" in notices(events)[0]
    ours, theirs = trial.gan.state(), load(whole_run[2] / "model").state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def break_at(monkeypatch, part, step):
    """Let a part of the learning come to a loss that is no number at a step."""
    real = getattr(Steps, part)

    def broken(self, batch, number, *more):
        values = real(self, batch, number, *more)
        return {**values, "train/mle_loss": math.nan} if number == step else values

    monkeypatch.setattr(Steps, part, broken)


def test_a_loss_that_is_no_number_at_once_is_an_error(go, monkeypatch):
    monkeypatch.setattr(trainer.Evaluation, "nll", lambda self: math.nan)
    monkeypatch.setattr(Steps, "warm", lambda self, batch, step: {"train/mle_loss": math.nan})
    with pytest.raises(InputError, match=r"stopped being a number at step 0\. Train again with a smaller"):
        go()


TEXTS, LABELS = sentences(60, seed=3)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (TEXTS[:5], "has 5 different training rows of 4 to 20 words, and a GAN needs 24"),
        (TEXTS[:1] * 60, "has 1 different training rows"),
        ([" ".join(["word"] * 30)] * 60, "All 60 training rows of .* have more than 20 words"),
        ([""] * 30, "has 0 different training rows"),
        ([f"only{n} here{n} and{n} there{n}" for n in range(60)], "No two words occur 2 times"),
    ],
    ids=["five sentences", "one sentence repeated", "all too long", "empty", "all words different"],
)
def test_what_cannot_be_learned_from_is_one_sentence(make_version, go, texts, said):
    with pytest.raises(InputError, match=said):
        go(data=make_version(texts, name="sample"))


@pytest.mark.parametrize("labels", [["one"] * 60, None], ids=["one class", "no label"])
def test_without_two_labels_the_label_is_not_checked_and_that_is_said(make_version, go, labels):
    _, result, folder = go(data=make_version(TEXTS, labels))
    assert result["accepted"] == 10
    assert any("cannot be checked" in note for note in result["notes"])
    assert any("Held out to judge by" in note for note in result["notes"])
    assert "label_agreement" not in result["table"]["gan"]
    assert set(pq.read_table(folder / "made.parquet").column("label").to_pylist()) == {labels and "one"}


def test_chinese_is_cut_into_words_and_joined_without_blanks(make_version, go):
    texts = [
        f"{who}{how}喜欢{what}{end}"
        for who in ("我", "妈妈", "老师")
        for how in ("很", "不", "非常")
        for what in ("苹果", "电影", "音乐")
        for end in ("。", "！")
    ]
    data = make_version(texts, ["neg" if "不" in text else "pos" for text in texts], language="zh")
    _, result, folder = go(data=data, longest=12)
    assert result["accepted"] > 0
    assert not any(" " in text for text in pq.read_table(folder / "made.parquet").column("text").to_pylist())
