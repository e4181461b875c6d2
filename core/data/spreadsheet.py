"""Cells that a spreadsheet would run as a formula: made safe on export, given back as they were on import.

A cell that begins with = + - @ tab or carriage return may be taken for a formula when the CSV file is opened in
a spreadsheet. An apostrophe in front makes it text. So that every text comes back as it was, a cell that already
begins with apostrophes followed by one of these characters gets one more. (OWASP, "CSV Injection".)

Each direction exists twice, for one cell and as an SQL expression for a column; both give the same.
"""

STARTS = ("=", "+", "-", "@", "\t", "\r")

SQL_STARTS = ", ".join(f"chr({ord(start)})" for start in STARTS)


def made_safe(text: str) -> str:
    """Return `text` with an apostrophe in front where a spreadsheet would take it for a formula."""
    return "'" + text if text.lstrip("'").startswith(STARTS) else text


def made_unsafe(text: str) -> str:
    """Return the text that `made_safe` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(STARTS) else text


def safe_sql(column: str) -> str:
    """Return the SQL expression that does `made_safe` to `column`, itself an SQL expression of type VARCHAR."""
    return f"CASE WHEN {_risky(column)} THEN chr(39) || {column} ELSE {column} END"


def unsafe_sql(column: str) -> str:
    """Return the SQL expression that does `made_unsafe` to `column`, itself an SQL expression of type VARCHAR."""
    return f"CASE WHEN starts_with({column}, chr(39)) AND {_risky(column)} THEN substr({column}, 2) ELSE {column} END"


def _risky(column: str) -> str:
    return f"left(ltrim({column}, chr(39)), 1) IN ({SQL_STARTS})"
