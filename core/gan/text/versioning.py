"""The accepted rows as a version of the dataset: after the rows that are there, each with the row it was made from."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.duplicates import row_groups
from core.data.rows import BATCH_ROWS
from core.data.table import arrow, connection, quoted
from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.gan.text.outcomes import FILE
from core.gan.text.titles import ACCEPTED
from core.storage import storage_errors

OPERATOR = "gan_text"


def make_version(folder: Path, parent: Version, workspace: Workspace, params: Mapping[str, Any]) -> Version:
    """Return a new version of `parent`'s dataset with the accepted rows of the run in `folder` after its own.

    A new row has its parent row's label, split and other columns. Raises InputError where there is no accepted row
    that was made from a row, StorageError.
    """
    staged = workspace.staging_path()
    try:
        with storage_errors(workspace.home):
            new = _new_rows(folder, parent)
            if not new.num_rows:
                raise InputError("No new row passed the gates.", "Loosen the gates, or ask for more rows.")
            with pq.ParquetFile(parent.path) as file, row_groups(staged, file.schema_arrow) as out:
                for batch in file.iter_batches(BATCH_ROWS):
                    out.write(batch)
                for batch in new.cast(file.schema_arrow).to_batches(BATCH_ROWS):
                    out.write(batch)
            return workspace.add(staged, action="generate", params=params, parent=parent)
    finally:
        staged.unlink(missing_ok=True)


def _new_rows(folder: Path, parent: Version) -> pa.Table:
    """Return the accepted rows under the parent's columns, in the order in which they were made."""
    rows = f"read_parquet('{quoted(parent.path)}')"
    made = f"read_parquet('{quoted(folder / FILE)}', file_row_number = true)"
    replaced = f"made.text AS text, 'generated' AS origin, made.parent_id AS parent_id, '{OPERATOR}' AS operator"
    query = (
        f"SELECT source.* REPLACE ({replaced}) FROM {made} AS made JOIN {rows} AS source ON source.id = made.parent_id "
        f"WHERE made.outcome = '{ACCEPTED}' ORDER BY made.file_row_number"
    )
    with connection(folder) as duck:
        found = arrow(duck, query)
        taken = {id for (id,) in duck.execute(f"SELECT id FROM {rows} WHERE contains(id, '.gan')").fetchall()}
    counts: Counter[str] = Counter()
    ids = []
    for parent_id in found.column("parent_id").to_pylist():
        counts[parent_id] += 1
        while (id := f"{parent_id}.gan{counts[parent_id]}") in taken:
            counts[parent_id] += 1
        ids.append(id)
    place = found.schema.get_field_index("id")
    return found.set_column(place, found.schema.field(place), pa.array(ids, pa.string()))
