"""Which row goes into which part: one plan in SQL, for the split job and for its preview.

Rows that have to stay together form a group: rows with the same text and, where rows were made from other rows,
whole families of them. A group's place is the md5 digest of the seed, a unit separator and the text, read as a
little-endian number (the smallest one of the group), so it depends on nothing but the seed and the texts: not on the
order of the rows, the machine or the number of threads. The first places are the test, the next ones validation.

Sizes are exact wherever single rows can fill what the groups leave open. The quotas of the labels are rounded along
a running total (controlled rounding), so each label is within one row of its share, and so is the whole dataset.
"""

import duckdb

from core.data.rows import SPLITS

TRAIN, VALIDATION, TEST = range(len(SPLITS))
MAX_ALONE = 0.5  # with more of the rows under a label of their own, labels are no classes to balance

MARK = """
CREATE TEMP TABLE split_rows AS
SELECT md5_number($seed || chr(31) || text) AS mark, label, split, {family} FROM data"""

LINKS = """
CREATE TEMP TABLE split_links AS
SELECT DISTINCT mark, md5_number(parent_id) AS member FROM split_rows WHERE parent_id IS NOT NULL
UNION
SELECT DISTINCT mark, md5_number(id) FROM split_rows
WHERE id IN (SELECT parent_id FROM split_rows WHERE parent_id IS NOT NULL);
CREATE TEMP TABLE split_families AS SELECT DISTINCT mark, mark AS place FROM split_links"""

MERGE = """
UPDATE split_families SET place = nearest.place FROM (
    SELECT split_links.mark, min(smallest.place) AS place
    FROM split_links JOIN (
        SELECT member, min(place) AS place FROM split_links JOIN split_families USING (mark) GROUP BY member
    ) AS smallest USING (member)
    GROUP BY split_links.mark
) AS nearest
WHERE nearest.mark = split_families.mark AND nearest.place < split_families.place"""

GROUPS = """
CREATE TEMP VIEW split_placed AS SELECT split_rows.rowid AS n, label, split, {place} AS place FROM {joined};
CREATE TEMP TABLE split_groups AS
SELECT
    place,
    CASE WHEN $stratify THEN coalesce('=' || min(label), '') ELSE '' END AS stratum,
    count(*) FILTER ({free}) AS size,
    {kept} AS kept
FROM split_placed GROUP BY place"""

STRATA = """
CREATE OR REPLACE TEMP TABLE split_strata AS
SELECT stratum, sum(size)::BIGINT AS n, coalesce(sum(size) FILTER (size > 1), 0)::BIGINT AS repeated,
    $stratify AND stratum <> '' AND count(*) = 1 AS alone
FROM split_groups WHERE kept IS NULL GROUP BY stratum"""

QUOTAS = """
CREATE TEMP TABLE split_quotas AS
WITH line AS (
    SELECT *, sum(CASE WHEN alone THEN 0 ELSE n END) OVER (ORDER BY stratum ROWS UNBOUNDED PRECEDING) AS upto
    FROM split_strata),
held AS (SELECT *, floor(upto * $held + 0.5) AS held_upto FROM line),
tested AS (SELECT *, floor(held_upto * $test_share + 0.5) AS test_upto FROM held),
parts AS (
    SELECT stratum, n, repeated,
        held_upto - lag(held_upto, 1, 0) OVER (ORDER BY stratum) AS held,
        test_upto - lag(test_upto, 1, 0) OVER (ORDER BY stratum) AS test
    FROM tested)
SELECT stratum, n, repeated, test, held - test AS validation FROM parts"""

ASSIGN = f"""
CREATE TEMP TABLE split_parts AS
WITH lined AS (
    SELECT place, stratum, size, test * repeated / n AS test_end, (test + validation) * repeated / n AS held_end,
        sum(size) OVER (
            PARTITION BY stratum ORDER BY size > least(nullif(test, 0), nullif(validation, 0)), place
            ROWS UNBOUNDED PRECEDING) - size / 2 AS middle
    FROM split_groups JOIN split_quotas USING (stratum) WHERE kept IS NULL AND size > 1),
repeated AS (
    SELECT place, stratum, size,
        CASE WHEN middle < test_end THEN {TEST} WHEN middle < held_end THEN {VALIDATION} ELSE {TRAIN} END AS part
    FROM lined),
used AS (
    SELECT stratum, sum(size) FILTER (part = {TEST}) AS test, sum(size) FILTER (part = {VALIDATION}) AS validation
    FROM repeated GROUP BY stratum),
room AS (
    SELECT stratum, greatest(split_quotas.test - coalesce(used.test, 0), 0) AS test,
        greatest(split_quotas.validation - coalesce(used.validation, 0), 0) AS validation
    FROM split_quotas LEFT JOIN used USING (stratum)),
single AS (
    SELECT place, stratum, row_number() OVER (PARTITION BY stratum ORDER BY place) AS turn
    FROM split_groups WHERE kept IS NULL AND size = 1)
SELECT place, part FROM repeated
UNION ALL
SELECT place, CASE WHEN turn <= test THEN {TEST} WHEN turn <= test + validation THEN {VALIDATION} ELSE {TRAIN} END
FROM single JOIN room USING (stratum)
UNION ALL
SELECT place, kept FROM split_groups WHERE kept IS NOT NULL"""

