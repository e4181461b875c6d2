"""The labelled rows of a dataset version: checked before any long work, and divided into train, validation and test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.data.workspace import Version
from core.errors import InputError
from core.finetuning.config import FinetuneConfig
from core.finetuning.holding_out import hold_out
from core.finetuning.labelled_rows import LabelledRow, label_names, labelled_rows
from core.randomness import fraction_for

Target = int | list[int]  # a label's number; where rows can have several labels, a 1 or 0 for each label
Targets = Sequence[int] | Sequence[list[int]]


@dataclass
class Rows:
    """Texts and their targets, in step; one item is one (text, target)."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    targets: Targets = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> tuple[str, Target]:
        return self.texts[index], self.targets[index]

    def drawn(self, number: int, seed: int) -> "Rows":
        """Return `number` of the rows (all, where there are not more), drawn by seed and row id."""
        if len(self) <= number:
            return self
        order = sorted(range(len(self)), key=lambda i: fraction_for(seed, self.ids[i], "drawn"))
        return self.at(order[:number])

    def at(self, indices: Sequence[int]) -> "Rows":
        """Return the rows at `indices`, in that order."""
        targets: Any = [self.targets[i] for i in indices]
        return Rows([self.ids[i] for i in indices], [self.texts[i] for i in indices], targets)


@dataclass
class Examples:
    """What a classifier is trained and scored on. `labels[n]` is the name of label number n; `test` may be empty.

    Where `multi_label`, a row can have several labels: its target is a list of 1 and 0, one a label, else a number.
    """

    labels: list[str]
    train: Rows
    validation: Rows
    test: Rows
    notes: list[str]  # whole sentences about rows that were left out, held out, or both learned and scored
    multi_label: bool = False


def read_examples(version: Version, config: FinetuneConfig) -> Examples:
    """Return the labelled rows of `version`, divided by its splits.

    Rows without a label or without text are left out. Rows of no split count as training rows. Without a
    validation split, `config.validation_share` of the training rows is held out: the same rows for the same seed,
    each label by its share, equal texts and a row's augmented children never on both sides.
    Raises InputError where no classifier can be trained on the rows.
    """
    rows, notes = labelled_rows(version, config)
    labels = label_names(rows, version)
    parts: dict[str, list[LabelledRow]] = {"train": [], "validation": [], "test": []}
    for row in rows:
        parts[row.split].append(row)
    if not parts["train"]:
        raise InputError(
            f"All {len(rows):,} labelled rows of {version.label} are in the validation or the test split.",
            "Put some of them into the train split, or give training rows a label.",
        )
    if not parts["validation"]:
        before = len(parts["train"])
        parts["train"], parts["validation"] = hold_out(parts["train"], config.validation_share, config.seed)
        if not parts["validation"]:
            raise InputError(
                f"{version.label} has too few different rows to hold some out for validation.",
                "Use a dataset with more rows, or one with a validation split.",
            )
        notes.append(f"Held out for validation: {len(parts['validation']):,} of the {before:,} training rows.")
        dropped = before - len(parts["train"]) - len(parts["validation"])
        if dropped:
            notes.append(f"Augmented rows left out because the rows they came from were held out: {dropped:,}.")
    _require_learned(parts)
    notes += _repeated(parts)
    train, validation, test = (_columns(parts[name], labels, config.multi_label) for name in parts)
    return Examples(labels, train, validation, test, notes, config.multi_label)


def _require_learned(parts: dict[str, list[LabelledRow]]) -> None:
    learned = {label for row in parts["train"] for label in row.labels}
    if len(learned) == 1:
        raise InputError(
            f"All {len(parts['train']):,} training rows have the label {next(iter(learned))!r}.",
            "A classifier needs training rows with at least two different labels.",
        )
    for name in ("validation", "test"):
        for label in (label for row in parts[name] for label in row.labels):
            if label not in learned:
                raise InputError(
                    f"The label {label!r} is in the {name} rows but not in the training rows.",
                    "Split the rows again, stratified by label, so that it can be learned.",
                )


def _repeated(parts: dict[str, list[LabelledRow]]) -> list[str]:
    """Return a sentence for each part that is scored on texts which were learned."""
    learned = {row.text for row in parts["train"]}
    notes = []
    for name in ("validation", "test"):
        if repeated := sum(row.text in learned for row in parts[name]):
            notes.append(
                f"{name.capitalize()} rows whose text is also in the training rows: {repeated:,} of "
                f"{len(parts[name]):,}. Their score says little about new texts."
            )
    return notes


def _columns(rows: list[LabelledRow], labels: list[str], multi_label: bool) -> Rows:
    number = {label: n for n, label in enumerate(labels)}
    targets: Targets = [number[row.labels[0]] for row in rows]
    if multi_label:
        targets = [[int(label in row.labels) for label in labels] for row in rows]
    return Rows([row.id for row in rows], [row.text for row in rows], targets)
