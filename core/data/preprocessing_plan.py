"""What preprocessing does to texts: the settings, and the settings made ready to be applied.

The steps run in this order, each on the text as the one before left it: HTML, Unicode form, lower case, punctuation,
stop words, numbers, tokens apart. They cut from the text and leave the rest of it as it was written; with every step
off it stays the same to the last byte. Then a row is dropped if it is empty, too short, too long or repeated.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from core.config import Config
from core.errors import InputError, MissingResource
from core.text.cleaning import WordFilter, strip_html, with_placeholders, without_numbers, without_punctuation
from core.text.language import LANGUAGES
from core.text.stopwords import nltk_stopwords, stopwords
from core.text.tokenizers import TOKENIZERS, available_tokenizers, tokenizer_choices, tokenizer_for

EMPTY, TOO_SHORT, TOO_LONG = "empty", "too short", "too long"
REPEATED, LEAKED = "repeated", "repeats a validation or test row"

Step = Callable[[str], str]


class PreprocessConfig(Config):
    """What to do to every row, and which rows to drop."""

    version: str = Field(description="The dataset version to preprocess.")
    tokenizer: str = Field(
        "auto",
        description=(
            "What counts as a token. auto chooses by the dataset's language: jieba for Chinese, characters for "
            "Japanese and Thai, basic_english for the others. The choices here: "
            f"{', '.join(['auto', *available_tokenizers()])}."
        ),
        json_schema_extra=tokenizer_choices,
    )
    strip_html: bool = Field(
        False,
        title="Remove HTML",
        description="Remove HTML tags and write entities such as &amp; as the characters they stand for.",
    )
    unicode: Literal["none", "NFC", "NFKC"] = Field(
        "NFC",
        title="Unicode normalisation",
        description=(
            "Unicode normalisation: NFC writes an accented letter in one way only; NFKC also turns ligatures, "
            "full-width and styled letters into plain ones; none changes nothing."
        ),
    )
    lowercase: bool = Field(False, title="Lower case", description="Write everything in lower case.")
    punctuation: Literal["keep", "remove"] = Field(
        "keep",
        description=(
            "Punctuation marks, currency and mathematical signs. Apostrophes and hyphens inside words, decimal points "
            "and emoji are kept in any case."
        ),
    )
    stop_words: bool = Field(
        False,
        title="Remove stop words",
        description="Remove the language's most common words (the, of, and). Negations such as not are among them.",
    )
    extra_stop_words: tuple[str, ...] = Field(
        (),
        title="Words of your own to remove",
        max_length=10_000,
        description="Words or phrases of your own to remove, in upper or lower case.",
    )
    numbers: Literal["keep", "remove", "replace"] = Field(
        "keep", description="Numbers written in digits: keep them, remove them, or replace each with <num>."
    )
    separate_tokens: bool = Field(
        False,
        title="Write the tokens apart",
        description="Write each text as its tokens with a blank between them, as the tokenizer gives them.",
    )
    min_tokens: int = Field(
        0, title="Fewest tokens", ge=0, le=10_000_000, description="Drop rows with fewer tokens than this."
    )
    max_tokens: int | None = Field(
        None,
        title="Most tokens",
        ge=1,
        le=10_000_000,
        description="Drop rows with more tokens than this; without a value there is no limit.",
    )
    drop_empty: bool = Field(True, title="Drop empty rows", description="Drop rows that have no text, or none left.")
    drop_duplicates: bool = Field(
        True,
        title="Drop repeated rows",
        description=(
            "Keep one of the rows that have exactly the same text after the steps above: a test row before a "
            "validation row before a train row, then the first."
        ),
    )

    @field_validator("tokenizer")
    @classmethod
    def _is_a_tokenizer(cls, name: str) -> str:
        return name if name == "auto" else TOKENIZERS[name].name  # raises UnknownName with the choices

    @field_validator("extra_stop_words")
    @classmethod
    def _are_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))

    @field_validator("max_tokens")
    @classmethod
    def _is_not_below_the_minimum(cls, most: int | None, info: ValidationInfo) -> int | None:
        least = info.data.get("min_tokens", 0)
        if most is not None and most < least:
            raise ValueError(f"the minimum is {least} tokens, so give at least {least}")
        return most


@dataclass(frozen=True)
class Change:
    """One row before and after: `tokens` are those of `after`; `reason` says why it would be dropped, if not `kept`."""

    before: str
    after: str
    tokens: list[str]
    kept: bool
    reason: str | None


class Cleaning:
    """A config made ready for texts in `language`: `tokenizer` is resolved, `notes` say what was chosen.

    Raises InputError where the language has no stop words, MissingResource where the tokenizer is not installed.
    """

    def __init__(self, config: PreprocessConfig, language: str) -> None:
        self.config = config
        self.notes: list[str] = []
        name = tokenizer_for(language) if config.tokenizer == "auto" else config.tokenizer
        self.tokenizer = TOKENIZERS[name]
        if reason := self.tokenizer.available():
            raise MissingResource(reason, "Install it, or choose another tokenizer.")
        self._counts = config.min_tokens > 0 or config.max_tokens is not None or config.separate_tokens
        self._steps = list(self._chosen_steps(language))

    def _chosen_steps(self, language: str) -> Iterator[Step]:
        config = self.config
        if config.strip_html:
            yield strip_html
        if config.unicode != "none":
            form = config.unicode
            yield lambda text: text if text.isascii() else unicodedata.normalize(form, text)
        if config.lowercase:
            yield str.lower
        if config.punctuation == "remove":
            yield without_punctuation
        if config.stop_words or config.extra_stop_words:
            yield WordFilter(self._listed(language), config.extra_stop_words, language)
        if config.numbers != "keep":
            yield without_numbers if config.numbers == "remove" else with_placeholders

    def _listed(self, language: str) -> frozenset[str]:
        if not self.config.stop_words:
            return frozenset()
        listed, name = stopwords(language), LANGUAGES.get(language, language)
        if not listed:
            problem = f"There is no stop-word list for this dataset's language ({name})."
            raise InputError(problem, "Switch the list off, and give the words to remove yourself.")
        origin = "NLTK's list" if nltk_stopwords(language) else "the bundled list"
        self.notes.append(f"Stop words: {len(listed)} from {origin} for {name}.")
        return listed

    def apply(self, texts: Sequence[str]) -> tuple[list[str], list[list[str]] | None]:
        """Return the cleaned texts, and their tokens where the config needs them."""
        cleaned = list(texts)
        for step in self._steps:
            cleaned = [step(text) for text in cleaned]
        tokens = self.tokenizer.tokenize_many(cleaned) if self._counts else None
        if tokens is not None and self.config.separate_tokens:
            cleaned = [" ".join(row) for row in tokens]
        return cleaned, tokens

    def reason(self, text: str, tokens: Sequence[str] | None) -> str | None:
        """Return why a cleaned row is dropped, None where it is kept. Repeated rows are not known here."""
        config = self.config
        if config.drop_empty and not text.strip():
            return EMPTY
        if tokens is not None and len(tokens) < config.min_tokens:
            return TOO_SHORT
        if tokens is not None and config.max_tokens is not None and len(tokens) > config.max_tokens:
            return TOO_LONG
        return None


def before_after(texts: Sequence[str], config: PreprocessConfig, language: str) -> list[Change]:
    """Return what `config` does to each of a few `texts`; one that repeats an earlier one among them is marked so.

    Raises what Cleaning raises.
    """
    cleaning = Cleaning(config, language)
    cleaned, counted = cleaning.apply(texts)
    shown = counted or cleaning.tokenizer.tokenize_many(cleaned)
    changes: list[Change] = []
    seen: set[str] = set()
    for before, after, tokens in zip(texts, cleaned, shown, strict=True):
        reason = cleaning.reason(after, tokens)
        if reason is None and config.drop_duplicates:
            reason = REPEATED if after in seen else None
            seen.add(after)
        changes.append(Change(before, after, tokens, reason is None, reason))
    return changes
