import pytest
import torch

from core.errors import InputError
from core.finetuning.config import FinetuneConfig
from core.finetuning.model import load_pretrained
from core.finetuning.strategies import choose_trained, frozen_layers, learning_rate, merge, parameters_of

LAYER = 4 * (32 * 32 + 32) + 2 * 32 * 64 + 64 + 32 + 4 * 32  # attention, feed-forward, two normalisations
HEAD = 32 * 32 + 32 + 32 * 2 + 2  # the pooler and the classifier
EMBEDDINGS = (16 + 64 + 2) * 32 + 2 * 32  # words, places, types, and a normalisation


def chosen(folder, **settings):
    model, _ = load_pretrained(folder, ["a", "b"], seed=0)
    choose_trained(model, FinetuneConfig(version="v", **settings))
    return model


@pytest.mark.parametrize(
    ("settings", "trained"),
    [
        ({"strategy": "full"}, EMBEDDINGS + 2 * LAYER + HEAD),
        ({"strategy": "freeze embeddings"}, 2 * LAYER + HEAD),
        ({"strategy": "freeze layers"}, LAYER + HEAD),  # of two layers one, at least
        ({"strategy": "freeze layers", "frozen_layers": 2}, HEAD),
        ({"strategy": "head only"}, HEAD),
        # Query and value of two layers, each a product of (32, 3) and (3, 32).
        ({"strategy": "LoRA", "lora_rank": 3}, 2 * 2 * 2 * 3 * 32 + HEAD),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_what_each_strategy_trains(tiny_bert, settings, trained):
    weights = EMBEDDINGS + 2 * LAYER + HEAD
    added = trained - HEAD if settings["strategy"] == "LoRA" else 0
    assert parameters_of(chosen(tiny_bert, **settings)) == (weights + added, trained)


@pytest.mark.parametrize("strategy", ["full", "freeze embeddings", "freeze layers", "head only", "LoRA"])
def test_models_with_other_names_of_their_parts(tiny_distilbert, strategy):
    model = chosen(tiny_distilbert, strategy=strategy)
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    assert {"classifier.weight", "pre_classifier.weight"} <= trained
    assert ("distilbert.embeddings.word_embeddings.weight" in trained) == (strategy == "full")
    assert any("lora" in name for name in trained) == (strategy == "LoRA")


def test_a_third_of_the_layers_is_frozen_by_itself():
    config = FinetuneConfig(version="v", strategy="freeze layers")
    assert [frozen_layers(config, layers) for layers in (1, 2, 6, 12)] == [1, 1, 2, 4]


def test_more_layers_than_there_are_cannot_be_frozen(tiny_bert):
    with pytest.raises(InputError, match="The model has 2 layers, so 3 of them cannot be frozen"):
        chosen(tiny_bert, strategy="freeze layers", frozen_layers=3)


def test_lora_is_merged_into_a_model_of_plain_transformers(tiny_bert):
    plain, _ = load_pretrained(tiny_bert, ["a", "b"], seed=0)
    model = chosen(tiny_bert, strategy="LoRA")
    ids = torch.tensor([[2, 5, 6, 3]])
    model.eval()
    torch.testing.assert_close(model(ids).logits, plain.eval()(ids).logits)  # the additions begin at 0
    for name, p in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(p)
    changed = model(ids).logits
    assert not torch.allclose(changed, plain(ids).logits, atol=1e-3)
    merge(model)
    assert model.state_dict().keys() == plain.state_dict().keys()
    torch.testing.assert_close(model(ids).logits, changed, rtol=1e-4, atol=1e-5)


def test_an_empty_learning_rate_suits_what_is_trained():
    assert learning_rate(FinetuneConfig(version="v", learning_rate=0.005), width=32) == 0.005
    rates = [learning_rate(FinetuneConfig(version="v", strategy=s), width=32) for s in ("full", "LoRA", "head only")]
    assert rates == [1e-4, 1e-3, 5e-3]
    assert learning_rate(FinetuneConfig(version="v"), width=768) == 3e-5
