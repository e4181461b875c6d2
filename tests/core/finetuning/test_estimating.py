import pytest

from core.errors import InputError
from core.finetuning import estimating
from core.finetuning.config import FinetuneConfig
from core.finetuning.estimating import estimate
from core.finetuning.memory_needed import Memory, memory_needed, slices_of
from core.finetuning.model import load_pretrained
from core.finetuning.strategies import choose_trained

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


def test_memory_that_does_not_suffice_is_told_and_nothing_is_tried(version, tiny_bert, monkeypatch):
    monkeypatch.setattr(estimating, "available_memory", lambda: 100_000)
    found = estimate(config(version, tiny_bert), version)
    assert found.seconds is found.step_seconds is None
    assert found.warning.startswith("This training needs about 0.8 GB of memory, and 0.0 GB are free")
    assert found.warning in found.summary


def test_what_would_be_refused_is_refused_here(version, tiny_bert, tmp_path):
    with pytest.raises(InputError, match="There is no model in"):
        estimate(config(version, tmp_path), version)
    with pytest.raises(InputError, match="The model has 2 layers"):
        estimate(config(version, tiny_bert, strategy="freeze layers", frozen_layers=9), version)


def needed(tiny_bert, bfloat16=False, sparse=True, **settings):
    values = FinetuneConfig(version="v", batch_size=4, **settings)
    model, _ = load_pretrained(tiny_bert, ["a", "b"], seed=0)
    choose_trained(model, values)
    return memory_needed(values, model, 10, bfloat16, sparse)


def test_the_memory_worked_out_by_hand(tiny_bert):
    words, rest = 16 * 32, (64 + 2) * 32 + 2 * 32 + 2 * 8_544 + 32 * 32 + 32 + 66
    layer = 4 * 10 * (10 * 32 + 2 * 64 + 3 * 4 * 10)  # numbers kept for 4 texts of 10 tokens
    full = needed(tiny_bert)
    assert full == Memory(4 * (words + rest), 4 * rest, 8 * (words + rest), 2 * layer * 4, 750_000_000)
    assert needed(tiny_bert, sparse=False).gradients == 4 * (words + rest)
    assert needed(tiny_bert, bfloat16=True).activations == 2 * layer * 2 + 2 * rest
    assert needed(tiny_bert, strategy="freeze layers").activations == layer * 4  # the second layer alone
    head = needed(tiny_bert, strategy="head only")
    assert (head.activations, head.gradients, head.optimizer) == (0, 4 * 66, 8 * 66)


@pytest.mark.parametrize(
    ("rows", "longest", "slices"),
    # 32 texts of 16 tokens count 32 * 16 * 1.125 = 576 tokens; 64 of 128 count 64 * 128 * 2 = 16,384.
    [(32, 16, 1), (64, 128, 17), (1, 512, 1), (4, 512, 4)],
)
def test_large_batches_are_cut_into_slices(rows, longest, slices):
    assert slices_of(rows, longest) == slices
