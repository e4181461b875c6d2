"""The labelled rows of a dataset version, checked: what no classifier can be trained on is refused here."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.table import batches
from core.data.workspace import Version
from core.errors import InputError
from core.finetuning.config import FinetuneConfig
from core.registry import unknown_name

MAX_LABELS = 200
FIXED_COLUMNS = ("id", "split", "origin", "parent_id")


@dataclass(slots=True)
class LabelledRow:
    """A row with text and labels (one, or at least one where rows can have several).

    `original` is false for one that was augmented or generated.
    """

    id: str
    text: str
    labels: tuple[str, ...]
    split: str
    original: bool
    parent_id: str | None


def labelled_rows(version: Version, config: FinetuneConfig) -> tuple[list[LabelledRow], list[str]]:
    """Return the rows of `version` that have text and a label, and sentences about those that have not.

    Rows of no split count as training rows. Raises InputError where no row is left, UnknownName for a column that is
    not there.
    """
    if version.rows == 0:
        raise InputError(f"{version.label} has no rows.", "Choose a dataset with rows.")
    text_column, label_column = config.text_column or "text", config.label_column or "label"
    for name in (text_column, label_column):
        if name not in version.columns:
            raise unknown_name("column", name, list(version.columns))
    rows, textless, unlabelled = [], 0, 0
    columns = [*FIXED_COLUMNS, text_column, label_column]
    for batch in batches(version.path, list(dict.fromkeys(columns))):
        cells = [batch.column(name).to_pylist() for name in columns]
        for id_, split, origin, parent_id, text_cell, label_cell in zip(*cells, strict=True):
            text, labels = _cell(text_cell), _labels_of(_cell(label_cell), config.label_separator)
            if not text.strip():
                textless += 1
            elif not labels:
                unlabelled += 1
            else:
                rows.append(LabelledRow(id_, text, labels, split or "train", origin == "original", parent_id))
    if textless == version.rows:
        raise InputError(f"No row of {version.label} has text.", "Choose a dataset whose rows are texts.")
    if not rows:
        raise InputError(
            f"None of the {version.rows:,} rows of {version.label} has a label.",
            "Choose a dataset with labels, or name the label column when you import it.",
        )
    notes = []
    if unlabelled:
        notes.append(f"Rows left out because they have no label: {unlabelled:,}.")
    if textless:
        notes.append(f"Rows left out because they have no text: {textless:,}.")
    if config.label_separator and all(len(row.labels) == 1 for row in rows):
        notes.append(f"The separator {config.label_separator!r} is in no row's label, so every row has one label.")
    return rows, notes


def label_names(rows: Sequence[LabelledRow], version: Version) -> list[str]:
    """Return the labels of `rows`, sorted. Raises InputError where they cannot be learned."""
    counts = Counter(label for row in rows for label in row.labels)
    if len(counts) == 1:
        raise InputError(
            f"All labelled rows of {version.label} have the label {next(iter(counts))!r}.",
            "A classifier needs rows with at least two different labels.",
        )
    numbers = [number for label in counts if (number := _number(label)) is not None]
    if len(numbers) == len(counts) and (fractions := [number for number in numbers if number % 1]):
        raise InputError(
            f"The labels of {version.label} are numbers with fractions, such as {fractions[0]:g}.",
            "A classifier learns categories: turn the numbers into a few named ones, such as low and high.",
        )
    if len(counts) > MAX_LABELS:
        raise InputError(
            f"The label column of {version.label} has {len(counts):,} different values.",
            f"A classifier learns up to {MAX_LABELS} labels; choose a column of categories.",
        )
    alone = sorted(label for label, count in counts.items() if count == 1)
    if alone:
        raise InputError(
            f"The label {alone[0]!r} has a single row.",
            "Every label needs at least two rows, one to learn from and one to be scored on.",
        )
    return sorted(counts)


def _cell(value: object) -> str:
    """Return a cell of any column as text, "" where it is missing; a whole number without a decimal point."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _labels_of(cell: str, separator: str | None) -> tuple[str, ...]:
    if separator is None:
        return (cell,) if cell.strip() else ()
    return tuple(dict.fromkeys(part for name in cell.split(separator) if (part := name.strip())))


def _number(label: str) -> float | None:
    try:
        number = float(label)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
