"""Which rows of a version a person wants to see: a frozen value that is a link's state and an SQL condition."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import duckdb
from pydantic import Field, ValidationInfo, field_validator

from core.config import Config, parse_config
from core.data.workspace import Version
from core.errors import QueryError
from core.registry import unknown_name
from core.text.tokenizers import LANGUAGES_WITHOUT_BLANKS

Unit = Literal["characters", "words"]
Split = Literal["train", "validation", "test", ""]
Origin = Literal["original", "augmented", "generated"]

# The name of each field in a link, kept short.
QUERY_KEYS = {
    "text": "q",
    "regex": "regex",
    "match_case": "case",
    "labels": "label",
    "splits": "split",
    "origins": "origin",
    "unit": "unit",
    "min_length": "min",
    "max_length": "max",
    "missing": "missing",
}
SEVERAL = frozenset({"labels", "splits", "origins"})

CHARACTERS_SQL = "length(text)"
UNEVEN_BLANKS = (
    "(text = '' OR starts_with(text, ' ') OR ends_with(text, ' ') OR contains(text, '  ')"
    " OR contains(text, chr(9)) OR contains(text, chr(10)) OR contains(text, chr(12)) OR contains(text, chr(13)))"
)
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]"

SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")

# What RE2 says about a pattern, and the same as a sentence.
REGEX_PROBLEMS = {
    "missing )": "A bracket ( is not closed",
    "unexpected )": "A bracket ) was never opened",
    "missing ]": "A bracket [ is not closed",
    "no argument for repetition operator": "A repetition has nothing to repeat",
    "bad repetition operator": "Two repetitions follow each other",
    "invalid repetition size": "A repetition is larger than 1,000 or runs backwards",
    "invalid perl operator": "Looking ahead, looking behind and atomic groups do not exist here",
    "invalid named capture group": "The name of a group is not valid",
    "invalid escape sequence": "This escape does not exist here",
    "invalid character class range": "This range or class of characters does not exist",
    "trailing \\": "The backslash at the end escapes nothing",
}


class Filters(Config):
    """Every condition must hold; one that is empty holds for all rows. In `labels` and `splits`, "" stands for none."""

    text: str = Field(default="", max_length=1_000, description="What the text contains.")
    regex: bool = Field(default=False, description="Read what to look for as a regular expression (RE2 syntax).")
    match_case: bool = Field(default=False, description="Tell capitals from small letters.")
    labels: tuple[str, ...] = Field(
        default=(), description="Labels to keep; an empty name stands for rows without a label."
    )
    splits: tuple[Split, ...] = Field(
        default=(), description="Splits to keep; an empty name stands for rows in no split."
    )
    origins: tuple[Origin, ...] = Field(default=(), description="Origins to keep.")
    unit: Unit = Field(default="characters", description="What the length is counted in; words stand between blanks.")
    min_length: int | None = Field(default=None, ge=0, description="The shortest text to keep.")
    max_length: int | None = Field(default=None, ge=0, description="The longest text to keep.")
    missing: str = Field(default="", description="A column that must be empty.")

    @field_validator("labels", "splits", "origins")
    @classmethod
    def _in_one_order(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(names)))

    @field_validator("max_length")
    @classmethod
    def _not_below_the_shortest(cls, longest: int | None, info: ValidationInfo) -> int | None:
        shortest = info.data.get("min_length")
        if longest is not None and shortest is not None and longest < shortest:
            raise ValueError(f"The longest length must be at least the shortest, {shortest}")
        return longest

    def to_query(self) -> dict[str, list[str]]:
        """Return the settings that differ from the defaults as a query string's keys and values."""
        query = {}
        for field, value in self.model_dump(exclude_defaults=True).items():
            values = value if field in SEVERAL else [value]
            query[QUERY_KEYS[field]] = [str(int(v)) if isinstance(v, bool) else str(v) for v in values]
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str | Sequence[str]]) -> "Filters":
        """Return the filters that `to_query` wrote; other keys are left alone. Raises InputError on a bad value."""
        fields: dict[str, Any] = {}
        for field, key in QUERY_KEYS.items():
            if key in query:
                given = query[key]
                values = [given] if isinstance(given, str) else list(given)
                fields[field] = tuple(values) if field in SEVERAL else (values or [""])[-1]
        return parse_config(cls, fields)


