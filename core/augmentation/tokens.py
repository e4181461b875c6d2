"""What is known of each token of English texts: found out once a token, then kept as numbers.

A token is what stands between blanks. Web addresses, numbers, e-mail addresses, markup and words joined by anything
but a hyphen do not look like a word with punctuation around it, and so stay as they are.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from core.text.contextual_rules import FAR, OUTSIDE, Codes
from core.text.synonym_forms import Ints
from core.text.tagging import Tagger

MOST_KEPT = 100_000  # tokens; above it all are forgotten, so memory stays bounded
LONGEST = 40  # characters of a token that is looked at
LONGEST_ACRONYM = 3  # letters

OPENING = "\"'“‘([*_-"
TOKEN = re.compile(r"""(["'“‘(\[*_-]*)([A-Za-z]+(?:-[A-Za-z]+)*)((?:['’]s)?["'”’)\],.;:!?…*_-]*)""")
ENDS = frozenset('.!?:…"“”(')  # after one of these a capital does not make a name
ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "st", "prof", "sr", "jr", "rev", "gen", "sen", "rep", "vs", "etc"])
ARTICLES = frozenset(["a", "an"])

# After these a word that is nearly always a noun may be a verb ("to film"), or the reverse ("the look").
BEFORE_VERBS = "to will would can could may might must shall should not i you we they"
BEFORE_NOUNS = "a an the this that my your his her its our their of no"

# What is true of a token, one bit each.
IS_WORD, IS_TITLE, ENDS_SENTENCE, HAS_MARK_BEFORE, HAS_MARK_AFTER, IS_BEFORE_VERBS, IS_BEFORE_NOUNS = (
    1 << bit for bit in range(7)
)
TRUE_OF_FORM = {
    **dict.fromkeys(BEFORE_VERBS.split(), IS_WORD | IS_BEFORE_VERBS),
    **dict.fromkeys(BEFORE_NOUNS.split(), IS_WORD | IS_BEFORE_NOUNS),
}
BETWEEN = "\n"  # texts; no token has a blank


class Known(NamedTuple):
    """What is known of tokens, by their numbers."""

    tier: Ints  # above 0 where the word can be replaced
    word: Ints  # its place in the table of synonyms, or one past all
    true_of: Ints  # bits
    own_piece: Ints  # which of the token's pieces is the word
    pieces: Ints  # how many there are
    first_piece: Ints


class Stream(NamedTuple):
    """The N tokens of texts, with BETWEEN before, between and after them."""

    known: Known
    tokens: Ints  # (N,) their numbers
    row: Ints  # (N,) the number of the text; what stands before a text counts as its own
    starts: Ints  # (texts + 1,) where BETWEEN stands
    piece: Ints  # (N,) where the token's word is in `pieces`
    pieces: Codes  # (2, P) words and marks as the tagger sees them, and their commonest tags


