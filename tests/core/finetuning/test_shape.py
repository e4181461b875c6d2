"""The sizes told from config.json are those of the model that transformers makes of it."""

import json

import pytest
from transformers import AutoConfig, AutoModelForSequenceClassification

from core.finetuning.config import FinetuneConfig
from core.finetuning.pretrained import TYPES
from core.finetuning.shape import shape_of, sizes_of
from core.finetuning.strategies import choose_trained, parameters_of

BERT = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48}
SMALL = {kind: {**BERT, "vocab_size": 50, "max_position_embeddings": 40} for kind in TYPES}
SMALL["distilbert"] = {"dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 48, "vocab_size": 50}
SMALL["electra"] |= {"embedding_size": 16}
STRATEGIES = ("full", "freeze embeddings", "freeze layers", "head only", "LoRA")


@pytest.mark.parametrize("kind", TYPES)
def test_the_weights_are_counted_as_they_are(tmp_path, kind):
    made = AutoConfig.for_model(kind, **SMALL[kind], num_labels=5)
    made.save_pretrained(tmp_path)
    shape = shape_of(json.loads((tmp_path / "config.json").read_text()))
    assert (shape.width, shape.layers, shape.heads, shape.inner) == (32, 3, 4, 48)
    for strategy in STRATEGIES:
        config = FinetuneConfig(version="v", strategy=strategy, lora_rank=3)
        model = AutoModelForSequenceClassification.from_config(made)
        choose_trained(model, config)
        sizes = sizes_of(shape, config, 5)
        assert (sizes.weights, sizes.trained) == parameters_of(model), strategy
        words = model.get_input_embeddings().weight
        assert words.numel() == shape.word_vectors
        assert sizes.trained_word_vectors == (words.numel() if words.requires_grad else 0)


@pytest.mark.parametrize("kind", TYPES)
def test_what_a_config_leaves_out_is_what_transformers_takes(kind):
    shape, theirs = shape_of({"model_type": kind}), AutoConfig.for_model(kind)
    names = {"words": "vocab_size", "width": "hidden_size", "layers": "num_hidden_layers",
             "heads": "num_attention_heads", "positions": "max_position_embeddings"}  # fmt: skip
    for name, theirs_name in names.items():
        assert getattr(shape, name) == getattr(theirs, theirs_name), name
    assert shape.embedding == getattr(theirs, "embedding_size", theirs.hidden_size)
    assert shape.inner == (theirs.hidden_dim if kind == "distilbert" else theirs.intermediate_size)


def test_roberta_begins_to_count_places_after_the_number_of_the_padding():
    shape = shape_of({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1})
    assert (shape.positions, shape.places) == (514, 512)
    assert shape_of({"model_type": "bert"}).places == 512
