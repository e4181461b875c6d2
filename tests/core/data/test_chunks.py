"""Lists of texts of a bounded size."""

from core.data.chunks import chunks


def test_a_list_ends_at_its_rows_or_after_the_text_that_fills_it() -> None:
    texts = ["aa", "b", "cccc", "d", "e", "f", "g"]
    assert list(chunks(texts, 3, 5)) == [["aa", "b", "cccc"], ["d", "e", "f"], ["g"]]
    assert list(chunks(texts, 9, 4)) == [["aa", "b", "cccc"], ["d", "e", "f", "g"]]
    assert list(chunks(iter(["x" * 50, "y"]), 9, 5)) == [["x" * 50], ["y"]]
    assert list(chunks([], 3, 5)) == []
