"""Masked-LM substitution with a tiny BERT of random weights that the test saves.

core.augmentation.masked_lm is what is called; core.augmentation.fill_mask works inside it.
"""

from collections import Counter
from pathlib import Path

import pytest
import torch

from core.augmentation.content_words import ContentWords
from core.augmentation.fill_mask import Blank, FillMask
from core.augmentation.masked_lm import MaskedLM, drawn
from core.augmentation.operator import Context, Row
from core.augmentation.pretrained import load_model
from core.errors import InputError
from core.randomness import Draws
from tests.core.augmentation.tiny_models import CONTENT, save_bert

CONTEXT = Context("en", Path("no such file"), Path("no such folder"))
HOSTILE = [
    "",
    " \n",
    "film",
    "!!!",
    "😀 film",
    "שלום עולם",
    "<b>film</b>",
    "the and",
    "not 3 films",
    "[MASK] film [SEP] [PAD]",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="module")
def operator(folder):
    return MaskedLM(model=folder, top_k=4).build(CONTEXT)


def made(operator, texts, seed=1):
    return operator(
        [Row(f"r{i}", text) for i, text in enumerate(texts)], [Draws(seed, str(i)) for i in range(len(texts))]
    )


def test_only_whole_words_that_carry_meaning_come_in(folder):
    loaded = load_model(folder, "fill-mask model", "AutoModelForMaskedLM")
    assert set(FillMask(*loaded, ContentWords("en")).words.values()) == set(CONTENT)


def test_the_likeliest_are_those_of_the_whole_model(folder):
    model, tokenizer = load_model(folder, "fill-mask model", "AutoModelForMaskedLM")
    fill = FillMask(model, tokenizer, ContentWords("en"))
    (found,) = fill.likeliest([Blank("the old ", " is dark .")], 3)
    with torch.inference_mode():
        logits = model(**tokenizer("the old [MASK] is dark .", return_tensors="pt")).logits[0, 3]
    expected = sorted(((float(logits[number]), word) for number, word in fill.words.items()), reverse=True)[:3]
    assert [word for word, _ in found] == [word for _, word in expected]
    assert [logit for _, logit in found] == pytest.approx([logit for logit, _ in expected], abs=1e-5)


def test_a_vocabulary_of_bytes_is_understood(tmp_path):
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

    bpe = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bpe.train_from_iterator(["the film über alles plays not well , an unbelievable café"] * 50, 600, 2, False, special)
    bpe.save_model(str(tmp_path))
    RobertaTokenizerFast.from_pretrained(tmp_path).save_pretrained(tmp_path)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=bpe.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=42,
    )
    RobertaForMaskedLM(config).save_pretrained(tmp_path)
    fill = FillMask(*load_model(str(tmp_path), "fill-mask model", "AutoModelForMaskedLM"), ContentWords("en"))
    assert set(fill.words.values()) >= {"film", "über", "alles", "plays", "well", "unbelievable", "café"}
    beginnings = fill._tokenizer.convert_ids_to_tokens(list(fill.words))
    assert all(token.startswith("Ġ") for token in beginnings)
    tokens, place = fill._tokens(Blank("the ", " plays well"))
    shown = fill._tokenizer.convert_ids_to_tokens(tokens)
    assert shown == ["<s>", "the", "<mask>", "Ġplays", "Ġwell", "</s>"]
    assert place == 2
    (outcome,) = made(MaskedLM(model=str(tmp_path)).build(CONTEXT), ["the film plays " * 40])
    assert outcome.text.count("the") == 40


def test_one_word_gives_way_to_another(operator):
    text = "The film is not 3 years , OLD ."
    for seed in range(20):
        (outcome,) = made(operator, [text], seed)
        changed = [(a, b) for a, b in zip(text.split(), outcome.text.split(), strict=True) if a != b]
        assert len(changed) == outcome.details["replaced"] == 1
        before, after = changed[0]
        assert before in {"film", "years", "OLD"}
        assert after.lower() in set(CONTENT) - {before.lower()}
        assert before.isupper() == after.isupper()


def test_draws_of_many_seeds_reach_every_one_of_the_top_k(folder):
    operator = MaskedLM(model=folder, top_k=2, temperature=5).build(CONTEXT)
    outcomes = Counter(made(operator, ["film"], seed)[0].text for seed in range(60))
    assert len(outcomes) == 2
    assert min(outcomes.values()) >= 5


def test_texts_of_every_kind_survive(operator):
    texts = [*HOSTILE, "film story " * 9_000]
    outcomes = made(operator, texts)
    for text, outcome in zip(texts, outcomes, strict=True):
        assert outcome is None or (outcome.text.strip() and outcome.text != text)
    assert [outcome is None for outcome in outcomes[:4]] == [True, True, False, True]
    assert outcomes[-1].details["replaced"] == 10


def test_the_batch_and_its_order_change_nothing(operator):
    rows = [Row(f"r{i}", f"the {' '.join(CONTENT[j % 12] for j in range(i, 2 * i + 1))} .") for i in range(1, 31)]

    def run(some):
        return [outcome and outcome.text for outcome in operator(some, [Draws(3, row.id) for row in some])]

    together = run(rows)
    assert [run([row])[0] for row in rows] == together
    assert run(rows[::-1])[::-1] == together
    assert None not in together


def test_rate_and_protected_words(folder):
    operator = MaskedLM(model=folder, rate=1.0, protected=("film",)).build(CONTEXT)
    (outcome,) = made(operator, ["film the house film garden"])
    words = outcome.text.split()
    assert outcome.details["replaced"] == 2
    assert words[0] == words[3] == "film"
    assert words[1] == "the"
    assert words[2] != "house"
    assert words[4] != "garden"


def test_a_model_without_a_word_of_the_language_is_refused(folder):
    with pytest.raises(InputError, match="no whole words"):
        MaskedLM(model=folder, protected=tuple(CONTENT)).build(CONTEXT)


def test_a_place_is_drawn_by_its_weight():
    draws = Draws(0, "row")
    counts = Counter(drawn([1.0, 0.0, 3.0], draws) for _ in range(4_000))
    assert counts[1] == 0
    assert abs(counts[2] - 3_000) < 150  # the standard deviation is sqrt(4000 * 0.75 * 0.25) = 27
