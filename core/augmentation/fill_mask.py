"""Which words a masked language model thinks likely in a place: whole words only, for many texts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.augmentation.content_words import ContentWords
from core.errors import InputError
from core.text.characters import word_pattern
from core.text.encoder import STEP, batches_by_length, filled_length

LONGEST = 128  # tokens around a place that the model looks at
CHARACTERS_PER_TOKEN = 16  # what is farther away is not even tokenised
BATCH_ROWS = 16
CONTINUATION = "##"  # WordPiece marks what continues a word
BEGINNINGS = ("Ġ", "▁")  # byte-level BPE and SentencePiece mark what begins one


@dataclass(frozen=True)
class Blank:
    """A place in a text: what stands before the word that is asked for, and what stands after it."""

    before: str
    after: str


class FillMask:
    """A fill-mask model and those tokens of its vocabulary that are whole words which `content` lets in."""

    def __init__(self, model: Any, tokenizer: Any, content: ContentWords) -> None:
        if tokenizer.mask_token_id is None or model.get_output_embeddings() is None:
            problem = "The model has no mask token, so it cannot fill a blank."
            raise InputError(problem, "Choose a fill-mask model.")
        self._model = model
        self._tokenizer = tokenizer
        start = tokenizer.cls_token_id if tokenizer.cls_token_id is not None else tokenizer.bos_token_id
        end = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
        self._start, self._end = [[] if number is None else [number] for number in (start, end)]
        positions = int(getattr(model.config, "max_position_embeddings", LONGEST + 2)) - 2  # RoBERTa uses two itself
        self._side = (min(LONGEST, positions // STEP * STEP) - len(self._start) - len(self._end) - 1) // 2
        self.words = _whole_words(tokenizer, model.get_output_embeddings().weight.shape[0], content)
        if not self.words or self._side < 1:
            problem = "The model's vocabulary has no whole words of this language that could replace others."
            raise InputError(problem, "Choose a fill-mask model of the dataset's language.")
        self._numbers = np.array(sorted(self.words), np.int64)

    def likeliest(self, blanks: Sequence[Blank], k: int) -> list[list[tuple[str, float]]]:
        """Return for each blank the `k` likeliest words and their logits, the likeliest first.

        The answer to a blank depends on that blank alone.
        """
        import torch

        tokens = [self._tokens(blank) for blank in blanks]
        found: list[list[tuple[str, float]]] = [[] for _ in blanks]
        numbers = torch.from_numpy(self._numbers)
        for rows in batches_by_length([ids for ids, _ in tokens], BATCH_ROWS):
            logits = self._logits([tokens[row] for row in rows])[:, numbers]  # (B, words)
            best = torch.topk(logits, min(k, len(numbers)))
            for row, places, values in zip(rows, best.indices.tolist(), best.values.tolist(), strict=True):
                found[row] = [
                    (self.words[int(self._numbers[place])], value) for place, value in zip(places, values, strict=True)
                ]
        return found

    def _tokens(self, blank: Blank) -> tuple[list[int], int]:
        """Return the token ids around and with the mask, and where the mask is."""
        width = self._side * CHARACTERS_PER_TOKEN
        left, right = (
            self._tokenizer(text, add_special_tokens=False, return_attention_mask=False)["input_ids"]
            for text in (blank.before[-width:].rstrip(), blank.after[:width])
        )
        before = [*self._start, *left[-self._side :]]
        return [*before, self._tokenizer.mask_token_id, *right[: self._side], *self._end], len(before)

    def _logits(self, tokens: Sequence[tuple[list[int], int]]) -> Any:
        """Return the logits (B, V) at the mask of each text. They are computed there alone: V can be 250,000."""
        import torch

        length = filled_length(max(len(ids) for ids, _ in tokens))
        pad = self._tokenizer.pad_token_id or 0
        input_ids = torch.tensor([[*ids, *[pad] * (length - len(ids))] for ids, _ in tokens])  # (B, T)
        mask = torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids, _ in tokens])  # (B, T)
        rows, places = torch.arange(len(tokens)), torch.tensor([place for _, place in tokens])
        hook = self._model.get_output_embeddings().register_forward_pre_hook(
            lambda module, inputs: (inputs[0][rows, places],)  # (B, T, D) -> (B, D)
        )
        try:
            with torch.inference_mode():
                return self._model(input_ids=input_ids, attention_mask=mask).logits
        finally:
            hook.remove()


def _whole_words(tokenizer: Any, rows: int, content: ContentWords) -> dict[int, str]:
    """Return the tokens, by number, that are whole words and may replace others."""
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    special = set(tokenizer.all_special_ids)
    pieces = any(token.startswith(CONTINUATION) for token in vocabulary)
    found: dict[int, str] = {}
    for token, number in vocabulary.items():
        begins = not token.startswith(CONTINUATION) if pieces else token.startswith(BEGINNINGS)
        if not begins or number in special or number >= rows:
            continue
        word = token if pieces else tokenizer.convert_tokens_to_string([token]).strip()
        if word_pattern().fullmatch(word) and content.word(word):
            found[number] = word
    return found
