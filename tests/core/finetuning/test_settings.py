"""What the settings do to a training: strategies, seeds, early stopping, accumulation, Chinese, several labels."""

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from core.config import parse_config
from core.errors import InputError
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.prediction import Classifier
from core.finetuning.training import finetune
from core.jobs import Metrics, Progress, Resumed, Sample, run

THINGS = ["film", "book", "song", "meal"]
TEXTS = [f"{article} {word} {thing}" for word in ("good", "fine", "bad", "awful") for thing in THINGS
         for article in ("a", "the")]  # fmt: skip
LABELS = ["praise"] * 16 + ["blame"] * 16
SPLITS = (["train"] * 6 + ["validation"] * 2) * 4
QUICK = {"batch_size": 8, "epochs": 6, "learning_rate": 0.01, "evaluations_per_epoch": 1}


@pytest.fixture
def train(workspace, make_version, tmp_path, tiny_bert):
    """A function that fine-tunes the tiny BERT on the sample and returns its events and result."""
    version = make_version(TEXTS, LABELS, SPLITS)

    def go(folder="run", resume=False, stop=lambda event: False, **settings):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        values = {"version": version.id, "model": str(tiny_bert), **QUICK, **settings}
        events = []

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            result = run(finetune(parse_config(FinetuneConfig, values), workspace, place, resume), watch)
        except KeyboardInterrupt:
            result = None
        return events, result, place

    return go


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]


@pytest.mark.parametrize("strategy", ["freeze embeddings", "freeze layers", "LoRA"])
def test_a_strategy_learns_and_leaves_frozen_weights_as_they_were(train, tiny_bert, strategy):
    _, result, folder = train(strategy=strategy, lora_rank=16, epochs=12)
    assert result["accuracy"] > 0.8
    before = AutoModelForSequenceClassification.from_pretrained(tiny_bert).state_dict()
    model = AutoModelForSequenceClassification.from_pretrained(folder / "model")  # plain transformers, whatever it was
    after = model.state_dict()
    same = {name for name in after if name in before and torch.equal(after[name], before[name])}
    assert "bert.embeddings.word_embeddings.weight" in same
    query = [name for name in after if name.endswith("attention.self.query.weight")]
    assert [name in same for name in query] == {
        "freeze embeddings": [False, False],
        "freeze layers": [True, False],
        "LoRA": [False, False],
    }[strategy]
    assert ("bert.encoder.layer.0.output.dense.weight" in same) == (strategy != "freeze embeddings")
    assert len(Classifier.load(folder).predict(["a good film"])) == 1


def test_several_seeds_are_trained_and_the_best_is_kept(train):
    events, result, folder = train(seeds=[3, 4, 5], epochs=3)
    assert [score["seed"] for score in result["seeds"]] == [3, 4, 5]
    for seed in (3, 4, 5):
        assert [step for step, _ in curve(events, f"train/loss@{seed}")] == list(range(1, 10))
    assert len({curve(events, f"train/loss@{seed}")[0][1] for seed in (3, 4, 5)}) == 3
    accuracies = [score["validation"]["accuracy"] for score in result["seeds"]]
    best = max(result["seeds"], key=lambda score: score["rank"])
    assert result["seed"] == best["seed"]
    assert result["accuracy"] == best["validation"]["accuracy"] == max(accuracies)
    assert result["over_seeds"]["validation"]["accuracy"]["mean"] == pytest.approx(sum(accuracies) / 3)
    assert "Over 3 seeds the mean accuracy on the validation rows is" in result["summary"]
    progress = [event for event in events if isinstance(event, Progress) and event.unit == "steps" and event.total]
    assert [event.done for event in progress] == sorted(event.done for event in progress)
    assert not (folder / "candidate").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["model", "predictions_validation.parquet"]


def test_a_run_of_several_seeds_goes_on_where_it_was(train):
    _, expected, _ = train("whole", seeds=[3, 4], epochs=3)

    def second_seed(event):
        return isinstance(event, Metrics) and event.step == 4 and "train/loss@4" in event.values

    _, nothing, folder = train("cancelled", seeds=[3, 4], epochs=3, stop=second_seed)
    assert nothing is None
    assert checkpoints.steps(folder / checkpoints.FOLDER / "seed-4") == [3, 4]
    second, result, _ = train("cancelled", seeds=[3, 4], epochs=3, resume=True)
    assert second[0] == Resumed(0)  # every point after step 0 is told again
    for seed in (3, 4):
        assert [step for step, _ in curve(second, f"train/loss@{seed}")] == list(range(1, 10))
    for score, other in zip(result["seeds"], expected["seeds"], strict=True):
        assert (score["seed"], score["best_step"]) == (other["seed"], other["best_step"])
        assert score["validation"] == pytest.approx(other["validation"], rel=1e-3)


def test_it_stops_early_without_a_better_evaluation(train):
    # A learning rate of next to nothing changes no score; the loss still moves a little, so the first one stays best.
    _, result, _ = train(epochs=10, patience=2, metric="macro F1", learning_rate=1e-12)
    assert result["steps"] < 10 * 3


