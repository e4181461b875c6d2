"""Sentence deletion: whole sentences go; a text of one sentence loses a phrase instead."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.randomness import Draws
from core.text.characters import word_pattern
from core.text.phrases import phrases, without
from core.text.protected import is_negation
from core.text.sentences import sentences
from core.text.word_slots import slots

Kind = Literal["prepositional", "adverbial", "parenthesis", "relative", "clause"]

FEWEST_WORDS = 2  # of what is left of a sentence; in Chinese, characters


@OPERATORS.register("sentence_deletion")
class SentenceDeletion(OperatorConfig):
    """Settings of sentence deletion."""

    title: ClassVar[str] = "Sentence deletion"
    summary: ClassVar[str] = (
        "Whole sentences go, and at least one stays. A text of one sentence loses a phrase instead: in English a "
        "prepositional phrase, an adverb or a relative clause, in Chinese a clause between commas, in any language "
        "a parenthesis. What says not, no or never stays."
    )

    rate: float = Field(
        0.3,
        gt=0,
        lt=1,
        title="Share of sentences",
        description="The share of a text's sentences that go: at least one goes and at least one stays.",
    )
    max_sentences: int | None = Field(
        None, ge=1, title="Most sentences", description="At most so many sentences of a row go."
    )
    single: bool = Field(
        True, title="Phrases too", description="Whether a text that can lose no sentence loses a phrase."
    )
    kinds: tuple[Kind, ...] = Field(
        ("prepositional", "adverbial", "parenthesis", "relative", "clause"),
        title="Phrases",
        description="The kinds of phrases that may go: prepositional, adverbial, parenthesis, relative, clause.",
    )
    max_share: float = Field(
        0.6,
        gt=0,
        lt=1,
        title="Largest phrase",
        description="The largest share of a sentence's words a phrase may have.",
    )

    def build(self, context: Context) -> Operator:
        """Return the operator. Raises MissingResource where English has no tagger or Chinese no jieba."""

        def delete(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [self._shortened(row.text, draw, context.language) for row, draw in zip(rows, draws, strict=True)]

        return delete

    def _shortened(self, text: str, draws: Draws, language: str) -> Made | None:
        parts = sentences(text)
        if len(parts) > 1:
            wanted = min(how_many(self.rate, len(parts), self.max_sentences), len(parts) - 1)
            gone: set[int] = set()
            for place in shuffled(range(len(parts)), draws):
                if not _denies(parts[place], language):
                    gone.add(place)
                if len(gone) == wanted:
                    break
            if gone:
                return Made(_kept(parts, gone), {"sentences": len(gone)})
        return self._without_phrase(parts, draws, language) if self.single else None

    def _without_phrase(self, parts: Sequence[str], draws: Draws, language: str) -> Made | None:
        for place in shuffled(range(len(parts)), draws):
            part = parts[place]
            words = _words(part, language)
            for phrase in shuffled(phrases(part, language), draws):
                if phrase.kind not in self.kinds:
                    continue
                left = without(part, phrase)
                stay = _words(left, language)
                if stay >= FEWEST_WORDS and words - stay <= self.max_share * words:
                    return Made("".join([*parts[:place], left, *parts[place + 1 :]]), {"phrase": phrase.kind})
        return None


def _kept(parts: Sequence[str], gone: set[int]) -> str:
    """Return the text of the `parts` that are not `gone`, with the blanks at the end of all of them at its end."""
    kept = "".join(part for place, part in enumerate(parts) if place not in gone)
    return kept.rstrip() + parts[-1][len(parts[-1].rstrip()) :]


def _denies(sentence: str, language: str) -> bool:
    return any(is_negation(word, language) for word in slots(sentence, language)[1::2])


def _words(text: str, language: str) -> int:
    """Return how many words `text` has, in Chinese how many characters in words."""
    words = word_pattern().findall(text)
    return sum(map(len, words)) if language == "zh" else len(words)
