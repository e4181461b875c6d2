"""A recipe carried out on a Parquet file with the columns of a dataset version: the whole way from rows to report."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.candidates import EVENT_S
from core.augmentation.diversity import Diversity
from core.augmentation.gate import Candidates
from core.augmentation.gates import cosines
from core.augmentation.judging import DUPLICATE
from core.augmentation.lineage import Lineage, extended_schema
from core.augmentation.operator import Context
from core.augmentation.recipe import Recipe
from core.augmentation.report import Report, TextFigures
from core.augmentation.rounds import Made, make_and_judge
from core.augmentation.train_rows import READ_ROWS, TrainRows, has_split, sort_train_rows, what_is_known
from core.augmentation.writing import Looked, write_made, write_originals
from core.data.duplicates import row_groups
from core.errors import InputError, MissingResource
from core.jobs import Job, Progress
from core.storage import home_folder, storage_errors
from core.text.tokenizers import TOKENIZERS, tokenizer_for

REJECTED = "rejected.parquet"
CACHE = "augmentation"
MAX_LABELS = 100
PAIRS_AT_ONCE = 50


def extend(
    source: Path,
    target: Path,
    recipe: Recipe,
    language: str,
    folder: Path,
    workers: int = 1,
    files: Path | None = None,
) -> Job[Report]:
    """Write the rows of `source` and those that `recipe` makes of its train rows to `target`; return what happened.

    The rows that stay come first, in their order; then the new ones, round by round in the order of their source
    rows' ids, copy by copy. The same rows in any order give the same new rows, whatever the number of `workers`.
    `folder` gets the file of rejected rows; files that the recipe names are looked for in `files`, then where the
    program runs. Raises InputError where there is nothing to extend or nothing would be
    left, MissingResource where an operator or a gate needs what is not there, StorageError.
    """
    scratch, cache = folder / "work", home_folder() / "cache" / CACHE
    for wanted in (scratch, cache):
        with storage_errors(wanted):
            wanted.mkdir(parents=True, exist_ok=True)
    try:
        split = has_split(source)
        train = yield from sort_train_rows(source, split, scratch)
        if not len(train):
            raise InputError("There are no train rows to extend.", "Choose a dataset with rows to train on.")
        known = yield from what_is_known(source)
        context = Context(language, train.context, cache, recipe.seed, files)
        made = yield from make_and_judge(recipe, train, known, context, scratch, workers)
        diversity = Diversity(TOKENIZERS[tokenizer_for(language)].tokenize_many)
        yield from _read_texts(train, diversity)
        before = _figures(len(train), diversity)
        if not recipe.keep_originals:
            diversity = diversity.emptied()
        with pq.ParquetFile(source) as file:
            schema, rows_before = extended_schema(file.schema_arrow), file.metadata.num_rows
        with row_groups(target, schema) as out:
            rows = yield from write_originals(source, out.write, schema, recipe.keep_originals, split)
            looked = yield from write_made(
                made.rounds,
                recipe.all_gates(),
                train.path,
                out.write,
                schema,
                folder / REJECTED,
                Lineage(recipe),
                known.ids,
                diversity,
            )
        rows += int(made.accepted.sum())
        if not rows:
            raise InputError(
                "No new row was accepted, and the originals are not kept.", "Loosen the gates or keep them."
            )
        cosine, notes = yield from _mean_cosine(made, looked)
        kept = len(train) * recipe.keep_originals
        after = _figures(kept + int(made.accepted.sum()), diversity)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _report(recipe, train, made, looked, (rows_before, rows), (before, after), cosine, notes, workers)


def _report(
    recipe: Recipe,
    train: TrainRows,
    made: Made,
    looked: Looked,
    rows: tuple[int, int],
    figures: tuple[TextFigures, TextFigures],
    cosine: float | None,
    notes: Sequence[str],
    workers: int,
) -> Report:
    rejected = dict.fromkeys((*recipe.all_gates(), DUPLICATE), 0)
    for _, verdicts in made.rounds:
        rejected = {name: count + verdicts.counts()[name] for name, count in rejected.items()}
    duplicates = rejected.pop(DUPLICATE)
    tried, produced = (sum(getattr(r, name) for r, _ in made.rounds) for name in ("tried", "changed"))
    seconds = sum(made_round.seconds for made_round, _ in made.rounds)
    accepted = int(made.accepted.sum())
    if made.wanted is not None and accepted < made.wanted:
        notes = [
            *notes,
            f"Fewer new rows than asked for: {accepted:,} of {made.wanted:,}; the others could not be made.",
        ]
    return Report(
        rows_before=rows[0],
        rows_after=rows[1],
        before=figures[0],
        after=figures[1],
        labels_before=_by_label(train, np.ones(len(train), np.int64)),
        labels_after=_by_label(train, made.accepted + int(recipe.keep_originals)),
        tried=tried,
        unchanged=tried - produced,
        produced=produced,
        accepted=accepted,
        duplicates=duplicates,
        rejected=rejected,
        wanted=made.wanted,
        mean_cosine=cosine,
        cosine_pairs=len(looked.pairs) if cosine is not None else 0,
        seconds=round(seconds, 3),
        rows_per_second=round(tried / max(seconds, 1e-6), 1),
        workers=workers,
        notes=tuple(notes),
        accepted_rows=tuple(looked.accepted),
        rejected_rows=tuple(looked.rejected),
    )


def _read_texts(train: TrainRows, diversity: Diversity) -> Job[None]:
    done, told = 0, 0.0
    with pq.ParquetFile(train.context) as file:
        for batch in file.iter_batches(READ_ROWS, columns=["text"]):
            diversity.add(batch.column(0).to_pylist())
            done += batch.num_rows
            if time.monotonic() - told >= EVENT_S:
                yield Progress(done, len(train), message="Counting the words")
                told = time.monotonic()


def _figures(rows: int, diversity: Diversity) -> TextFigures:
    return TextFigures(
        rows, diversity.tokens, diversity.vocabulary, round(diversity.distinct_1, 4), round(diversity.distinct_2, 4)
    )


def _by_label(train: TrainRows, rows: npt.NDArray[np.int64]) -> dict[str, int]:
    """Return the number of rows of each of the MAX_LABELS most frequent labels."""
    labelled = train.labels >= 0
    counts = np.bincount(train.labels[labelled], rows[labelled], minlength=len(train.names)).astype(int).tolist()
    ordered = sorted(zip(train.names, counts, strict=True), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:MAX_LABELS])


def _mean_cosine(made: Made, looked: Looked) -> Job[tuple[float | None, list[str]]]:
    """Return the mean cosine over the pairs, None without pairs or encoder, and a note where there is no encoder."""
    if not looked.pairs:
        return None, []
    pa.default_memory_pool().release_unused()  # the encoder needs half a gigabyte of its own
    yield Progress(0, len(looked.pairs), message="Comparing the meanings")
    try:
        measure = cosines()
    except MissingResource as error:
        return None, [f"The mean cosine was not measured. {error.problem}"]
    total = 0.0
    for begin in range(0, len(looked.pairs), PAIRS_AT_ONCE):
        before, after = zip(*looked.pairs[begin : begin + PAIRS_AT_ONCE], strict=True)
        total += float(measure(Candidates(after, np.empty(0, "S16"), (), before, ())).sum())
        yield Progress(begin + len(before), len(looked.pairs), message="Comparing the meanings")
    return round(total / len(looked.pairs), 4), []
