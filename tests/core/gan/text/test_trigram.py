import numpy as np
import pytest

from core.gan.text.trigram import BEGIN, END, UNIFORM, Trigram

ROWS = [[4, 5, 6], [4, 5, 7], [4, 8]]


def test_probabilities_add_up_to_1_and_one_is_worked_out_by_hand():
    model = Trigram(ROWS, 10)
    for history in [(BEGIN, BEGIN), (BEGIN, 4), (4, 5), (9, 9)]:
        assert sum(model.probability(history, word) for word in [*range(10), END]) == pytest.approx(1)
    # After "4 5" came 6 and 7, after "5" as well; of all 8 words and 3 ends 6 is one.
    expected = UNIFORM / 11 + (1 - UNIFORM) * (0.5 / 2 + 0.35 / 2 + 0.15 / 11)
    assert model.probability((4, 5), 6) == pytest.approx(expected)
    # After words never seen only single words speak.
    assert model.probability((9, 9), 4) == pytest.approx(UNIFORM / 11 + (1 - UNIFORM) * 3 / 11)


def test_it_finds_its_own_rows_likelier_than_others():
    model = Trigram(ROWS, 10)
    assert 1 < model.perplexity(ROWS) < 3 < model.perplexity([[9, 9, 9]])


def test_it_writes_words_that_it_has_seen():
    model, rng = Trigram(ROWS, 10), np.random.default_rng(0)
    rows = [model.write(5, rng) for _ in range(200)]
    assert {word for row in rows for word in row} == {4, 5, 6, 7, 8}
    assert max(map(len, rows)) <= 5
    assert sum(row[:1] == [4] for row in rows) > 150, "every row begins with it, but for what single words say"
