"""The figures and the filter bar of the Explore page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.explore import Counts, Facets
from core.data.filters import Filters
from core.data.lengths import LengthHistogram
from core.data.workspace import Version
from pages.ui import explore_cache
from pages.ui.chart_text import shorten
from pages.ui.explore_state import MAX_SEARCH, State, change, chosen, follow, refilter
from pages.ui.words import plain, told_apart

NAME_COLUMNS = 24
SEARCH_OPTIONS = {"regex": "Regular expression", "match_case": "Match case"}
UNITS = {"characters": "Characters", "words": "Words"}
WITHOUT = {"labels": "No label", "splits": "No split", "origins": "No origin"}


def figures(version: Version, state: State, total: int) -> None:
    """Draw what the rows that match come to."""
    lengths = explore_cache.summary(version, state.filters).lengths
    labels = explore_cache.label_counts(version, state.filters)
    empty = _without_text(version, state.filters, lengths)
    shown = [
        (f"Rows shown of {version.rows:,}", f"{total:,}", "Rows that match the filters, and all rows of this version."),
        ("Labels", f"{labels.distinct:,}", "Different labels among the rows shown."),
        (
            f"Median length ({state.filters.unit})",
            f"{lengths.median:,}",
            "Half of the rows shown are at most this long.",
        ),
        ("Without text", f"{empty:,}", "Rows shown whose text is empty."),
    ]
    with st.container(horizontal=True, gap="medium"):
        for label, value, explanation in shown:
            st.metric(label, value, help=explanation, width="content")


def filter_bar(version: Version, state: State) -> None:
    """Draw the search, and for each filter a small button that says what is chosen and opens on a click."""
    held, filters = explore_cache.facets(version), state.filters
    _search(filters)
    if held.labels.distinct:
        _labels(held.labels, filters.labels)
    if held.splits.distinct:
        _few("splits", "Split", held.splits, filters.splits)
    if held.origins.distinct > 1 or filters.origins:
        _few("origins", "Origin", held.origins, filters.origins)
    _length(held, filters)
    if filters.missing:
        st.button(
            f"{plain(shorten(filters.missing, NAME_COLUMNS))} is empty",
            icon=":material/close:",
            help="Only rows in which this column is empty are shown. Click to lift this.",
            on_click=refilter,
            kwargs={"missing": ""},
            key="explore missing",
        )


def clear_button(state: State) -> None:
    """Draw the button that lifts all filters, where there are any."""
    none = Filters(unit=state.filters.unit)
    if state.filters != none:
        st.button("Clear filters", type="tertiary", on_click=change, kwargs={"filters": none}, key="explore clear")


def _search(filters: Filters) -> None:
    st.text_input(
        "Search the text",
        key=follow("text", filters.text),
        type="search",
        placeholder="Search for a regular expression" if filters.regex else "Search the text",
        label_visibility="collapsed",
        max_chars=MAX_SEARCH,
        width=260,
        on_change=lambda: refilter(text=chosen("text")),
    )
    st.pills(
        "How to search",
        list(SEARCH_OPTIONS),
        format_func=SEARCH_OPTIONS.__getitem__,
        selection_mode="multi",
        key=follow("how", [name for name in SEARCH_OPTIONS if getattr(filters, name)]),
        label_visibility="collapsed",
        help="A regular expression is a pattern in RE2 syntax: colou?r finds both spellings.",
        on_change=lambda: refilter(**{name: name in chosen("how") for name in SEARCH_OPTIONS}),
    )


def _labels(counts: Counts, kept: Sequence[str]) -> None:
    rows = {value or "": n for value, n in counts.items}
    labels = [*rows, *(label for label in kept if label not in rows)]
    with _popover("Label", "labels", kept):
        st.multiselect(
            "Labels to show",
            labels,
            format_func=told_apart(labels, lambda label: _counted(_named("labels", label), rows.get(label))),
            key=follow("labels", list(kept)),
            placeholder="All labels",
            accept_new_options=counts.distinct > len(rows),
            help="The number is of the rows in the whole version.",
            on_change=lambda: refilter(labels=tuple(chosen("labels"))),
        )


def _few(field: str, title: str, counts: Counts, kept: Sequence[str]) -> None:
    rows = {value or "": n for value, n in counts.items}
    with _popover(title, field, kept):
        st.pills(
            f"{title}s to show",
            [*rows, *(name for name in kept if name not in rows)],
            format_func=lambda name: _counted(_named(field, name), rows.get(name)),
            selection_mode="multi",
            key=follow(field, list(kept)),
            help="The number is of the rows in the whole version.",
            on_change=lambda: refilter(**{field: tuple(chosen(field))}),
        )


def _length(held: Facets, filters: Filters) -> None:
    low, high = filters.min_length, filters.max_length
    label = "Length"
    if low is not None and high is not None:
        label = f"Length: {low:,} to {high:,} {filters.unit}"
    elif low is not None:
        label = f"Length: {low:,} {filters.unit} or more"
    elif high is not None:
        label = f"Length: at most {high:,} {filters.unit}"
    with st.popover(label, key="explore length"):
        unit_choice("unit", filters)
        shortest, longest = held.characters
        bounds = [("min_length", "Shortest", low, shortest), ("max_length", "Longest", high, longest)]
        for field, title, value, extreme in bounds:
            st.number_input(
                title,
                min_value=0,
                max_value=10**9,
                value=None,
                step=1,
                key=follow(field, value),
                placeholder=f"{extreme:,}" if filters.unit == "characters" else "any",
                on_change=lambda field=field: refilter(**{field: chosen(field)}),
            )


def unit_choice(name: str, filters: Filters) -> None:
    """Draw the choice of what lengths are counted in, under a name of its own."""
    st.segmented_control(
        "Count the length in",
        list(UNITS),
        format_func=UNITS.__getitem__,
        required=True,
        key=follow(name, filters.unit),
        help="Words stand between blanks; a Chinese, Japanese or Thai character counts as one word.",
        on_change=lambda: refilter(unit=chosen(name)),
    )


def _popover(title: str, field: str, kept: Sequence[str]) -> Any:
    label = title
    if len(kept) == 1:
        label = f"{title}: {plain(shorten(_named(field, kept[0]), NAME_COLUMNS))}"
    elif kept:
        label = f"{title}: {len(kept)} chosen"
    return st.popover(label, key=f"explore {field} popover")


def _named(field: str, name: str) -> str:
    return shorten(name, 60) if name else WITHOUT[field]


def _counted(name: str, rows: int | None) -> str:
    return name if rows is None else f"{name} ({rows:,})"


def _without_text(version: Version, filters: Filters, lengths: LengthHistogram) -> int:
    """Return how many of the rows that match have no text; counted only where the shortest one is empty."""
    if not lengths.rows or lengths.shortest:
        return 0
    empty = Filters(**{**filters.model_dump(), "unit": "characters", "min_length": None, "max_length": 0})
    return explore_cache.rows_page(version, empty, None, 0, 1).total
