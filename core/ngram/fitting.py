"""Fitting: a text becomes a model in a folder."""

import shutil
from pathlib import Path
from typing import Any

from core.data.corpus import Corpus
from core.jobs import Job
from core.ngram.config import FitConfig
from core.ngram.counting import Counted, count
from core.ngram.estimating import estimate
from core.ngram.estimators import ESTIMATORS, Interpolated
from core.ngram.levels import path_of, save
from core.ngram.model import SETTINGS, VOCABULARY, NgramModel, Settings
from core.ngram.text import read_text, renumbered, vocabulary_of
from core.ngram.vocabulary import Vocabulary
from core.storage import storage_errors

SCRATCH = "scratch"


def fit(corpus: Corpus, config: FitConfig, folder: Path) -> Job[NgramModel]:
    """Fit a model on `corpus`, leave it in `folder` and return it.

    Raises InputError where the corpus has no token, StorageError where the disk is full, and what reading raises.
    """
    scratch = folder / SCRATCH
    with storage_errors(folder):
        scratch.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        try:
            text = yield from read_text(corpus, scratch / "text")
            vocabulary = vocabulary_of(text, config.cutoff, config.vocabulary)
            text = renumbered(text, vocabulary, scratch / "renumbered")
            counted = yield from count(text, config.order, scratch)
            return (yield from finish(corpus, config, vocabulary, counted, folder))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def finish(
    corpus: Corpus, config: FitConfig, vocabulary: Vocabulary, counted: Counted, folder: Path
) -> Job[NgramModel]:
    """Leave the model that `config` makes of `counted`, whose files are below `folder`, in `folder`; return it."""
    kind = ESTIMATORS[config.estimator]
    discounts: dict[str, Any] = {}
    if issubclass(kind, Interpolated):
        _, found = yield from estimate(counted, config.order, kind, folder)
        discounts = {"discounts": tuple(found.values), "fallbacks": tuple(found.fallbacks)}
    settings = Settings(
        order=config.order,
        estimator=config.estimator,
        gamma=config.used_gamma,
        cutoff=config.cutoff,
        tokenizer=corpus.tokenizer,
        language=corpus.language,
        reading=corpus.reading,
        tokens=counted.tokens,
        sequences=counted.sequences,
        ngrams=tuple(counted.trie.size(k) for k in range(1, config.order + 1)),
        **discounts,
    )
    save(path_of(folder, 1, "counts"), counted.words)
    for k in range(2, config.order + 1):
        for name in ("keys", "counts"):
            path_of(folder / SCRATCH, k, name).replace(path_of(folder, k, name))
    vocabulary.save(folder / VOCABULARY)
    (folder / SETTINGS).write_text(settings.model_dump_json(indent=2), "utf-8")  # the last file: now it is complete
    return NgramModel.load(folder)


def _clear(folder: Path) -> None:
    """Delete the files of a model that is in `folder`."""
    if (folder / SETTINGS).is_file():
        for path in (folder / SETTINGS, folder / VOCABULARY, *folder.glob("[0-9]-*.npy")):
            path.unlink(missing_ok=True)
