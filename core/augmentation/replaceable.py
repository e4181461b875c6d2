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
from core.text.synonym_forms import SynonymForms
from core.text.tagging import Tagger

MOST_KEPT = 100_000  # tokens; above it all are forgotten, so memory stays bounded
LONGEST = 40  # characters of a token that is looked at

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
TIERS = (0.52, 0.42, 0.33, 0.25, 0.18, 0.12, 0.0)  # words whose weighted fit is at least so good go first
NEAR_BEST = 0.72  # of the best candidate's fit, which others must reach to be taken at times

# Vowels that sound like consonants, and the reverse, at the start of a word.
CONSONANT_SOUND = re.compile(r"(?:uni(?!n|m)|use|usu|usa|uti|ura|euro?|eul|eup|ewe|one\b|once|ubiq)", re.I)
VOWEL_SOUND = re.compile(r"(?:[aeiou]|hour|honest|honou?r|heir)", re.I)


class Options(NamedTuple):
    """What may stand in place of a word, the best first, with the sums of the fits so far."""

    lemma: str  # of the replaced word
    words: tuple[str, ...]
    fits: tuple[float, ...]
    sums: tuple[float, ...]
    tags: frozenset[str]  # all that the replaced form can have

    def choose(self, draws: Draws) -> tuple[str, float]:
        """Return a word, each as likely as it fits, and its fit."""
        if len(self.words) == 1:
            return self.words[0], self.fits[0]
        place = min(bisect_right(self.sums, draws.uniform() * self.sums[-1]), len(self.words) - 1)
        return self.words[place], self.fits[place]


class Token:
    """What is known of a token wherever it stands. `tier` is 0 where nothing can be put in its place, else 1 to len(TIERS)."""

    __slots__ = (
        *("after", "before", "certain", "ends_sentence", "form", "is_article", "is_word", "options", "pieces"),
        *("shape", "tag", "tier", "word"),
    )

    def __init__(self, written: str, word: str = "", before: str = "", after: str = "") -> None:
        self.before, self.word, self.after = before, word, after
        self.form = word.lower()
        self.shape: Callable[[str], str] = str
        self.is_word = bool(word) or any(map(str.isalpha, written[:LONGEST]))
        self.is_article = self.form in ARTICLES and not after
        closing = after or (written if not word else "")
        self.ends_sentence = bool(closing) and closing[0] in '.!?:…"“”(' and self.form not in ABBREVIATIONS
        self.pieces: tuple[str, ...] = (written[:LONGEST],)  # the words and punctuation marks that the tagger sees
        self.tier = 0
        self.tag = ""
        self.certain = False
        self.options: Options | None = None


