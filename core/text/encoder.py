"""Sentences as vectors whose cosine says how near their meanings are: the embedded MiniLM with mean pooling.

Reimers & Gurevych 2019, "Sentence-BERT", section 3: the vector of a text is the mean of its tokens' vectors.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.text.embedded_model import embedded_model

Vectors = npt.NDArray[np.float32]  # (N, WIDTH), each row of length 1
TokenIds = npt.NDArray[np.int32]  # (T,) one text with its [CLS] and [SEP]

WIDTH = 384
LONGEST = 256  # tokens; the model was tuned on no longer ones
STEP = 8  # texts are filled up to a multiple of this many tokens
CHARACTERS_PER_TOKEN = 64  # a text of 10 MB is cut before it is tokenised
TEXTS_AT_ONCE = 8_192  # held as tokens at a time
BATCH_ROWS = 64


class SentenceEncoder:
    """The embedded sentence encoder.

    A text's vector depends on the text alone: how far it is filled up follows from its own length, never from the
    texts it is encoded with, so what is decided by a cosine is decided alike in every batch and process.
    """

    def __init__(self, model: Any, tokenizer: Any, bfloat16: bool = False) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.bfloat16 = bfloat16

    @classmethod
    def load(cls, quick: bool = False) -> "SentenceEncoder":
        """Return the encoder. Raises MissingResource where the embedded model is not installed or damaged.

        `quick` computes in bfloat16 where the processor has instructions for it: cosines then differ by up to 0.01
        between machines with and without, so it is for pictures and searches, not for decisions about rows.
        """
        folder = embedded_model()
        import torch
        from tokenizers import Tokenizer

        from core.text.bert import Bert

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        capabilities = torch.cpu.get_capabilities()
        able = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
        return cls(Bert(folder), tokenizer, quick and able)

    def encode(
        self,
        texts: Sequence[str],
        batch_rows: int = BATCH_ROWS,
        tick: Callable[[int], object] = lambda done: None,
    ) -> Vectors:
        """Return the vectors of N texts, (N, 384) float32, each of length 1, in order.

        Texts of more than LONGEST tokens are cut. `tick` hears how many texts are done; what it raises ends the work.
        """
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        done = 0
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            tokens = self._tokenize(texts[first : first + TEXTS_AT_ONCE])
            for rows in batches_by_length(tokens, batch_rows):
                vectors[[first + row for row in rows]] = self._vectors([tokens[row] for row in rows])
                done += len(rows)
                tick(done)
        return vectors

    def _tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        cut = [text[: CHARACTERS_PER_TOKEN * LONGEST] for text in texts]
        return [np.array(encoding.ids, np.int32) for encoding in self._tokenizer.encode_batch(cut)]

    def _vectors(self, tokens: Sequence[TokenIds]) -> Vectors:
        """Return the vectors (B, D) of texts that are filled up to one length T."""
        import torch

        lengths = [len(ids) for ids in tokens]
        input_ids = np.zeros((len(tokens), filled_length(max(lengths))), np.int64)  # (B, T); [PAD] is number 0
        for row, ids in enumerate(tokens):
            input_ids[row, : len(ids)] = ids
        mask = torch.arange(input_ids.shape[1])[None, :] < torch.tensor(lengths)[:, None]  # (B, T)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
            states = self._model(torch.from_numpy(input_ids), mask)
        states = states.float() * mask[:, :, None]  # (B, T, D)
        means = states.sum(1) / mask.sum(1, keepdim=True)  # (B, D)
        vectors: Vectors = torch.nn.functional.normalize(means, dim=1).numpy()
        return vectors


def filled_length(length: int) -> int:
    """Return how many tokens a text of `length` tokens is filled up to."""
    return -(-length // STEP) * STEP


def batches_by_length(tokens: Sequence[Sequence[int] | TokenIds], batch_rows: int) -> Iterator[list[int]]:
    """Yield the indices of `tokens`, at most `batch_rows` at a time, all of a batch with one `filled_length`."""
    same: dict[int, list[int]] = defaultdict(list)
    for row, ids in enumerate(tokens):
        same[filled_length(len(ids))].append(row)
    for length in sorted(same):
        rows = same[length]
        for start in range(0, len(rows), batch_rows):
            yield rows[start : start + batch_rows]