def test_batches_are_added_up_before_a_step(train):
    # 24 rows in batches of 4, two of which make a step: 3 steps an epoch, and the same losses as batches of 8.
    small, _, _ = train("small", batch_size=4, gradient_accumulation=2, epochs=1)
    large, _, _ = train("large", batch_size=8, epochs=1)
    assert [step for step, _ in curve(small, "train/loss")] == [1, 2, 3]
    assert curve(small, "train/loss")[0][1] == pytest.approx(curve(large, "train/loss")[0][1], abs=0.05)


def test_weights_and_smoothing_reach_the_loss(train):
    plain = curve(train("plain", epochs=1)[0], "train/loss")[0][1]
    smooth = curve(train("smooth", epochs=1, label_smoothing=0.3, class_weights="balanced")[0], "train/loss")[0][1]
    assert smooth == pytest.approx(plain, abs=0.1)  # both near ln 2 before anything is learned
    assert smooth != plain


def test_the_learning_rate_rises_in_the_warm_up_and_falls_after_it(train):
    rates = [rate for _, rate in curve(train(warmup_share=0.5, epochs=2)[0], "train/learning_rate")]
    assert len(rates) == 6
    assert rates == pytest.approx([0.01 * share for share in (0, 1 / 3, 2 / 3, 1, 2 / 3, 1 / 3)])


def test_weight_decay_pulls_weights_towards_0(train):
    lengths = []
    for decay in (0.0, 1.0):
        folder = train(f"decay {decay}", weight_decay=decay, epochs=2)[2]
        model = AutoModelForSequenceClassification.from_pretrained(folder / "model")
        lengths.append(float(model.bert.encoder.layer[0].output.dense.weight.detach().norm()))
    assert lengths[1] < 0.98 * lengths[0]


def test_no_more_tokens_are_read_than_were_asked_for(train):
    _, result, folder = train(max_length=8, epochs=1)
    assert result["max_length"] == Classifier.load(folder).max_length == 8
    events, _, _ = train("often", evaluations_per_epoch=3, epochs=1)
    assert [step for step, _ in curve(events, "validation/loss")] == [0, 1, 2, 3]


def test_a_wrong_model_is_told_before_the_training(train, tmp_path):
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError, match="There is no model in 'nothing'"):
        train(model=str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"seeds": []}, "The setting seeds cannot be ()"),
        ({"seeds": [1, 1]}, "The setting seeds cannot be (1, 1)"),
        ({"seeds": [-1]}, "The setting seeds cannot be (-1,)"),
        ({"label_smoothing": 0.9}, "The setting label_smoothing cannot be 0.9"),
    ],
)
def test_settings_that_cannot_be(settings, problem):
    with pytest.raises(InputError) as caught:
        parse_config(FinetuneConfig, {"version": "v", **settings})
    assert problem.split(" cannot")[0] in caught.value.problem


def test_every_setting_has_a_title_and_a_description_of_whole_sentences():
    for field in FinetuneConfig.model_fields.values():
        assert field.title
        assert field.description
        assert field.description.endswith(".")


def test_chinese_with_a_model_of_chinese(workspace, make_version, tmp_path):
    from tests.core.finetuning.saved_models import save_bert

    praise = ["房间很好", "服务很好", "位置不错", "早餐不错", "非常满意", "干净舒服", "很满意", "很舒服"]
    blame = ["房间太差", "服务太差", "位置很远", "早餐难吃", "非常失望", "又脏又吵", "很失望", "太难吃"]
    model = save_bert(tmp_path / "tiny-chinese", sorted(set("".join(praise + blame))))
    version = make_version(praise + blame, ["好"] * 8 + ["差"] * 8, ["train"] * 16, language="zh")
    split = make_version(
        [*praise, *blame] * 2, (["好"] * 8 + ["差"] * 8) * 2, ["train"] * 16 + ["validation"] * 16, name="zh"
    )
    config = FinetuneConfig(version=split.id, model=str(model), **QUICK)
    result = run(finetune(config, workspace, tmp_path, False))
    assert result["accuracy"] > 0.9
    assert result["notes"] == [  # and none about the vocabulary
        "Validation rows whose text is also in the training rows: 16 of 16. Their score says little about new texts."
    ]
    assert Classifier.load(tmp_path).predict(["房间很好"])[0].label == "好"
    assert version.language == "zh"


def test_the_embedded_vocabulary_warns_of_chinese(shared_data):
    import csv

    from core.finetuning.encoding import chosen_length
    from core.finetuning.examples import Rows
    from core.finetuning.model import load_tokenizer
    from core.finetuning.pretrained import find_pretrained

    path = next((shared_data / "chnsenticorp").glob("*.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["review"] for _, row in zip(range(200), csv.DictReader(file), strict=False)]
    rows = Rows([str(i) for i in range(200)], texts, [0] * 200)
    notes = chosen_length(load_tokenizer(find_pretrained("embedded")), rows, None, seed=0)[1]
    assert any("The model's vocabulary does not know" in note for note in notes)


def test_the_notes_are_told_before_the_training(train):
    events, _, _ = train(epochs=1)
    told = [type(event) for event in events]
    assert told.index(Sample) < told.index(Metrics)
    assert events[told.index(Sample)] == Sample("notes", [])
