"""Synonym replacement: words give way to synonyms of the same part of speech and inflection.

Zhang et al. 2015, "Character-level convolutional networks for text classification", section 2.4, replaced words by
synonyms; here a synonym is the likelier, the surer it is that both words are used in the same sense.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.replaceable import NOT_A_WORD, Replaceable
from core.errors import MissingResource
from core.randomness import Draws
from core.text.articles import with_article
from core.text.protected import masked
from core.text.synonym_forms import SynonymForms
from core.text.tagging import tagger
from core.text.thesaurus import Relation
from core.text.wordnet import wordnet_folder

BLANKS = re.compile(r"(\s+)")
Change = tuple[int, str, float]  # which token, what it becomes, and how well that fits


@OPERATORS.register("synonym_replacement")
class SynonymReplacement(OperatorConfig):
    """Settings of synonym replacement."""

    title: ClassVar[str] = "Synonym replacement"
    summary: ClassVar[str] = (
        "Words give way to words of like meaning in the same form: movies to films, watched to viewed. "
        "Names, numbers, negations and small words stay."
    )
    languages: ClassVar[tuple[str, ...]] = ("en",)

    relation: Relation = Field(
        "synonym",
        title="Relation",
        description="Synonyms mean the same, hypernyms something wider (dog to animal), hyponyms something narrower.",
    )
    rate: float = Field(
        0.15, gt=0, le=1, title="Share of words", description="How many of a row's words to replace; at least one."
    )
    count: int | None = Field(
        None, ge=1, title="Number of words", description="Replace so many words in each row, whatever its length."
    )
    min_fit: float = Field(
        0.09,
        ge=0.05,
        le=1,
        title="Least fit",
        description="How likely it must be that both words are used in the same sense; words that fit best go first.",
    )
    phrases: bool = Field(False, title="Phrases", description="Allow several words for one, such as motion picture.")
    protected: tuple[str, ...] = Field(
        (), title="Protected words", description="Words that stay as they are, in any form and case."
    )
    min_cosine: float | None = Field(
        None,
        gt=0,
        lt=1,
        title="Least likeness of meaning",
        description="Take changes back where the sentence encoder's cosine to the original falls below this.",
    )

    @classmethod
    def missing(cls) -> str | None:
        """Return None, or what to do where WordNet or TextBlob is absent."""
        try:
            wordnet_folder()
            tagger()
        except MissingResource as error:
            return str(error)
        return None

    def build(self, context: Context) -> Operator:
        """Return the operator. Raises MissingResource where WordNet, TextBlob or the encoder is absent."""
        table = SynonymForms.load(context.cache, self.relation)
        replaceable = Replaceable(table, tagger(), self.min_fit, self.phrases, self.protected)
        gate = _Gate(self.min_cosine, replaceable) if self.min_cosine is not None else None

        def replace(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            drafts = [self._draft(row.text, draw, replaceable) for row, draw in zip(rows, draws, strict=True)]
            if gate is not None:
                drafts = gate([row.text for row in rows], drafts)
            return [draft.made(replaceable) if draft else None for draft in drafts]

        return replace

    def _draft(self, text: str, draws: Draws, replaceable: Replaceable) -> "_Draft | None":
        words, blanks, seen = _split(text)
        found = list(map(replaceable.__getitem__, seen))
        places = [i for i, tier in enumerate(found) if tier > 0]
        if not places:
            return None
        wanted = self.count or how_many(self.rate, len(found) - found.count(NOT_A_WORD))
        changes: list[Change] = []
        for i in _best_first(places, found, draws):
            change = replaceable.replacement(seen, i, draws)
            if change:
                changes.append((i, *change))
                if len(changes) == wanted:
                    break
        return _Draft(words, blanks, changes) if changes else None


class _Draft(NamedTuple):
    """The words of a text, the blanks between them (None: one space each), and the changes to be made."""

    words: list[str]
    blanks: list[str] | None
    changes: list[Change]

    def made(self, replaceable: Replaceable) -> Made:
        """Return the changed text; each word that went and what came in its place are the details."""
        tokens = replaceable.tokens
        words = self.words.copy()
        replaced = []
        for i, new, _ in sorted(self.changes):
            token = tokens[words[i]]
            new, words[i] = token.around(new)
            replaced.append([token.word, new])
            if i and not token.before and tokens[words[i - 1]].is_article:
                words[i - 1] = with_article(words[i - 1], token.word, new)
        if self.blanks is None:
            return Made(" ".join(words), {"replaced": replaced})
        return Made("".join(map(operator.add, words, [*self.blanks, ""])), {"replaced": replaced})

    def better_half(self) -> "_Draft | None":
        """Return the draft with the half of its changes that fits best, None where nothing is left."""
        kept = sorted(self.changes, key=lambda change: (-change[2], change[0]))[: len(self.changes) // 2]
        return self._replace(changes=kept) if kept else None


class _Gate:
    """Takes changes back, half of them at a time, until the meaning is near enough to the original's."""

    def __init__(self, min_cosine: float, replaceable: Replaceable) -> None:
        from core.text.encoder import SentenceEncoder

        self._encoder = SentenceEncoder.load()
        self._min_cosine, self._replaceable = min_cosine, replaceable

    def __call__(self, texts: Sequence[str], drafts: Sequence[_Draft | None]) -> list[_Draft | None]:
        kept = list(drafts)
        left = [i for i, draft in enumerate(kept) if draft]
        vectors = dict(zip(left, self._encoder.encode([texts[i] for i in left]), strict=True))
        while left:
            made = self._encoder.encode([draft.made(self._replaceable).text for i in left if (draft := kept[i])])
            far = [i for i, vector in zip(left, made, strict=True) if np.dot(vectors[i], vector) < self._min_cosine]
            for i in far:
                draft = kept[i]
                kept[i] = draft.better_half() if draft else None
            left = [i for i in far if kept[i]]
        return kept


def _split(text: str) -> tuple[list[str], list[str] | None, list[str]]:
    """Return the words of `text`, the blanks between them, and the words with markup and addresses masked.

    None for the blanks stands for one space each.
    """
    seen = masked(text, numbers=False) if "<" in text else text
    words = seen.split()
    if " ".join(words) == seen:
        blanks = None
    else:
        pieces = BLANKS.split(seen)
        words, blanks = pieces[::2], pieces[1::2]
    if seen is text:
        return words, blanks, words
    originals = []
    start = 0
    for word, blank in zip(words, blanks or repeat(" "), strict=False):
        originals.append(text[start : start + len(word)])
        start += len(word) + len(blank)
    return originals + [text[start:]] * (len(words) - len(originals)), blanks, words


def _best_first(places: Sequence[int], tiers: Sequence[int], draws: Draws) -> Iterator[int]:
    """Yield the places, the highest tier first, in random order within a tier."""
    groups: dict[int, list[int]] = {}
    for i in places:
        groups.setdefault(tiers[i], []).append(i)
    for tier in sorted(groups, reverse=True):
        group = groups[tier]
        if len(group) == 1:
            yield group[0]
        else:
            yield from shuffled(group, draws)
