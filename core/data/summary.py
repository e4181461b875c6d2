"""What the rows that match come to, from one reading of them: their labels and their lengths."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.data.explore import EVERYTHING, TOP_VALUES, Counts, opened
from core.data.filters import Filters, filtered_sql, length_sql
from core.data.lengths import LengthHistogram, histogram
from core.data.workspace import Version


@dataclass(frozen=True)
class Summary:
    """The labels, the most frequent first, and the lengths in the filters' unit; `rows` is how many rows match."""

    labels: Counts
    lengths: LengthHistogram

    @property
    def rows(self) -> int:
        """The number of rows that match."""
        return self.lengths.rows


def summary(version: Version, filters: Filters = EVERYTHING) -> Summary:
    """Return what the rows that match come to. Raises as `core.data.explore.rows_page`."""
    where, values = filtered_sql(version, filters)
    length = length_sql(filters.unit, version.language)
    matching = f"SELECT nullif(label, '') AS label, {length} AS n FROM data WHERE {where}"
    statement = f"""
        SELECT grouping(label) = 1 AS by_length, label, n, count(*) AS rows,
               count(label) OVER (PARTITION BY by_length) AS distinct_labels
        FROM ({matching}) GROUP BY GROUPING SETS ((label), (n))
        QUALIFY by_length
             OR row_number() OVER (PARTITION BY by_length ORDER BY rows DESC, label NULLS LAST) <= {TOP_VALUES}
        ORDER BY n, rows DESC, label NULLS LAST"""
    with opened(version) as duck:
        found = duck.sql(statement, params=values).to_arrow_table()
    by_length = np.asarray(found["by_length"], bool)
    measured, labelled = found.filter(pa.array(by_length)), found.filter(pa.array(~by_length))
    lengths = histogram(np.asarray(measured["n"], np.int64), np.asarray(measured["rows"], np.int64), filters.unit)
    items = tuple(zip(labelled["label"].to_pylist(), labelled["rows"].to_pylist(), strict=True))
    distinct = labelled["distinct_labels"][0].as_py() if items else 0
    return Summary(Counts(items, distinct, lengths.rows), lengths)
