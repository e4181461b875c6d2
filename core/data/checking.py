"""Checks of an import's columns against all rows: is the text text, the split a split, the id an id?"""

from collections.abc import Mapping

import duckdb

from core.data.columns import Columns
from core.data.identity import hash_sql, occurrences
from core.data.mapping import normal_split, other_text
from core.data.rows import ORIGINS, SPLITS
from core.data.sources.source import ColumnMapping
from core.errors import InputError

NUMBERS_SHARE = 0.95
SHOWN_WORDS = 5
MAX_WORDS = 1_000


def is_export(duck: duckdb.DuckDBPyConnection, columns: Columns) -> bool:
    """Say whether the rows are those of an exported version: every column of a version is there, and valid."""
    if not columns.exported:
        return False
    row_id, origin, split = (columns.filled(name) for name in ("id", "origin", "split"))
    valid = duck.execute(
        f"SELECT bool_and({row_id} IS NOT NULL AND coalesce({origin} IN {ORIGINS}, false) "
        f"AND coalesce({split} IN {SPLITS}, true)) FROM {columns.staged.relation()}"
    ).fetchall()
    return valid == [(True,)] and occurrences(duck, hash_sql(row_id), columns.staged.relation()) is None


def checked_mapping(
    duck: duckdb.DuckDBPyConnection, columns: Columns, mapping: ColumnMapping, chosen: Mapping[str, str | None]
) -> tuple[ColumnMapping, list[str]]:
    """Return `mapping` as far as it holds for all rows, and notes.

    A column that was guessed to be the split or the id and is not stays an ordinary column, with a note. Raises
    InputError where one of `chosen` (role to column) is not what it was chosen to be, and where the text column is
    empty or holds numbers.
    """
    notes = _check_text(duck, columns, mapping.text, bool(chosen.get("text")))
    for role, remedy, problem in (
        ("split", "Use train, validation and test, or choose no split column.", _split_problem(duck, columns, mapping)),
        ("id", "Choose another id column or none.", _id_problem(duck, columns, mapping)),
    ):
        if problem and chosen.get(role):
            raise InputError(problem, remedy)
        if problem:
            mapping = mapping.model_copy(update={role: None})
            notes.append(f"{problem} It is kept as an ordinary column.")
    return mapping, notes


def _check_text(duck: duckdb.DuckDBPyConnection, columns: Columns, name: str, was_chosen: bool) -> list[str]:
    cell = columns.filled(name)
    counts = f"SELECT count({cell}), count(TRY_CAST({cell} AS DOUBLE)) FROM {columns.staged.relation()}"
    there, numbers = duck.execute(counts).fetchall()[0]
    if not there:
        raise InputError(f"The text column {name!r} is empty in every row.", "Choose another column as the text.")
    if numbers <= NUMBERS_SHARE * there:
        return []
    problem = f"The text column {name!r} holds numbers and no words."
    other = other_text(columns.staged.sample, name)
    if other:
        raise InputError(problem, f"Choose the column {other!r} as the text.")
    if not was_chosen:
        raise InputError(problem, "Name the text column yourself if numbers are what you want.")
    return [problem]


def _split_problem(duck: duckdb.DuckDBPyConnection, columns: Columns, mapping: ColumnMapping) -> str | None:
    if not mapping.split:
        return None
    unknown = [word for word in split_words(duck, columns, mapping.split) if word.strip() and not normal_split(word)]
    if not unknown:
        return None
    shown = ", ".join(repr(word[:40]) for word in unknown[:SHOWN_WORDS])
    return f"The split column {mapping.split!r} has words that name no split, such as {shown}."


def split_words(duck: duckdb.DuckDBPyConnection, columns: Columns, name: str) -> list[str]:
    """Return the different values of the column `name` in order, at most MAX_WORDS."""
    query = f"SELECT DISTINCT {columns.filled(name)} AS word FROM {columns.staged.relation()} ORDER BY word"
    return [word for (word,) in duck.execute(f"{query} LIMIT {MAX_WORDS}").fetchall() if word is not None]


def _id_problem(duck: duckdb.DuckDBPyConnection, columns: Columns, mapping: ColumnMapping) -> str | None:
    if not mapping.id:
        return None
    cell, relation = columns.filled(mapping.id), columns.staged.relation()
    (missing,) = duck.execute(f"SELECT count(*) - count({cell}) FROM {relation}").fetchall()[0]
    if missing:
        return f"The id column {mapping.id!r} is empty in some rows: {missing:,}."
    counts = occurrences(duck, hash_sql(cell), relation)
    if counts is None:
        return None
    return f"The id column {mapping.id!r} repeats an earlier value in some rows: {int((counts > 1).sum()):,}."
