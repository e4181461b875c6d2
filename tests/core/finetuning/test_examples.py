import pytest

from core.config import parse_config
from core.errors import InputError, UnknownName
from core.finetuning.config import FinetuneConfig
from core.finetuning.examples import read_examples

LABELS = ["good", "bad"]


def config(version, **settings):
    return parse_config(FinetuneConfig, {"version": version.id, **settings})


def rows(number):
    return [f"text number {i}" for i in range(number)], [LABELS[i % 2] for i in range(number)]


def empty(make_version):
    return make_version([])


def textless(make_version):
    return make_version([" ", "\n", ""], ["a", "b", "a"])


def unlabelled(make_version):
    return make_version(["one", "two"], [None, " "])


def one_class(make_version):
    return make_version(["one", "two", "three"], ["good", "good", None])


def single_row(make_version):
    return make_version(["one", "two", "three"], ["good", "good", "rare"])


def many_classes(make_version):
    return make_version([f"text {i}" for i in range(402)], [f"{i // 2}" for i in range(402)])


def fractions(make_version):
    return make_version([f"text {i}" for i in range(500)], [f"{i / 8}" for i in range(500)])


def no_training_rows(make_version):
    return make_version(*rows(4), splits=["test", "test", "validation", "test"])


def label_not_learned(make_version):
    texts, labels = rows(6)
    return make_version(texts, [*labels[:4], "new", "new"], splits=["train"] * 4 + ["validation"] * 2)


def one_class_to_learn_from(make_version):
    texts, _ = rows(6)
    return make_version(texts, ["good"] * 4 + ["bad"] * 2, splits=["train"] * 4 + ["validation"] * 2)


def repeated_texts(make_version):
    return make_version(["x", "x", "y", "y"], ["good", "good", "bad", "bad"])


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (empty, "sample@1 has no rows."),
        (textless, "No row of sample@1 has text."),
        (unlabelled, "None of the 2 rows of sample@1 has a label."),
        (one_class, "All labelled rows of sample@1 have the label 'good'."),
        (single_row, "The label 'rare' has a single row."),
        (many_classes, "The label column of sample@1 has 201 different values."),
        (fractions, "The labels of sample@1 are numbers with fractions, such as 0.125."),
        (no_training_rows, "All 4 labelled rows of sample@1 are in the validation or the test split."),
        (label_not_learned, "The label 'new' is in the validation rows but not in the training rows."),
        (one_class_to_learn_from, "All 4 training rows have the label 'good'."),
        (repeated_texts, "sample@1 has too few different rows to hold some out for validation."),
    ],
)
def test_what_cannot_be_learned_from_is_said_in_one_sentence(make_version, make, problem):
    version = make(make_version)
    with pytest.raises(InputError) as caught:
        read_examples(version, config(version))
    assert caught.value.problem == problem
    assert caught.value.remedy.endswith(".")


def test_splits_are_kept_and_rows_of_no_split_are_learned_from(make_version):
    texts, labels = rows(10)
    splits = ["train"] * 4 + ["validation"] * 2 + ["test"] * 2 + [None] * 2
    version = make_version(texts, labels, splits)
    examples = read_examples(version, config(version))
    assert examples.labels == ["bad", "good"]
    assert examples.train.ids == ["r0", "r1", "r2", "r3", "r8", "r9"]
    assert examples.validation[1] == ("text number 5", 0)
    assert examples.test.texts == ["text number 6", "text number 7"]
    assert examples.notes == []


def test_rows_without_label_or_text_are_left_out_and_counted(make_version):
    texts, labels = rows(12)
    version = make_version([*texts, "no label", "blank label", " "], [*labels, None, "  ", "good"])
    examples = read_examples(version, config(version, validation_share=0.5))
    assert len(examples.train) == len(examples.validation) == 6
    assert examples.notes == [
        "Rows left out because they have no label: 2.",
        "Rows left out because they have no text: 1.",
        "Held out for validation: 6 of the 12 training rows.",
    ]


