import json

import numpy as np
import pytest

from core.errors import InputError
from core.neural_lm.vocabulary import END_ID, UNKNOWN_ID, Vocabulary, frequent

WORDS = ["<unk>", "</s>", "b", "a", "c"]
IDS = np.array([2, 3, 3, 1, 4, 3, 2, 1], np.int32)  # "b a a", "c a b"


def test_the_most_frequent_words_come_first_and_equal_ones_as_they_were_met():
    vocabulary, ids = frequent(WORDS, IDS, cutoff=1)
    assert vocabulary.words == ("<unk>", "</s>", "a", "b", "c")
    assert vocabulary.counts == (0, 2, 3, 2, 1)
    assert ids.tolist() == [3, 2, 2, 1, 4, 2, 3, 1]


def test_words_below_the_cutoff_become_the_unknown_word():
    vocabulary, ids = frequent(WORDS, IDS, cutoff=2)
    assert vocabulary.words == ("<unk>", "</s>", "a", "b")
    assert vocabulary.counts == (1, 2, 3, 2)
    assert ids.tolist() == [3, 2, 2, 1, UNKNOWN_ID, 2, 3, 1]
    assert sum(vocabulary.counts) == len(IDS)


def test_lines_end_with_their_mark_and_marks_written_in_a_text_are_unknown_words():
    vocabulary, _ = frequent(WORDS, IDS, cutoff=1)
    assert vocabulary.encode([["a", "new", "c"], ["</s>", "<s>", "<unk>"]]).tolist() == [
        *(2, UNKNOWN_ID, 4, END_ID),
        *(UNKNOWN_ID, UNKNOWN_ID, UNKNOWN_ID, END_ID),
    ]
    assert len(vocabulary.encode([])) == 0


def test_it_is_kept_as_it_is_whatever_the_words(tmp_path):
    vocabulary = Vocabulary(("<unk>", "</s>", "\n", '"', "数据", " "), (0, 1, 2, 3, 4, 5))
    vocabulary.save(tmp_path / "v.json")
    assert Vocabulary.load(tmp_path / "v.json") == vocabulary


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"words": ["a"]}',
        json.dumps({"words": ["a", "b"], "counts": [1, 2]}),
        json.dumps({"words": ["<unk>", "</s>", "a", "a"], "counts": [1, 1, 1, 1]}),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "v.json").write_text(content)
    with pytest.raises(InputError, match=r"v\.json"):
        Vocabulary.load(tmp_path / "v.json")
