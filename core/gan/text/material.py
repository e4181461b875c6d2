"""The rows that a text GAN learns from, is chosen by and is judged on, read once and kept as words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.rows import SPLITS
from core.data.table import batches
from core.data.workspace import Version
from core.errors import InputError, MissingResource
from core.gan.text.config import GanTextSettings
from core.gan.text.known import Known
from core.gan.text.vocabulary import SPECIAL, Ids, Vocabulary, frequent
from core.jobs import Job, Progress
from core.randomness import fraction_for
from core.text.tokenizers import TOKENIZERS, tokenizer_for

MOST_TRAIN_ROWS = 20_000
MOST_HELD_ROWS = 2_000
MOST_LABELS = 100
FEWEST_TRAIN, FEWEST_HELD = 20, 4  # different rows
SAMPLED = 1_000
ATTACHED = re.compile(r"\w[.,!?;:](?:\s|$)")  # a mark at the end of a word: not cut into tokens yet
ALONE = re.compile(r"\s[.,!?;:](?:\s|$)")


@dataclass(frozen=True)
class Row:
    """A row as its words; `label` is "" where it has none."""

    id: str
    label: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """N rows as numbers: `ids` (N, T), filled up with PAD, `lengths` (N,) in words, and `labels` (N,)."""

    rows: Sequence[Row]
    ids: Ids
    lengths: Ids
    labels: Ids

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Material:
    """What there is to learn from. `judge` is the test rows where there are enough, else the validation rows.

    `spaced` says that rows are cut at blanks as they are. `notes` are sentences about how the rows were chosen.
    """

    vocabulary: Vocabulary
    labels: tuple[str, ...]
    train: Part
    validation: Part
    judge: Part
    known: Known
    tokenizer: str
    language: str
    spaced: bool
    notes: tuple[str, ...]

    def text(self, words: Sequence[str]) -> str:
        """Return words as a text as the dataset writes it."""
        return " ".join(words) if self.spaced else TOKENIZERS[self.tokenizer].join(words, self.language)


def read(settings: GanTextSettings, version: Version) -> Job[Material]:
    """Read the rows of `version`; without a validation split, some training rows are held out, the same for a seed.

    Only original rows are learned from. Raises InputError where too few rows are left, MissingResource where the
    tokenizer is not installed.
    """
    tokenizer, spaced = _tokenizer(settings, version)
    if reason := TOKENIZERS[tokenizer].available():
        raise MissingResource(reason, f"Install it, or choose another tokenizer than {tokenizer}.")
    tokenize = TOKENIZERS[tokenizer].tokenize_many
    known = Known()
    found: dict[str, list[Row]] = {name: [] for name in SPLITS}
    done = long = short = 0
    for batch in batches(version.path, ["id", "text", "label", "split", "origin"]):
        columns = batch.to_pydict()
        texts = columns.pop("text")
        for id, label, split, origin, words in zip(*columns.values(), tokenize(texts), strict=True):
            part = split or SPLITS[0]
            known.add(words, is_train=part == SPLITS[0])
            if origin == "original":
                short += len(words) < settings.shortest
                long += len(words) > settings.longest
                if settings.shortest <= len(words) <= settings.longest:
                    found[part].append(Row(id, label or "", tuple(words)))
        done += batch.num_rows
        yield Progress(done, version.rows, "rows", "Reading the rows")
    notes = [f"Left out, because they have more than {settings.longest} words: {long:,} rows."] if long else []
    notes += [f"Left out, because they have fewer than {settings.shortest} words: {short:,} rows."] if short else []
    parts = {name: different(rows) for name, rows in found.items()}
    _require(parts[SPLITS[0]], version, settings, long)
    if len(parts["validation"]) < FEWEST_HELD:
        count = max(FEWEST_HELD, round(settings.validation_share * len(parts["train"])))
        ordered = sorted(parts["train"], key=lambda row: fraction_for(settings.seed, " ".join(row.words), "validation"))
        parts["validation"], parts["train"] = ordered[:count], sorted(ordered[count:], key=lambda row: row.id)
        notes.append(f"Held out to judge by, because there is no validation split: {count:,} training rows.")
    return _material(settings, version, parts, known, tokenizer, spaced, notes)


def different(rows: Sequence[Row]) -> list[Row]:
    """Return the first row of each text."""
    return list({row.words: row for row in reversed(rows)}.values())[::-1]


def part_of(rows: Sequence[Row], vocabulary: Vocabulary, labels: Sequence[str], longest: int) -> Part:
    """Return rows as numbers, `longest` + 1 places wide."""
    places = {label: place for place, label in enumerate(labels)}
    return Part(
        rows,
        vocabulary.encode([row.words for row in rows], longest + 1),
        np.array([len(row.words) for row in rows], np.int64),
        np.array([places.get(row.label, 0) for row in rows], np.int64),
    )


def _material(
    settings: GanTextSettings,
    version: Version,
    parts: dict[str, list[Row]],
    known: Known,
    tokenizer: str,
    spaced: bool,
    notes: list[str],
) -> Material:
    train = _some(parts["train"], MOST_TRAIN_ROWS, settings.seed)
    if len(train) < len(parts["train"]):
        notes.append(f"It learns from {len(train):,} of {len(parts['train']):,} training rows, drawn by their ids.")
    labels = sorted({row.label for row in train})
    if len(labels) > MOST_LABELS:
        problem = f"{version.label} has {len(labels):,} different labels, and {MOST_LABELS} are the most."
        raise InputError(problem, "Choose another column as the label when you import the dataset.")
    if len(labels) == 1:
        notes.append("The rows have one label or none, so the label of a new row cannot be checked.")
    vocabulary = frequent((row.words for row in train), settings.cutoff)
    if len(vocabulary) < len(SPECIAL) + 2:
        problem = f"No two words occur {settings.cutoff} times in the training rows of {version.label}."
        raise InputError(problem, "Choose a lower cutoff, or a dataset with more rows.")
    held = [row for row in parts["validation"] if row.label in set(labels)]
    test = [row for row in parts["test"] if row.label in set(labels)]
    if len(held) < FEWEST_HELD:
        raise InputError("The validation rows have other labels than the training rows.", "Split the dataset again.")
    validation = _some(held, MOST_HELD_ROWS, settings.seed)
    judge = _some(test, MOST_HELD_ROWS, settings.seed) if len(test) >= len(held) // 2 >= FEWEST_HELD else validation
    if judge is validation:
        notes.append("The models are judged on the validation rows, by which their best state was chosen as well.")

    def number(rows: Sequence[Row]) -> Part:
        return part_of(rows, vocabulary, labels, settings.longest)

    return Material(
        vocabulary,
        tuple(labels),
        number(train),
        number(validation),
        number(judge),
        known,
        tokenizer,
        version.language,
        spaced,
        tuple(notes),
    )


def _require(rows: Sequence[Row], version: Version, settings: GanTextSettings, long: int) -> None:
    """Raise InputError where there are too few different rows to learn from."""
    needed = FEWEST_TRAIN + FEWEST_HELD
    if len(rows) >= needed:
        return
    if not rows and long:
        problem = f"All {long:,} training rows of {version.label} have more than {settings.longest} words."
        raise InputError(problem, "Raise the longest row, or cut the texts into sentences first.")
    problem = (
        f"{version.label} has {len(rows):,} different training rows of {settings.shortest} to {settings.longest} "
        f"words, and a GAN needs {needed} at least, some hundreds to learn anything."
    )
    raise InputError(problem, "Use a dataset with more rows, or change the shortest and longest row.")


def _some(rows: Sequence[Row], most: int, seed: int) -> list[Row]:
    """Return at most `most` rows, drawn by their ids, in their order."""
    if len(rows) <= most:
        return list(rows)
    fractions = np.array([fraction_for(seed, row.id, "rows") for row in rows])
    chosen: npt.NDArray[np.int64] = np.sort(np.argsort(fractions)[:most])
    return [rows[place] for place in chosen.tolist()]


def _tokenizer(settings: GanTextSettings, version: Version) -> tuple[str, bool]:
    """Return the tokenizer's name, and whether texts come with a blank between all tokens."""
    if settings.tokenizer != "auto":
        return settings.tokenizer, settings.tokenizer == "whitespace"
    texts = next(batches(version.path, ["text"])).column(0).to_pylist()[:SAMPLED]
    attached = sum(bool(ATTACHED.search(text)) for text in texts)
    alone = sum(bool(ALONE.search(text)) for text in texts)
    if alone and attached < 0.05 * alone:
        return "whitespace", True
    return tokenizer_for(version.language), False
