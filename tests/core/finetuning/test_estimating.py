import json

import pytest

from core.errors import CorpusLabError, InputError
from core.finetuning import estimating
from core.finetuning.config import FinetuneConfig
from core.finetuning.estimate_apart import answer, estimate_apart, read_answer
from core.finetuning.estimating import estimate, needs
from core.finetuning.memory_needed import Memory, memory_needed, slices_of
from core.finetuning.pretrained import find_pretrained
from core.finetuning.shape import sizes_of

TEXTS = [f"a {word} {thing}" for word in ("good", "bad") for thing in ("film", "book", "song", "meal")]


@pytest.fixture
def version(make_version):
    return make_version(TEXTS * 2, (["praise"] * 4 + ["blame"] * 4) * 2, ["train"] * 12 + ["validation"] * 4)


def config(version, tiny_bert, **settings):
    return FinetuneConfig(version=version.id, model=str(tiny_bert), batch_size=4, **settings)


def test_what_a_training_takes(version, tiny_bert):
    found = estimate(config(version, tiny_bert, epochs=5), version)
    assert found.model == tiny_bert.name
    assert found.parameters == found.trained
    assert found.steps == 5 * 3
    assert found.max_length == 8
    assert found.learning_rate == 1e-4
    assert found.warning == ""
    assert found.seconds > found.step_seconds * found.steps > 0
    assert found.as_dict()["memory"]["total"] == found.memory.total
    assert f"has {found.parameters:,} weights, of which {found.trained:,} are trained." in found.summary
    several = estimate(config(version, tiny_bert, epochs=5, seeds=(1, 2, 3)), version)
    assert several.steps == found.steps
    assert several.seconds > found.seconds


@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_what_a_training_of_fewer_and_fewer_layers_takes(version, tiny_bert, epochs):
    found = estimate(config(version, tiny_bert, epochs=epochs, gradual_freezing=True), version)
    assert found.parameters == found.trained
    assert found.steps == 3 * epochs
    assert found.seconds > found.step_seconds * found.steps > 0


def test_memory_that_does_not_suffice_is_told_and_nothing_is_tried(version, tiny_bert, monkeypatch):
    monkeypatch.setattr(estimating, "available_memory", lambda: 100_000)
    found = estimate(config(version, tiny_bert), version)
    assert found.seconds is found.step_seconds is None
    assert found.warning.startswith("This training needs about 1.2 GB of memory, and 0.0 GB are free")
    assert found.warning in found.summary


def test_what_would_be_refused_is_refused_here(version, tiny_bert, tmp_path):
    with pytest.raises(InputError, match="There is no model in"):
        estimate(config(version, tmp_path), version)
    with pytest.raises(InputError, match="The model has 2 layers"):
        estimate(config(version, tiny_bert, strategy="freeze layers", frozen_layers=9), version)


def test_what_a_process_of_its_own_answers_is_the_estimate(version, workspace, tiny_bert):
    asked = config(version, tiny_bert, epochs=5)
    question = {"home": str(workspace.home), "owner": workspace.owner, "config": asked.model_dump()}
    here, apart = estimate(asked, version), read_answer(answer(json.dumps(question)))
    assert apart.seconds > 0
    for name in ("model", "parameters", "trained", "memory", "steps", "max_length", "notes"):
        assert getattr(apart, name) == getattr(here, name)


def test_a_process_of_its_own_refuses_what_would_be_refused(version, workspace, tmp_path):
    with pytest.raises(CorpusLabError, match=f"There is no model in '{tmp_path.name}'. Choose a BERT model that has"):
        estimate_apart(config(version, tmp_path), workspace)


def test_what_is_needed_is_told_from_the_sizes_of_the_model_alone(tiny_bert, tmp_path, monkeypatch):
    monkeypatch.setattr(estimating, "available_memory", lambda: 2_700_000_000)
    bert_base = {"model_type": "bert", "vocab_size": 30_522, "hidden_size": 768, "num_hidden_layers": 12,
                 "num_attention_heads": 12, "intermediate_size": 3_072, "max_position_embeddings": 512}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(bert_base))
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).touch()
    found = find_pretrained(tmp_path)
    large = needs(FinetuneConfig(version="v", model=str(tmp_path)), found)
    assert large.parameters == large.trained == 109_483_778  # 109,482,240 of bert-base-uncased, and 768 * 2 + 2
    assert large.learning_rate == 3e-5
    assert large.warning.startswith("This training needs about 3.4 GB of memory, and 2.7 GB are free")
    head = needs(FinetuneConfig(version="v", model=str(tmp_path), strategy="head only"), found)
    assert head.warning == ""
    assert needs(FinetuneConfig(version="v"), find_pretrained("embedded")).warning == ""


def needed(tiny_bert, bfloat16=False, alone=True, texts=None, **settings):
    shape = find_pretrained(tiny_bert).shape
    sizes = sizes_of(shape, FinetuneConfig(version="v", **settings), 2)
    return memory_needed(shape, sizes, 4, 10, bfloat16, alone, texts)


def test_the_memory_worked_out_by_hand(tiny_bert):
    words, rest = 16 * 32, (64 + 2) * 32 + 2 * 32 + 2 * 8_544 + 32 * 32 + 32 + 66
    layer = 4 * 10 * (10 * 32 + 2 * 64 + 3 * 4 * 10)  # numbers kept for 4 texts of 10 tokens
    full = needed(tiny_bert)
    assert full == Memory(4 * (words + rest), 4 * rest, 8 * (words + rest), 2 * layer * 4, 1_200_000_000)
    assert needed(tiny_bert, alone=False).gradients == 4 * (words + rest)
    assert needed(tiny_bert, bfloat16=True).activations == 2 * layer * 2 + 2 * rest
    assert needed(tiny_bert, strategy="freeze layers").activations == layer * 4  # the second layer alone
    assert needed(tiny_bert, strategy="freeze layers").remembered == 256 << 20  # of how many texts is not known
    assert needed(tiny_bert, strategy="freeze layers", texts=7).remembered == 7 * 10 * 32 * 4  # 32 numbers a token
    assert needed(tiny_bert, strategy="freeze layers", texts=7, alone=False).remembered == 0
    assert needed(tiny_bert, strategy="freeze embeddings", texts=7).remembered == 0
    assert needed(tiny_bert, gradual_freezing=True, epochs=2, texts=7).remembered == 7 * 10 * 32 * 4
    assert needed(tiny_bert, gradual_freezing=True, epochs=1, texts=7) == full  # nothing is frozen in the first epoch
    head = needed(tiny_bert, strategy="head only", texts=7)
    assert head.remembered == 7 * 32 * 4  # of the first token alone
    assert (head.activations, head.gradients, head.optimizer) == (0, 4 * 1_122, 8 * 1_122)


@pytest.mark.parametrize(
    ("rows", "longest", "slices"),
    # 32 texts of 16 tokens count 32 * 16 * 1.125 = 576 tokens; 64 of 128 count 64 * 128 * 2 = 16,384.
    [(32, 16, 1), (64, 128, 11), (1, 512, 1), (4, 512, 4)],
)
def test_large_batches_are_cut_into_slices(rows, longest, slices):
    assert slices_of(rows, longest) == slices
