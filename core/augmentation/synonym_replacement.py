"""Synonym replacement: words give way to synonyms of the same part of speech and inflection.

Zhang et al. 2015, "Character-level convolutional networks for text classification", section 2.4, replaced words by
synonyms; here a synonym is the likelier, the surer it is that both words are used in the same sense.
"""

import gc
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, repeat
from typing import ClassVar

import numpy as np
from pydantic import Field

from core.augmentation.amount import how_many
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.replaceable import Replaceable
from core.augmentation.tokens import in_form_of, is_article
from core.errors import MissingResource
from core.randomness import Draws
from core.text.articles import with_article
from core.text.protected import masked
from core.text.synonym_forms import SynonymForms
from core.text.tagging import tagger
from core.text.thesaurus import Relation
from core.text.wordnet import wordnet_folder

CHARACTERS_AT_ONCE = 1 << 18
BLANKS = re.compile(r"(\s+)")
Change = tuple[int, str, float]  # which token, what it becomes, and how well that fits
# The words of a text, the blanks between them (None: one space each), and the changes to be made.
Draft = tuple[list[str], list[str] | None, list[Change]]


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
        gate = _Gate(self.min_cosine) if self.min_cosine is not None else None

        def wanted(words: int) -> int:
            return self.count or how_many(self.rate, words)

        def replace(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            made: list[Made | None] = []
            texts = [row.text for row in rows]
            with collector_at_rest():
                for part in _parts(texts):
                    drafts = _drafts(texts[part], [draw.integer() for draw in draws[part]], replaceable, wanted)
                    if gate is not None:
                        drafts = iter(gate(texts[part], list(drafts)))
                    made += [_made(draft) if draft else None for draft in drafts]
            return made

        return replace


def _made(draft: Draft) -> Made:
    """Return the changed text; each word that went and what came in its place are the details."""
    originals, blanks, changes = draft
    words = originals.copy()
    replaced = []
    for i, new, _ in changes:
        old, before = words[i], ""
        if old.isalpha() and old.islower():
            words[i] = new
        else:
            before, old, new, after = in_form_of(old, new)
            words[i] = f"{before}{new}{after}"
        replaced.append([old, new])
        if i and not before and words[i - 1][-1:] in "anAN" and is_article(words[i - 1]):
            words[i - 1] = with_article(words[i - 1], old, new)
    text = " ".join(words) if blanks is None else "".join(map(operator.add, words, [*blanks, ""]))
    return Made(text, {"replaced": replaced})


def _better_half(draft: Draft) -> Draft | None:
    """Return the draft with the half of its changes that fits best, None where nothing is left."""
    words, blanks, changes = draft
    kept = sorted(changes, key=lambda change: (-change[2], change[0]))[: len(changes) // 2]
    return (words, blanks, sorted(kept)) if kept else None


class _Gate:
    """Takes changes back, half of them at a time, until the meaning is near enough to the original's."""

    def __init__(self, min_cosine: float) -> None:
        from core.text.encoder import SentenceEncoder

        self._encoder = SentenceEncoder.load()
        self._min_cosine = min_cosine

    def __call__(self, texts: Sequence[str], drafts: Sequence[Draft | None]) -> list[Draft | None]:
        kept = list(drafts)
        left = [i for i, draft in enumerate(kept) if draft]
        vectors = dict(zip(left, self._encoder.encode([texts[i] for i in left]), strict=True))
        while left:
            made = self._encoder.encode([_made(draft).text for i in left if (draft := kept[i])])
            far = [i for i, vector in zip(left, made, strict=True) if np.dot(vectors[i], vector) < self._min_cosine]
            for i in far:
                draft = kept[i]
                kept[i] = _better_half(draft) if draft else None
            left = [i for i in far if kept[i]]
        return kept


def _parts(texts: Sequence[str]) -> Iterator[slice]:
    """Yield the parts of `texts` that are worked on at once: enough to be quick, few enough to stay in the cache."""
    start = characters = 0
    for i, text in enumerate(texts):
        characters += len(text)
        if characters >= CHARACTERS_AT_ONCE:
            yield slice(start, i + 1)
            start, characters = i + 1, 0
    yield slice(start, len(texts))


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from going through all rows again and again; nothing made here refers to itself."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _drafts(
    texts: Sequence[str], seeds: Sequence[int], replaceable: Replaceable, wanted: Callable[[int], int]
) -> Iterator[Draft | None]:
    split = list(map(_split, texts))
    changes = replaceable.changes([seen for _, _, seen in split], seeds, wanted)
    found = zip(changes.places, changes.words, changes.fits, strict=True)
    for (words, blanks, _), count in zip(split, changes.counts, strict=True):
        yield (words, blanks, list(islice(found, count))) if count else None


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
