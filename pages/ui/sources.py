"""The four ways to a dataset: a sample, a file, the hub, and a catalogue to choose from."""

import streamlit as st

from core.config import parse_config
from core.data.catalogue import CatalogueEntry, catalogue, search
from core.data.importing import ImportConfig
from core.data.sources.builtin import BUILTINS
from core.data.sources.formats import split_name
from core.text.language import LANGUAGES
from pages.ui.import_form import import_form
from pages.ui.run_panel import start
from pages.ui.uploads import saved
from pages.ui.words import plain

FORMATS = ["csv", "tsv", "jsonl", "ndjson", "json", "parquet", "txt", "gz"]
PARAGRAPHS = {"lines": "A row a line", "paragraphs": "A row a paragraph"}
HUB_ROWS = 10_000


def samples() -> None:
    """Draw a card for each built-in dataset."""
    for pair in zip(*[iter([*BUILTINS.values(), None])] * 2, strict=True):
        for sample, column in zip(pair, st.columns(2), strict=True):
            if sample is None:
                continue
            with column, st.container(border=True, height="stretch", vertical_alignment="distribute"):
                with st.container():
                    st.markdown(f"#### {sample.title}")
                    rows = f"{sample.rows:,} rows, " if sample.rows else ""
                    st.caption(f"{rows}{LANGUAGES.get(sample.language, sample.language)}")
                    st.write(sample.note)
                reason = sample.available()
                if reason:
                    st.caption(plain(reason))
                elif st.button("Load", key=f"load {sample.name}", help=f"Make {sample.name} one of your datasets."):
                    start("import", sample.name, parse_config(ImportConfig, {"source": f"builtin:{sample.name}"}))


def file() -> None:
    """Draw the upload and what an import would make of it."""
    upload = st.file_uploader(
        "CSV, TSV, JSONL, JSON, Parquet or plain text, also gzipped. The encoding is found.",
        type=FORMATS,
        help="At most 200 MB. For more, use `python -m core data import FILE` on the machine itself.",
    )
    if upload is None:
        return
    values = {"source": str(saved(upload)), "filename": upload.name}
    if upload.name.lower().removesuffix(".gz").endswith(".txt"):
        picked = st.segmented_control(
            "What is a row", list(PARAGRAPHS), default="lines", format_func=PARAGRAPHS.__getitem__
        )
        values["format"] = picked or "lines"
    import_form(parse_config(ImportConfig, values), f"file {upload.file_id}", split_name(upload.name)[0][:80])


def hub() -> None:
    """Draw the fields of a hub dataset and, when asked, what an import would make of it."""
    wide, *narrow = st.columns([2, 1, 1, 1])
    hub_id = wide.text_input("Hub id", placeholder="owner/name", help="As in the address of the dataset's page.")
    config = narrow[0].text_input(
        "Configuration", help="Some datasets have several. Empty: the only one, or the default."
    )
    split = narrow[1].text_input(
        "Split",
        placeholder="train",
        help="Which part to read; all for every part. Empty: train, or the first part where there is no train.",
    )
    limit = narrow[2].number_input(
        "Rows at most", 1, 10_000_000, HUB_ROWS, help="The rows are streamed; no more than this is read of a split."
    )
    asked = (hub_id.strip(), config.strip(), split.strip(), limit)
    if st.button("Look at it", disabled=not hub_id.strip()):
        st.session_state.hub_asked = asked
    if hub_id.strip() and st.session_state.get("hub_asked") == asked:
        values = {"source": f"hub:{asked[0]}", "hub_config": asked[1] or None, "hub_split": asked[2] or None}
        with st.spinner("Asking the hub for the first rows"):
            import_form(parse_config(ImportConfig, {**values, "row_limit": limit}), f"hub {asked}", asked[0])


def open_datasets() -> None:
    """Draw the catalogue with its filters, and the dataset that is chosen in it."""
    entries = catalogue()
    every = st.columns([1, 1, 1, 2])
    language = every[0].selectbox("Language", sorted({x for e in entries for x in e.language}), None, placeholder="Any")
    domain = every[1].selectbox("Domain", sorted({e.domain for e in entries}), None, placeholder="Any")
    task = every[2].selectbox("Task", sorted({e.task for e in entries}), None, placeholder="Any")
    text = every[3].text_input("Words", placeholder="chat, licence, name")
    found = search(language, domain, task, text)
    st.caption(f"{len(found)} of {len(entries)} well-known open datasets. Click the box of a row to choose it.")
    picked = st.dataframe(
        {
            "Name": [e.name for e in found],
            "Language": [", ".join(e.language) for e in found],
            "Task": [e.task for e in found],
            "When to choose it": [e.when_to_choose for e in found],
            "Size": [e.size_text for e in found],
            "Domain": [e.domain for e in found],
            "Licence": [e.licence for e in found],
            "Hub id": [e.hub_id for e in found],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="catalogue",
    )
    rows = picked["selection"]["rows"]
    if rows and rows[0] < len(found):
        _entry(found[rows[0]])


def _entry(entry: CatalogueEntry) -> None:
    with st.container(border=True):
        st.markdown(f"#### {plain(entry.name)}")
        st.write(plain(entry.when_to_choose))
        facts = (*entry.language, entry.domain, entry.task, entry.size_text, f"licence: {entry.licence}")
        st.caption(plain(", ".join(facts)))
        if entry.gated:
            st.warning("Its terms have to be accepted on the hub first, with an account and a token.")
        left, right = st.columns(2, vertical_alignment="bottom")
        limit = left.number_input("Rows at most", 1, 10_000_000, HUB_ROWS, key=f"rows {entry.hub_id} {entry.config}")
        if right.button("Import from the hub", type="primary", key=f"import {entry.hub_id} {entry.config}"):
            values = {
                "name": entry.name,
                "source": f"hub:{entry.hub_id}",
                "hub_config": entry.config,
                "hub_split": entry.split,
                "text": entry.text_column,
                "label": entry.label_column or "",
                "row_limit": limit,
            }
            start("import", entry.name, parse_config(ImportConfig, values))
