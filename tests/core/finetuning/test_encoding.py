import numpy as np
import pytest
import torch

from core.finetuning.encoding import LONGEST, collate, fitting_length, pad, tokenize
from core.finetuning.examples import Rows
from core.finetuning.model import embedded_model, load_pretrained


@pytest.fixture(scope="module")
def tokenizer():
    return load_pretrained(embedded_model(), ["a", "b"], seed=0)[1]


def rows(*texts):
    return Rows([f"r{i}" for i in range(len(texts))], list(texts), [0] * len(texts))


def test_texts_become_the_ids_of_bert_base_uncased(tokenizer):
    # [CLS] hello world [SEP] in bert-base-uncased's vocabulary; case does not count.
    first, second = tokenize(tokenizer, ["Hello world", ""], max_length=16)
    assert first.tolist() == [101, 7592, 2088, 102]
    assert second.tolist() == [101, 102]


def test_long_texts_are_cut_whatever_their_length(tokenizer):
    ids = tokenize(tokenizer, ["word " * 2_000_000], max_length=12)[0]
    assert len(ids) == 12
    assert (ids[0], ids[-1]) == (101, 102)


def test_every_text_is_tokenised_in_order_and_told(tokenizer):
    told = []
    tokens = tokenize(tokenizer, ["a"] * 1_500 + ["b b"], 16, told.append)
    assert told == [1_000, 1_501]
    assert [len(ids) for ids in tokens] == [3] * 1_500 + [4]


def test_a_batch_is_padded_to_its_longest():
    short, long = np.array([5, 6], np.int32), np.array([7, 8, 9], np.int32)
    batch = collate([(short, 1), (long, 0)], pad_id=0)
    assert batch["input_ids"].tolist() == [[5, 6, 0], [7, 8, 9]]
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch["labels"].tolist() == [1, 0]
    assert batch["input_ids"].dtype == batch["labels"].dtype == torch.int64
    assert pad([short], pad_id=0)["input_ids"].shape == (1, 2)


@pytest.mark.parametrize(
    ("long_ones", "expected"),
    [
        (1, 12),  # 99 % of 100 texts have 10 words: 12 tokens with [CLS] and [SEP]
        (2, 52),  # 98 % do not suffice; the 99th of 100 has 50 words
    ],
)
def test_the_length_holds_99_percent_whole(tokenizer, long_ones, expected):
    texts = ["word " * 10] * (100 - long_ones) + ["word " * 50] * long_ones
    assert fitting_length(tokenizer, rows(*texts), seed=0) == expected


def test_the_length_has_bounds(tokenizer):
    assert fitting_length(tokenizer, rows("a", "b"), seed=0) == 8
    assert fitting_length(tokenizer, rows("word " * 900, "word " * 900), seed=0) == LONGEST
