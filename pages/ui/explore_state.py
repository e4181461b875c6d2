"""What the Explore page shows, kept in the link: the query string is the only truth, and widgets follow it.

A change writes the query string once, so that it is one step for the browser's back button.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from core.config import parse_config
from core.data.filters import QUERY_KEYS, Filters
from core.data.sorting import LENGTH
from core.data.workspace import Version
from core.errors import InputError
from pages.ui.words import plain

SIZES = (50, 100, 500)
TABS = ("Rows and charts", "SQL")
CHARTS = {
    "labels": "Labels",
    "lengths": "Lengths",
    "words": "Frequent words",
    "zipf": "Zipf curve",
    "growth": "Vocabulary growth",
    "missing": "Missing values",
}
MAX_SEARCH = 1_000  # characters, as Filters.text allows
NO_FILTERS = Filters()
STARTS_ANEW = frozenset({"filters", "sort", "descending", "size"})  # a change of these leads to the first page
CLOSES_ROW = STARTS_ANEW | {"page", "chart"}

Query = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class State:
    """The filters, the order (the file's without `sort`), the page from 1, and the row that is read whole, if any."""

    filters: Filters = NO_FILTERS
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = SIZES[0]
    row: str = ""
    chart: str = "labels"
    tab: str = TABS[0]

    @property
    def order(self) -> tuple[str, bool] | None:
        """The order as `core.data.explore.rows_page` takes it."""
        return (self.sort, self.descending) if self.sort else None

    def to_query(self) -> dict[str, str | list[str]]:
        """Return what differs from the defaults as keys and values of the query string."""
        query: dict[str, str | list[str]] = dict(self.filters.to_query())
        for name in OWN:
            value = getattr(self, name)
            if value != getattr(State, name):
                query[name] = str(int(value)) if isinstance(value, bool) else str(value)
        return query


OWN = tuple(field.name for field in fields(State) if field.name != "filters")
KEYS = frozenset(QUERY_KEYS.values()) | frozenset(OWN)


def current(version: Version) -> State:
    """Return the state to draw, after a look at how the visitor came here; tell of filters that cannot be read.

    Filters outlive a walk to another page, and are dropped where the sidebar changes the dataset under them.
    """
    dataset, query = st.session_state.get("explore visit", ("", {}))  # of the last run of this page
    entering = _key("tab") not in st.session_state  # a widget's key is forgotten on other pages
    if entering and dataset == version.dataset_id and not own_query():
        _write(query)
    elif not entering and dataset != version.dataset_id and own_query() == query:
        _write({})
    try:
        _filters()
    except InputError as error:
        st.error(plain(error))
    st.session_state["explore visit"] = (version.dataset_id, own_query())
    state = read()
    return state if state.sort in (LENGTH, *version.columns) else replace(state, sort="")


def read() -> State:
    """Return the state in the link; what the link says wrongly is at its default."""
    given = st.query_params
    try:
        filters = _filters()
    except InputError:
        filters = NO_FILTERS
    size, chart, tab = _whole("size"), given.get("chart"), given.get("tab")
    return State(
        filters=filters,
        sort=given.get("sort", ""),
        descending=given.get("descending") == "1",
        page=max(1, _whole("page")),
        size=size if size in SIZES else State.size,
        row=given.get("row", ""),
        chart=chart if chart in CHARTS else State.chart,
        tab=tab if tab in TABS else State.tab,
    )


def change(**changes: Any) -> None:
    """Write changed fields of the state into the link; for the callbacks of widgets."""
    if changes.keys() & CLOSES_ROW:
        changes = {"row": "", **changes}
    if changes.keys() & STARTS_ANEW:
        changes = {"page": 1, **changes}
    _write(replace(read(), **changes).to_query())


def refilter(**changes: Any) -> None:
    """Change some of the filters. Lengths go with their unit, and a bound gives way to one that contradicts it."""
    now = read().filters
    values = {**now.model_dump(), **changes}
    if values["unit"] != now.unit and not {"min_length", "max_length"} & changes.keys():
        values |= {"min_length": None, "max_length": None}
    shortest, longest = values["min_length"], values["max_length"]
    if shortest is not None and longest is not None and longest < shortest:
        values["max_length" if "min_length" in changes else "min_length"] = None
    change(filters=parse_config(Filters, values))


def follow(name: str, value: Any) -> str:
    """Return the key of the widget that is drawn next for `name`, so that it shows `value`.

    A widget that shows something else gets another key. Setting its value would not do: a browser hears of that only
    where the widget is on the screen, and one in a closed popover would send its old value with the next click.
    """
    shown = st.session_state.get(_key(name), value)
    same = sorted(shown) == sorted(value) if isinstance(value, list) else shown == value
    if not same:
        st.session_state[f"explore turn {name}"] = st.session_state.get(f"explore turn {name}", 0) + 1
    st.session_state[_key(name)] = shown if same else value
    return _key(name)


def chosen(name: str) -> Any:
    """Return what the widget for `name` is at; for its callback."""
    return st.session_state[_key(name)]


def _key(name: str) -> str:
    return f"explore {name} {st.session_state.get(f'explore turn {name}', 0)}"


def own_query() -> dict[str, str | list[str]]:
    """Return the part of the link that is this page's."""
    return {key: st.query_params.get_all(key) for key in st.query_params if key in KEYS}


def _filters() -> Filters:
    return Filters.from_query({key: st.query_params.get_all(key) for key in st.query_params})


def _whole(key: str) -> int:
    text = st.query_params.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _write(query: Query) -> None:
    others = {key: st.query_params.get_all(key) for key in st.query_params if key not in KEYS}
    st.query_params.from_dict({**others, **query})
