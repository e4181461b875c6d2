"""History: every version of the dataset in use, how each was made, and what differs between two of them."""

from collections.abc import Callable

import streamlit as st

from core.data.compare import Comparison, compare
from core.data.exporting import FORMATS, download, download_name, download_suffix
from core.data.lineage import describe, lineage
from core.data.row_writer import Format
from core.data.workspace import Version
from core.jobs import run
from pages.ui import dataset, session
from pages.ui.changes import changed_texts
from pages.ui.downloads import Content, download_buttons
from pages.ui.figure import show
from pages.ui.frame import begin
from pages.ui.start_here import needed
from pages.ui.version_graph import version_graph
from pages.ui.words import ago, errors_as_sentences, plain


def steps(versions: list[Version], version: Version) -> None:
    picked = show(version_graph(lineage(versions), version.id), key="versions", clickable=True)
    if picked and picked != version.id:
        dataset.choose(picked)
        st.rerun()
    st.caption("Click a point to work on that version.")
    st.dataframe(
        {
            "Version": [v.number for v in versions],
            "What was done": [describe(v) for v in versions],
            "Rows": [v.rows for v in versions],
            "Made": [ago(v.created) for v in versions],
        },
        hide_index=True,
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )


def details(version: Version) -> None:
    st.subheader(plain(version.label))
    st.write(plain(describe(version)))
    for note in version.notes:
        st.caption(plain(note))

    def files(button: Callable[..., None]) -> None:
        with st.container(horizontal=True, width="content"):
            for format in FORMATS:
                button(
                    f"Download {format.upper() if format != 'parquet' else 'Parquet'}",
                    content(version, format),
                    download_name(version, download_suffix(version, format)),
                    f"download {format}",
                    icon=":material/download:",
                )

    with st.container(horizontal=True):
        with st.container(width="content"):
            download_buttons(files)
        if st.button("Rename", icon=":material/edit:"):
            rename(version)
        if st.button("Delete", icon=":material/delete:"):
            delete(version)
    with st.expander("The exact settings of this step"):
        uploaded = {"source": "an uploaded file"} if version.params.get("filename") else {}
        st.json({**version.params, **uploaded})


def content(version: Version, format: Format) -> Callable[[], Content]:
    """A function that opens the file once it is asked for; CSV and JSONL are written then, the first time."""
    return lambda: Content(run(download(version, format)))


@st.dialog("Rename the dataset")
def rename(version: Version) -> None:
    name = st.text_input("New name", value=version.dataset, max_chars=80)
    with errors_as_sentences():
        if st.button("Rename it", type="primary"):
            session.workspace().rename(version.dataset_id, name)
            st.rerun()


@st.dialog("Delete")
def delete(version: Version) -> None:
    what = st.radio(
        "What to delete",
        ["version", "dataset"],
        format_func={
            "version": f"Only version {version.number}; what was made from it stays",
            "dataset": f"All versions of {plain(version.dataset)}",
        }.__getitem__,
    )
    st.write("This cannot be undone.")
    with errors_as_sentences():
        if st.button("Delete it", type="primary"):
            if what == "version":
                session.workspace().delete_version(version.id)
            else:
                session.workspace().delete_dataset(version.dataset_id)
            st.rerun()


@st.cache_data(max_entries=20, show_spinner="Comparing")
def difference(before_id: str, after_id: str) -> Comparison:
    """The comparison of two versions; versions never change, so their ids are the key."""
    workspace = session.workspace()
    return compare(workspace.version(before_id), workspace.version(after_id))


def comparison(versions: list[Version], version: Version) -> None:
    st.subheader("Compare two versions")
    names = {v.id: v.label for v in versions}
    ids = list(names)
    left, right = st.columns(2)
    parent = version.parent_id if version.parent_id in names else ids[0]
    before = left.selectbox("Before", ids, ids.index(parent), format_func=names.__getitem__)
    after = right.selectbox("After", ids, ids.index(version.id), format_func=names.__getitem__)
    if before == after:
        st.caption("Choose two different versions.")
        return
    found = difference(before, after)
    numbers = {"Added": found.added, "Dropped": found.dropped, "Changed": found.changed, "Unchanged": found.same}
    for column, (name, rows) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(f"Rows {name.lower()}", f"{rows:,}")
    for names_of, sentence in ((found.columns_added, "Columns added"), (found.columns_removed, "Columns removed")):
        if names_of:
            st.caption(plain(f"{sentence}: {', '.join(names_of)}"))
    texts = [row for row in found.changed_rows if row.text_before != row.text_after]
    if texts:
        st.markdown("#### Changed texts")
        changed_texts([(row.text_before, row.text_after, "") for row in texts], "changed texts")
    if found.changed_columns:
        st.caption(plain(", ".join(f"{name}: {rows:,} rows differ" for name, rows in found.changed_columns.items())))
    for title, rows in (("Dropped rows", found.dropped_rows), ("Added rows", found.added_rows)):
        if rows:
            st.markdown(f"#### {title}")
            st.dataframe(
                [{"Text": r.text, "Label": r.label, "Split": r.split, "Id": r.id} for r in rows],
                hide_index=True,
                placeholder="",
            )
    if found.label_count > 1:
        st.markdown("#### Rows by label")
        st.dataframe(
            [{"Label": b.label or "(no label)", "Before": b.before, "After": b.after} for b in found.labels],
            hide_index=True,
        )


begin(
    "History",
    "A version never changes. Every step makes a new one, and keeps the settings that made it.",
)
with errors_as_sentences():
    version = needed()
    versions = session.workspace().versions(version.dataset_id)
    steps(versions, version)
    details(version)
    if len(versions) > 1:
        comparison(versions, version)
