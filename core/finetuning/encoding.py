"""Texts as the model reads them: token ids, padded to the longest of a batch."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.finetuning.examples import Rows, Target, Targets

TokenIds = npt.NDArray[np.int32]  # (T,) one text with its [CLS] and [SEP]

LONGEST = 256  # tokens, where nothing else is wanted; the cost of attention grows with the square
MOST = 512
MANY_UNKNOWN = 0.05  # of the tokens
SHORTEST = 8
QUANTILE = 0.99
MEASURED_TEXTS = 2_000
TEXTS_AT_ONCE = 1_000
CHARACTERS_PER_TOKEN = 64  # no text's tokens are longer on average; a 10 MB cell is cut before it is tokenised


@dataclass
class Encoded:
    """Rows as token ids and targets; one item is one (token ids, target)."""

    tokens: list[TokenIds]
    targets: Targets

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> tuple[TokenIds, Target]:
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


def collate(batch: Sequence[tuple[TokenIds, Target]], pad_id: int) -> dict[str, Any]:
    """Return `pad`'s inputs for items of an Encoded, with their targets as `labels`, (B) or (B, C) int64."""
    import torch

    return {**pad([ids for ids, _ in batch], pad_id), "labels": torch.tensor([target for _, target in batch])}


def chosen_length(tokenizer: Any, rows: Rows, wanted: int | None, seed: int) -> tuple[int, list[str]]:
    """Return how many tokens of a text are read, and sentences about what the model will not see of `rows`.

    Where none are `wanted`, as many as hold 99 % of the texts whole, at most 256. Never more than the model has
    places for. Measured on up to 2,000 of the texts.
    """
    most = min(tokenizer.model_max_length, MOST)
    sample = tokenize(tokenizer, rows.drawn(MEASURED_TEXTS, seed).texts, most + 1)  # one more tells what is cut off
    lengths = sorted(map(len, sample))
    fitting = min(LONGEST, lengths[math.ceil(QUANTILE * len(lengths)) - 1])
    length = min(most, max(SHORTEST, fitting if wanted is None else wanted))
    notes = []
    if wanted is not None and wanted > most:
        notes.append(f"The model reads at most {most} tokens of a text.")
    if cut := sum(size > length for size in lengths):
        notes.append(f"Texts cut off after {length} tokens: {cut / len(lengths):.1%}.")
    unknown = sum(int((ids == tokenizer.unk_token_id).sum()) for ids in sample) / sum(lengths)
    if unknown > MANY_UNKNOWN:
        notes.append(
            f"The model's vocabulary does not know {unknown:.0%} of the texts' tokens, so it cannot read them; "
            "choose a model that was trained on the language of the texts."
        )
    return length, notes