def test_texts_that_are_learned_and_scored_are_counted(make_version):
    texts = ["a good film", "a bad film", "a fine song", "an awful song"]
    labels = ["good", "bad", "good", "bad"]
    # All 4 validation rows repeat a training row; of the 3 test rows one does, whatever its label, and one nearly does.
    version = make_version(
        [*texts, *texts, "a bad film", "A bad film", "a new meal"],
        [*labels, *labels, "good", "bad", "good"],
        ["train"] * 4 + ["validation"] * 4 + ["test"] * 3,
    )
    assert read_examples(version, config(version)).notes == [
        "Validation rows whose text is also in the training rows: 4 of 4. Their score says little about new texts.",
        "Test rows whose text is also in the training rows: 1 of 3. Their score says little about new texts.",
    ]


def test_rows_that_are_held_out_repeat_no_training_row(make_version):
    texts, labels = rows(20)
    version = make_version([*texts, *texts], [*labels, *labels])
    assert read_examples(version, config(version)).notes == ["Held out for validation: 8 of the 40 training rows."]


def test_validation_rows_are_drawn_by_seed_and_row_id_a_share_of_each_label(make_version):
    texts = [f"text number {i}" for i in range(100)]
    labels = ["rare" if i % 10 == 0 else "common" for i in range(100)]
    version = make_version(texts, labels)
    held = {seed: read_examples(version, config(version, seeds=[seed])).validation for seed in (0, 1)}
    again = read_examples(version, config(version, seeds=[0]))
    assert again.validation == held[0] != held[1]
    assert not set(again.validation.ids) & set(again.train.ids)
    # A fifth of 10 and of 90.
    assert [again.labels[t] for t in again.validation.targets].count("rare") == 2
    assert len(again.validation) == 20


def test_rows_drawn_for_the_curve_do_not_depend_on_their_order(make_version):
    version = make_version(*rows(60))
    train = read_examples(version, config(version)).train
    drawn = train.drawn(10, seed=3)
    turned = train.at(range(len(train) - 1, -1, -1))
    assert len(drawn) == 10
    assert turned.drawn(10, seed=3) == drawn
    assert train.drawn(10, seed=4) != drawn
    assert train.drawn(1_000, seed=3) is train


def test_another_column_holds_the_text_or_the_label(make_version):
    texts, _ = rows(8)
    stars = [1.0, 5.0, 1.0, 5.0, 1.0, 5.0, None, 5.0]
    version = make_version(["unused"] * 8, title=texts, stars=stars)
    examples = read_examples(version, config(version, text_column="title", label_column="stars"))
    assert examples.labels == ["1", "5"]
    assert "Rows left out because they have no label: 1." in examples.notes
    assert sorted(examples.train.texts + examples.validation.texts) == [t for t in texts if t != "text number 6"]
    with pytest.raises(UnknownName, match="title"):
        read_examples(version, config(version, text_column="titel"))


def test_rows_of_several_labels(make_version):
    labels = ["news | sport", "sport", "news", "news|politics|news", "politics", " | ", "sport|", "news|politics"]
    version = make_version([f"text {i}" for i in range(8)], labels, ["train"] * 6 + ["validation"] * 2)
    examples = read_examples(version, config(version, label_separator="|"))
    assert examples.multi_label
    assert examples.labels == ["news", "politics", "sport"]
    assert examples.train.targets == [[1, 0, 1], [0, 0, 1], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert examples.validation.targets == [[0, 0, 1], [1, 1, 0]]
    assert examples.notes == ["Rows left out because they have no label: 1."]


def test_what_is_refused_holds_for_several_labels_too(make_version):
    texts, labels = rows(6)
    version = make_version(texts, [*labels[:5], "good+rare"])
    with pytest.raises(InputError, match="The label 'rare' has a single row"):
        read_examples(version, config(version, label_separator="+"))
    same = make_version(["a", "b"], ["x", "x,x"], name="same")
    with pytest.raises(InputError, match="All labelled rows of same@1 have the label 'x'"):
        read_examples(same, config(same, label_separator=","))


def test_a_separator_that_no_label_holds_is_noted(make_version):
    version = make_version(*rows(10))
    notes = read_examples(version, config(version, label_separator=";")).notes
    assert notes[0] == "The separator ';' is in no row's label, so every row has one label."
