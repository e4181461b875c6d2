"""Random insertion: synonyms of words of the text go in at random places (Wei & Zou 2019, "EDA", section 2)."""

import functools
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.content_words import ContentWords
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.errors import MissingResource
from core.randomness import Draws
from core.text.protected import is_literal
from core.text.synonym_forms import SynonymForms
from core.text.tagging import tagger
from core.text.word_slots import slots
from core.text.wordnet import wordnet_folder

MOST_KEPT = 1 << 16  # words whose synonyms are kept
LONGEST = 40  # characters of a word that is looked up


@OPERATORS.register("random_insertion")
class RandomInsertion(OperatorConfig):
    """Settings of random synonym insertion."""

    title: ClassVar[str] = "Random synonym insertion"
    summary: ClassVar[str] = (
        "Synonyms of words of the text go in behind other words at random. Nothing is taken away. "
        "The synonyms come from WordNet, so it is for English only."
    )
    languages: ClassVar[tuple[str, ...]] = ("en",)

    rate: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Share inserted",
        description="Synonyms inserted for each word of the text, at least one a row.",
    )
    max_insertions: int | None = Field(
        None, ge=1, title="Most insertions", description="At most so many synonyms go into a row."
    )
    synonyms: int = Field(
        3, ge=1, le=8, title="Synonyms", description="A synonym is drawn from so many of a word's likeliest ones."
    )

    @classmethod
    def missing(cls) -> str | None:
        """Return None, or how to get WordNet."""
        try:
            wordnet_folder()
        except MissingResource as error:
            return str(error)
        return None

    def build(self, context: Context) -> Operator:
        """Return the operator. Raises MissingResource where WordNet or TextBlob is absent."""
        table = SynonymForms.load(context.cache)
        tags = tagger()
        content = ContentWords(context.language)

        @functools.lru_cache(MOST_KEPT)
        def synonyms(word: str) -> tuple[str, ...]:
            found = table.get(word, tags.word_tag(word))
            words = [related.word for related in found.candidates] if found else []
            return tuple(word for word in words if " " not in word)[: self.synonyms]

        def inserted(row: Row, draws: Draws) -> Made | None:
            pieces = slots(row.text, context.language)
            wanted = how_many(self.rate, len(pieces) // 2, self.max_insertions)
            new = []
            for place in shuffled(content.places(pieces), draws):
                if len(pieces[place]) <= LONGEST and (found := synonyms(pieces[place].lower())):
                    new.append(draws.choice(found))
                if len(new) == wanted:
                    break
            behind = [place for place in range(1, len(pieces), 2) if not is_literal(pieces[place])]
            for word in new if behind else ():
                pieces[draws.choice(behind)] += f" {word}"
            return Made("".join(pieces), {"inserted": new}) if new and behind else None

        def insert(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [inserted(row, draw) for row, draw in zip(rows, draws, strict=True)]

        return insert