RESULT = """
CREATE TEMP VIEW split_result AS
SELECT n, label, split_placed.split AS before, {part} AS part FROM split_placed JOIN split_parts USING (place)"""


def make_plan(
    duck: duckdb.DuckDBPyConnection,
    *,
    validation: float,
    test: float,
    seed: int,
    stratify: bool,
    keep_existing: bool,
) -> list[str]:
    """Make the view `split_result` (n: the row's place in the file, label, before, part: an index into SPLITS).

    `duck` has the version as its view `data`; `validation` and `test` are fractions. Returns sentences for the person.
    """
    made = _count(duck, "SELECT count(*) FROM data WHERE parent_id IS NOT NULL")
    duck.execute(MARK.format(family="id, parent_id" if made else "NULL AS id, NULL AS parent_id"), {"seed": str(seed)})
    if made:
        duck.execute(LINKS)
        while _count(duck, MERGE):
            continue
    codes = " ".join(f"WHEN '{name}' THEN {part}" for part, name in enumerate(SPLITS))
    code = f"CASE split {codes} END"
    groups = GROUPS.format(
        place="coalesce(split_families.place, mark)" if made else "mark",
        joined="split_rows LEFT JOIN split_families USING (mark)" if made else "split_rows",
        free="split IS NULL" if keep_existing else "true",
        kept=f"max({code}) FILTER (split IS NOT NULL)" if keep_existing else "NULL::INTEGER",
    )
    view, table = groups.split(";")
    duck.execute(view)
    duck.execute(table, {"stratify": stratify})
    notes = _strata(duck, stratify)
    rows, alone = duck.execute(
        "SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (alone), 0)::BIGINT FROM split_strata"
    ).fetchall()[0]
    held = (validation + test) * rows / (rows - alone) if rows > alone else 0.0
    share = test / (validation + test) if validation + test else 0.0
    duck.execute(QUOTAS, {"held": min(1.0, held), "test_share": share})
    duck.execute(ASSIGN)
    part = f"coalesce({code}, part)" if keep_existing else "part"
    duck.execute(RESULT.format(part=part))
    return [*notes, *_about_groups(duck, made, keep_existing)]


def _strata(duck: duckdb.DuckDBPyConnection, stratify: bool) -> list[str]:
    duck.execute(STRATA, {"stratify": stratify})
    alone = [row[0][1:] for row in duck.execute("SELECT stratum FROM split_strata WHERE alone LIMIT 2").fetchall()]
    if not alone:
        return []
    share = duck.execute("SELECT coalesce(sum(n) FILTER (alone), 0) / sum(n) FROM split_strata").fetchall()[0][0]
    if share > MAX_ALONE:
        duck.execute("UPDATE split_groups SET stratum = ''")
        duck.execute(STRATA, {"stratify": False})
        return [f"{share:.0%} of the rows have a label that no other text has, so the labels were not balanced."]
    if len(alone) == 1:
        return [f"The label {alone[0]!r} belongs to one text only, so that text is in train."]
    count = _count(duck, "SELECT count(*) FROM split_strata WHERE alone")
    return [f"{count:,} labels belong to one text only, so these texts are in train."]


def _about_groups(duck: duckdb.DuckDBPyConnection, made: int, keep_existing: bool) -> list[str]:
    notes = []
    kept = _count(duck, "SELECT count(*) FROM split_rows WHERE split IS NOT NULL") if keep_existing else 0
    if kept:
        notes.append(f"{kept:,} rows kept the part that they had.")
    repeated = _count(
        duck, "SELECT coalesce(sum(c), 0)::BIGINT FROM (SELECT count(*) AS c FROM split_rows GROUP BY mark) WHERE c > 1"
    )
    if repeated:
        notes.append(f"{repeated:,} rows share their text with another row; rows with one text are in one part.")
    if made:
        notes.append(f"{made:,} rows were made from other rows and are in the part of the row they came from.")
    return notes


def _count(duck: duckdb.DuckDBPyConnection, query: str) -> int:
    count: int = duck.execute(query).fetchall()[0][0]
    return count
