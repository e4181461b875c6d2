"""The questions the Explore page asks of a version, each answered once.

The answers are shared by all visitors and filed under the version's id, which cannot be guessed; whoever asks got
the version from a workspace, which checked the owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data import explore, token_statistics
from core.data import summary as summaries
from core.data.filters import Filters
from core.data.workspace import Version
from core.text.stopwords import stopwords
from core.text.tokenizers import TOKENIZERS

TOP = 20

HASHED: dict[type, Any] = {Version: lambda version: version.id, Filters: lambda filters: filters.model_dump_json()}
SMALL: dict[str, Any] = {"hash_funcs": HASHED, "max_entries": 200, "ttl": "1h", "show_spinner": False}
LARGE: dict[str, Any] = {**SMALL, "max_entries": 20}
ROWS: dict[str, Any] = {**SMALL, "max_entries": 5}  # one may hold a text of many megabytes
# A sample is some 10 MB; it is kept for the next question about the same words.
SAMPLES: dict[str, Any] = {**SMALL, "max_entries": 3}
WORDS: dict[str, Any] = {**SMALL, "show_spinner": "Reading the words"}


@st.cache_data(**LARGE)
def rows_page(
    version: Version, filters: Filters, order: tuple[str, bool] | None, offset: int, limit: int
) -> explore.Page:
    return explore.rows_page(version, filters, order, offset, limit, summary(version, filters).rows)


@st.cache_data(**ROWS)
def row(version: Version, row_id: str) -> dict[str, Any]:
    return explore.row(version, row_id)


@st.cache_data(**SMALL)
def facets(version: Version) -> explore.Facets:
    return explore.facets(version)


@st.cache_data(**SMALL)
def summary(version: Version, filters: Filters) -> summaries.Summary:
    return summaries.summary(version, filters)


def label_counts(version: Version, filters: Filters) -> explore.Counts:
    return summary(version, filters).labels


@st.cache_data(**SMALL)
def missing(version: Version) -> list[explore.Missing]:
    return explore.missing(version)


@st.cache_data(**SAMPLES)
def token_sample(version: Version, filters: Filters, tokenizer: str) -> token_statistics.TokenSample:
    return token_statistics.token_sample(version, filters, tokenizer)


@dataclass(frozen=True)
class Extent:
    """How much was read: `sampled` rows `of` those that match."""

    sampled: int
    of: int


@st.cache_data(**WORDS)
def top_ngrams(
    version: Version, filters: Filters, tokenizer: str, n: int, content_words: bool
) -> tuple[list[token_statistics.Ngram], Extent]:
    """Return the most frequent runs of `n` tokens; with `content_words` without stop words and punctuation."""
    sample = token_sample(version, filters, tokenizer)
    hidden = set[str]()
    if content_words:
        small = _stop_tokens(version.language, tokenizer)
        hidden = {t for t in sample.vocabulary if t.lower() in small or not any(map(str.isalnum, t))}
    return token_statistics.top_ngrams(sample, n, TOP, hidden), Extent(sample.sampled, sample.of)


def _stop_tokens(language: str, tokenizer: str) -> set[str]:
    """Return the stop words and what the tokenizer makes of them: "don't" leaves "don" and "t" behind."""
    listed = sorted(stopwords(language))
    cut = [] if TOKENIZERS[tokenizer].keeps_blanks else TOKENIZERS[tokenizer].tokenize_many(listed)
    return {*listed, *(token.lower() for tokens in cut for token in tokens)}


@st.cache_data(**WORDS)
def zipf(version: Version, filters: Filters, tokenizer: str) -> tuple[token_statistics.Zipf, Extent]:
    sample = token_sample(version, filters, tokenizer)
    return token_statistics.zipf(sample), Extent(sample.sampled, sample.of)


@st.cache_data(**WORDS)
def vocabulary_growth(version: Version, filters: Filters, tokenizer: str) -> tuple[token_statistics.Growth, Extent]:
    sample = token_sample(version, filters, tokenizer)
    return token_statistics.vocabulary_growth(sample), Extent(sample.sampled, sample.of)
