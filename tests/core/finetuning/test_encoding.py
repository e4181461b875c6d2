import numpy as np
import pytest
import torch

from core.finetuning.encoding import LONGEST, chosen_length, collate, pad, tokenize
from core.finetuning.examples import Rows
from core.finetuning.model import load_tokenizer
from core.finetuning.pretrained import find_pretrained


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(find_pretrained("embedded"))


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
    length, notes = chosen_length(tokenizer, rows(*texts), None, seed=0)
    assert length == expected
    assert notes == (["Texts cut off after 12 tokens: 1.0%."] if expected == 12 else [])


def test_the_length_has_bounds(tokenizer):
    assert chosen_length(tokenizer, rows("a", "b"), None, seed=0) == (8, [])
    long = rows("word " * 900, "word " * 900)
    assert chosen_length(tokenizer, long, None, seed=0) == (LONGEST, ["Texts cut off after 256 tokens: 100.0%."])
    assert chosen_length(tokenizer, rows("a", "b"), 20, seed=0) == (20, [])


def test_a_text_of_30000_tokens_is_cut_and_told(tokenizer):
    length, notes = chosen_length(tokenizer, rows("word " * 30_000, *["a short text"] * 99), None, seed=0)
    assert (length, notes) == (8, ["Texts cut off after 8 tokens: 1.0%."])


def test_texts_in_another_script_are_told_by_their_unknown_tokens(tokenizer):
    # [CLS] and [SEP] are known, the two words are not: 2 of 4 tokens.
    unread = "\U00012000 \U00012001"
    notes = chosen_length(tokenizer, rows(unread, unread), None, seed=0)[1]
    assert len(notes) == 1
    assert "does not know 50% of the texts' tokens" in notes[0]


def test_several_labels_a_row_are_collated_as_a_matrix():
    ids = np.array([5, 6], np.int32)
    batch = collate([(ids, [1, 0, 1]), (ids, [0, 0, 0])], pad_id=0)
    assert batch["labels"].tolist() == [[1, 0, 1], [0, 0, 0]]
