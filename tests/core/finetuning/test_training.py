"""Fine-tuning as it is: the embedded BERT learns from a few short rows; a tiny one is cancelled, killed and resumed."""

import shutil
import socket

import pytest

from core.errors import InputError, NotFound
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.fitting import parts_of
from core.finetuning.prediction import Classifier
from core.finetuning.training import finetune
from core.jobs import Artifact, Metrics, Progress, Resumed, Sample, run

PRAISE = ["a wonderful", "an excellent", "a lovely", "a brilliant"]
BLAME = ["a terrible", "an awful", "a boring", "a dreadful"]
THINGS = ["film", "book", "meal", "song", "hotel", "phone"]
TEXTS = [f"{word} {thing}" for words in (PRAISE, BLAME) for word in words for thing in THINGS]  # 48
LABELS = ["praise"] * 24 + ["blame"] * 24
SMALL = {"batch_size": 8, "learning_rate": 3e-4, "evaluations_per_epoch": 1, "validation_share": 0.25}


@pytest.fixture
def train(workspace, make_version, tmp_path, tiny_bert):
    """A function that fine-tunes the tiny BERT on the sample in a run folder and returns its events and result."""
    version = make_version(TEXTS, LABELS)
    shared = {**SMALL, "version": version.id, "model": str(tiny_bert)}

    def go(name, resume=False, stop=lambda event: False, **settings):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        events, job = [], finetune(FinetuneConfig(**{**shared, **settings}), workspace, folder, resume)

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            return events, run(job, watch), folder
        except KeyboardInterrupt:
            return events, None, folder

    return go


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]


