"""Masked-LM substitution: words give way to words that a language model finds likely in their place.

Kobayashi 2018, "Contextual Augmentation", and Garg & Ramakrishnan 2020, "BAE", section 3 (replacing one masked word
after another); drawing among the k likeliest words is Fan et al. 2018, "Hierarchical Neural Story Generation".
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.content_words import ContentWords
from core.augmentation.fill_mask import Blank, FillMask
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.pretrained import load_model
from core.randomness import Draws
from core.text.word_slots import joined, slots

NEAR = 400  # pieces on either side of a word that can reach the model
SPARE = 3  # words looked at more than the one that is wanted, since the word itself is among the likeliest


@dataclass
class _Text:
    """A text while its words are replaced, one at a time."""

    pieces: list[str]
    order: Iterator[int]  # the places that may change, in the order in which they are tried
    draws: Draws
    wanted: int
    tries: int
    replaced: int = 0
    place: int = 0

    def next(self) -> bool:
        """Go to the next place; return whether there is one to be tried."""
        if self.replaced >= self.wanted or self.tries <= 0:
            return False
        self.tries -= 1
        self.place = next(self.order, -1)
        return self.place >= 0

    def blank(self) -> Blank:
        """Return the text with a blank for the word at the place."""
        before, after = (
            self.pieces[max(0, self.place - NEAR) : self.place],
            self.pieces[self.place + 1 : self.place + 1 + NEAR],
        )
        return Blank("".join(before), "".join(after))


@OPERATORS.register("masked_lm")
class MaskedLM(OperatorConfig):
    """Settings of masked-LM substitution."""

    title: ClassVar[str] = "Masked language model"
    summary: ClassVar[str] = (
        "Words give way to words that a pretrained language model finds likely in the same place. The model decides "
        "by what fits, not by what means the same, so the meaning gate belongs with it."
    )

    model: str = Field(
        "google-bert/bert-base-uncased",
        min_length=1,
        title="Model",
        description="A fill-mask model such as BERT: its id on the hub, or the path of a folder.",
    )
    rate: float = Field(
        0.15,
        gt=0,
        le=1,
        title="Share of words",
        description="The share of a text's words that are replaced, at least one a row.",
    )
    max_words: int = Field(
        10, ge=1, le=100, title="Most words", description="At most so many words a row; each takes a pass of the model."
    )
    top_k: int = Field(
        10, ge=1, le=100, title="Likeliest words", description="A word gives way to one of the so many likeliest ones."
    )
    temperature: float = Field(
        1.0,
        gt=0,
        le=5,
        title="Temperature",
        description="Below 1 the likeliest words are preferred more, above 1 less.",
    )
    protected: tuple[str, ...] = Field(
        (), title="Protected words", description="Words that are never replaced, besides stop words, names and numbers."
    )

    def build(self, context: Context) -> Operator:
        """Return the operator with its model loaded.

        Raises InputError where the model is none or of another kind, MissingResource where it cannot be had.
        """
        content = ContentWords(context.language, self.protected)
        model = FillMask(*load_model(self.model, "fill-mask model", "AutoModelForMaskedLM"), content)

        def opened(row: Row, draws: Draws) -> _Text:
            pieces = slots(row.text, context.language)
            places = content.places(pieces)
            wanted = min(how_many(self.rate, len(pieces) // 2, self.max_words), len(places))
            return _Text(pieces, shuffled(places, draws), draws, wanted, tries=wanted + SPARE)

        def substitute(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            texts = [opened(row, draw) for row, draw in zip(rows, draws, strict=True)]
            active = texts
            while active := [text for text in active if text.next()]:
                likeliest = model.likeliest([text.blank() for text in active], self.top_k + SPARE)
                for text, candidates in zip(active, likeliest, strict=True):
                    self._fill(text, candidates, content)
            return [Made(joined(text.pieces), {"replaced": text.replaced}) if text.replaced else None for text in texts]

        return substitute

    def _fill(self, text: _Text, candidates: Sequence[tuple[str, float]], content: ContentWords) -> None:
        """Put one of the likeliest words, but never the word itself, into the place where `text` is."""
        word = text.pieces[text.place]
        others = [(other, logit) for other, logit in candidates if other.lower() != word.lower()][: self.top_k]
        if others:
            weights = [math.exp((logit - others[0][1]) / self.temperature) for _, logit in others]
            content.put(text.pieces, text.place, others[drawn(weights, text.draws)][0])
            text.replaced += 1


def drawn(weights: Sequence[float], draws: Draws) -> int:
    """Return a place drawn with the probability that its weight is of all weights."""
    left = draws.uniform() * sum(weights)
    for place, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return place
    return len(weights) - 1
