"""Texts as the model reads them: token ids, padded to the longest of a batch."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.finetuning.examples import Rows

TokenIds = npt.NDArray[np.int32]  # (T,) one text with its [CLS] and [SEP]

LONGEST = 256  # tokens; the cost of attention grows with the square
SHORTEST = 8
QUANTILE = 0.99
MEASURED_TEXTS = 2_000
TEXTS_AT_ONCE = 1_000
CHARACTERS_PER_TOKEN = 64  # no text's tokens are longer on average; a 10 MB cell is cut before it is tokenised


@dataclass
class Encoded:
    """Rows as token ids and label numbers; one item is one (token ids, number)."""

    tokens: list[TokenIds]
    targets: list[int]

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> tuple[TokenIds, int]:
        return self.tokens[index], self.targets[index]


def tokenize(
    tokenizer: Any, texts: Sequence[str], max_length: int, tick: Callable[[int], object] = lambda done: None
) -> list[TokenIds]:
    """Return the token ids of each text, cut to `max_length`. `tick` hears how many texts are done."""
    tokens: list[TokenIds] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        cut = [text[: CHARACTERS_PER_TOKEN * max_length] for text in texts[start : start + TEXTS_AT_ONCE]]
        encoded = tokenizer(cut, truncation=True, max_length=max_length, return_attention_mask=False)
        tokens += [np.array(ids, np.int32) for ids in encoded["input_ids"]]
        tick(len(tokens))
    return tokens


def pad(tokens: Sequence[TokenIds], pad_id: int) -> dict[str, Any]:
    """Return the model's inputs for a batch: `input_ids` and `attention_mask`, each (B, T) int64.

    T is the length of the longest; the mask is 1 on tokens and 0 on padding.
    """
    import torch

    longest = max(map(len, tokens))
    input_ids = np.full((len(tokens), longest), pad_id, np.int64)  # (B, T)
    attention_mask = np.zeros((len(tokens), longest), np.int64)  # (B, T)
    for row, ids in enumerate(tokens):
        input_ids[row, : len(ids)] = ids
        attention_mask[row, : len(ids)] = 1
    return {"input_ids": torch.from_numpy(input_ids), "attention_mask": torch.from_numpy(attention_mask)}


def collate(batch: Sequence[tuple[TokenIds, int]], pad_id: int) -> dict[str, Any]:
    """Return `pad`'s inputs for items of an Encoded, with their label numbers as `labels` (B,) int64."""
    import torch

    return {**pad([ids for ids, _ in batch], pad_id), "labels": torch.tensor([target for _, target in batch])}


def fitting_length(tokenizer: Any, rows: Rows, seed: int) -> int:
    """Return how many tokens hold 99 % of the texts whole, at most 256; measured on up to 2,000 of them."""
    lengths = sorted(map(len, tokenize(tokenizer, rows.drawn(MEASURED_TEXTS, seed).texts, LONGEST)))
    return max(SHORTEST, lengths[math.ceil(QUANTILE * len(lengths)) - 1])
