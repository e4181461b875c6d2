"""Where an added row comes from: the columns that say so, its id, and the row itself as it stands in the new version.

Beside `origin`, `parent_id` and `operator` (the names of the steps that changed it, joined by "+"), which every
version has, an augmented one has the columns of COLUMNS. The parent's text, `augment_parameters`, `augment_seed`,
`augment_step` and `augment_copy` make the same row again: step k of copy c draws its numbers from
Draws(augment_seed, parent_id, "k.c").
"""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from core.augmentation.digests import Digests, digest_array, exact_digest
from core.augmentation.recipe import Recipe
from core.errors import InputError

COLUMNS: Mapping[str, pa.DataType] = {
    "augment_parameters": pa.string(),  # JSON: the settings of the steps that changed the row, in order
    "augment_details": pa.string(),  # JSON: what each of these steps' operators said about it; null for nothing
    "augment_seed": pa.int64(),  # the recipe's seed
    "augment_step": pa.string(),  # the numbers of these steps in the recipe, from 1: "1+3"
    "augment_copy": pa.int64(),  # which copy of its parent it is, from 1
}


class Lineage:
    """Names and parameters of a recipe's steps, by what candidates call them ("1+3")."""

    def __init__(self, recipe: Recipe) -> None:
        self.seed = recipe.seed
        self._steps = [step.model_dump(mode="json") for step in recipe.steps]
        self.operator = functools.cache(self._operator)
        self.parameters = functools.cache(self._parameters)

    def _operator(self, steps: str) -> str:
        return "+".join(step["use"] for step in self._chosen(steps))

    def _parameters(self, steps: str) -> str:
        return json.dumps(self._chosen(steps), ensure_ascii=False)

    def _chosen(self, steps: str) -> list[dict[str, Any]]:
        return [self._steps[int(number) - 1] for number in steps.split("+")]


def extended_schema(schema: pa.Schema) -> pa.Schema:
    """Return `schema` with the lineage columns; those that are there from an earlier augmentation keep their place."""
    kept = [field.with_type(COLUMNS[field.name]) if field.name in COLUMNS else field for field in schema]
    return pa.schema([*kept, *(pa.field(name, kind) for name, kind in COLUMNS.items() if name not in schema.names)])


def conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows that are there already under the extended `schema`.

    Raises InputError where a column of the user's own has a lineage column's name and other values.
    """
    columns = []
    for field in schema:
        if field.name not in batch.schema.names:
            columns.append(pa.nulls(batch.num_rows, field.type))
            continue
        try:
            columns.append(batch.column(field.name).cast(field.type))
        except pa.ArrowInvalid:
            problem = f"The column {field.name!r} of this dataset holds something else than augmentation writes there."
            raise InputError(problem, "Import the dataset again with another name for that column.") from None
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def child_rows(
    candidates: pa.RecordBatch, parents: pa.Table, schema: pa.Schema, lineage: Lineage, taken: Digests
) -> pa.RecordBatch:
    """Return `candidates` as rows of a version, each with what its parent, the row beside it, has in other columns."""
    ids = parents.column("id").to_pylist()
    steps = candidates.column("steps").to_pylist()
    copies = candidates.column("copy").to_pylist()
    n = len(ids)
    own: dict[str, Sequence[object] | pa.Array] = {
        "id": free_ids([f"{parent}.{copy}" for parent, copy in zip(ids, copies, strict=True)], taken),
        "text": candidates.column("text"),
        "origin": ["augmented"] * n,
        "parent_id": ids,
        "operator": [lineage.operator(step) for step in steps],
        "augment_parameters": [lineage.parameters(step) for step in steps],
        "augment_details": candidates.column("details"),
        "augment_seed": [lineage.seed] * n,
        "augment_step": steps,
        "augment_copy": copies,
    }
    columns = []
    for field in schema:
        if field.name in own:
            value = own[field.name]
            columns.append(value.cast(field.type) if isinstance(value, pa.Array) else pa.array(value, field.type))
        else:
            columns.append(parents.column(field.name).combine_chunks())
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def free_ids(wanted: Sequence[str], taken: Digests) -> list[str]:
    """Return `wanted` ids, those that are `taken` (exact digests) with "-2", "-3", ... after them.

    Ids of different parents or copies stay different from each other.
    """
    ids = list(wanted)
    for place in np.flatnonzero(taken.contains(digest_array([exact_digest(i) for i in ids]))).tolist():
        number = 1
        while taken.contains(digest_array([exact_digest(ids[place])]))[0]:
            number += 1
            ids[place] = f"{wanted[place]}-{number}"
    return ids
