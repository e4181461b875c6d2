"""Where a generated n-gram comes from: the rows of a corpus whose tokens contain it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from core.data.corpus import Corpus
from core.errors import InputError
from core.ngram.vocabulary import marked

BEGIN_CODE, END_CODE = 1, 2  # as in `marked`


@dataclass(frozen=True)
class SourceRows:
    """The first rows that contain an n-gram, each id once, and how often it occurs in all."""

    ids: tuple[str, ...]
    occurrences: int


def source_rows(corpus: Corpus, ngram: Sequence[str], limit: int = 20) -> SourceRows:
    """Return the first `limit` rows of `corpus` that contain the tokens of `ngram` in a row.

    `<s>` at its beginning and `</s>` at its end stand for the beginning and the end of a sequence. An n-gram with
    `<unk>` matches only where the text has that word. Raises InputError for an empty n-gram.
    """
    if not ngram:
        raise InputError("An n-gram without words is nowhere.", "Give at least one word.")
    codes: dict[str, int] = {}
    wanted = [_code(codes, word, i, len(ngram)) for i, word in enumerate(ngram)]
    found: dict[str, None] = {}
    occurrences = 0
    for batch in corpus.batches():
        tokens = map(codes.get, chain.from_iterable(batch.tokens), repeat(0))
        stream = marked(np.fromiter(tokens, np.int32), batch.tokens)
        if len(stream) < len(wanted):
            continue
        windows = np.lib.stride_tricks.sliding_window_view(stream, len(wanted))
        at = np.flatnonzero((windows == wanted).all(axis=1))
        occurrences += len(at)
        if len(at) and len(found) < limit:
            rows = np.repeat(batch.rows, [len(one) + 2 for one in batch.tokens])
            found.update(dict.fromkeys(batch.ids[row] for row in rows[at]))
    return SourceRows(tuple(found)[:limit], occurrences)


def _code(codes: dict[str, int], word: str, place: int, length: int) -> int:
    if word == "<s>" and place == 0 and length > 1:
        return BEGIN_CODE
    if word == "</s>" and place == length - 1 and length > 1:
        return END_CODE
    return codes.setdefault(word, len(codes) + END_CODE + 1)
