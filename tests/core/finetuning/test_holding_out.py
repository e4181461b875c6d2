from core.finetuning.holding_out import hold_out
from core.finetuning.labelled_rows import LabelledRow


def row(name, text, label="good", parent=None):
    return LabelledRow(name, text, tuple(label.split("|")), "train", parent is None, parent)


def test_equal_texts_and_families_stay_on_one_side():
    family = [row("a", "same"), row("b", "same"), row("a1", "same, changed", parent="a")]
    family.append(row("a2", "same, changed twice", parent="a1"))
    others = [row(f"o{i}", f"other {i}") for i in range(6)]
    sides = set()
    for seed in range(12):
        train, held = hold_out([*family, *others], 0.5, seed)
        together = {"a", "b"} <= {r.id for r in held}
        sides.add(together)
        # Augmented rows are never scored on, and not learned from when what they were made from is scored on.
        assert [r.id for r in held if not r.original] == []
        assert {r.id for r in train} & {"a", "b", "a1", "a2"} == (set() if together else {"a", "b", "a1", "a2"})
    assert sides == {True, False}


def test_a_circle_of_parents_ends():
    circle = [row("a", "one", parent="b"), row("b", "two", parent="a"), row("c", "three"), row("d", "four")]
    train, held = hold_out(circle, 0.5, 0)
    assert len(held) == 1
    assert len(train) == 3


def test_rows_of_several_labels_leave_every_label_to_learn_from():
    # "a" and "b" are rarer than "c": each row is dealt out by its rarest label.
    rows = [row(f"{label}{i}", f"{label} {i}", f"{label}|c") for label in "ab" for i in range(10)]
    # Were both of these held out, nothing would be left of "d" and "e" to learn from.
    rows += [row("d0", "d 0", "d|e"), row("d1", "d 1", "d|e")]
    for seed in range(8):
        train, held = hold_out(rows, 0.2, seed)
        for label in "abcde":
            assert any(label in r.labels for r in train)
        assert sum("a" in r.labels for r in held) == sum("b" in r.labels for r in held) == 2
        assert sum("d" in r.labels for r in held) == 1


def test_a_label_that_would_be_held_out_whole_is_given_back():
    # The one text of "rare" is also a row of "common", by which it may be held out.
    rows = [row("r1", "both", "rare"), row("r2", "both", "rare"), row("c", "both", "common")]
    rows += [row(f"o{i}", f"other {i}", "common") for i in range(3)]
    for seed in range(8):
        train, held = hold_out(rows, 0.5, seed)
        assert {"r1", "r2", "c"} <= {r.id for r in train}
        assert all(r.labels == ("common",) for r in held)