class Replaceable(dict[str, Token]):
    """Tokens by how they are written, and what could replace them."""

    def __init__(
        self, table: SynonymForms, tagger: Tagger, min_fit: float, phrases: bool, protected: Sequence[str] = ()
    ) -> None:
        self._table, self._tagger, self._min_fit, self._phrases = table, tagger, min_fit, phrases
        self._kept = KEPT | bundled_stopwords()["en"] | {word.strip().lower() for word in protected}
        self._options: dict[tuple[str, str], Options | None] = {}

    def __missing__(self, written: str) -> Token:
        found = TOKEN.fullmatch(written) if len(written) <= LONGEST else None
        token = Token(written, found[2], found[1], found[3]) if found else Token(written)
        if len(written) > LONGEST:
            return token
        self._describe(token, written)
        if len(self) >= MOST_KEPT:
            self.clear()
        self[written] = token
        return token

    def _describe(self, token: Token, written: str) -> None:
        """Fill in the tags, and the options of what can be replaced."""
        word, form = token.word, token.form
        token.pieces = (*token.before, word, *([token.after] if token.after else [])) if word else (written,)
        if not word or form in self._kept or is_negation(form, "en") or is_number(form):
            return
        if word.istitle() and len(word) > 1:
            token.shape = str.capitalize
            if self._tagger.word_tag(word).startswith("NNP") and self._tagger.knows(word):
                return
        elif word.isupper():
            token.shape = str.upper
            if len(word) <= 3 or self._tagger.knows(word):  # an acronym
                return
        elif not word.islower():
            return
        if self._tagger.is_name(form):
            return
        tag = _base(self._tagger.word_tag(form))
        options = self._options_of(form, tag)
        if options is None:
            return
        token.certain = len(options.tags) == 1
        if not token.certain and not self._tagger.knows(form):  # the tag is a guess by the ending
            return
        token.tag, token.options = tag, options
        token.tier = next(len(TIERS) - i for i, least in enumerate(TIERS) if WEIGHT[tag[0]] * options.fits[0] >= least)

    def _options_of(self, form: str, tag: str) -> Options | None:
        key = (form, tag)
        if key not in self._options:
            if len(self._options) >= MOST_KEPT:
                self._options.clear()
            self._options[key] = self._find_options(form, tag)
        return self._options[key]

    def _find_options(self, form: str, tag: str) -> Options | None:
        found = self._table.get(form, tag)
        if found is None or found.lemma in self._kept:
            return None
        if tag in ("VBG", "VBN") and "JJ" in found.tags:  # "is moving": nobody knows which
            return None
        alike = frozenset(found.tags)
        fitting = [
            near for near in found.candidates if near.fit >= self._min_fit and (self._phrases or " " not in near.word)
        ]
        near_best = [near for near in fitting if near.fit >= NEAR_BEST * fitting[0].fit]
        if not near_best:
            return None
        words, fits = zip(*near_best, strict=True)
        return Options(found.lemma, words, fits, tuple(accumulate(fits)), alike)

    def replacement(self, tokens: Sequence[Token], i: int, draws: Draws) -> tuple[str, float] | None:
        """Return the word to put in place of the one at `i` and its fit, None where its neighbours forbid it."""
        token = tokens[i]
        options = token.options
        if token.shape is str.capitalize and i and not tokens[i - 1].ends_sentence:
            return None  # a name
        if not token.certain:
            tag = _base(self._tag_at(tokens, i))
            if tag[0] != token.tag[0]:  # the tagger is of two minds
                return None
            if tag != token.tag:
                options = self._options_of(token.form, tag)
        if options is None or self._is_in_phrase(tokens, i, options.lemma):
            return None
        return options.choose(draws)

    def _is_in_phrase(self, tokens: Sequence[Token], i: int, lemma: str) -> bool:
        """Tell whether the word at `i` is half of a phrase that has a meaning of its own, such as "world war"."""
        is_phrase = self._table.is_phrase
        if i and not tokens[i - 1].after and is_phrase(tokens[i - 1].form, lemma):
            return True
        return i + 1 < len(tokens) and not tokens[i].after and is_phrase(lemma, tokens[i + 1].form)

    def _tag_at(self, tokens: Sequence[Token], i: int) -> str:
        own = tokens[i]
        words = [piece for token in tokens[max(i - 3, 0) : i] for piece in token.pieces]
        place = len(words) + len(own.before)
        for token in tokens[i : i + 4]:
            words += token.pieces
        words[place] = own.form
        return self._tagger.tag_at(words, [self._tagger.word_tag(word) for word in words], place)


def _base(tag: str) -> str:
    return "VB" if tag == "VBP" else tag


def with_article(article: str, old: str, new: str) -> str:
    """Return the token `article` ("a", "An", ...) as it stands before `new`, unless that begins as `old` did."""
    if starts_with_vowel(old) == starts_with_vowel(new):
        return article
    stem = article.rstrip("nN")
    return stem + ("n" if stem[-1] == "a" or not new.isupper() else "N") if starts_with_vowel(new) else stem


def starts_with_vowel(word: str) -> bool:
    """Tell whether `word` begins with the sound of a vowel: "hour" does, "use" does not."""
    return VOWEL_SOUND.match(word) is not None and CONSONANT_SOUND.match(word) is None
