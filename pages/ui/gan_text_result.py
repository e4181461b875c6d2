"""What a text GAN came to: the verdict, everybody who writes in one table, the rows with reasons, and a version."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.errors import NotFound
from core.gan.text.outcomes import Outcomes, outcomes
from core.gan.text.titles import ACCEPTED, TITLES
from core.gan.text.versioning import make_version
from core.runs.store import Run
from pages.ui import dataset, session
from pages.ui.changes import changed_texts
from pages.ui.words import errors_as_sentences, plain

PAGE = 50
WRITERS = {
    "real": "Real rows, held out",
    "trigram": "Trigram sampler",
    "likelihood": "Maximum likelihood alone",
    "gan": "GAN",
    "gated": "GAN, rows that passed the gates",
}
MEASURES = {
    "frechet": ("Fréchet distance", "How far the meanings are from real rows; the first line is the floor.", "{:.3f}"),
    "told_apart": (
        "Told apart",
        "How often a classifier tells them from real rows; 0.5 is a guess, the ideal.",
        "{:.2f}",
    ),
    "label_agreement": ("Label kept", "How often a classifier finds the label they should have.", "{:.0%}"),
    "reverse_perplexity": ("Reverse perplexity", "A model that learned from them, asked about real rows.", "{:,.0f}"),
    "copied": ("Copied 4-grams", "Sequences of four words that stand in the training rows.", "{:.1%}"),
    "novel": ("Novel", "Rows that the dataset does not have.", "{:.1%}"),
    "unique": ("Unique", "Rows that repeat no other one.", "{:.1%}"),
    **{f"bleu_{n}": (f"BLEU-{n}", "Likeness to real rows; higher is more alike.", "{:.3f}") for n in (2, 3, 4)},
    **{
        f"self_bleu_{n}": (f"Self-BLEU-{n}", "Likeness to each other; higher is more of the same.", "{:.3f}")
        for n in (2, 3, 4)
    },
}


@st.cache_data(max_entries=20, ttl="1h", show_spinner="Looking the rows up")
def found(folder: Path, search: str, kinds: tuple[str, ...], offset: int) -> Outcomes:
    """A page of rows, by the run's folder, whose name cannot be guessed and whose file never changes."""
    return outcomes(folder, search, kinds, offset, PAGE)


def text_result(run: Run) -> None:
    """Draw the result of a finished run."""
    result: Mapping[str, Any] = run.result or {}
    _version(run, result)
    st.markdown("#### Who writes best")
    for sentence in result["verdict"]:
        st.write(plain(sentence))
    _table(result["table"], len(result.get("trainings", ())))  # a run of an earlier version does not have them
    for note in result["notes"]:
        st.caption(plain(note))
    st.markdown("#### The rows that were written")
    st.fragment(_rows)(run, result["counts"])


def _version(run: Run, result: Mapping[str, Any]) -> None:
    if run.config["mode"] == "unconditional":
        st.info(
            "Rows written from nothing are a lesson and no data. Choose the mode infill to make rows for a dataset."
        )
        return
    with errors_as_sentences():
        workspace = session.workspace()
        parent = workspace.version(run.config["version"])
        made = made_by(run, workspace.versions(parent.dataset_id))
        if made:
            st.success(plain(f"The accepted rows are in {made.label}, which has {made.rows:,} rows."))
            st.page_link("pages/explore.py", label="Look at them", icon=":material/search:")
        elif st.button(
            f"Make a version with the {result['accepted']:,} accepted rows",
            type="primary",
            disabled=not result["accepted"],
            help="A new version of the dataset: its rows, then the accepted ones, each with the row it came from.",
            key=f"gan text make {run.id}",
        ):
            made = make_version(run.folder, parent, workspace, {**run.config, "run": run.id})
            dataset.choose(made.id)
            st.rerun()


def made_by(run: Run, versions: Sequence[Version]) -> Version | None:
    """Return the version that was made of this run's rows, if there is one."""
    by_run = (version for version in versions if version.params.get("run") == run.id)
    return next(by_run, None) or next((v for v in versions if v.id == (run.result or {}).get("version")), None)


