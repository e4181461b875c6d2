"""Texts as the model reads them: tokens, padded to the longest of a batch."""

import math
from collections.abc import Sequence
from typing import Any

from core.finetuning.examples import Rows

LONGEST = 256  # tokens; attention's cost grows with the square
SHORTEST = 8
QUANTILE = 0.99
MEASURED_TEXTS = 2_000
CHARACTERS_PER_TOKEN = 64  # no tokens of a text are longer on average; a 10 MB cell is cut before it is tokenised


def encode(tokenizer: Any, texts: Sequence[str], max_length: int) -> dict[str, Any]:
    """Return the model's inputs for a batch: `input_ids`, `token_type_ids` and `attention_mask`, each (B, T) int64.

    T is the number of tokens of the longest text with its [CLS] and [SEP], at most `max_length`.
    """
    cut = [text[: CHARACTERS_PER_TOKEN * max_length] for text in texts]
    return dict(tokenizer(cut, truncation=True, max_length=max_length, padding=True, return_tensors="pt"))


def collate(tokenizer: Any, batch: Sequence[tuple[str, int]], max_length: int) -> dict[str, Any]:
    """Return `encode`'s inputs for a batch of (text, label number), with `labels` (B,) int64."""
    import torch

    inputs = encode(tokenizer, [text for text, _ in batch], max_length)
    inputs["labels"] = torch.tensor([target for _, target in batch])
    return inputs


def fitting_length(tokenizer: Any, rows: Rows, seed: int) -> int:
    """Return how many tokens hold 99 % of the texts whole, at most 256; measured on up to 2,000 of them."""
    texts = [text[: CHARACTERS_PER_TOKEN * LONGEST] for text in rows.drawn(MEASURED_TEXTS, seed).texts]
    encoded = tokenizer(texts, truncation=True, max_length=LONGEST, return_attention_mask=False)
    lengths = sorted(len(ids) for ids in encoded["input_ids"])
    return max(SHORTEST, lengths[math.ceil(QUANTILE * len(lengths)) - 1])


def sizes(texts: Sequence[str]) -> list[int]:
    """Return a number per text that grows with its tokens: its bytes in UTF-8.

    Good enough to put texts of about the same length into a batch, in any script, without tokenising all of them
    before the first step.
    """
    return [len(text.encode("utf-8", "surrogatepass")) for text in texts]