class Tokens(dict[str, int]):
    """Numbers of tokens by how these are written.

    `words` are those of the table of synonyms, which come first, `tags` their commonest ones, and `tiers` are above 0
    for those that can be replaced.
    """

    def __init__(self, words: Sequence[str], tags: Codes, tiers: Ints, tagger: Tagger) -> None:
        super().__init__(zip([*words, BETWEEN], range(len(words) + 1), strict=True))
        self._tagger, self._between = tagger, len(words)
        numbers = np.arange(len(words) + 1, dtype=np.int32)
        tier, true_of, own_piece, pieces = np.repeat(
            np.array([[0], [IS_WORD], [0], [1]], np.int8), len(numbers), axis=1
        )
        self.known = Known(tier, numbers, true_of, own_piece, pieces, numbers)
        tier[:-1] = tiers
        pieces[-1], true_of[-1] = FAR, ENDS_SENTENCE
        for form, bits in TRUE_OF_FORM.items():
            if form in self:
                true_of[self[form]] = bits
        self._pieces: Ints = np.zeros((2, len(words) + FAR), np.int16)  # codes of words and of their tags
        self._pieces[1, :-FAR] = tags
        for code, name in enumerate(tagger.rules.names):
            if name in self:
                self._pieces[0, self[name]] = code
        self._pieces[:, -FAR:] = tagger.rules.codes([OUTSIDE])[0]
        self._forget()

    def __missing__(self, written: str) -> int:
        if len(written) > LONGEST + 1:
            return self[f"{written[:LONGEST]}\n"]  # as no token is
        self[written] = number = len(self)
        self._new.append(written)
        return number

    def stream(self, texts: Sequence[Sequence[str]]) -> Stream:
        """Return the tokens of `texts` with what is known of them."""
        if len(self) > self._between + MOST_KEPT:
            self._forget()
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.concatenate([[0], sizes.cumsum()])
        tokens = np.array(list(map(self.__getitem__, chain.from_iterable(texts))), np.int64)
        if self._new:
            self._learn()
        tokens = np.insert(tokens, ends, self._between)
        row = np.repeat(np.arange(len(ends)), np.append(sizes + 1, 1))
        pieces = self.known.pieces[tokens].astype(np.int64)
        before = pieces.cumsum() - pieces
        which = np.repeat(self.known.first_piece[tokens] - before, pieces) + np.arange(pieces.sum())
        piece = before + self.known.own_piece[tokens]
        return Stream(self.known, tokens, row, ends + np.arange(len(ends)), piece, self._pieces[:, which])

    def _forget(self) -> None:
        while len(self) > self._between + 1:
            self.popitem()
        self._new: list[str] = []
        self._used, self._used_pieces = self._between + 1, self._between + FAR

    def _learn(self) -> None:
        """Find out what is to be known of the new tokens."""
        known = []
        pieces: list[str] = []
        for written in self._new:
            *numbers, its_pieces = self._look_at(written)
            known.append((*numbers, len(its_pieces), self._used_pieces + len(pieces)))
            pieces += its_pieces
        codes = self._tagger.rules.codes
        tags = self._tagger.word_tags(pieces)
        columns = map(np.array, zip(*known, strict=True))
        self.known = Known(*(extended(old, self._used, new) for old, new in zip(self.known, columns, strict=True)))
        self._pieces = extended(self._pieces, self._used_pieces, np.array([codes(pieces), codes(tags)]))
        self._used, self._used_pieces = self._used + len(known), self._used_pieces + len(pieces)
        self._new.clear()

    def _look_at(self, written: str) -> tuple[int, int, int, int, list[str]]:
        """Return the token's tier, its word, what is true of it, which of its pieces is the word, and these."""
        if written.islower() and written.isalpha() and written.isascii():
            return 0, self._between, TRUE_OF_FORM.get(written, IS_WORD), 0, [written]
        found = TOKEN.fullmatch(written) if len(written) <= LONGEST else None
        if not found:
            bits = IS_WORD if any(map(str.isalpha, written[:LONGEST])) else 0
            return 0, self._between, bits | (ENDS_SENTENCE if written[:1] in ENDS else 0), 0, [written[:LONGEST]]
        before, word, after = found.groups()
        form = word.lower()
        place = min(self.get(form, self._between), self._between)
        tier = int(self.known.tier[place])
        if tier and word != form and self._is_name(word, form):
            tier = 0
        bits = TRUE_OF_FORM.get(form, IS_WORD)
        bits |= IS_TITLE if word.istitle() else 0
        bits |= HAS_MARK_BEFORE if before else 0
        bits |= HAS_MARK_AFTER if after else 0
        bits |= ENDS_SENTENCE if after[:1] in ENDS and form not in ABBREVIATIONS else 0
        return tier, place, bits, len(before), [*before, form if tier else word, *([after] if after else [])]

    def _is_name(self, word: str, form: str) -> bool:
        """Tell whether `word`, which has capitals, may be a name or an acronym."""
        if word.istitle():
            # "Brown" and "Baker" may be names where a sentence begins, too; "Movies" is none.
            return self._tagger.word_tag(form) in ("NN", "JJ") and self._tagger.word_tag(word).startswith("NNP")
        return not word.isupper() or len(word) <= LONGEST_ACRONYM or self._tagger.knows(word)


def is_article(written: str) -> bool:
    """Tell whether a token is an indefinite article, which may have a mark before it."""
    return written.lower().lstrip(OPENING) in ARTICLES


def in_form_of(written: str, new: str) -> tuple[str, str, str, str]:
    """Return the marks before the word of a token, the word, `new` in its case, and the marks after it."""
    found = TOKEN.fullmatch(written)
    before, word, after = found.groups() if found else ("", written, "")
    return before, word, new.capitalize() if word.istitle() else new.upper() if word.isupper() else new, after


def extended(values: Ints, used: int, new: Ints) -> Ints:
    """Return `values` (..., N) with `new` from the place `used` on, made at least twice as long where they are full."""
    end = used + new.shape[-1]
    if end > values.shape[-1]:
        values = np.concatenate([values, np.zeros((*values.shape[:-1], end), values.dtype)], axis=-1)
    values[..., used:end] = new
    return values