def _table(table: Mapping[str, Mapping[str, Sequence[float]]], trainings: int) -> None:
    measures = [name for name in MEASURES if any(name in measured for measured in table.values())]
    rows = []
    for writer, measured in table.items():
        cells = {MEASURES[name][0]: _cell(measured.get(name), MEASURES[name][2]) for name in measures}
        rows.append({"Who writes": _writer(writer), **cells})
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Who writes": st.column_config.TextColumn(width=210, pinned=True),
            **{MEASURES[name][0]: st.column_config.TextColumn(help=MEASURES[name][1]) for name in measures},
        },
        alt="All who write, side by side",
    )
    if trainings > 1:
        st.caption(
            f"Each number is a mean with its standard deviation: of the GAN and of maximum likelihood alone over "
            f"{trainings:,} trainings, of all others over several draws of as many rows by the first training."
        )
    else:
        st.caption(
            "Each number is a mean with its standard deviation over several draws of as many rows. All are of one "
            "training; raise Trainings in the advanced settings to see how much is luck."
        )


def _writer(name: str) -> str:
    base, _, temperature = name.partition("@")
    return f"The same at temperature {temperature}" if temperature else WRITERS[base]


def _cell(measured: Sequence[float] | None, shape: str) -> str:
    if measured is None:
        return "not measured"
    return f"{shape.format(measured[0])} ±{shape.format(measured[1])}"


def _rows(run: Run, counts: Mapping[str, int]) -> None:
    ordered = [kind for kind in (ACCEPTED, *TITLES) if counts.get(kind)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search the rows", key=f"gan text search {run.id}", placeholder="word or phrase")
        kinds = st.multiselect(
            "Outcomes to show",
            ordered,
            format_func=lambda kind: f"{_outcome(kind)} ({counts[kind]:,})",
            placeholder="All of them",
            key=f"gan text kinds {run.id}",
        )
    with errors_as_sentences():
        try:
            _page(run, search.strip(), tuple(kinds))
        except NotFound:
            st.caption("The file of the rows is gone.")


def _page(run: Run, search: str, kinds: tuple[str, ...]) -> None:
    key = f"gan text page {run.id} {search} {kinds}"
    page = st.session_state.get(key, 1)
    shown = found(run.folder, search, kinds, (page - 1) * PAGE)
    rows = shown.rows.to_pylist()
    if not rows:
        st.info("No row has these words.")
        return
    selected = st.dataframe(
        [
            {
                "Outcome": _outcome(row["outcome"]),
                "New row": row["text"],
                "Real row": row["before"] or "",
                "Label": row["label"] or "",
                "Why it was rejected": row["explanation"],
                "Label probability": row["agreement"],
                "Cosine to class": row["cosine"],
            }
            for row in rows
        ],
        hide_index=True,
        height=min(518, 38 + 32 * len(rows)),
        row_height=32,
        column_config={
            "New row": st.column_config.TextColumn(width=320),
            "Real row": st.column_config.TextColumn(width=320),
            "Label probability": st.column_config.NumberColumn(format="%.2f"),
            "Cosine to class": st.column_config.NumberColumn(format="%.2f"),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=f"gan text table {run.id} {search} {kinds} {page}",
        alt="Rows that were written, with what became of each",
    )
    first = (page - 1) * PAGE + 1
    st.caption(
        f"Rows {first:,} to {first + len(rows) - 1:,} of {shown.total:,}. Choose a row to see what is new in it."
    )
    if shown.total > PAGE:
        st.pagination(math.ceil(shown.total / PAGE), key=key, max_visible_pages=5)
    for place in selected["selection"]["rows"][:1]:
        row = rows[place]
        changed_texts([(row["before"] or "", row["text"], row["explanation"])], f"gan text {run.id}")


def _outcome(kind: str) -> str:
    """Return an outcome for people."""
    return "Accepted" if kind == ACCEPTED else f"Not passed: {TITLES[kind]}"
