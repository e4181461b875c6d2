"""The SQL box of the Explore page: one read-only statement, its first rows, and all of them for download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.data import sql
from core.data.exporting import download_name, download_suffix
from core.data.row_writer import Format
from core.data.workspace import Version
from core.errors import CorpusLabError
from pages.ui import session
from pages.ui.downloads import Content, download_buttons
from pages.ui.explore_table import FORMAT_NAMES
from pages.ui.words import plain

BOX = "explore sql"
FORMATS: tuple[Format, ...] = ("csv", "parquet")
EXAMPLES = {
    "Rows by label": "SELECT label, count(*) AS rows, round(avg(length(text)), 1) AS mean_length\nFROM data\n"
    "GROUP BY label\nORDER BY rows DESC",
    "Longest texts": "SELECT length(text) AS length, label, text\nFROM data\nORDER BY length DESC\nLIMIT 20",
    "Repeated texts": "SELECT text, count(*) AS times, list(DISTINCT label) AS labels\nFROM data\nGROUP BY text\n"
    "HAVING times > 1\nORDER BY times DESC",
    "Labels by split": "SELECT label, count(*) FILTER (split = 'train') AS train,\n"
    "  count(*) FILTER (split = 'validation') AS validation, count(*) FILTER (split = 'test') AS test,\n"
    "  count(*) FILTER (split IS NULL) AS no_split\nFROM data\nGROUP BY label\nORDER BY label",
    "Summary of the columns": "SUMMARIZE data",
}


@dataclass(frozen=True)
class Answer:
    """What became of the last statement: a result, or the sentence that says why there is none."""

    version: str
    statement: str
    result: sql.Result | None
    problem: str


def sql_tab(version: Version) -> None:
    """Draw the examples, the box and the answer to the last statement."""
    st.write("Ask the table `data` anything in SQL. Queries only read, and stop after ten seconds.")
    columns = ", ".join(map(plain, version.columns[:20]))
    st.caption(f"Its columns are {columns}" + (" and more." if len(version.columns) > 20 else "."))
    st.pills(
        "Examples",
        list(EXAMPLES),
        key="explore sql example",
        on_change=lambda: _take(version),
        help="Click one to put it into the box and run it.",
    )
    with st.form("explore sql form", border=False):
        st.text_area("SQL statement", key=BOX, height=130, placeholder=EXAMPLES["Rows by label"])
        if st.form_submit_button("Run", type="primary", help="Ctrl and Enter in the box run it too."):
            _run(version)
    answer = st.session_state.get("explore answer")
    if answer and answer.version == version.id:
        _answer(version, answer)


def _take(version: Version) -> None:
    example = st.session_state["explore sql example"]
    if example:
        st.session_state["explore sql example"] = None  # so that it can be clicked again
        st.session_state[BOX] = EXAMPLES[example]
        _run(version)


def _run(version: Version) -> None:
    statement = st.session_state[BOX]
    try:
        with st.spinner("Running the query"):
            result, problem = sql.query(version, statement), ""
    except CorpusLabError as error:
        result, problem = None, str(error)
    st.session_state["explore answer"] = Answer(version.id, statement, result, problem)


def _answer(version: Version, answer: Answer) -> None:
    result = answer.result
    if result is None:
        st.error(plain(answer.problem))
        return
    count = result.rows.num_rows
    rows = "1 row" if count == 1 else f"{count:,} rows"
    took = f"{result.seconds:.2f} seconds"

    def row(button: Callable[..., None]) -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"The first {rows}, in {took}. There are more." if result.truncated else f"{rows} in {took}.")
            st.space("stretch")
            for format in FORMATS:
                suffix = download_suffix(version, format) if result.truncated else f".{format}"
                button(
                    f"All rows as {FORMAT_NAMES[format]}",
                    _file(version, answer.statement, format, suffix),
                    download_name(version, f"-query{suffix}"),
                    f"explore sql {format}",
                    icon=":material/download:",
                )

    download_buttons(row)
    st.dataframe(result.rows, hide_index=True, placeholder="", alt="The rows that the query returned")


def _file(version: Version, statement: str, format: Format, suffix: str) -> Callable[[], Content]:
    """Return what makes the file when it is asked for."""
    workspace = session.workspace()

    def make() -> Content:
        staged = workspace.staging_path().with_suffix(suffix)
        try:
            sql.query_to_file(version, statement, staged, format)
            return Content(staged)
        finally:
            staged.unlink(missing_ok=True)

    return make
