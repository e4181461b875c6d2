import pytest

from core.errors import UnknownName
from core.finetuning.row_texts import SHOWN_CHARACTERS, lengths, texts


def test_texts_and_lengths_by_id(make_version):
    version = make_version(["one", "x" * 5_000, "", "漢字"], ["a"] * 4, review=["first", None, "third", "4"])
    assert texts(version, ["r3", "r0", "gone"], None) == {"r0": "one", "r3": "漢字"}
    assert len(texts(version, ["r1"], None)["r1"]) == SHOWN_CHARACTERS
    assert lengths(version, ["r1", "r2", "r3"], None) == {"r1": 5_000, "r2": 0, "r3": 2}
    assert texts(version, ["r0", "r1"], "review") == {"r0": "first", "r1": ""}
    assert lengths(version, [], None) == {}


def test_a_column_that_is_not_there(make_version):
    with pytest.raises(UnknownName, match="nowhere"):
        texts(make_version(["one"], ["a"]), ["r0"], "nowhere")
