"""The most surprising rows of a whole dataset, none of them judged by a model that has learned from it."""

import heapq
from pathlib import Path

from core.data.corpus import Corpus, version_corpus
from core.data.workspace import Version
from core.errors import InputError
from core.jobs import Job
from core.ngram.config import NgramConfig
from core.ngram.evaluation import RowSurprise, most_surprising
from core.ngram.fitting import fit
from core.randomness import fraction_for


def surprising_rows(version: Version, config: NgramConfig, number: int, folder: Path) -> Job[list[RowSurprise]]:
    """Return the `number` most surprising rows of `version`, the most surprising first.

    A model as `config` says is fitted in `folder` on each half of the rows and judges the other half, so that no row
    makes itself look likely; equal texts are in one half, so that copies do not either. There are none where a half
    has no token.
    """
    halves = [_half(version, config, lower) for lower in (True, False)]
    rows: list[RowSurprise] = []
    for number_of_half, (learned, judged) in enumerate((halves, halves[::-1])):
        try:
            model = yield from fit(learned, config, folder / f"half-{number_of_half}")
        except InputError:
            return []
        rows += yield from most_surprising(model, judged, number)
    return heapq.nlargest(number, rows, key=lambda row: row.rank)


def _half(version: Version, config: NgramConfig, lower: bool) -> Corpus:
    def is_in_it(id: str, text: str, split: str | None, parent_id: str | None) -> bool:
        return (fraction_for(config.seed, text, "half") < 0.5) == lower

    return version_corpus(version, config, is_in_it)
