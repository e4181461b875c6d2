"""Embedding neighbours: words give way to words that the user's own corpus uses alike, in whatever language it is.

Wang & Yang 2015, "That's So Annoying!!!", section 3: replacing words by near neighbours in a space of word vectors.
"""

import importlib.util
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.content_words import ContentWords
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.word_vectors import KEPT, neighbour_table
from core.randomness import Draws
from core.text.word_slots import joined, slots


@OPERATORS.register("embedding_neighbours")
class EmbeddingNeighbours(OperatorConfig):
    """Settings of embedding neighbours."""

    title: ClassVar[str] = "Embedding neighbours"
    summary: ClassVar[str] = (
        "Words give way to words that your own texts use alike, learned from the train rows with word2vec. It needs "
        "thousands of rows to learn well, and opposites such as good and bad can be neighbours."
    )

    rate: float = Field(
        0.15,
        gt=0,
        le=1,
        title="Share of words",
        description="The share of a text's words that are replaced, at least one a row.",
    )
    max_words: int | None = Field(None, ge=1, title="Most words", description="At most so many words a row.")
    neighbours: int = Field(
        5, ge=1, le=KEPT, title="Neighbours", description="A word gives way to one of so many nearest neighbours."
    )
    least_cosine: float = Field(
        0.6, ge=-1, le=1, title="Smallest cosine", description="Neighbours that are less alike than this are left out."
    )
    least_frequency: int = Field(
        5, ge=2, le=1_000, title="Smallest frequency", description="Words that occur less often are left as they are."
    )
    epochs: int = Field(
        10, ge=1, le=100, title="Epochs", description="How often word2vec reads the texts while it learns."
    )
    protected: tuple[str, ...] = Field(
        (), title="Protected words", description="Words that are never replaced, besides stop words, names and numbers."
    )

    @classmethod
    def missing(cls) -> str | None:
        """Return None, or how to get gensim."""
        if importlib.util.find_spec("gensim") is None:
            return "The package gensim is not installed. Install it with `pip install gensim`."
        return None

    def build(self, context: Context) -> Operator:
        """Return the operator, after word2vec has learned from the train rows unless it has before.

        Raises MissingResource where gensim is not installed, InputError where no word is frequent enough.
        """
        choices = {
            word: near
            for word, found in neighbour_table(context, self.epochs, self.least_frequency).items()
            if (near := [other for other, cosine in found[: self.neighbours] if cosine >= self.least_cosine])
        }
        content = ContentWords(context.language, self.protected)

        def replaced(row: Row, draws: Draws) -> Made | None:
            pieces = slots(row.text, context.language)
            places = [place for place in content.places(pieces) if pieces[place].lower() in choices]
            wanted = min(how_many(self.rate, len(pieces) // 2, self.max_words), len(places))
            if not wanted:
                return None
            for place, _ in zip(shuffled(places, draws), range(wanted), strict=False):
                content.put(pieces, place, draws.choice(choices[pieces[place].lower()]))
            return Made(joined(pieces), {"replaced": wanted})

        def replace(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [replaced(row, draw) for row, draw in zip(rows, draws, strict=True)]

        return replace
