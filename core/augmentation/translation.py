"""Translating sentences with a Marian model, each alike whatever other sentences are translated with it.

Sampling is greedy search on logits with Gumbel noise (Gumbel 1954; Maddison et al. 2014, "A* Sampling", section 2.2):
the noise belongs to a sentence and a step, where torch's own sampling draws for a whole batch at a time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.augmentation.pretrained import load_model
from core.errors import InputError
from core.randomness import Draws
from core.text.embedded_model import quiet
from core.text.encoder import batches_by_length, filled_length

LONGEST = 192  # tokens; longer sentences are not translated
CHARACTERS_PER_TOKEN = 16
LONGEST_RATIO, LONGEST_EXTRA = 2, 16  # a translation that goes on for longer has lost its way
BATCH_ROWS = 16


@dataclass(frozen=True)
class Search:
    """How translations are looked for: `beams` without noise at temperature 0, else drawn among `top_k` tokens."""

    temperature: float
    top_k: int
    beams: int


class Translator:
    """A Marian model. `target` is the token that names the language to translate into, for models that know several."""

    def __init__(self, model: Any, tokenizer: Any, search: Search, target: str = "") -> None:
        from transformers import GenerationConfig

        if target and target not in tokenizer.get_vocab():
            known = ", ".join(getattr(tokenizer, "supported_language_codes", [])) or "none"
            problem = f"The translation model does not know the language token {target!r}."
            raise InputError(problem, f"The tokens that it knows are: {known}.")
        self._model = model
        self._tokenizer = tokenizer
        self._search = search
        self._target = target
        self._positions = int(model.config.max_position_embeddings)
        self._end = int(model.config.eos_token_id)
        self._pad = int(model.config.pad_token_id)
        start = model.config.decoder_start_token_id
        # What the model's folder says about generation is left aside: it may cut a translation off as if it had ended.
        model.generation_config = GenerationConfig(
            eos_token_id=self._end,
            pad_token_id=self._pad,
            decoder_start_token_id=self._pad if start is None else start,
            suppress_tokens=[self._pad],
            do_sample=False,
            num_beams=1 if search.temperature else search.beams,
        )

    @classmethod
    def load(cls, reference: str, search: Search, target: str = "") -> "Translator":
        """Return the translator of a hub id or folder. Raises InputError, MissingResource."""
        return cls(*load_model(reference, "Marian translation model", "MarianMTModel"), search, target)

    def translate(self, sentences: Sequence[str], seeds: Sequence[int]) -> list[str | None]:
        """Return the translation of each sentence; None where it is too long or its translation finds no end.

        A sentence and its seed decide its translation.
        """
        found: list[str | None] = [None] * len(sentences)
        tokens = [self._tokens(sentence) for sentence in sentences]
        fitting = [row for row, ids in enumerate(tokens) if 1 < len(ids) <= min(LONGEST, self._positions)]
        for batch in batches_by_length([tokens[row] for row in fitting], BATCH_ROWS):
            rows = [fitting[place] for place in batch]
            made = self._generate([tokens[row] for row in rows], [seeds[row] for row in rows])
            for row, ids in zip(rows, made, strict=True):
                if self._end in ids[1:]:  # the first token is where the decoder starts
                    text = self._tokenizer.decode(ids, skip_special_tokens=True).strip()
                    found[row] = text or None
        return found

    def _tokens(self, sentence: str) -> list[int]:
        if len(sentence) > CHARACTERS_PER_TOKEN * LONGEST:
            return []
        ids: list[int] = self._tokenizer(f"{self._target} {sentence}" if self._target else sentence)["input_ids"]
        return ids

    def _generate(self, tokens: Sequence[Sequence[int]], seeds: Sequence[int]) -> list[list[int]]:
        """Return the token ids that the decoder makes of each sentence, its start token first."""
        import torch
        from transformers import LogitsProcessorList

        length = filled_length(max(map(len, tokens)))
        input_ids = torch.tensor([[*ids, *[self._pad] * (length - len(ids))] for ids in tokens])  # (B, T)
        mask = torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids in tokens])  # (B, T)
        processors = LogitsProcessorList([self._noise(seeds)] if self._search.temperature else [])
        with torch.inference_mode(), quiet():
            made = self._model.generate(
                input_ids=input_ids,
                attention_mask=mask,
                logits_processor=processors,
                max_new_tokens=min(LONGEST_RATIO * length + LONGEST_EXTRA, self._positions - 1),
            )
        ids: list[list[int]] = made.tolist()
        return ids

    def _noise(self, seeds: Sequence[int]) -> Any:
        """Return a function that turns logits (B, V) into such that the largest is a draw from the `top_k` largest."""
        import torch

        def noisy(ids: Any, logits: Any) -> Any:
            best = torch.topk(logits, min(self._search.top_k, logits.shape[1]))  # (B, K)
            noise = [gumbels(seed, ids.shape[1], best.values.shape[1]) for seed in seeds]
            values = best.values / self._search.temperature + torch.tensor(noise, dtype=best.values.dtype)
            return torch.full_like(logits, -torch.inf).scatter(1, best.indices, values)

        return noisy


def gumbels(seed: int, step: int, n: int) -> list[float]:
    """Return `n` draws from the standard Gumbel distribution that belong to `seed` and `step`."""
    draws = Draws(seed, "", str(step))
    return [-math.log(-math.log((draws.integer() + 0.5) / 2.0**64)) for _ in range(n)]
