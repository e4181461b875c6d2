"""What the rows that match come to, from one reading of them: their labels and their lengths."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.data.explore import EVERYTHING, TOP_VALUES, Counts, opened
from core.data.filters import Filters, filtered_sql, length_sql
from core.data.lengths import LengthHistogram, histogram
from core.data.table import arrow
from core.data.workspace import Version

LONGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Summary:
    """The labels, the most frequent first, and the lengths in the filters' unit; `rows` is how many rows match.

    `around` are the lengths of the rows that match but for the bounds on the length.
    """

    labels: Counts
    lengths: LengthHistogram
    around: LengthHistogram

    @property
    def rows(self) -> int:
        """The number of rows that match."""
        return self.lengths.rows


def summary(version: Version, filters: Filters = EVERYTHING) -> Summary:
    """Return what the rows that match come to. Raises as `core.data.explore.rows_page`."""
    shortest = filters.min_length or 0
    longest = LONGEST if filters.max_length is None else filters.max_length
    where, values = filtered_sql(version, filters.model_copy(update={"min_length": None, "max_length": None}))
    length = length_sql(filters.unit, version.language)
    reading = f"SELECT nullif(label, '') AS label, {length} AS n, n BETWEEN ? AND ? AS inside FROM data WHERE {where}"
    statement = f"""
        SELECT grouping(label) = 1 AS by_length, label, n, count(*) AS rows, count(*) FILTER (WHERE inside) AS matching,
               count(label) OVER (PARTITION BY by_length) AS distinct_labels
        FROM ({reading}) GROUP BY GROUPING SETS ((label), (n)) HAVING by_length OR matching > 0
        QUALIFY by_length
             OR row_number() OVER (PARTITION BY by_length ORDER BY matching DESC, label NULLS LAST) <= {TOP_VALUES}
        ORDER BY n, matching DESC, label NULLS LAST"""
    with opened(version) as duck:
        found = arrow(duck, statement, [shortest, longest, *values])
    by_length = np.asarray(found["by_length"], bool)
    measured, labelled = found.filter(pa.array(by_length)), found.filter(pa.array(~by_length))
    n, rows = (np.asarray(measured[name], np.int64) for name in ("n", "rows"))
    inside = (n >= shortest) & (n <= longest)
    lengths = histogram(n[inside], rows[inside], filters.unit)
    items = tuple(zip(labelled["label"].to_pylist(), labelled["matching"].to_pylist(), strict=True))
    distinct = labelled["distinct_labels"][0].as_py() if items else 0
    return Summary(Counts(items, distinct, lengths.rows), lengths, histogram(n, rows, filters.unit))
