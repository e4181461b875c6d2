"""Which tokens of an English text can be replaced by which words: looked up once a token, then kept.

A token is what stands between blanks. Web addresses, numbers, e-mail addresses, markup and words joined by anything
but a hyphen do not look like a word with punctuation around it, and so stay as they are.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from core.randomness import Draws
from core.text.protected import is_negation, is_number
from core.text.stopwords import bundled_stopwords
from core.text.synonym_forms import Forms, SynonymForms
from core.text.tagging import Tagger

MOST_KEPT = 100_000  # tokens; above it all are forgotten, so memory stays bounded
LONGEST = 40  # characters of a token that is looked at
LONGEST_ACRONYM = 3  # letters

TOKEN = re.compile(r"""(["'“‘(\[*_-]*)([A-Za-z]+(?:-[A-Za-z]+)*)((?:['’]s)?["'”’)\],.;:!?…*_-]*)""")
ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "st", "prof", "sr", "jr", "rev", "gen", "sen", "rep", "vs", "etc"])
ENDS = frozenset('.!?:…"“”(')  # after one of these a capital does not make a name
ARTICLES = frozenset(["a", "an"])

# Verbs that mean little by themselves, words with a part in grammar or idioms, and months that are also other words.
KEPT_WORDS = (
    "be have do get make go take give come put let set keep run bring turn look find leave hold call work play "
    "enough yet still even rather quite back well way thing much many little like kind sort bit lot "
    "time such last next first second third right please ago away else ever march august"
)
KEPT = frozenset(KEPT_WORDS.split())

# Nouns say what a text is about, so a noun must fit better than an adverb to be replaced as early.
WEIGHT = {"N": 1.0, "J": 1.3, "V": 1.6, "R": 2.0}
UNCERTAIN = 0.8  # the weight of a word whose part of speech depends on its neighbours
TIERS = (0.52, 0.42, 0.33, 0.25, 0.18, 0.12, 0.0)  # words whose weighted fit is at least so good go first
NEAR_BEST = 0.72  # of the best candidate's fit, which others must reach to be taken at times

NOT_A_WORD, KEPT_WORD = -1, 0  # instead of a tier


class Options(NamedTuple):
    """What may stand in place of a word, the best first, with the sums of the fits so far."""

    lemma: str  # of the replaced word
    words: tuple[str, ...]
    fits: tuple[float, ...]
    sums: tuple[float, ...]

    def choose(self, draws: Draws) -> tuple[str, float]:
        """Return a word, each as likely as it fits, and its fit."""
        if len(self.words) == 1:
            return self.words[0], self.fits[0]
        place = min(bisect_right(self.sums, draws.uniform() * self.sums[-1]), len(self.words) - 1)
        return self.words[place], self.fits[place]


class Token:
    """What is known of a token wherever it stands: the word in it and the marks around it."""

    __slots__ = (
        *("after", "before", "certain", "ends_sentence", "form", "is_article", "options", "pieces", "shape", "tag"),
        "word",
    )

    def __init__(self, written: str) -> None:
        found = TOKEN.fullmatch(written) if len(written) <= LONGEST else None
        self.before, self.word, self.after = found.groups() if found else ("", "", "")
        self.form = self.word.lower()
        after = [self.after] if self.after else []
        # The words and punctuation marks that the tagger sees.
        self.pieces = [*self.before, self.word, *after] if found else [written[:LONGEST]]
        self.is_article = self.form in ARTICLES and not self.after
        self.ends_sentence = (self.after or written)[:1] in ENDS and self.form not in ABBREVIATIONS
        self.shape: Callable[[str], str] = str
        self.tag = ""
        self.options: Options | None = None  # under that tag; None where the word stays
        self.certain = False  # whether they hold wherever the word stands


class _Tokens(dict[str, Token]):
    """Tokens by how they are written, made as they are asked for."""

    def __init__(self, make: Callable[[str], Token]) -> None:
        self._make = make

    def __missing__(self, written: str) -> Token:
        token = self._make(written)
        if len(self) >= MOST_KEPT:
            self.clear()
        if len(written) <= LONGEST:
            self[written] = token
        return token


