"""Which words of a corpus are used alike: word2vec trained on it, and each word's nearest neighbours as a table.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality": skip-gram with
negative sampling. The vectors' mean is taken off before cosines are computed (Mu & Viswanath 2018, "All-but-the-Top",
section 2), since vectors learned from little text otherwise all point the same way.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.content_words import ContentWords
from core.augmentation.operator import Context
from core.data.table import connection, quoted
from core.errors import InputError, MissingResource
from core.storage import storage_errors
from core.text.word_slots import slots

Neighbours = dict[str, list[tuple[str, float]]]  # nearest first, each with its cosine

FORMAT = 1  # of the cached table; a new number makes old ones be left alone
SEED = 1
DIMENSIONS = 100
WINDOW = 5
MAX_TOKENS = 2_000_000  # read from a larger corpus
MAX_VOCABULARY = 20_000
KEPT = 20  # neighbours a word
ROWS_AT_ONCE = 1_000


def neighbour_table(context: Context, epochs: int, least_frequency: int) -> Neighbours:
    """Return the neighbours of every frequent word of the train rows' texts, words in lower case.

    The table follows from the rows, whatever their order, and is kept in `context.cache` under a hash of them.
    Raises InputError where no word is frequent enough, MissingResource where gensim is not installed, StorageError.
    """
    with storage_errors(context.cache):
        context.cache.mkdir(parents=True, exist_ok=True)
    settings = [
        FORMAT,
        context.language,
        epochs,
        least_frequency,
        SEED,
        DIMENSIONS,
        WINDOW,
        MAX_TOKENS,
        _content(context),
    ]
    name = hashlib.blake2b(json.dumps(settings).encode(), digest_size=16).hexdigest()
    cached = context.cache / f"neighbours-{name}.parquet"
    if not cached.is_file():
        words, vectors = _train(context, epochs, least_frequency)
        _save(_nearest(words, vectors), cached)
    columns = pq.read_table(cached).to_pydict()
    pairs = zip(columns["neighbours"], columns["cosines"], strict=True)
    return {
        word: list(zip(near, cosines, strict=True))
        for word, (near, cosines) in zip(columns["word"], pairs, strict=True)
    }


def _content(context: Context) -> str:
    """Return a number that stands for the train rows in any order."""
    query = "SELECT count(*), bit_xor(md5_number(id || chr(31) || text)) FROM read_parquet"
    with connection(context.cache) as duck:
        (found,) = duck.execute(f"{query}('{quoted(context.train)}')").fetchall()
    return str(found)


def _texts(context: Context) -> Iterator[str]:
    """Yield the train rows' texts in an order that has nothing to do with theirs."""
    with connection(context.cache) as duck:
        found = duck.execute(f"SELECT text FROM read_parquet('{quoted(context.train)}') ORDER BY md5(id), id")
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from (text for (text,) in rows)


def _sentences(context: Context) -> Iterator[str]:
    """Yield the words of each text with blanks between them, up to MAX_TOKENS words in all."""
    left = MAX_TOKENS
    for text in _texts(context):
        words = ["_".join(word.lower().split()) for word in slots(text, context.language)[1::2]][:left]
        if words:
            yield " ".join(words)
        left -= len(words)
        if not left:
            return


def _train(context: Context, epochs: int, least_frequency: int) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Return the V words that may be replaced, the most frequent first, and their vectors (V, DIMENSIONS)."""
    try:
        from gensim.models import Word2Vec
    except ImportError:
        problem = "The package gensim is not installed."
        raise MissingResource(problem, "Install it with `pip install gensim`, or leave this operator out.") from None
    logging.getLogger("gensim").setLevel(logging.ERROR)
    with storage_errors(context.cache):
        handle, corpus = tempfile.mkstemp(prefix="corpus-", suffix=".txt", dir=context.cache)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(f"{sentence}\n" for sentence in _sentences(context))
            model: Any = Word2Vec(
                vector_size=DIMENSIONS,
                window=WINDOW,
                min_count=least_frequency,
                max_final_vocab=MAX_VOCABULARY,
                sg=1,
                negative=5,
                seed=SEED,
                workers=1,  # with more the result depends on which is quicker
                epochs=epochs,
            )
            model.build_vocab(corpus_file=corpus)
            if not len(model.wv):
                problem = f"No word occurs {least_frequency} times or more in the train rows."
                raise InputError(problem, "Ask for a smaller number of occurrences, or take more rows.")
            model.train(
                corpus_file=corpus,
                total_examples=model.corpus_count,
                total_words=model.corpus_total_words,
                epochs=epochs,
            )
        finally:
            Path(corpus).unlink(missing_ok=True)
    content = ContentWords(context.language)
    vectors = model.wv.vectors - model.wv.vectors.mean(0)  # (V, D)
    numbers = [number for number, word in enumerate(model.wv.index_to_key) if content.word(word) and "_" not in word]
    return [model.wv.index_to_key[number] for number in numbers], vectors[numbers]


def _nearest(words: list[str], vectors: npt.NDArray[np.float32]) -> pa.Table:
    """Return a table of each word's KEPT nearest neighbours with their cosines, of equals the more frequent first."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    near: list[list[str]] = []
    cosines: list[list[float]] = []
    for start in range(0, len(words), ROWS_AT_ONCE):
        products = vectors[start : start + ROWS_AT_ONCE] @ vectors.T  # (B, V)
        rows = np.arange(len(products))
        products[rows, start + rows] = -np.inf  # the word itself
        order = np.argsort(-products, axis=1, kind="stable")[:, : min(KEPT, len(words) - 1)]  # (B, K)
        near += [[words[number] for number in row] for row in order]
        cosines += np.take_along_axis(products, order, 1).tolist()
    schema = pa.schema({"word": pa.string(), "neighbours": pa.list_(pa.string()), "cosines": pa.list_(pa.float32())})
    return pa.table({"word": words, "neighbours": near, "cosines": cosines}, schema=schema)


def _save(table: pa.Table, path: Path) -> None:
    """Write the table whole or not at all: several processes may be making it at the same time."""
    with storage_errors(path.parent):
        handle, staged = tempfile.mkstemp(prefix="neighbours-", suffix=".part", dir=path.parent)
        os.close(handle)
        try:
            pq.write_table(table, staged)
            Path(staged).replace(path)
        finally:
            Path(staged).unlink(missing_ok=True)
