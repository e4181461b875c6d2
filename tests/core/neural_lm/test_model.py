import json
import shutil

import numpy as np
import pytest

from core.errors import InputError, NotFound
from core.neural_lm.model import LanguageModel, load

LINES = [["the", "old", "cat", "drinks", "milk"], ["the", "new", "dog", "eats", "meat"]]


def test_the_folder_holds_weights_settings_and_words_and_no_pickle(model, model_folder):
    assert sorted(path.name for path in model_folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "vocabulary.json",
    ]
    assert (model_folder / "model.safetensors").read_bytes()[8:9] == b"{"
    assert model.settings.width == 16
    assert model.parameters == model.about["parameters"] == sum(p.numel() for p in model.network.parameters())
    nouns, verbs = {"cat", "dog", "bird", "fish"}, {"drinks", "eats", "sings", "swims"}
    others = {"the", "old", "young", "small", "milk", "meat", "songs", "away"}
    assert set(model.vocabulary.words[2:]) == nouns | verbs | others


def test_it_has_learned_the_language(model):
    scores = model.perplexity(LINES)
    # In "the old cat drinks milk" only the adjective (one of 3) and the noun (one of 4) are open: the best perplexity
    # over 6 tokens is 12 ** (1 / 6) = 1.51.
    assert model.perplexity(LINES[:1]).perplexity == pytest.approx(1.51, abs=0.25)
    assert (scores.tokens, scores.unknown) == (12, 1)
    assert scores.loss > scores.loss_without_unknown


def test_a_token_table_adds_up_to_the_perplexity(model):
    table = model.token_table("the new cat drinks")
    assert [row.token for row in table] == ["the", "new", "cat", "drinks", "</s>"]
    assert [row.known for row in table] == [True, False, True, True, True]
    assert table[3].probability > 0.8 and table[3].likeliest == "drinks"
    assert table[4].likeliest == "milk"
    loss = -np.mean(np.log([row.probability for row in table]))
    assert np.exp(loss) == pytest.approx(model.perplexity([["the", "new", "cat", "drinks"]]).perplexity, rel=1e-5)
    assert model.token_table(" ") == []


def test_the_probabilities_of_all_words_add_up_to_one(model):
    ids = [model.vocabulary.encode([["the", "old", word]])[:3] for word in model.vocabulary.words]
    ids = [np.array([*two[:2], number], np.int32) for number, two in enumerate(ids)]
    assert sum(np.exp(model.log_probabilities(one)[2]) for one in ids) == pytest.approx(1, abs=1e-5)


def test_it_writes_the_same_text_for_the_same_seed(model):
    text = model.generate("the old cat", tokens=12, seed=3)
    assert text == model.generate("the old cat", tokens=12, seed=3)
    assert text.startswith("the old cat drinks milk\nthe ")
    assert len(text.replace("\n", " </s> ").split()) in (14, 15)  # 3 + 12, a line's end among them, one perhaps last
    assert len({model.generate(seed=seed) for seed in range(5)}) == 5
    assert "<unk>" not in model.generate(tokens=300, temperature=3.0)
    assert model.generate(tokens=5, temperature=0) == model.generate(tokens=5, top_k=1, seed=8)
    assert model.generate("the old cat", tokens=0) == "the old cat"
    with pytest.raises(InputError, match="top-k"):
        model.generate(top_k=0)
    assert model.generate("unheard-of words", tokens=2).startswith("unheard-of words ")


def test_a_text_without_words_has_no_perplexity(model):
    with pytest.raises(InputError, match="no words"):
        model.perplexity([])


def test_a_model_that_is_not_there_or_damaged_is_told_in_a_sentence(model_folder, tmp_path):
    with pytest.raises(NotFound, match="no finished language model"):
        load(tmp_path)
    copy = tmp_path / "run" / "model"
    shutil.copytree(model_folder, copy)
    assert load(tmp_path / "run").parameters == load(copy).parameters
    described = json.loads((copy / "config.json").read_text())
    for change in ({"settings": {"width": 17}}, {"tokenizer": "none"}, {"settings": []}):
        (copy / "config.json").write_text(json.dumps({**described, **change}))
        with pytest.raises(InputError, match="holds no language model that can be loaded"):
            load(copy)
    (copy / "config.json").write_text(json.dumps(described))
    (copy / "model.safetensors").write_bytes((model_folder / "model.safetensors").read_bytes()[:-5])
    with pytest.raises(InputError, match="holds no language model that can be loaded"):
        LanguageModel.load(copy)