def filtered_sql(version: Version, filters: Filters) -> tuple[str, list[Any]]:
    """Return the condition that the rows of the view `data` must meet, and the values of its parameters.

    Raises QueryError for a regular expression that is not valid, UnknownName for a column that is not there.
    """
    conditions: list[str] = []
    values: list[Any] = []
    if filters.text:
        condition, needle = _text_sql(filters)
        conditions.append(condition)
        values.append(needle)
    for column, names in (("label", filters.labels), ("split", filters.splits), ("origin", filters.origins)):
        if names:
            marks = ", ".join("?" * len(names))
            conditions.append(f"coalesce({column}, '') IN ({marks})" if "" in names else f"{column} IN ({marks})")
            values += names
    length = length_sql(filters.unit, version.language)
    for comparison, bound in ((">=", filters.min_length), ("<=", filters.max_length)):
        if bound is not None:
            conditions.append(f"{length} {comparison} ?")
            values.append(bound)
    if filters.missing:
        if filters.missing not in version.columns:
            raise unknown_name("column", filters.missing, list(version.columns))
        conditions.append(missing_sql(filters.missing))
    return " AND ".join(conditions) or "true", values


def length_sql(unit: Unit, language: str) -> str:
    """Return the SQL expression for the length of `text`.

    Words are runs between blanks (space, tab, line break); in languages written without blanks each Chinese,
    Japanese or Thai character counts as one.
    """
    if unit == "characters":
        return CHARACTERS_SQL
    if language in LANGUAGES_WITHOUT_BLANKS:
        others = _words_sql(f"regexp_replace(text, '{UNSPACED}', ' ', 'g')")
        return f"(length(text) - length(regexp_replace(text, '{UNSPACED}', '', 'g')) + {others})"
    # Counting single blanks, by bytes, is five times faster than finding words, and right unless blanks are uneven.
    return (
        f"CASE WHEN {UNEVEN_BLANKS} THEN {_words_sql('text')} "
        "ELSE strlen(text) - strlen(replace(text, ' ', '')) + 1 END"
    )


def missing_sql(column: str) -> str:
    """Return the SQL condition that `column` is null or empty."""
    name = identifier(column)
    return f"({name} IS NULL OR CAST({name} AS VARCHAR) = '')"


def identifier(column: str) -> str:
    """Return the name of a column as it stands in SQL."""
    return '"' + column.replace('"', '""') + '"'


@functools.lru_cache(maxsize=64)
def check_regex(pattern: str) -> None:
    """Raise QueryError, with the position where it can be told, if RE2 cannot read `pattern`."""
    with duckdb.connect() as duck:
        try:
            duck.execute("SELECT regexp_matches('', ?)", [pattern])
        except duckdb.InvalidInputException as error:
            message = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
            raise _regex_error(pattern, message) from None


def _regex_error(pattern: str, message: str) -> QueryError:
    said, _, fragment = message.partition(": ")
    problem = REGEX_PROBLEMS.get(said, "The regular expression is not valid")
    position = _position(pattern, said, fragment)
    where = f", at character {position}" if position else ""
    remedy = "Correct it, or switch the regular expression off to look for the text as it is."
    return QueryError(f'{problem}{where}: "{fragment or pattern}".', remedy)


def _position(pattern: str, said: str, fragment: str) -> int | None:
    """Return the place of the mistake, from 1: RE2 quotes the part that is wrong, or the whole pattern."""
    if said == "trailing \\":
        return len(pattern)
    if fragment not in ("", pattern):
        return pattern.find(fragment) + 1 or None
    try:
        re.compile(pattern)
    except re.error as error:
        return None if error.pos is None else error.pos + 1
    return None


def _text_sql(filters: Filters) -> tuple[str, str]:
    needle = filters.text
    if filters.regex:
        check_regex(needle)
        return f"regexp_matches(text, ?, '{'c' if filters.match_case else 'i'}')", needle
    has_case = needle.lower() != needle or needle.upper() != needle
    if filters.match_case or not has_case:
        return "contains(text, ?)", needle
    # A third faster than comparing lower(text); "." and its like are made to mean themselves.
    return "regexp_matches(text, ?, 'i')", SPECIAL.sub(r"\\\g<0>", needle)


def _words_sql(text: str) -> str:
    return rf"len(regexp_extract_all({text}, '\S+'))"
