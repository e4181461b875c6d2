"""Which tokens of an English text can be replaced by which words: looked up once a token, then kept.

A token is what stands between blanks. Web addresses, numbers, e-mail addresses, markup and words joined by anything
but a hyphen do not look like a word with punctuation around it, and so stay as they are.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from core.randomness import Draws
from core.text.protected import NUMBER_WORDS, negations
from core.text.stopwords import bundled_stopwords
from core.text.synonym_forms import Certainty, SynonymForms
from core.text.tagging import FAR, Tagger

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

OPEN, ALWAYS = Certainty.OPEN, Certainty.ALWAYS
NOT_A_WORD, KEPT_WORD = -1, 0  # instead of a tier


# After these a word that is nearly always a noun may be a verb ("to film"), or the reverse ("the look").
TELLING = {
    "N": frozenset(
        [
            "to",
            "will",
            "would",
            "can",
            "could",
            "may",
            "might",
            "must",
            "shall",
            "should",
            "not",
            "i",
            "you",
            "we",
            "they",
        ]
    ),
    "V": frozenset(["a", "an", "the", "this", "that", "my", "your", "his", "her", "its", "our", "their", "of", "no"]),
}


class Options(NamedTuple):
    """What may stand in place of a word, the best first, with the sums of the fits so far."""

    words: tuple[str, ...]
    fits: tuple[float, ...]
    sums: tuple[float, ...]
    not_after: frozenset[str]  # words with which the replaced one makes a phrase of its own meaning: "world" war
    not_before: frozenset[str]

    def choose(self, draws: Draws) -> tuple[str, float]:
        """Return a word, each as likely as it fits, and its fit."""
        if len(self.words) == 1:
            return self.words[0], self.fits[0]
        place = min(bisect_right(self.sums, draws.uniform() * self.sums[-1]), len(self.words) - 1)
        return self.words[place], self.fits[place]


class Token:
    """A token's word, and the marks around it."""

    __slots__ = ("after", "before", "ends_sentence", "form", "is_article", "is_title", "options", "pieces", "word")

    def __init__(self, written: str) -> None:
        found = TOKEN.fullmatch(written) if len(written) <= LONGEST else None
        self.before, self.word, self.after = found.groups() if found else ("", "", "")
        self.form = self.word.lower()
        after = [self.after] if self.after else []
        # The words and punctuation marks that the tagger sees.
        self.pieces = [*self.before, self.word, *after] if found else [written[:LONGEST]]
        self.is_article = self.form in ARTICLES and not self.after
        self.is_title = self.word.istitle()
        self.options: dict[str, Options | None] = {}  # by tag, as they are asked for
        # Whether a capital after it does not make a name.
        self.ends_sentence = (self.after or written)[:1] in ENDS and self.form not in ABBREVIATIONS

    def around(self, new: str) -> tuple[str, str]:
        """Return `new` in the case of the word, and the token with it."""
        if self.is_title:
            new = new.capitalize()
        elif self.word.isupper():
            new = new.upper()
        return new, f"{self.before}{new}{self.after}"


class _Tokens(dict[str, Token]):
    """Tokens by how they are written, made as they are asked for."""

    def __missing__(self, written: str) -> Token:
        token = Token(written)
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
        self._kept = KEPT | NUMBER_WORDS | negations("en") | bundled_stopwords()["en"]
        self._kept |= {word.strip().lower() for word in protected}
        self._leads: dict[str, tuple[str, Certainty]] = {}
        self._tiers: dict[str, int] = {}
        least = [-tier for tier in TIERS]
        pairs: dict[tuple[str, Certainty], tuple[str, Certainty]] = {}  # one of a kind, to save memory
        for lead in table.leads():
            fit = lead.fit if phrases else lead.word_fit
            if fit >= min_fit and lead.form not in self._kept and lead.lemma not in self._kept:
                weight = WEIGHT[lead.tag[0]] * (UNCERTAIN if lead.certainty is OPEN else 1.0)
                self._tiers[lead.form] = len(TIERS) - bisect_left(least, -fit * weight)
                pair = (lead.tag, lead.certainty)
                self._leads[lead.form] = pairs.setdefault(pair, pair)
        super().__init__(self._tiers)
        self.tokens = _Tokens()

    def __missing__(self, written: str) -> int:
        tier = self._tier(written)
        if len(written) <= LONGEST:
            if len(self) >= len(self._tiers) + MOST_KEPT:
                self.clear()
                self.update(self._tiers)
            self[written] = tier
        return tier

    def _tier(self, written: str) -> int:
        token = self.tokens[written]
        word, form = token.word, token.form
        if not word:
            return KEPT_WORD if any(map(str.isalpha, written[:LONGEST])) else NOT_A_WORD
        tier = self._tiers.get(form, KEPT_WORD)
        if tier == KEPT_WORD or word == form:
            return tier
        if token.is_title:
            # "Brown" and "Baker" may be names where a sentence begins, too; "Movies" is none.
            may_be_name = self._leads[form][0] in ("NN", "JJ") and self._tagger.word_tag(word).startswith("NNP")
            return KEPT_WORD if may_be_name else tier
        is_acronym = len(word) <= LONGEST_ACRONYM or self._tagger.knows(word)
        return tier if word.isupper() and not is_acronym else KEPT_WORD

    def replacement(self, words: Sequence[str], i: int, draws: Draws) -> tuple[str, float] | None:
        """Return the word to put in place of the one in token `i`, which has a tier, and its fit.

        None where its neighbours forbid it.
        """
        token = self.tokens[words[i]]
        before = self.tokens[words[i - 1]] if i else None
        if token.is_title and before and not before.ends_sentence:
            return None  # a name
        tag, certainty = self._leads[token.form]
        if certainty is not ALWAYS and (certainty is OPEN or (before and before.form in TELLING.get(tag[0], ()))):
            here = self._tag_here(token, words, i)
            if here[0] != tag[0]:  # the tagger is of two minds, and there are surer words to replace
                return None
            tag = here
        options = token.options[tag] if tag in token.options else self._find_options(token, tag)
        if options is None or (before and not token.before and not before.after and before.form in options.not_after):
            return None
        after = self.tokens[words[i + 1]] if options.not_before and i + 1 < len(words) else None
        if after and not token.after and after.form in options.not_before:
            return None
        return options.choose(draws)

    def _find_options(self, token: Token, tag: str) -> Options | None:
        """Return what may stand in place of the token's word under a tag, and keep it."""
        found = self._table.get(token.form, tag)
        fitting = [
            near
            for near in (found.candidates if found else ())
            if near.fit >= self._min_fit and (self._phrases or " " not in near.word)
        ]
        options = None
        if found and fitting:
            least = NEAR_BEST * fitting[0].fit
            words, fits = zip(*(near for near in fitting if near.fit >= least), strict=True)
            options = Options(words, fits, tuple(accumulate(fits)), *self._table.partners(found.lemma))
        token.options[tag] = options
        return options

    def _tag_here(self, token: Token, words: Sequence[str], i: int) -> str:
        """Return the tag that the neighbours make likely."""
        tokens = self.tokens
        pieces: list[str] = []
        for word in words[max(i - FAR, 0) : i]:
            pieces += tokens[word].pieces
        place = len(pieces) + len(token.before)
        for word in words[i : i + FAR + 1]:
            pieces += tokens[word].pieces
        pieces[place] = token.form
        tag = self._tagger.tag_at(pieces, list(map(self._tagger.word_tag, pieces)), place)
        return "VB" if tag == "VBP" else tag
