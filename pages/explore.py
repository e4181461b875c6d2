"""Explore: read the rows, filter them, see what they come to, and ask anything in SQL."""

import math
from dataclasses import replace

import streamlit as st

from core.data.workspace import Version
from pages.ui import explore_cache
from pages.ui.explore_charts import chart_pane
from pages.ui.explore_filters import clear_button, figures, filter_bar
from pages.ui.explore_row import row_pane
from pages.ui.explore_sql import sql_tab
from pages.ui.explore_state import TABS, State, change, chosen, current, follow
from pages.ui.explore_table import row_table, sort_choice
from pages.ui.frame import begin
from pages.ui.start_here import needed
from pages.ui.words import errors_as_sentences


def rows_and_charts(version: Version, state: State) -> None:
    above, bar = st.container(), st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    with bar:  # first, so that a search that cannot be read can be corrected
        filter_bar(version, state)
        sort_choice(version, state)
        clear_button(state)
    offset = (state.page - 1) * state.size
    page = explore_cache.rows_page(version, state.filters, state.order, offset, state.size)
    if not page.rows.num_rows and page.total:  # the link is of a time when there were more
        state = replace(state, page=math.ceil(page.total / state.size))
        offset = (state.page - 1) * state.size
        page = explore_cache.rows_page(version, state.filters, state.order, offset, state.size)
    with above:
        figures(version, state, page.total)
    left, right = st.columns([8, 5], gap="medium")
    with left:
        row_table(version, state, page)
    with right, errors_as_sentences():
        if state.row:
            row_pane(version, state.row)
        else:
            chart_pane(version, state)


begin(
    "Explore",
    "Read the rows, search and filter them, and see what they come to. The link keeps what you see.",
)
with errors_as_sentences():
    version = needed()
    state = current(version)
    rows, sql = st.tabs(TABS, key=follow("tab", state.tab), on_change=lambda: change(tab=chosen("tab")))
    if rows.open:
        with rows:
            rows_and_charts(version, state)
    if sql.open:
        with sql:
            sql_tab(version)
