"""The text that a model learns from and the text it is judged on, read once and kept as word numbers."""

from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.corpus import Corpus, file_corpus, version_parts
from core.data.workspace import Workspace
from core.errors import InputError
from core.jobs import Job, Progress
from core.neural_lm.config import LmConfig, LmSettings
from core.neural_lm.vocabulary import END_ID, MARKS, UNKNOWN, UNKNOWN_ID, Ids, Vocabulary, frequent

SHORTEST = 40  # tokens; of a shorter text nothing can be held out


@dataclass(frozen=True)
class Material:
    """Texts as word numbers, END_ID after each line. `test` is what the finished model is judged on once, if anything.

    `notes` are sentences about how the texts came to be divided.
    """

    vocabulary: Vocabulary
    train: Ids
    validation: Ids
    test: Ids | None
    tokenizer: str
    language: str
    notes: list[str]


def read_version(config: LmConfig, workspace: Workspace) -> Job[Material]:
    """Read the rows of `config.version` by their splits. The vocabulary is that of the training rows.

    Raises InputError where nothing can be learned from them, MissingResource where the tokenizer is not installed.
    """
    parts = version_parts(workspace.version(config.version), config, config.validation_share, config.seed)
    words, ids = yield from _read(parts.train)
    vocabulary, train = _vocabulary(words, ids, parts.train.name, config.cutoff)
    validation = yield from _encode(parts.validation, vocabulary)
    _require_tokens(validation, parts.validation.name, "validation")
    test = (yield from _encode(parts.test, vocabulary)) if parts.test else None
    test = test if test is not None and len(test) else None
    return Material(vocabulary, train, validation, test, parts.train.tokenizer, parts.train.language, parts.notes)


def read_files(settings: LmSettings, source: Path, validation: Path | None) -> Job[Material]:
    """Read the lines of `source` to learn from and those of `validation` to be judged on.

    Without a validation file the end of the training text is held out; its words are in the vocabulary, so that
    perplexities compare with those of other models of the whole file. Raises FileError, InputError, MissingResource.
    """
    corpus = file_corpus(source, settings)
    words, ids = yield from _read(corpus)
    vocabulary, train = _vocabulary(words, ids, corpus.name, settings.cutoff)
    if validation is None:
        train, held_out, note = hold_out(train, settings.validation_share)
        return Material(vocabulary, train, held_out, None, corpus.tokenizer, corpus.language, [note])
    judged = file_corpus(validation, settings, corpus.language)
    held_out = yield from _encode(judged, vocabulary)
    _require_tokens(held_out, judged.name, "validation")
    return Material(vocabulary, train, held_out, None, corpus.tokenizer, corpus.language, [])


def hold_out(ids: Ids, share: float) -> tuple[Ids, Ids, str]:
    """Return the beginning of `ids` to learn from, about `share` of it at the end to be judged on, and a note.

    The cut is at the end of a line, unless the lines are too long for that.
    """
    total = len(ids)
    if total < SHORTEST:
        note = f"The text has {total} tokens, too few to hold some out: the perplexity is of the text it learned from."
        return ids, ids, note
    cut = round(total * (1 - share))
    ends = np.flatnonzero(ids[:-1] == END_ID) + 1
    if len(ends):
        nearest = int(ends[np.abs(ends - cut).argmin()])
        cut = nearest if abs(nearest - cut) < share * total else cut
    return ids[:cut], ids[cut:], f"Held out for validation: the last {total - cut:,} of {total:,} tokens."


def _read(corpus: Corpus) -> Job[tuple[list[str], Ids]]:
    """Return all words of `corpus`, UNKNOWN and END first, and its text as places in them, END_ID after each line."""
    numbers = dict.fromkeys((UNKNOWN, *MARKS), UNKNOWN_ID)
    ids = array("i")
    lines = 0
    for batch in corpus.batches():
        for tokens in batch.tokens:
            ids.extend(numbers.setdefault(token, len(numbers)) for token in tokens)
            ids.append(END_ID)
        lines += len(batch.tokens)
        yield Progress(lines, None, "lines", "Reading the text")
    return list(numbers), np.array(ids, np.int32)


def _encode(corpus: Corpus, vocabulary: Vocabulary) -> Job[Ids]:
    parts = [np.zeros(0, np.int32)]
    lines = 0
    for batch in corpus.batches():
        parts.append(vocabulary.encode(batch.tokens))
        lines += len(batch.tokens)
        yield Progress(lines, None, "lines", "Reading the text")
    return np.concatenate(parts)


def _vocabulary(words: list[str], ids: Ids, name: str, cutoff: int) -> tuple[Vocabulary, Ids]:
    """Return what `frequent` does. Raises InputError where no word is left."""
    _require_tokens(ids, name, "training")
    vocabulary, renumbered = frequent(words, ids, cutoff)
    if len(vocabulary) == len((UNKNOWN_ID, END_ID)):
        raise InputError(f"No word occurs {cutoff} times in the training text of {name}.", "Choose a lower cutoff.")
    return vocabulary, renumbered


def _require_tokens(ids: Ids, name: str, part: str) -> None:
    if not len(ids):
        raise InputError(f"The {part} text of {name} has no words.", "Choose a text that has some.")
