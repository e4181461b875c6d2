"""The labelled rows of a dataset version: checked before any long work, and divided into train, validation and test."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.data.table import batches
from core.data.workspace import Version
from core.errors import InputError
from core.finetuning.config import FinetuneConfig
from core.randomness import fraction_for

MAX_LABELS = 200
COLUMNS = ["id", "text", "label", "split", "origin", "parent_id"]


@dataclass
class Rows:
    """Texts and their label numbers, in step; one item is one (text, number)."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> tuple[str, int]:
        return self.texts[index], self.targets[index]

    def drawn(self, number: int, seed: int) -> "Rows":
        """Return `number` of the rows (all, where there are not more), drawn by seed and row id."""
        if len(self) <= number:
            return self
        order = sorted(range(len(self)), key=lambda i: fraction_for(seed, self.ids[i], "drawn"))
        return self.at(order[:number])

    def at(self, indices: Sequence[int]) -> "Rows":
        """Return the rows at `indices`, in that order."""
        return Rows(
            [self.ids[i] for i in indices], [self.texts[i] for i in indices], [self.targets[i] for i in indices]
        )


@dataclass
class Examples:
    """What a classifier is trained and scored on. `labels[n]` is the name of label number n; `test` may be empty."""

    labels: list[str]
    train: Rows
    validation: Rows
    test: Rows
    notes: list[str]  # whole sentences about rows that were left out or held out


@dataclass(slots=True)
class LabelledRow:
    """A row with text and label; `original` is false for one that was augmented or generated."""

    id: str
    text: str
    label: str
    split: str
    original: bool
    parent_id: str | None


def read_examples(version: Version, config: FinetuneConfig) -> Examples:
    """Return the labelled rows of `version`, divided by its splits.

    Rows without a label or without text are left out. Rows of no split count as training rows. Without a
    validation split, `config.validation_share` of the training rows is held out: the same rows for the same seed,
    each label by its share, equal texts and a row's augmented children never on both sides.
    Raises InputError where no classifier can be trained on the rows.
    """
    rows, notes = _usable(version)
    labels = _labels(rows, version)
    parts: dict[str, list[LabelledRow]] = {"train": [], "validation": [], "test": []}
    for row in rows:
        parts[row.split].append(row)
    if not parts["train"]:
        raise InputError(
            f"All {len(rows):,} labelled rows of {version.label} are in the validation or the test split.",
            "Put some of them into the train split.",
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
    learned = {row.label for row in parts["train"]}
    for name in ("validation", "test"):
        for row in parts[name]:
            if row.label not in learned:
                raise InputError(
                    f"The label {row.label!r} is in the {name} rows but not in the training rows.",
                    "Split the dataset again, stratified by label.",
                )
    number = {label: n for n, label in enumerate(labels)}
    train, validation, test = (_columns(parts[name], number) for name in ("train", "validation", "test"))
    return Examples(labels, train, validation, test, notes)


def _usable(version: Version) -> tuple[list[LabelledRow], list[str]]:
    if version.rows == 0:
        raise InputError(f"{version.label} has no rows.", "Choose a dataset with rows.")
    rows, textless, unlabelled = [], 0, 0
    for batch in batches(version.path, COLUMNS):
        columns = [batch.column(name).to_pylist() for name in COLUMNS]
        for id_, text, label, split, origin, parent_id in zip(*columns, strict=True):
            if not text.strip():
                textless += 1
            elif label is None or not label.strip():
                unlabelled += 1
            else:
                rows.append(LabelledRow(id_, text, label, split or "train", origin == "original", parent_id))
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
    return rows, notes


def _labels(rows: list[LabelledRow], version: Version) -> list[str]:
    counts = Counter(row.label for row in rows)
    if len(counts) == 1:
        raise InputError(
            f"All labelled rows of {version.label} have the label {next(iter(counts))!r}.",
            "A classifier needs rows with at least two different labels.",
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


def hold_out(rows: list[LabelledRow], share: float, seed: int) -> tuple[list[LabelledRow], list[LabelledRow]]:
    """Return (rows to train on, rows held out), `share` of each label's original rows held out.

    Rows of equal text and rows made from one another stay together; augmented rows are never held out, and go
    where the row they came from is held out. Every label that has two different texts is on both sides.
    """
    by_id = {row.id: row for row in rows}
    first: dict[str, str] = {}
    family = {}
    for row in rows:
        root, seen = row, {row.id}
        while root.parent_id in by_id and root.parent_id not in seen:
            seen.add(root.parent_id)
            root = by_id[root.parent_id]
        family[row.id] = first.setdefault(root.text, root.id)

    families: dict[str, dict[str, int]] = defaultdict(Counter)  # label -> family -> original rows
    for row in rows:
        if row.original:
            families[row.label][family[row.id]] += 1
    held = set()
    for sizes in families.values():
        wanted = max(1, round(share * sum(sizes.values())))
        order = sorted(sizes, key=lambda name: fraction_for(seed, name, "validation"))
        for name in order[:-1]:  # the last family stays, so that the label can be learned
            if wanted <= 0:
                break
            held.add(name)
            wanted -= sizes[name]
    train = [row for row in rows if family[row.id] not in held]
    return train, [row for row in rows if family[row.id] in held and row.original]


def _columns(rows: list[LabelledRow], number: dict[str, int]) -> Rows:
    return Rows([row.id for row in rows], [row.text for row in rows], [number[row.label] for row in rows])
