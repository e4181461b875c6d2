"""Small models of given lines, and a text with the word frequencies of real ones."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from core.data.corpus import Corpus, ReadingConfig, text_corpus
from core.jobs import run
from core.ngram.config import FitConfig
from core.ngram.fitting import fit
from core.ngram.model import NgramModel

WHITESPACE = ReadingConfig(tokenizer="whitespace", unit="document")


def corpus_of(lines: Sequence[str]) -> Corpus:
    return text_corpus(lines, WHITESPACE, "en")


@pytest.fixture
def fit_lines(tmp_path: Path) -> Callable[..., NgramModel]:
    """A function that fits a model on lines that are cut at blanks."""
    numbers: Iterator[int] = count()

    def make(lines: Sequence[str], **settings: object) -> NgramModel:
        return run(fit(corpus_of(lines), FitConfig(**settings), tmp_path / f"model {next(numbers)}"))

    return make


@pytest.fixture(scope="session")
def zipf_lines() -> list[str]:
    """500 lines of 1 to 19 words, drawn so that few words are frequent and most are rare."""
    rng = np.random.default_rng(0)
    return [" ".join(f"w{rank}" for rank in rng.zipf(1.4, rng.integers(1, 20)) % 300) for _ in range(500)]
