"""Row ids: made from what a row says, the same on every machine; and a check of ids that a source brings."""

import duckdb
import numpy as np
import numpy.typing as npt

ID_DIGITS = 16


def id_sql(text: str, label: str) -> str:
    """Return the SQL expression of a row's id without the number of a repeat: the first 16 hex digits of the md5 of
    text, unit separator and label. `text` and `label` are SQL expressions of type VARCHAR."""
    return f"left(md5({_content(text, label)}), {ID_DIGITS})"


def content_hash_sql(text: str, label: str) -> str:
    """Return the SQL expression of the same 16 digits as a number (UBIGINT)."""
    return hash_sql(_content(text, label))


def hash_sql(key: str) -> str:
    """Return the SQL expression of 64 bits (UBIGINT) that are equal where `key`, of type VARCHAR, is equal."""
    return f"md5_number_upper({key})"


def occurrences(duck: duckdb.DuckDBPyConnection, hash_of_row: str, relation: str) -> npt.NDArray[np.int64] | None:
    """Return for each row of `relation`, in the order of its column `row`, how often its hash has stood up to there.

    The first row with a hash gets 1, the next with the same 2. None where no hash stands twice. Takes some 40 bytes
    a row, and no string is held.
    """
    columns = duck.execute(f"SELECT row, {hash_of_row} AS hash FROM {relation}").fetchnumpy()
    hashes = np.empty(len(columns["row"]), np.uint64)
    hashes[columns["row"]] = columns["hash"]
    order = np.argsort(hashes, kind="stable")
    first = np.ones(len(hashes), bool)
    first[1:] = hashes[order[1:]] != hashes[order[:-1]]
    if first.all():
        return None
    starts = np.flatnonzero(first)
    lengths = np.diff(starts, append=len(hashes))
    counts = np.empty(len(hashes), np.int64)
    counts[order] = np.arange(len(hashes)) - np.repeat(starts, lengths) + 1
    return counts


def _content(text: str, label: str) -> str:
    return f"{text} || chr(31) || coalesce({label}, '')"
