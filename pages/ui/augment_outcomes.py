"""Accepted and rejected rows beside their source rows, in one table that can be searched."""

import math
from pathlib import Path
from typing import Any

import streamlit as st

from core.augmentation.catalogue import gates, operators
from core.augmentation.outcomes import ACCEPTED, Outcomes, outcomes
from core.errors import NotFound
from core.runs.store import Run
from pages.ui import session
from pages.ui.changes import changed_texts
from pages.ui.words import errors_as_sentences

DUPLICATE = "duplicate"
PAGE = 50
HEIGHT, HEADER, ROW = 518, 38, 32  # pixels; 15 rows
COLUMNS = {
    "outcome": "Outcome",
    "before": "Source row",
    "after": "New row",
    "label": "Label",
    "operator": "Made by",
    "explanation": "Why it was rejected",
    "parent_id": "Source row's id",
}


@st.cache_data(max_entries=20, ttl="1h", show_spinner="Looking the rows up")
def found(made: str, parent: str, folder: Path, search: str, kinds: tuple[str, ...], offset: int) -> Outcomes:
    """A page of rows, by the ids of two versions, which never change and cannot be guessed."""
    workspace = session.workspace()
    return outcomes(workspace.version(made), workspace.version(parent), folder, search, kinds, offset, PAGE)


def outcome_table(run: Run) -> None:
    """Draw the rows that a finished augmentation made, with what became of each."""
    st.markdown("#### The new rows beside their source rows")
    report = run.result["report"]
    counts = {ACCEPTED: report["accepted"], DUPLICATE: report["duplicates"], **report["rejected"]}
    st.fragment(_draw)(run, {kind: count for kind, count in counts.items() if count})


def _draw(run: Run, counts: dict[str, int]) -> None:
    if not counts:
        st.caption("No text was changed, so there is nothing to compare.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search both texts", key=f"outcomes search {run.id}", placeholder="word or phrase")
        kinds = st.multiselect(
            "Outcomes to show",
            list(counts),
            format_func=lambda kind: f"{named(kind)} ({counts[kind]:,})",
            placeholder="All of them",
            key=f"outcomes kinds {run.id}",
        )
    with errors_as_sentences():
        _page(run, search.strip(), tuple(kinds))


def _page(run: Run, search: str, kinds: tuple[str, ...]) -> None:
    versions = (run.result["version"], run.config["version"])
    key = f"outcomes page {run.id} {search} {kinds}"
    page = st.session_state.get(key, 1)
    try:
        shown = found(*versions, run.folder, search, kinds, (page - 1) * PAGE)
    except NotFound:
        st.caption("The dataset version that was extended, or the one that was made, was deleted.")
        return
    rows = shown.rows.to_pylist()
    if not rows:
        st.info("No row has these words.")
        return
    selected = st.dataframe(
        [{title: _cell(name, row[name]) for name, title in COLUMNS.items()} for row in rows],
        hide_index=True,
        height=min(HEIGHT, HEADER + ROW * len(rows)),
        row_height=ROW,
        column_config={
            COLUMNS["before"]: st.column_config.TextColumn(width=300),
            COLUMNS["after"]: st.column_config.TextColumn(width=300),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=f"outcomes table {run.id} {search} {kinds} {page}",
        alt="New rows beside the rows they were made from, with what became of each",
    )
    first = (page - 1) * PAGE + 1
    last = first + len(rows) - 1
    st.caption(f"Rows {first:,} to {last:,} of {shown.total:,}. Choose a row to see what changed in it.")
    if shown.total > PAGE:
        st.pagination(math.ceil(shown.total / PAGE), key=key, max_visible_pages=5)
    for place in selected["selection"]["rows"][:1]:
        row = rows[place]
        changed_texts([(row["before"], row["after"], row["explanation"])], f"outcome {run.id}")


def named(kind: str) -> str:
    """Return an outcome for people."""
    if kind == ACCEPTED:
        return "Accepted"
    return "Repeats a new row" if kind == DUPLICATE else f"Not passed: {gates()[kind].title}"


def _cell(name: str, value: Any) -> str:
    if name == "outcome":
        return named(value)
    if name == "operator":
        return ", ".join(operators()[use].title for use in value.split("+"))
    return value or ""
