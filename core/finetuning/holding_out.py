"""Training rows held out for validation, so that what is scored was not learned from in any disguise."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from core.finetuning.labelled_rows import LabelledRow
from core.randomness import fraction_for


def hold_out(rows: Sequence[LabelledRow], share: float, seed: int) -> tuple[list[LabelledRow], list[LabelledRow]]:
    """Return (rows to train on, rows held out), `share` of each label's original rows held out.

    Rows of equal text and rows made from one another stay together; augmented rows are never held out, and go
    where the row they came from is held out. Every label that has two different texts is on both sides. A row of
    several labels is dealt out by the rarest of them (after Sechidis et al. 2011, "On the stratification of
    multi-label data", section 3).
    """
    family = _families(rows)
    counts = Counter(label for row in rows for label in row.labels)
    sizes: dict[str, dict[str, int]] = defaultdict(Counter)  # label -> family -> original rows
    for row in rows:
        if row.original:
            sizes[min(row.labels, key=lambda label: (counts[label], label))][family[row.id]] += 1
    held = set()
    for of_label in sizes.values():
        wanted = max(1, round(share * sum(of_label.values())))
        order = sorted(of_label, key=lambda name: fraction_for(seed, name, "validation"))
        for name in order[:-1]:  # the last family stays, so that the label can be learned
            if wanted <= 0:
                break
            held.add(name)
            wanted -= of_label[name]
    learned = {label for row in rows if family[row.id] not in held for label in row.labels}
    held -= {family[row.id] for row in rows if not learned.issuperset(row.labels)}
    train = [row for row in rows if family[row.id] not in held]
    return train, [row for row in rows if family[row.id] in held and row.original]


def _families(rows: Sequence[LabelledRow]) -> dict[str, str]:
    """Return by row id the name of its family: the rows of equal text, and all that were made from one another."""
    by_id = {row.id: row for row in rows}
    first: dict[str, str] = {}
    family = {}
    for row in rows:
        root, seen = row, {row.id}
        while root.parent_id in by_id and root.parent_id not in seen:
            seen.add(root.parent_id)
            root = by_id[root.parent_id]
        family[row.id] = first.setdefault(root.text, root.id)
    return family