def test_a_run_from_rows_to_a_model_to_take_home(workspace, make_version, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the embedded model needs no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    splits = ["test" if thing == 5 else None for _ in range(8) for thing in range(6)]
    version = make_version([*TEXTS, "no label"], [*LABELS, None], [*splits, None])
    events = []
    config = FinetuneConfig(version=version.id, epochs=4, **SMALL)
    result = run(finetune(config, workspace, tmp_path, False), events.append)

    # 40 rows are not of the test split; 5 of each label's 20 are held out, and 30 rows are 4 steps of 8 an epoch.
    assert (result["train_rows"], result["validation_rows"], result["test"]["rows"]) == (30, 10, 8)
    assert [step for step, _ in curve(events, "train/loss")] == list(range(1, 17))
    assert [step for step, _ in curve(events, "validation/loss")] == [0, 4, 8, 12, 16]
    assert result["steps"] == 16
    losses = [loss for _, loss in curve(events, "train/loss")]
    assert sum(losses[-4:]) < 0.7 * sum(losses[:4])
    assert curve(events, "train/learning_rate")[-1][1] < 3e-4 / 10
    for name in ("train/gradient_norm", "train/sentences_per_second", "validation/macro_f1"):
        assert all(value > 0 for _, value in curve(events, name))
    best = max(value for _, value in curve(events, "validation/accuracy")[1:])
    assert 0.5 < result["accuracy"] == pytest.approx(best, abs=0.11)  # float32 may decide one row in ten otherwise
    assert any(event.message == "Epoch 1 of 4" and event.total == 16 for event in events if isinstance(event, Progress))

    samples = {event.name: event.data for event in events if isinstance(event, Sample)}
    assert samples["confusion"]["labels"] == samples["confusion_test"]["labels"] == ["blame", "praise"]
    assert [sum(row) for row in samples["confusion"]["matrix"]] == [5, 5]
    assert [sum(row) for row in samples["confusion_test"]["matrix"]] == [4, 4]
    assert result["summary"].startswith("The model labels ")
    assert "of the 8 test rows" in result["summary"]
    assert result["notes"][0] == "Rows left out because they have no label: 1."

    assert Artifact("model", "model") in events
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["home", "model"]
    files = {path.name for path in (tmp_path / "model").iterdir()}
    assert files == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert str(workspace.home.anchor + "work") not in (tmp_path / "model" / "config.json").read_text()
    agrees_with_pipeline(tmp_path)


def agrees_with_pipeline(folder):
    from transformers import pipeline

    texts = ["an excellent song", "a dreadful phone", "a lovely hotel " * 40, ""]
    ours = Classifier.load(folder).predict(texts)
    theirs = pipeline("text-classification", model=str(folder / "model"), top_k=None)(texts, truncation=True)
    for prediction, scores in zip(ours, theirs, strict=True):
        assert sum(prediction.probabilities.values()) == pytest.approx(1)
        assert prediction.label == max(prediction.probabilities, key=prediction.probabilities.get)
        assert {score["label"]: score["score"] for score in scores} == pytest.approx(prediction.probabilities, abs=1e-4)
    assert Classifier.load(folder).predict([]) == []


def test_a_cancelled_run_resumes_as_if_it_had_not_been(train):
    whole, expected, _ = train("whole", epochs=3)

    def second_epoch(event):
        return isinstance(event, Metrics) and event.step == 8 and "train/loss" in event.values

    first, nothing, folder = train("cancelled", epochs=3, stop=second_epoch)
    saved = folder / checkpoints.FOLDER / "seed-0"
    assert nothing is None
    # 36 training rows are 5 steps an epoch: the best of the first epoch, and the one of the cancel.
    assert checkpoints.steps(saved) == [5, 8]
    with pytest.raises(NotFound, match="no finished model"):
        Classifier.load(folder)
    # What a worker killed while it wrote its next checkpoint leaves behind.
    shutil.copytree(saved / "checkpoint-8", saved / "checkpoint-10")
    (saved / "checkpoint-10" / "trainer_state.json").unlink()

    second, result, _ = train("cancelled", epochs=3, resume=True)
    assert second[0] == Resumed(8)
    for name in ("train/loss", "train/learning_rate", "validation/loss", "validation/accuracy"):
        joined = curve(first, name) + curve(second, name)
        assert [step for step, _ in joined] == [step for step, _ in curve(whole, name)]
        assert [value for _, value in joined] == pytest.approx([value for _, value in curve(whole, name)], rel=1e-3)
    for name in ("steps", "best_step", "accuracy", "macro_f1", "train_rows", "summary"):
        assert result[name] == expected[name]
    assert not saved.exists()


def test_a_cancel_during_an_evaluation_leaves_a_checkpoint_and_the_evaluation_is_made_up_for(train):
    def scoring(event):
        return isinstance(event, Progress) and event.message == "Scoring the model on the validation rows"

    first, _, folder = train("run", epochs=2, stop=scoring)
    assert checkpoints.last_complete(folder / checkpoints.FOLDER / "seed-0") == 5
    assert [step for step, _ in curve(first, "validation/loss")] == [0]
    second, result, _ = train("run", epochs=2, resume=True)
    assert [step for step, _ in curve(second, "train/loss")] == [6, 7, 8, 9, 10]
    assert [step for step, _ in curve(second, "validation/loss")] == [6, 10]
    assert result["steps"] == 10


def test_a_run_cancelled_after_its_last_step_only_has_to_be_scored(train):
    def finished(event):
        return isinstance(event, Artifact)

    assert train("run", epochs=1, stop=finished)[1] is None
    second, result, _ = train("run", epochs=1, resume=True)
    assert second[0] == Resumed(5)
    assert curve(second, "train/loss") == []
    assert (result["steps"], result["best_step"]) == (5, 5)
    assert result["accuracy"] > 0


def test_resume_without_a_checkpoint_starts_anew(train):
    events, _, folder = train("run", resume=True, stop=lambda event: isinstance(event, Metrics))
    assert events[0] == Resumed(0)
    assert events[-1].step == 0
    assert checkpoints.steps(folder / checkpoints.FOLDER / "seed-0") == []


def test_rows_that_cannot_be_learned_from_are_refused_before_the_model_is_loaded(workspace, make_version, tmp_path):
    version = make_version(["one", "two"], ["good", "good"])
    events = []
    with pytest.raises(InputError, match="All labelled rows of sample@1 have the label 'good'"):
        run(finetune(FinetuneConfig(version=version.id), workspace, tmp_path, False), events.append)
    assert [event.message for event in events] == ["Looking for the model", "Reading the rows"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"model": "nowhere/at/all"}, "There is no folder 'nowhere/at/all'"),
        ({"strategy": "freeze layers", "frozen_layers": 7}, "The model has 6 layers, so 7 of them cannot be frozen."),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_before_a_row_is_read(workspace, tmp_path, settings, problem):
    events = []
    config = FinetuneConfig(version="none", **settings)  # such a version is not there, which would be told next
    with pytest.raises(InputError, match=problem):
        run(finetune(config, workspace, tmp_path, False), events.append)
    assert [event.message for event in events] == ["Looking for the model"]


@pytest.mark.parametrize(
    ("batch_size", "longest", "parts"),
    [(16, 256, 1), (16, 257, 2), (32, 512, 4), (11, 512, 11), (1, 512, 1), (9, 512, 3)],
)
def test_large_steps_are_computed_in_parts_of_4096_tokens(batch_size, longest, parts):
    assert parts_of(batch_size, longest) == parts
    assert batch_size % parts == 0
