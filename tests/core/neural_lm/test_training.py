"""Training as it is: tiny models learn a tiny language, and end in time, with the best weights, whatever the text."""

import pytest
import torch

from core.errors import InputError
from core.jobs import Artifact, Progress, Sample, run
from core.neural_lm.config import LmConfig
from core.neural_lm.model import load
from core.neural_lm.training import train_lm
from tests.core.neural_lm.conftest import SMALL, curve, sentences


def test_a_run_from_a_version_to_a_model_to_take_home(workspace, make_version, tmp_path):
    version = make_version(
        [*sentences(300), *sentences(30, seed=1)], splits=["train"] * 270 + ["validation"] * 30 + ["test"] * 30
    )
    events = []
    config = LmConfig(version=version.id, **SMALL)
    result = run(train_lm(config, workspace, tmp_path, False), events.append)

    # 270 rows of 6 tokens with their ends are 1,620: 4 streams of (1,620 - 8) // 4 = 403 tokens, 51 steps an epoch.
    assert (result["steps"], result["epochs"], result["ended"], result["train_tokens"]) == (204, 4.0, "epochs", 1_620)
    assert (result["validation"]["tokens"], result["test"]["tokens"]) == (180, 180)
    steps = [step for step, _ in curve(events, "train/loss")]
    assert steps == sorted({1, *range(2, 205, 2), 51, 153})
    assert [step for step, _ in curve(events, "validation/perplexity")] == [51, 102, 153, 204]
    for name in ("train/gradient_norm", "train/tokens_per_second"):
        assert all(value > 0 for _, value in curve(events, name))
    rates = [rate for _, rate in curve(events, "train/learning_rate")]
    assert rates[0] < max(rates) == pytest.approx(0.02, rel=1e-3)
    assert rates[-1] == pytest.approx(0)
    left = [value for _, value in curve(events, "train/seconds_left")]
    assert left[0] > left[-1] == 0
    # Of 6 tokens only the adjective (one of 3) and the noun (one of 4) are open: the best is 12 ** (1 / 6) = 1.51.
    assert 1.5 < result["test"]["perplexity"] < 1.8
    assert curve(events, "validation/perplexity")[-1][1] == pytest.approx(result["validation"]["perplexity"], rel=0.02)
    samples = [event.data for event in events if isinstance(event, Sample)]
    assert [(sample["epoch"], sample["step"]) for sample in samples] == [(1, 51), (2, 102), (3, 153), (4, 204)]
    assert "the" in samples[-1]["text"].split()
    assert any(
        event.message == "Epoch 1 of 4" and event.total == 204 for event in events if isinstance(event, Progress)
    )

    assert Artifact("model", "model") in events
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["home", "model"]
    model = load(tmp_path)
    assert model.about["test"] == result["test"]
    lines = [sentence.split() for sentence in sentences(30, seed=1)]
    assert model.perplexity(lines).as_dict() == pytest.approx(result["test"], rel=1e-6)
    assert result["summary"].startswith("The perplexity on the 180 tokens of the validation text is 1.")
    assert "It read the training text 4.0 times." in result["summary"]


@pytest.mark.parametrize("settings", [{}, {"architecture": "transformer", "heads": 2}, {"preset": "classic"}])
def test_both_networks_and_both_recipes_learn(train, settings):
    settings = {"dropout": 0.1, "learning_rate": None if settings.get("preset") else 0.01, **settings}
    _, first, _ = train("first", epochs=1, **settings)
    _, last, again = train("again", epochs=6, **settings)
    assert last["validation"]["perplexity"] < 0.9 * first["validation"]["perplexity"]
    assert last["validation"]["perplexity"] < 6
    assert load(again).generate(tokens=5)


def test_training_ends_when_it_grows_no_better_and_keeps_its_best_weights(train):
    noise = [" ".join(sentence.split()[::-1]) for sentence in sentences(20)]
    events, result, _ = train("run", validation=noise, epochs=40, patience=2, preset="classic", learning_rate=1.0)
    assert result["ended"] == "patience"
    judged = curve(events, "validation/loss")
    assert len(judged) < 40
    assert result["best_step"] == min(judged, key=lambda point: point[1])[0] == judged[-3][0]
    assert result["validation"]["perplexity"] == pytest.approx(curve(events, "validation/perplexity")[-3][1], rel=0.02)
    assert "because it grew no better" in result["summary"]


def test_a_training_with_too_little_time_ends_in_time_with_a_model(train):
    events, result, folder = train("run", epochs=200, max_minutes=0.02, patience=0)
    assert result["ended"] == "time"
    assert 0 < result["steps"] < 200 * 20
    assert curve(events, "validation/loss")[-1][0] == result["steps"]
    assert "in the 0.02 minutes it was given" in result["summary"]
    assert load(folder).about["ended"] == "time"


@pytest.mark.parametrize(
    "lines",
    [
        ["a single sentence"],
        ["again"],
        ["again " * 300],
        ["again"] * 50,
        ["word " * 200_000],
        [f"all{n} different{n} words{n}" for n in range(30)],
        ["a b"] * 3,
    ],
    ids=["one sentence", "one word", "one word repeated", "one word a line", "1 MB line", "all different", "short"],
)
def test_odd_texts_give_a_model_and_numbers(train, lines):
    epochs = 1 if len(lines[0]) > 10_000 else 2
    events, result, folder = train("run", lines=lines, epochs=epochs, bptt=35, batch_size=64)
    for name in ("train/loss", "train/gradient_norm", "validation/perplexity"):
        assert all(value >= 0 for _, value in curve(events, name))
    assert 1 <= result["validation"]["perplexity"] < 1_000
    model = load(folder)
    assert model.generate(tokens=5, seed=1) is not None
    assert all(0 <= row.probability <= 1 for row in model.token_table("again something new"))
    if len(lines) == 1 and epochs == 2 and len(lines[0]) < 100:
        assert "too few to hold some out" in result["notes"][0]


def test_a_vocabulary_that_takes_too_much_memory_is_refused_before_it_is_trained(train, monkeypatch):
    monkeypatch.setattr("core.neural_lm.training.MOST_BYTES", 4 * 4 * 18 * 16 - 1)
    with pytest.raises(InputError, match="Training with 18 words of width 16 takes"):
        train("run")


def test_random_state_and_threads_are_left_as_they_were(train):
    before = torch.get_rng_state(), torch.get_num_threads()
    train("run", epochs=1, dropout=0.5)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


def test_no_more_of_a_long_validation_text_is_judged_each_epoch_than_pays(train, monkeypatch):
    monkeypatch.setattr("core.neural_lm.trainer.CURVE_TOKENS", 500)
    events, result, _ = train("run", lines=sentences(50), validation=sentences(2_000, seed=5), epochs=1)
    assert result["validation"]["tokens"] == 12_000
    assert any("parts of the validation text" in note for note in result["notes"])
    assert curve(events, "validation/perplexity")[-1][1] == pytest.approx(result["validation"]["perplexity"], rel=0.2)
