"""Texts of rows by their ids."""

from collections.abc import Callable

from core.data.explore import CELL_CHARACTERS
from core.data.row_texts import row_texts
from core.data.workspace import Version


def test_texts_come_in_the_order_of_the_ids_cut_and_without_those_that_are_not_there(
    make_version: Callable[..., Version],
) -> None:
    version = make_version(["one", "two", "x" * (CELL_CHARACTERS + 1)])
    found = row_texts(version, ["r2", "gone", "r0", "'; DROP TABLE data"])
    assert list(found.items()) == [("r2", "x" * CELL_CHARACTERS), ("r0", "one")]
    assert row_texts(version, []) == {}
