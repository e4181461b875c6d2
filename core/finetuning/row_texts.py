"""The texts of rows that a model was scored on, read back from the dataset version by their ids."""

from collections.abc import Sequence

import pyarrow as pa

from core.data.filters import identifier
from core.data.table import arrow, table
from core.data.workspace import Version
from core.registry import unknown_name

SHOWN_CHARACTERS = 2_000


def texts(version: Version, ids: Sequence[str], column: str | None) -> dict[str, str]:
    """Return the first 2,000 characters of the texts of the rows with these ids, by id; rows that are gone are absent.

    `column` is the text's, None for the dataset's own. Raises UnknownName, StorageError.
    """
    found = _read(version, ids, column, f"left(body, {SHOWN_CHARACTERS})")
    return dict(zip(found["id"].to_pylist(), found["value"].to_pylist(), strict=True))


def lengths(version: Version, ids: Sequence[str], column: str | None) -> dict[str, int]:
    """Return how many characters the texts of these rows have, by id. Raises UnknownName, StorageError."""
    found = _read(version, ids, column, "length(body)")
    return dict(zip(found["id"].to_pylist(), found["value"].to_pylist(), strict=True))


def _read(version: Version, ids: Sequence[str], column: str | None, value: str) -> pa.Table:
    name = column or "text"
    if name not in version.columns:
        raise unknown_name("column", name, list(version.columns))
    body = f"SELECT id, coalesce({identifier(name)}::VARCHAR, '') AS body FROM data"
    with table(version.path) as duck:
        statement = f"SELECT id, {value} AS value FROM ({body}) WHERE id IN (SELECT unnest(?))"
        return arrow(duck, statement, [list(ids)])
