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
from pages.ui.explore_state import State, change, refilter
from pages.ui.words import plain

NAME_COLUMNS = 24
SEARCH_OPTIONS = {"regex": "Regular expression", "match_case": "Match case"}
UNITS = {"characters": "Characters", "words": "Words"}
WITHOUT = {"labels": "No label", "splits": "No split", "origins": "No origin"}


def follow(key: str, value: Any) -> None:
    """Make the widget that is drawn next under `key` show `value`."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def figures(version: Version, state: State, total: int) -> None:
    """Draw what the rows that match come to."""
    lengths = explore_cache.length_histogram(version, state.filters)
    labels = explore_cache.label_counts(version, state.filters)
    empty = _without_text(version, state.filters, lengths)
    shown = [
        ("Rows shown", f"{total:,}", f"Of {version.rows:,} rows in this version."),
        ("Labels", f"{labels.distinct:,}", "Different labels among the rows shown."),
        ("Median length", f"{lengths.median:,}", f"Half of the rows shown have at most so many {state.filters.unit}."),
        ("Without text", f"{empty:,}", "Rows shown whose text is empty."),
    ]
    with st.container(horizontal=True, gap="large"):
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
    follow("explore text", filters.text)
    st.text_input(
        "Search the text",
        key="explore text",
        type="search",
        placeholder="Search for a regular expression" if filters.regex else "Search the text",
        label_visibility="collapsed",
        max_chars=1_000,
        width=280,
        on_change=lambda: refilter(text=st.session_state["explore text"]),
    )
    follow("explore how", [name for name in SEARCH_OPTIONS if getattr(filters, name)])
    st.pills(
        "How to search",
        list(SEARCH_OPTIONS),
        format_func=SEARCH_OPTIONS.__getitem__,
        selection_mode="multi",
        key="explore how",
        label_visibility="collapsed",
        help="A regular expression is a pattern in RE2 syntax: colou?r finds both spellings.",
        on_change=lambda: refilter(**{name: name in st.session_state["explore how"] for name in SEARCH_OPTIONS}),
    )


def _labels(counts: Counts, chosen: Sequence[str]) -> None:
    rows = {value or "": n for value, n in counts.items}
    with _popover("Label", "labels", chosen):
        follow("explore labels", list(chosen))
        st.multiselect(
            "Labels to show",
            [*rows, *(label for label in chosen if label not in rows)],
            format_func=lambda label: _counted(_named("labels", label), rows.get(label)),
            key="explore labels",
            placeholder="All labels",
            accept_new_options=counts.distinct > len(rows),
            help="The number is of the rows in the whole version.",
            on_change=lambda: refilter(labels=tuple(st.session_state["explore labels"])),
        )


def _few(field: str, title: str, counts: Counts, chosen: Sequence[str]) -> None:
    key = f"explore {field}"
    rows = {value or "": n for value, n in counts.items}
    with _popover(title, field, chosen):
        follow(key, list(chosen))
        st.pills(
            f"{title}s to show",
            [*rows, *(name for name in chosen if name not in rows)],
            format_func=lambda name: _counted(_named(field, name), rows.get(name)),
            selection_mode="multi",
            key=key,
            help="The number is of the rows in the whole version.",
            on_change=lambda: refilter(**{field: tuple(st.session_state[key])}),
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
        unit_choice("explore unit", filters)
        shortest, longest = held.characters
        bounds = [("min_length", "Shortest", low, shortest), ("max_length", "Longest", high, longest)]
        for field, title, value, extreme in bounds:
            key = f"explore {field}"
            follow(key, value)
            st.number_input(
                title,
                min_value=0,
                max_value=10**9,
                value=None,
                step=1,
                key=key,
                placeholder=f"{extreme:,}" if filters.unit == "characters" else "any",
                on_change=lambda field=field, key=key: refilter(**{field: st.session_state[key]}),
            )


def unit_choice(key: str, filters: Filters) -> None:
    """Draw the choice of what lengths are counted in."""
    follow(key, filters.unit)
    st.segmented_control(
        "Count the length in",
        list(UNITS),
        format_func=UNITS.__getitem__,
        required=True,
        key=key,
        help="Words stand between blanks; a Chinese, Japanese or Thai character counts as one word.",
        on_change=lambda: refilter(unit=st.session_state[key]),
    )


def _popover(title: str, field: str, chosen: Sequence[str]) -> Any:
    label = title
    if len(chosen) == 1:
        label = f"{title}: {plain(shorten(_named(field, chosen[0]), NAME_COLUMNS))}"
    elif chosen:
        label = f"{title}: {len(chosen)} chosen"
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
