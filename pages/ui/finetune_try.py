"""The tab Try it: a sentence of one's own with the words that led to the answer, or a file of texts."""

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import streamlit as st

from core.data.filters import identifier
from core.data.spreadsheet import made_unsafe, unsafe_sql
from core.finetuning.labelling import label_file
from core.jobs import Event, Job, Progress
from core.jobs import run as carry_out
from core.runs.store import Run
from pages.ui.attributed_text import why
from pages.ui.charts import bars
from pages.ui.downloads import Content, download_button
from pages.ui.figure import show
from pages.ui.finetune_runs import classifier
from pages.ui.uploads import saved
from pages.ui.words import errors_as_sentences, plain

MOST_CHARACTERS = 5_000
MOST_LABELS = 10
MOST_ROWS = 5_000
SHOWN_ROWS = 200


def try_tab(run: Run) -> None:
    """Draw the tab."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Try a sentence")
        text = st.text_area(
            "Sentence",
            key=f"try {run.id}",
            placeholder="I love this movie!",
            height=80,
            max_chars=MOST_CHARACTERS,
        )
        if text.strip():
            _answer(run, text)
    with right:
        st.markdown("#### Label a file")
        _file(run)


def _answer(run: Run, text: str) -> None:
    prediction = classifier(run.folder).predict([text])[0]
    ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])[:MOST_LABELS]
    likeliest, probability = ranked[0]
    if prediction.label == likeliest:
        st.write(f"The model says **{plain(likeliest)}**, with a probability of {probability:.1%}.")
    elif prediction.label:
        st.write(f"The model says **{plain(prediction.label)}**: each of these has a probability of at least 50%.")
    else:
        st.write(f"The model gives it no label. The likeliest, {plain(likeliest)}, has {probability:.1%}.")
    percent = [round(100 * share, 1) for _, share in ranked]
    show(
        bars([label for label, _ in ranked], percent, x_title="Label", y_title="Probability (%)"),
        key=f"probabilities {run.id}",
    )
    why(run, text, likeliest, f"try {run.id}")


def _file(run: Run) -> None:
    upload = st.file_uploader(
        "File with texts",
        type=["csv", "tsv", "txt", "jsonl", "json", "parquet", "gz"],
        key=f"try file {run.id}",
        help=f"CSV, TSV, JSON, Parquet or a text a line, up to {MOST_ROWS:,} rows. It does not become a dataset.",
    )
    if upload is None:
        st.caption("Every row gets a label and a probability for each label, in a table to download.")
        return
    column = st.text_input(
        "Column of the texts", key=f"try column {run.id}", placeholder="found by itself", help="Empty: the likeliest."
    )
    with errors_as_sentences():
        path = saved(upload)
        digest = hashlib.sha256(f"{run.id} {column}".encode()).hexdigest()[:16]
        target = path.with_name(f"{path.name}-{digest}.csv")
        told = f"labelled {target.name}"
        if told not in st.session_state or not target.exists():
            job = label_file(
                classifier(run.folder),
                path,
                target,
                filename=upload.name,
                column=column.strip() or None,
                most_rows=MOST_ROWS,
            )
            st.session_state[told] = _with_bar(job)
        for note in st.session_state[told]["notes"]:
            st.caption(plain(note))
        _table(target, len((run.result or {})["labels"]), f"try table {run.id}")


def _with_bar(job: Job[dict[str, Any]]) -> dict[str, Any]:
    bar = st.progress(0.0, "Labelling the rows")

    def show_progress(event: Event) -> None:
        if isinstance(event, Progress) and event.total:
            bar.progress(min(1.0, event.done / event.total), event.message)

    try:
        return carry_out(job, show_progress)
    finally:
        bar.empty()


def _table(path: Path, labels: int, key: str) -> None:
    """Draw the rows, whose last columns are the probabilities of so many `labels`, and a button for all of them."""
    with duckdb.connect() as duck:
        found = duck.read_csv(str(path), header=True, delimiter=",", all_varchar=True)
        # What is made safe for a spreadsheet is shown as it was.
        cells = {made_unsafe(name): unsafe_sql(identifier(name)) for name in found.columns[:-labels]}
        shares = {made_unsafe(name): f"{identifier(name)}::DOUBLE" for name in found.columns[-labels:]}
        columns = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in {**cells, **shares}.items())
        rows = found.limit(SHOWN_ROWS).project(columns).to_arrow_table()
        total = len(found)
    st.dataframe(
        rows,
        hide_index=True,
        height=320,
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in shares},
        key=key,
        alt="The rows of the file with the model's labels",
    )
    if total > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS} of {total:,} rows are shown; the file to download has all.")
    download_button(
        "Download the table",
        lambda: Content(path),
        "labelled.csv",
        f"download {key}",
        icon=":material/download:",
    )
