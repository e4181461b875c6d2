"""The charts of the Explore page. One is drawn at a time, and a click on a bar filters the rows beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.augmentation.lineage import COLUMNS as AUGMENTED
from core.data.workspace import Version
from core.text.tokenizers import LANGUAGES_WITHOUT_BLANKS, TOKENIZERS
from pages.ui import charts, explore_cache
from pages.ui.explore_cache import Extent
from pages.ui.explore_filters import WITHOUT, unit_choice
from pages.ui.explore_row import tokenizer_choice
from pages.ui.explore_state import CHARTS, MAX_SEARCH, State, change, chosen, follow, refilter
from pages.ui.figure import Chart, show

LINEAGE = ("id", "origin", "parent_id", "operator", *AUGMENTED)  # ours; empty in original rows, which is no gap
GRAMS = {1: "Single words", 2: "Pairs", 3: "Triples"}
BETWEEN = r"[\s\p{P}\p{S}]*"  # what a tokenizer may have left out between two tokens
FEW = 5  # rows; an axis up to there has ticks at halves unless it is told not to
FADED = "rgba(128, 128, 128, 0.45)"
WORD = re.compile(r"\w+", re.ASCII)


def chart_pane(version: Version, state: State) -> None:
    """Draw the choice of charts and the one that is chosen."""
    st.pills(
        "Chart",
        list(CHARTS),
        format_func=CHARTS.__getitem__,
        required=True,
        key=follow("chart", state.chart),
        label_visibility="collapsed",
        wrap=True,
        on_change=lambda: change(chart=chosen("chart")),
    )
    DRAWN[state.chart](version, state)


def _labels(version: Version, state: State) -> None:
    counts = explore_cache.label_counts(version, state.filters.model_copy(update={"labels": ()}))
    if not counts.distinct:
        st.caption("No row that matches has a label.")
        return
    items = counts.items[: explore_cache.TOP]
    values = [value or "" for value, _ in items]
    kept = state.filters.labels
    chart = charts.bars(
        [value or WITHOUT["labels"] for value in values],
        [rows for _, rows in items],
        x_title="Label",
        y_title="Rows",
        horizontal=True,
    )
    _fade(chart, [i for i, value in enumerate(values) if value in kept] if kept else None)

    def choose(place: int) -> None:
        refilter(labels=() if kept == (values[place],) else (values[place],))

    _show(chart, version, state, choose)
    if counts.distinct > len(items):
        st.caption(f"The {explore_cache.TOP} most frequent of {counts.distinct:,} labels.")
    st.caption("Click a bar to see only its rows, and again to see all.")


def _lengths(version: Version, state: State) -> None:
    now = state.filters
    unit_choice("chart unit", now)
    drawn = explore_cache.summary(version, now).around
    bins = drawn.bins
    if not bins:
        st.caption("There is no row to measure.")
        return
    edges = [bin.low for bin in bins] + [bins[-1].high + 1]
    chart = charts.histogram(edges, [bin.rows for bin in bins], x_title=f"Length in {now.unit}", y_title="Rows")
    if max(bin.rows for bin in bins) <= FEW:
        chart.figure.update_yaxes(dtick=1)
    low, high = now.min_length, now.max_length
    if drawn.scale == "log":
        chart.figure.update_xaxes(type="log", tickvals=_ticks(edges[0], edges[-1]))
    inside = [i for i, bin in enumerate(bins) if (high is None or bin.low <= high) and (low is None or bin.high >= low)]
    _fade(chart, inside if low is not None or high is not None else None)

    def choose(place: int) -> None:
        bounds = (bins[place].low, bins[place].high)
        low_high = (None, None) if bounds == (now.min_length, now.max_length) else bounds
        refilter(min_length=low_high[0], max_length=low_high[1])

    _show(chart, version, state, choose)
    said = [f"On average {drawn.mean:,.1f} {now.unit}, from {drawn.shortest:,} to {drawn.longest:,}."]
    if drawn.below:
        said.append(f"Shorter rows, not drawn: {drawn.below.rows:,}.")
    if drawn.above:
        said.append(f"Longer rows, not drawn: {drawn.above.rows:,}.")
    st.caption(" ".join([*said, "Click a bar to see only rows of that length."]))


def _words(version: Version, state: State) -> None:
    n = st.segmented_control(
        "Length of the runs of words",
        list(GRAMS),
        default=1,
        format_func=GRAMS.__getitem__,
        required=True,
        key="explore n",
        label_visibility="collapsed",
        persist_state="session",
        help="An n-gram is a run of n tokens that follow each other in one row: pairs are 2-grams, triples 3-grams.",
    )
    content_words = st.toggle(
        "Leave out stop words and punctuation",
        value=True,
        key="explore content words",
        persist_state="session",
        help="Stop words are articles, pronouns and other small words that every text is full of.",
    )
    name = tokenizer_choice(version)
    grams, extent = explore_cache.top_ngrams(version, state.filters, name, n, content_words)
    if not grams:
        st.caption("These rows hold no such run of words.")
        return
    joint = "" if version.language in LANGUAGES_WITHOUT_BLANKS else " "
    chart = charts.bars(
        [joint.join(gram.tokens) for gram in grams],
        [gram.count for gram in grams],
        x_title="Tokens",
        y_title="Occurrences",
        horizontal=True,
    )

    def choose(place: int) -> None:
        found = search_for(grams[place].tokens, name)
        refilter(**({"text": "", "regex": False} if state.filters.text == found["text"] else found))

    _show(chart, version, state, choose)
    st.caption(f"Click a bar to see the rows that hold it. {_sampled(extent)}")


def _zipf(version: Version, state: State) -> None:
    curve, extent = explore_cache.zipf(version, state.filters, tokenizer_choice(version))
    slope, intercept = None, 0.0
    if curve.exponent is not None:
        slope = -curve.exponent
        intercept = float(np.log10(curve.counts).mean() - slope * np.log10(curve.ranks).mean())
    _show(charts.zipf(curve.ranks, curve.counts, slope=slope, intercept=intercept), version, state)
    st.caption(
        "The most frequent token has rank 1. In natural language the points lie close to a straight line on these "
        "logarithmic axes (Zipf's law): a few tokens fill most of the text, and most tokens are rare."
    )
    if slope is not None:
        st.caption(f"Here the occurrences fall as the rank to the power of {slope:.2f}. {_sampled(extent)}")


def _growth(version: Version, state: State) -> None:
    curve, extent = explore_cache.vocabulary_growth(version, state.filters, tokenizer_choice(version))
    _show(charts.growth(curve.tokens, curve.types), version, state)
    st.caption(
        "How many different tokens are met as the rows are read. A curve that flattens says that more rows would bring "
        f"few new words. {_sampled(extent)}"
    )


def _missing(version: Version, state: State) -> None:
    found = explore_cache.missing(version)
    found = [m for m in found if m.column not in LINEAGE]
    gaps = sorted((m for m in found if m.rows), key=lambda m: -m.rows)
    if not gaps:
        st.caption("No column of this version has an empty value.")
        return
    chart = charts.missing([m.column for m in gaps], [m.share for m in gaps])
    names = [m.column for m in gaps]
    _fade(chart, [names.index(state.filters.missing)] if state.filters.missing in names else None)

    def choose(place: int) -> None:
        refilter(missing="" if state.filters.missing == names[place] else names[place])

    _show(chart, version, state, choose)
    st.caption(
        "Counted over all rows of the version. Columns without a gap are not drawn. Click a bar to see the rows in "
        "which the column is empty."
    )


DRAWN: dict[str, Callable[[Version, State], None]] = {
    "labels": _labels,
    "lengths": _lengths,
    "words": _words,
    "zipf": _zipf,
    "growth": _growth,
    "missing": _missing,
}


def search_for(tokens: Sequence[str], tokenizer: str) -> dict[str, Any]:
    """Return the filters that find a run of tokens in the texts they were cut from.

    Words are found whole, unless the tokens are parts of words. What a tokenizer leaves out may stand between two
    tokens. Of a run that is too long to search for the first token is enough.
    """
    cut = TOKENIZERS[tokenizer]
    if cut.keeps_blanks:
        return {"text": "".join(tokens)[:MAX_SEARCH], "regex": False, "match_case": False}
    parts = [token.removeprefix(cut.continuation) for token in tokens]
    pattern = BETWEEN.join(map(re.escape, parts))
    if not cut.continuation:
        pattern = (r"\b" if WORD.match(parts[0]) else "") + pattern + (r"\b" if WORD.fullmatch(parts[-1]) else "")
    if len(pattern) > MAX_SEARCH:
        return {"text": tokens[0][:MAX_SEARCH], "regex": False, "match_case": False}
    return {"text": pattern, "regex": True, "match_case": False}


def _ticks(low: float, high: float) -> list[int]:
    """Return 1, 2, 5, 10, ... between `low` and `high`, or powers of ten alone where that would be many."""
    powers = [10**power for power in range(math.ceil(math.log10(high)) + 1)]
    steps = (1, 2, 5) if high / max(low, 1) <= 2_000 else (1,)
    return [power * step for power in powers for step in steps if low <= power * step <= high]


def _fade(chart: Chart, kept: Sequence[int] | None) -> None:
    """Let the bars fade that are not among `kept`; None keeps all.

    They move to a second trace, in the same places. Plotly's own selection would do the same, but a bar that is drawn
    as selected gives no event when it is clicked to take the filter back.
    """
    if kept is None:
        return
    figure, among = chart.figure, set(kept)
    figure.add_trace(figure.data[0])
    for trace, keeps in zip(figure.data, (True, False), strict=True):
        values = "x" if trace.orientation == "h" else "y"
        trace[values] = [v if (i in among) is keeps else None for i, v in enumerate(trace[values])]
        if trace.text is not None:
            trace.text = [t if (i in among) is keeps else "" for i, t in enumerate(trace.text)]
    figure.data[1].marker.color = FADED
    figure.update_layout(barmode="overlay", showlegend=False)


def _show(chart: Chart, version: Version, state: State, choose: Callable[[int], None] | None = None) -> None:
    """Draw the chart; `choose` gets the place of the mark that is clicked.

    The key tells filters apart, so that a selection never outlives the filter that it made.
    """
    key = f"explore chart {state.chart} {version.id} {state.filters.model_dump_json()}"

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points and choose:
            choose(points[0]["point_index"])

    show(chart, key, clicked if choose else None)


def _sampled(extent: Extent) -> str:
    if extent.sampled == extent.of:
        return "Counted in all rows that match."
    return f"Counted in a sample of {extent.sampled:,} of the {extent.of:,} rows that match."
