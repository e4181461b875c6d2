import numpy as np
import pytest

from core.finetuning.baselines import MAJORITY, TFIDF, baselines
from core.finetuning.examples import Examples, Rows


def rows(texts, targets):
    return Rows([f"r{i}" for i in range(len(texts))], list(texts), list(targets))


def examples(train, validation, labels, multi_label=False):
    return Examples(labels, train, validation, rows([], []), [], multi_label)


WORDS = {0: ["bad", "awful", "poor"], 1: ["good", "great", "fine"], 2: ["red", "blue", "green"]}


def sentences(n, seed, labels=3):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, labels, n).tolist()
    return rows([f"it is {rng.choice(WORDS[target])} {rng.integers(9)}" for target in targets], targets)


def test_the_most_frequent_answer_is_that_of_the_training_rows():
    train = rows(["a b", "c d", "e f", "g h"], [2, 0, 2, 1])
    answer = baselines(examples(train, train, ["x", "y", "z"]))[MAJORITY]
    assert answer(rows(["p", "q"], [0, 0])).tolist() == [2, 2]


def test_a_tie_goes_to_the_label_of_the_lower_number():
    train = rows(["a b", "c d"], [1, 0])
    assert baselines(examples(train, train, ["x", "y"]))[MAJORITY](train).tolist() == [0, 0]


def test_logistic_regression_learns_words():
    train, test = sentences(200, 0), sentences(60, 1)
    answers = baselines(examples(train, test, ["bad", "good", "colour"]))[TFIDF](test)
    assert answers.tolist() == test.targets


def test_chinese_is_read_by_characters():
    train = rows(
        ["很好的房间", "好吃的饭", "非常好", "真好", "很差的房间", "难吃的饭", "非常差", "真差"], [1] * 4 + [0] * 4
    )
    answers = baselines(examples(train, train, ["差", "好"]))[TFIDF](rows(["好看", "差劲"], [1, 0]))
    assert answers.tolist() == [1, 0]


def test_rows_of_several_labels_get_several():
    texts = ["red car", "blue car", "red bike", "blue bike"] * 20
    targets = [[1, 1], [0, 1], [1, 0], [0, 0]] * 20  # red, car
    train = rows(texts, targets)
    methods = baselines(examples(train, train, ["red", "car"], multi_label=True))
    assert methods[TFIDF](rows(["red car", "blue bike"], targets[:2])).tolist() == [[1, 1], [0, 0]]
    assert methods[MAJORITY](rows(["x", "y", "z"], targets[:3])).tolist() == [[0, 0]] * 3


@pytest.mark.parametrize("texts", [["!", "?"], ["a" * 50_000, "b c"]], ids=["marks alone", "a long word"])
def test_odd_texts_are_fitted_too(texts):
    train = rows(texts, [0, 1])
    assert baselines(examples(train, train, ["x", "y"]))[TFIDF](train).shape == (2,)
