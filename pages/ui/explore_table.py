"""The table of the Explore page: a page of rows, their order, and a download of all that match."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from core.data.explore import LENGTH_COLUMN, Page
from core.data.exporting import FORMATS, download_name, download_suffix, export
from core.data.filters import filtered_sql
from core.data.row_writer import Format
from core.data.rows import COLUMNS
from core.data.sorting import LENGTH
from core.data.workspace import Version
from core.jobs import run
from pages.ui import explore_cache, session
from pages.ui.chart_text import display_width, shorten
from pages.ui.downloads import Content, download_buttons
from pages.ui.explore_row import PICTURE_COLUMNS
from pages.ui.explore_state import SIZES, State, change, chosen, follow
from pages.ui.words import plain, told_apart

HEIGHT, HEADER, ROW = 518, 38, 32  # pixels; 15 rows
MAX_COLUMNS = 40
TITLES = {
    "text": "Text",
    "label": "Label",
    "split": "Split",
    LENGTH_COLUMN: "Length",
    "origin": "Origin",
    "operator": "Made by",
    "parent_id": "Made from",
    "id": "Id",
}
FORMAT_NAMES = {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet"}


def row_table(version: Version, state: State, page: Page) -> None:
    """Draw the page of rows with its paging and its download; a click on a row opens it."""
    if not page.rows.num_rows:
        st.info("No row matches these filters. Lift one of them to see more.")
        return
    ids: list[str] = page.rows["id"].to_pylist()
    shown = _shown(version, page)
    key = f"explore rows {_digest(version, state)}"
    opened = [(ids.index(state.row), "text")] if state.row in ids else []
    st.dataframe(
        shown,
        hide_index=True,
        height=min(HEIGHT, HEADER + ROW * len(ids)),
        row_height=ROW,
        column_config=_columns(shown),
        placeholder="",
        on_select=lambda: _open(key, ids),
        selection_mode="single-cell",
        selection_default={"selection": {"cells": opened}},
        key=key,
        alt="The rows of the dataset that match the filters",
    )
    first, last = page.offset + 1, page.offset + len(ids)
    st.caption(f"Rows {first:,} to {last:,} of {page.total:,}. Click a row to read it whole.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _paging(state, page)
        st.space("stretch")
        st.selectbox(
            "Rows a page",
            SIZES,
            format_func=lambda size: f"{size} rows a page",
            key=follow("size", state.size),
            label_visibility="collapsed",
            width=150,
            on_change=lambda: change(size=chosen("size")),
        )
        _download(version, state)


def _paging(state: State, page: Page) -> None:
    pages = math.ceil(page.total / state.size)
    if pages > 1:
        st.pagination(
            pages,
            max_visible_pages=5,
            key=follow("page", state.page),
            on_change=lambda: change(page=chosen("page")),
        )


def sort_choice(version: Version, state: State) -> None:
    """Draw the button that says how the rows are sorted and opens on a click."""
    held = explore_cache.facets(version)
    orders = ["", LENGTH, "text"]
    orders += [name for name, counts in (("label", held.labels), ("split", held.splits)) if counts.distinct]
    orders += [name for name in version.columns if name not in COLUMNS and name != "pixels"][:MAX_COLUMNS]
    orders += ["id"]
    names = {"": "As in the dataset", LENGTH: "Length", **TITLES}

    def named(name: str) -> str:
        return names.get(name, shorten(name, 40))

    sort = state.sort if state.sort in orders else ""
    down = "descending" if state.descending else "ascending"
    with st.popover(f"Sort: {plain(named(sort))}, {down}" if sort else "Sort", key="explore sort popover"):
        st.selectbox(
            "Sort by",
            orders,
            format_func=told_apart(orders, named),
            key=follow("sort", sort),
            help="Sorts all rows that match, not only those on this page.",
            on_change=lambda: change(sort=chosen("sort")),
        )
        st.segmented_control(
            "Direction",
            [False, True],
            format_func=lambda descending: "Descending" if descending else "Ascending",
            required=True,
            disabled=not sort,
            key=follow("descending", state.descending),
            on_change=lambda: change(descending=chosen("descending")),
        )


def _download(version: Version, state: State) -> None:
    def formats(button: Callable[..., None]) -> None:
        for format in FORMATS:
            button(
                FORMAT_NAMES[format],
                filtered_file(version, state, format),
                download_name(version, download_suffix(version, format)),
                f"explore download {format}",
                width="stretch",
            )

    with st.popover("Download", icon=":material/download:", key="explore download"):
        st.caption("All rows that match the filters, in the order of the dataset.")
        download_buttons(formats)


def filtered_file(version: Version, state: State, format: Format) -> Callable[[], Content]:
    """Return what makes the file of all rows that match, when it is asked for."""
    workspace = session.workspace()

    def make() -> Content:
        where, values = filtered_sql(version, state.filters)
        staged = workspace.staging_path().with_suffix(download_suffix(version, format))
        try:
            run(export(version, staged, format, "" if where == "true" else where, values))
            return Content(staged)
        finally:
            staged.unlink(missing_ok=True)

    return make


def _open(key: str, ids: list[str]) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    change(row=ids[cells[0][0]] if cells else "")


def _digest(version: Version, state: State) -> str:
    """Return what the selection belongs to: another page of rows must not inherit it."""
    what = (version.id, state.filters, state.order, state.page, state.size, st.session_state.get("explore closed"))
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def _shown(version: Version, page: Page) -> pa.Table:
    """Return the columns that tell rows apart, the text first."""
    held = explore_cache.facets(version)
    rows = page.rows.append_column(LENGTH_COLUMN, pa.array(page.characters, pa.int64()))
    own = [name for name in version.columns if name not in COLUMNS]
    if set(PICTURE_COLUMNS) <= set(own):
        own = [name for name in own if name not in PICTURE_COLUMNS]
    made = held.origins.distinct > 1
    names = [
        "text",
        *(["label"] if held.labels.distinct else []),
        *(["split"] if held.splits.distinct else []),
        LENGTH_COLUMN,
        *(["origin", "operator", "parent_id"] if made else []),
        *own[:MAX_COLUMNS],
        "id",
    ]
    return rows.select(names)


def _columns(shown: pa.Table) -> dict[str, object]:
    label = 0
    if "label" in shown.column_names:
        longest = max(display_width(value or "", 20) for value in shown["label"].to_pylist())
        label = min(160, max(64, 24 + 7 * longest))
    widths = {"text": 424 - label, "label": label, "split": 76}
    config: dict[str, object] = {
        name: st.column_config.TextColumn(TITLES[name], width=widths.get(name))
        for name in shown.column_names
        if name in TITLES and name != LENGTH_COLUMN
    }
    config[LENGTH_COLUMN] = st.column_config.NumberColumn(
        "Length", width=68, format="localized", help="Characters of the whole text."
    )
    return config
