"""A file of texts, labelled by a fine-tuned model: its columns, the label, and a probability for each label."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.data.mapping import unique_names
from core.data.row_writer import Format, row_writer
from core.data.sources.files import open_file
from core.data.sources.source import Source
from core.errors import InputError
from core.finetuning.evaluation import predicted, probabilities
from core.finetuning.prediction import Classifier
from core.finetuning.scored_rows import named
from core.jobs import Job, Progress
from core.registry import unknown_name
from core.storage import storage_errors

ROWS_AT_ONCE = 256


def label_file(
    classifier: Classifier,
    path: Path,
    target: Path,
    format: Format = "csv",
    *,
    filename: str | None = None,
    column: str | None = None,
    most_rows: int | None = None,
) -> Job[dict[str, Any]]:
    """Write to `target` the rows of the file at `path` with the columns `predicted` and `probability of` each label.

    `filename` is what the file was called where it came from, `column` the one of the texts (None: the likeliest).
    A row without text is labelled too. The result has rows, column, summary and notes (sentences); a file at `target`
    is replaced once the new one is complete. Raises FileError for a file that cannot be read, UnknownName for a column
    that is not there, InputError for more than `most_rows`, StorageError.
    """
    source = open_file(path, filename=filename, scratch=target.parent)
    unfinished = target.with_name(f".{uuid.uuid4().hex}.part")
    rows = empty = 0
    try:
        with storage_errors(target.parent):
            batches = _small(source)
            first = next(batches)
            chosen = column or source.mapping.text
            if chosen not in first.schema.names:
                raise unknown_name("column", chosen, first.schema.names)
            schema = _schema(first.schema, classifier)
            with row_writer(unfinished, schema, format) as write:
                for batch in _chained(first, batches):
                    rows += batch.num_rows
                    if most_rows is not None and rows > most_rows:
                        raise InputError(
                            f"The file has more than {most_rows:,} rows.",
                            "Label it on the command line: python -m core predict.",
                        )
                    texts = _texts(batch, chosen)
                    empty += sum(not text.strip() for text in texts)
                    write(_labelled(classifier, batch, texts, schema))
                    yield Progress(source.done(), source.total, source.unit, "Labelling the rows")
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    summary = "Labelled 1 row." if rows == 1 else f"Labelled {rows:,} rows."
    notes = [f"Rows with an empty text, whose label means nothing: {empty:,}."] if empty else []
    return {"rows": rows, "column": chosen, "summary": summary, "notes": notes}


def _texts(batch: pa.RecordBatch, column: str) -> list[str]:
    cells = batch.column(batch.schema.names.index(column)).to_pylist()
    return ["" if cell is None else str(cell) for cell in cells]


def _labelled(classifier: Classifier, batch: pa.RecordBatch, texts: list[str], schema: pa.Schema) -> pa.RecordBatch:
    logits = classifier.logits(texts)
    shares = probabilities(logits, classifier.multi_label)
    answers = [named(answer, classifier.labels) for answer in predicted(logits, classifier.multi_label)]
    return pa.RecordBatch.from_arrays(
        [*batch.columns, pa.array(answers, pa.string()), *map(pa.array, shares.T.copy())], schema=schema
    )


def _schema(read: pa.Schema, classifier: Classifier) -> pa.Schema:
    added = ["predicted", *(f"probability of {label}" for label in classifier.labels)]
    names = unique_names([*read.names, *added])
    types = [*read.types, pa.string(), *[pa.float64()] * len(classifier.labels)]
    return pa.schema(list(zip(names, types, strict=True)))


def _small(source: Source) -> Iterator[pa.RecordBatch]:
    for batch in source.batches:
        for start in range(0, batch.num_rows, ROWS_AT_ONCE):
            yield batch.slice(start, ROWS_AT_ONCE)


def _chained(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest
