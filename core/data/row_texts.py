"""The texts of some rows, by their ids."""

from collections.abc import Sequence

from core.data.explore import CELL_CHARACTERS, opened
from core.data.workspace import Version


def row_texts(version: Version, ids: Sequence[str]) -> dict[str, str]:
    """Return the texts of the rows with these ids, in the order of `ids`, cut at CELL_CHARACTERS characters.

    An id that is not in the version is left out.
    """
    statement = f"SELECT id, left(text, {CELL_CHARACTERS}) FROM data WHERE id IN (SELECT unnest(?))"
    with opened(version) as duck:
        found = dict(duck.execute(statement, [list(ids)]).fetchall())
    return {row_id: found[row_id] for row_id in ids if row_id in found}
