"""What goes wrong in a text GAN, and what cannot be learned from: nothing is lost, and one sentence says it."""

import math

import pyarrow.parquet as pq
import pytest
import torch

from core import checkpoint
from core.errors import InputError
from core.gan.text import trainer
from core.gan.text.standing import WARMUP
from core.gan.text.steps import Steps
from tests.core.gan.text.conftest import sentences
from tests.core.gan.text.heard import break_at, curve, notices


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
