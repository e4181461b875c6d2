"""The generator and the discriminator. Importing this module imports torch.

The generator reads a row with blanks from both sides (Fedus et al. 2018, "MaskGAN", section 3.1) and its label, and
writes word after word with a GRU (Cho et al. 2014) whose output weights are its embeddings (Press and Wolf 2017). The
discriminator is a GRU that reads from the beginning and scores every word by what stands before it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from core.gan.text.sampling import draw
from core.gan.text.vocabulary import BLANK, END, PAD, UNKNOWN

LABEL_WIDTH = 32
NEVER = -1e9  # a logit that is never drawn


@dataclass(frozen=True)
class Batch:
    """B rows of T places: `ids` (B, T) with the words that stand or stood at the blanks, `blanks` (B, T) which are cut
    out, `judged` (B, T) those of them that are learned from, `labels` (B,)."""

    ids: Any
    blanks: Any
    judged: Any
    labels: Any

    @classmethod
    def of(cls, ids: Any, blanks: Any, judged: Any, labels: Any) -> "Batch":
        """Return arrays as tensors."""
        return cls(*(torch.from_numpy(np.ascontiguousarray(part)) for part in (ids, blanks, judged, labels)))


class Generator(nn.Module):  # type: ignore[misc]
    """Predicts each word from those before it, the label and, with `sees_both_sides`, the whole row with its blanks."""

    def __init__(
        self, words: int, labels: int, embedding_width: int, width: int, dropout: float, sees_both_sides: bool
    ) -> None:
        super().__init__()
        self.sees_both_sides, self.dropout = sees_both_sides, nn.Dropout(dropout)
        context = LABEL_WIDTH + (2 * (width // 2) if sees_both_sides else 0)
        self.embedding = nn.Embedding(words, embedding_width)
        self.label = nn.Embedding(labels, LABEL_WIDTH)
        if sees_both_sides:
            self.encoder = nn.GRU(embedding_width, width // 2, bidirectional=True, batch_first=True)
        self.decoder = nn.GRU(embedding_width + context, width, batch_first=True)
        self.project = nn.Linear(width + context, embedding_width)
        self.bias = nn.Parameter(torch.zeros(words))
        nn.init.normal_(self.embedding.weight, std=embedding_width**-0.5)

    def context(self, batch: Batch) -> Any:
        """Return what is known of each place before anything is written, (B, T, C)."""
        label = self.label(batch.labels)[:, None, :].expand(-1, batch.ids.shape[1], -1)
        if not self.sees_both_sides:
            return label
        with_blanks = batch.ids.masked_fill(batch.blanks, BLANK)
        both, _ = self.encoder(self._embedded(with_blanks))
        return torch.cat([self.dropout(both), label], 2)

    def logits(self, batch: Batch, chosen: Any) -> Any:
        """Return the logits (n, V) of the words at the `chosen` (B, T) places, given the words of `ids` before them."""
        context = self.context(batch)
        before = nn.functional.pad(batch.ids[:, :-1], (1, 0), value=END)
        states, _ = self.decoder(torch.cat([self._embedded(before), context], 2))  # (B, T, D)
        return self._outputs(self.dropout(states[chosen]), context[chosen])

    def write(
        self, batch: Batch, uniform: Any, temperature: float = 1.0, forbidden: Any = None, may_end: Any = None
    ) -> Any:
        """Return `ids` (B, T) with the blanks filled, drawn with the random numbers `uniform` (B, T).

        `forbidden` (B, T) are words that must not stand at their places; `may_end` (B, T) says where a row may end,
        which is nowhere if it is None.
        """
        ids = batch.ids.clone()
        ends = torch.zeros(len(ids), dtype=torch.bool)
        context, state = self.context(batch), None
        before = torch.full((len(ids), 1), END)
        for place in range(ids.shape[1]):
            inputs = torch.cat([self._embedded(before), context[:, place : place + 1]], 2)
            states, state = self.decoder(inputs, state)
            rows = torch.nonzero(batch.blanks[:, place] & ~ends).squeeze(1)
            if len(rows):
                logits = self._outputs(states[rows, 0], context[rows, place]) / temperature
                logits[:, [PAD, UNKNOWN, BLANK]] = NEVER
                logits[slice(None) if may_end is None else ~may_end[rows, place], END] = NEVER
                if forbidden is not None:
                    logits.scatter_(1, forbidden[rows, place, None], NEVER)
                ids[rows, place] = draw(logits, uniform[rows, place : place + 1])
            ids[ends, place] = PAD
            ends |= batch.blanks[:, place] & (ids[:, place] == END)
            before = ids[:, place : place + 1]
        return ids

    def soften(self, batch: Batch, noise: Any, temperature: float, may_end: Any = None) -> Any:
        """Return nearly one-hot words at the blanks, (B, T, V), through which gradients flow.

        Straight-through Gumbel-softmax (Jang et al. 2017, section 2.2): forward the word drawn, backward the softmax.
        `noise` (B, T, V) is Gumbel's; `may_end` (B, T) is that of `write`, and after its end a row is PAD.
        """
        context, state = self.context(batch), None
        vectors = self._embedded(torch.full((len(batch.ids), 1), END))
        ends = torch.zeros(len(batch.ids), dtype=torch.bool)
        softened = []
        for place in range(batch.ids.shape[1]):
            states, state = self.decoder(torch.cat([vectors, context[:, place : place + 1]], 2), state)
            logits = self._outputs(states[:, 0], context[:, place])
            never = torch.zeros(logits.shape, dtype=torch.bool)
            never[:, [PAD, UNKNOWN, BLANK]] = True
            never[:, END] = True if may_end is None else ~may_end[:, place]
            soft = torch.softmax((logits.masked_fill(never, NEVER) + noise[:, place]) / temperature, 1)
            words = soft.argmax(1)
            hard = nn.functional.one_hot(words, soft.shape[1]).float()
            kept = nn.functional.one_hot(batch.ids[:, place].masked_fill(ends, PAD), soft.shape[1]).float()
            written = batch.blanks[:, place] & ~ends
            word = torch.where(written[:, None], hard + soft - soft.detach(), kept)
            ends = ends | (written & (words == END))
            softened.append(word)
            vectors = (word @ self.embedding.weight)[:, None] * self.embedding.embedding_dim**0.5
        return torch.stack(softened, 1)

    def _embedded(self, ids: Any) -> Any:
        return self.dropout(self.embedding(ids) * self.embedding.embedding_dim**0.5)

    def _outputs(self, states: Any, context: Any) -> Any:
        """Return logits (n, V)."""
        hidden = self.dropout(torch.tanh(self.project(torch.cat([states, context], 1))))
        return nn.functional.linear(hidden, self.embedding.weight, self.bias)


class Discriminator(nn.Module):  # type: ignore[misc]
    """Scores every word by itself, those before it and the label: above 0 it looks real."""

    def __init__(self, words: int, labels: int, embedding_width: int, width: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.embedding = nn.Embedding(words, embedding_width)
        self.label = nn.Embedding(labels, LABEL_WIDTH)
        self.gru = nn.GRU(embedding_width + LABEL_WIDTH, width, batch_first=True)
        self.score = nn.Linear(width, 1)

    def forward(self, words: Any, labels: Any) -> Any:
        """Return scores (B, T) of word numbers (B, T) or of softened words (B, T, V)."""
        known = words.dim() == 3
        vectors = words @ self.embedding.weight if known else self.embedding(words)
        label = self.label(labels)[:, None, :].expand(-1, vectors.shape[1], -1)
        states, _ = self.gru(torch.cat([self.dropout(vectors), label], 2))
        return self.score(self.dropout(states)).squeeze(2)
