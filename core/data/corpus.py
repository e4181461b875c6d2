"""A corpus: the rows of a dataset version, or the lines of a text file, as sequences of tokens for a language model.

Nothing is kept in memory: a corpus is read again from its file each time, batch by batch.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from core.config import Config
from core.data.chunks import chunks
from core.data.rows import SPLITS
from core.data.sources.compressed import FileBytes
from core.data.sources.encoding import decode_sample, decoded, find_encoding, lines
from core.data.sources.formats import refuse_foreign
from core.data.table import batches
from core.data.workspace import Version
from core.errors import FileError, InputError, MissingResource
from core.randomness import fraction_for
from core.text.language import detect_language
from core.text.sentences import sentences
from core.text.stopwords import stopwords
from core.text.tokenizers import TOKENIZERS, available_tokenizers, tokenizer_choices, tokenizer_for

Texts = Callable[[], Iterator[tuple[list[str], list[str]]]]  # batches of row ids and texts

CHUNK_ROWS = 2_048
CHUNK_CHARACTERS = 1_000_000


class ReadingConfig(Config):
    """How texts become sequences of tokens."""

    tokenizer: str = Field(
        default="auto",
        description="How text is cut into tokens. auto chooses by the dataset's language: jieba for Chinese, "
        "characters for Japanese and Thai, basic_english for the others. The choices here: "
        f"{', '.join(['auto', *available_tokenizers()])}.",
        json_schema_extra=tokenizer_choices,
    )
    unit: Literal["sentence", "document"] = Field(
        default="sentence",
        description="What begins and ends a sequence: each sentence of a row, or the row as a whole.",
    )
    lowercase: bool = Field(default=False, title="Lower case", description="Write every token in lower case.")
    stop_words: bool = Field(
        default=False,
        title="Leave out stop words",
        description="Leave out the language's most common words (the, of, and). Negations such as not are among them.",
    )

    @field_validator("tokenizer")
    @classmethod
    def _is_a_tokenizer(cls, name: str) -> str:
        return name if name == "auto" else TOKENIZERS[name].name  # raises UnknownName with the choices


@dataclass(frozen=True)
class TokenBatch:
    """Some rows of a corpus: sequence i is `tokens[i]`, never empty, and comes from the row `ids[rows[i]]`."""

    ids: list[str]
    tokens: list[list[str]]
    rows: list[int]


@dataclass(frozen=True)
class Corpus:
    """Texts that can be read again and again as sequences of tokens. `tokenizer` is never auto here."""

    name: str
    language: str
    tokenizer: str
    reading: ReadingConfig
    texts: Texts

    def batches(self) -> Iterator[TokenBatch]:
        """Yield the sequences in the order of the rows; what has no token is left out.

        Raises MissingResource where the tokenizer is not installed, InputError where stop words are to be left out
        and the language has no list of them, FileError for a file that cannot be read.
        """
        tokenize = TOKENIZERS[self.tokenizer].tokenize_many
        left_out = self._stop_words()
        for ids, texts in self.texts():
            rows = list(range(len(texts)))
            if self.reading.unit == "sentence":
                pairs = [(row, sentence) for row, text in enumerate(texts) for sentence in sentences(text)]
                rows, texts = [row for row, _ in pairs], [sentence for _, sentence in pairs]
            if self.reading.lowercase:
                texts = [text.lower() for text in texts]
            tokens = tokenize(texts)
            if left_out:
                tokens = [[token for token in one if token.lower() not in left_out] for one in tokens]
            if not all(tokens):
                rows = [row for row, one in zip(rows, tokens, strict=True) if one]
                tokens = [one for one in tokens if one]
            yield TokenBatch(ids, tokens, rows)

    def sequences(self) -> Iterator[list[str]]:
        """Yield the tokens of one sequence after the other. Raises as `batches`."""
        for batch in self.batches():
            yield from batch.tokens

    def _stop_words(self) -> frozenset[str]:
        if not self.reading.stop_words:
            return frozenset()
        if listed := stopwords(self.language):
            return listed
        problem = f"There is no stop-word list for the language of {self.name}."
        raise InputError(problem, "Keep the stop words.")


@dataclass(frozen=True)
class Parts:
    """What a language model learns from, is tuned on and is judged on; `notes` are sentences about how they came."""

    train: Corpus
    validation: Corpus
    test: Corpus | None
    notes: list[str]


def file_corpus(path: Path, reading: ReadingConfig, language: str | None = None) -> Corpus:
    """Return the lines of the text file at `path`, a line a row; blank lines are no rows, and ids count from 1.

    The language is found from the beginning unless it is given. Raises FileError for what cannot be read as text.
    """
    if not path.is_file():
        raise FileError(f"There is no file at {path}.", "Check the path.")
    sample, complete = FileBytes(path).sample()
    refuse_foreign(sample, path.name)
    encoding = find_encoding(sample, complete)

    def texts() -> Iterator[tuple[list[str], list[str]]]:
        count = 0
        found = lines(decoded(FileBytes(path).chunks(), encoding, []))
        rows = (line.rstrip("\r\n") for line in found if not line.isspace())
        for some in chunks(rows, CHUNK_ROWS, CHUNK_CHARACTERS):
            yield [str(count + i + 1) for i in range(len(some))], some
            count += len(some)

    if language is None:
        language = detect_language(decode_sample(sample, encoding.name).splitlines())
    return Corpus(path.name, language, _resolved(reading, language), reading, texts)


def text_corpus(texts: Sequence[str], reading: ReadingConfig, language: str, name: str = "The text") -> Corpus:
    """Return texts that are in memory, each a row; ids count from 1."""
    ids = [str(i) for i in range(1, len(texts) + 1)]
    return Corpus(name, language, _resolved(reading, language), reading, lambda: iter([(ids, list(texts))]))


def version_corpus(
    version: Version,
    reading: ReadingConfig,
    keep: Callable[[str, str, str | None, str | None], bool] = lambda id, text, split, parent_id: True,
) -> Corpus:
    """Return the rows of a dataset version for which `keep(id, text, split, parent_id)` is true."""

    def texts() -> Iterator[tuple[list[str], list[str]]]:
        for batch in batches(version.path, ["id", "text", "split", "parent_id"]):
            rows = zip(*(batch.column(i).to_pylist() for i in range(4)), strict=True)
            kept = [(id, text) for id, text, split, parent_id in rows if keep(id, text, split, parent_id)]
            start = 0
            for chunk in chunks([text for _, text in kept], CHUNK_ROWS, CHUNK_CHARACTERS):
                yield [id for id, _ in kept[start : start + len(chunk)]], chunk
                start += len(chunk)

    return Corpus(version.label, version.language, _resolved(reading, version.language), reading, texts)


def version_parts(version: Version, reading: ReadingConfig, validation_share: float, seed: int) -> Parts:
    """Return the rows of `version` by their splits; rows of no split count as training rows.

    Without a validation split, `validation_share` of the different training texts are held out: the same ones for the
    same seed. Equal texts stay together, and rows made from a held-out row are left out.
    Raises InputError where there is nothing to train on or nothing to hold out.
    """
    known = _splits(version)
    if "train" not in known:
        raise InputError(f"{version.label} has no training rows.", "Put some rows into the train split.")

    def part(name: str) -> Corpus:
        return version_corpus(version, reading, lambda id, text, split, parent_id: (split or "train") == name)

    test = part("test") if "test" in known else None
    if "validation" in known:
        return Parts(part("train"), part("validation"), test, [])
    held, held_ids, parents = _held_out(version, validation_share, seed)

    def is_held(id: str, text: str, split: str | None, parent_id: str | None) -> bool:
        return (split or "train") == "train" and parent_id is None and id in held_ids

    def is_kept(id: str, text: str, split: str | None, parent_id: str | None) -> bool:
        root, seen = id, {id}
        while (above := parents.get(root)) is not None and above not in seen:
            root = above
            seen.add(above)
        if (split or "train") != "train" or root in held_ids:
            return False
        return parent_id is None or _fraction(seed, text) not in held

    note = f"Held out for validation, because the dataset has no validation split: {len(held_ids):,} training rows."
    return Parts(version_corpus(version, reading, is_kept), version_corpus(version, reading, is_held), test, [note])


def _held_out(version: Version, share: float, seed: int) -> tuple[set[float], set[str], dict[str, str]]:
    """Return the fractions of the texts that are held out, the ids of their rows, and the parent of every made row."""
    fractions: dict[str, float] = {}
    parents: dict[str, str] = {}
    for batch in batches(version.path, ["id", "text", "split", "parent_id"]):
        for id, text, split, parent_id in zip(*(batch.column(i).to_pylist() for i in range(4)), strict=True):
            if parent_id is not None:
                parents[id] = parent_id
            elif (split or "train") == "train" and text.strip():
                fractions[id] = _fraction(seed, text)
    different = sorted(set(fractions.values()))
    if len(different) < 2:
        problem = f"{version.label} has too few different texts to hold some out for validation."
        raise InputError(problem, "Use a dataset with more rows, or one with a validation split.")
    held = set(different[: min(max(1, round(share * len(different))), len(different) - 1)])
    return held, {id for id, fraction in fractions.items() if fraction in held}, parents


def _fraction(seed: int, text: str) -> float:
    return fraction_for(seed, text, "validation")


def _splits(version: Version) -> set[str]:
    """Return the splits that have a row with text."""
    found: set[str] = set()
    for batch in batches(version.path, ["text", "split"]):
        rows = zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)
        found |= {split or SPLITS[0] for text, split in rows if text.strip()}
    return found


def _resolved(reading: ReadingConfig, language: str) -> str:
    name = tokenizer_for(language) if reading.tokenizer == "auto" else reading.tokenizer
    if reason := TOKENIZERS[name].available():
        raise MissingResource(reason, f"Install it, or choose another tokenizer than {name}.")
    return name