class Replaceable(dict[str, int]):
    """Tiers of tokens by how these are written: 1 to len(TIERS), the last to go first; KEPT_WORD, or NOT_A_WORD."""

    def __init__(
        self, table: SynonymForms, tagger: Tagger, min_fit: float, phrases: bool, protected: Sequence[str] = ()
    ) -> None:
        self._table, self._tagger, self._min_fit, self._phrases = table, tagger, min_fit, phrases
        self._kept = KEPT | bundled_stopwords()["en"] | {word.strip().lower() for word in protected}
        self.tokens = _Tokens(self._token)

    def __missing__(self, written: str) -> int:
        token = self.tokens[written]
        if token.options:
            fit = WEIGHT[token.tag[0]] * token.options.fits[0] * (1.0 if token.certain else UNCERTAIN)
            tier = next(len(TIERS) - i for i, least in enumerate(TIERS) if fit >= least)
        else:
            tier = KEPT_WORD if any(map(str.isalpha, written[:LONGEST])) else NOT_A_WORD
        if len(written) <= LONGEST:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[written] = tier
        return tier

    def _token(self, written: str) -> Token:
        token = Token(written)
        if token.word:
            self._look_up(token)
        return token

    def _look_up(self, token: Token) -> None:
        """Fill in the likeliest tag and the options, unless the word is one that stays."""
        word, form = token.word, token.form
        if form in self._kept or is_negation(form, "en") or is_number(form) or self._tagger.is_name(form):
            return
        if word.isupper():
            if len(word) <= LONGEST_ACRONYM or self._tagger.knows(word):
                return
            token.shape = str.upper
        elif word.istitle():
            # "Brown" and "Baker" may be names where a sentence begins, too; "Movies" is none.
            if _base(self._tagger.word_tag(form)) in ("NN", "JJ") and self._tagger.word_tag(word).startswith("NNP"):
                return
            token.shape = str.capitalize
        elif word != form:
            return
        token.tag = _base(self._tagger.word_tag(form))
        found = self._table.get(form, token.tag)
        if found and (found.is_alone or self._tagger.knows(form)):  # else the tag is but a guess by the ending
            token.options = self._options(found, token.tag)
            token.certain = found.one_part

    def _options(self, found: Forms, tag: str) -> Options | None:
        if found.lemma in self._kept:
            return None
        if found.is_adjective and tag in ("VBG", "VBN"):  # "is moving" may be said of a film or of a train
            return None
        fitting = [
            near for near in found.candidates if near.fit >= self._min_fit and (self._phrases or " " not in near.word)
        ]
        if not fitting:
            return None
        least = NEAR_BEST * fitting[0].fit
        near_best = [near for near in fitting if near.fit >= least]
        words, fits = zip(*near_best, strict=True)
        return Options(found.lemma, words, fits, tuple(accumulate(fits)))

    def replacement(self, words: Sequence[str], i: int, draws: Draws) -> tuple[str, float] | None:
        """Return the word to put in place of the one in token `i` and its fit, None where its neighbours forbid it."""
        token = self.tokens[words[i]]
        if token.shape is str.capitalize and i and not self.tokens[words[i - 1]].ends_sentence:
            return None  # a name
        options = token.options if token.certain else self._options_here(token, words, i)
        if options is None or self._is_in_phrase(token, options.lemma, words, i):
            return None
        return options.choose(draws)

    def _options_here(self, token: Token, words: Sequence[str], i: int) -> Options | None:
        """Return the options under the tag that the neighbours make likely; None where that is another part of speech.

        The tagger is then of two minds, and there are surer words to replace.
        """
        pieces: list[str] = []
        for word in words[max(i - 3, 0) : i]:
            pieces += self.tokens[word].pieces
        place = len(pieces) + len(token.before)
        for word in words[i : i + 4]:
            pieces += self.tokens[word].pieces
        pieces[place] = token.form
        tag = _base(self._tagger.tag_at(pieces, list(map(self._tagger.word_tag, pieces)), place))
        if tag == token.tag:
            return token.options
        found = self._table.get(token.form, tag) if tag[0] == token.tag[0] else None
        return self._options(found, tag) if found else None

    def _is_in_phrase(self, token: Token, lemma: str, words: Sequence[str], i: int) -> bool:
        """Tell whether the word at `i` is half of a phrase that has a meaning of its own, such as "world war"."""
        is_phrase = self._table.is_phrase
        if i and not token.before:
            before = self.tokens[words[i - 1]]
            if not before.after and is_phrase(before.form, lemma):
                return True
        return i + 1 < len(words) and not token.after and is_phrase(lemma, self.tokens[words[i + 1]].form)


def _base(tag: str) -> str:
    return "VB" if tag == "VBP" else tag
