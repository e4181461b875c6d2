"""Prepare: clean the texts and split the rows, each into a new version of the dataset."""

import math

import streamlit as st

from core.config import parse_config
from core.data.explore import rows_page
from core.data.preprocessing import PreprocessConfig, before_after
from core.data.splitting import SplitConfig, SplitSizes, split_sizes
from core.data.workspace import Version
from pages.ui import session
from pages.ui.changes import changed_texts
from pages.ui.forms import fields
from pages.ui.frame import begin
from pages.ui.run_panel import latest_run, run_panel, start
from pages.ui.start_here import needed
from pages.ui.words import errors_as_sentences, plain

PREVIEW_ROWS = 5
CLEANING = ("lowercase", "punctuation", "numbers", "stop_words", "extra_stop_words")
DROPPING = ("drop_duplicates", "min_tokens", "max_tokens")
ADVANCED = ("tokenizer", "unicode", "strip_html", "separate_tokens", "drop_empty")
MOST_HELD_OUT = 49
PARTS = ("train", "validation", "test")


@st.cache_data(max_entries=20, show_spinner=False)
def first_texts(version_id: str, offset: int) -> list[str]:
    """Five texts of a version; a version never changes, so its id is the key."""
    page = rows_page(session.workspace().version(version_id), offset=offset, limit=PREVIEW_ROWS)
    return [str(text) for text in page.rows["text"].to_pylist()]


def clean(version: Version) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        values = fields(PreprocessConfig, (*CLEANING, *DROPPING), "clean")
        with st.expander("Advanced settings"):
            values |= fields(PreprocessConfig, ADVANCED, "clean")
    with right:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("#### Before and after, on five rows")
            if st.button("Show me others"):
                st.session_state.clean_offset = st.session_state.get("clean_offset", 0) + PREVIEW_ROWS
        with errors_as_sentences():
            config = parse_config(PreprocessConfig, {"version": version.id, **values})
            previews = max(1, math.ceil(version.rows / PREVIEW_ROWS))
            offset = st.session_state.get("clean_offset", 0) % (previews * PREVIEW_ROWS)
            changes = before_after(first_texts(version.id, offset), config, version.language)
            changed_texts([(c.before, c.after, "" if c.kept else f"Dropped: {c.reason}") for c in changes], "changes")
            if all(c.kept and c.before == c.after for c in changes):
                st.caption("These settings change nothing in these rows.")
            else:
                st.caption("Inserted text is underlined and deleted text is struck through.")
            if st.button("Make the cleaned version", type="primary"):
                start("preprocess", f"Clean {version.label}", config, (version.id,))
    panel("preprocess", version)


def split(version: Version) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        held_out = {}
        for part, column in zip(("validation", "test"), st.columns(2), strict=True):
            with column:
                meaning = SplitConfig.model_fields[part].description
                held_out[part] = st.number_input(f"{part.capitalize()}, %", 0, MOST_HELD_OUT, 10, help=meaning)
        percentages = {"train": 100 - sum(held_out.values()), **held_out}
        st.caption(f"The other {percentages['train']}% are for training.")
        values = fields(SplitConfig, ("stratify", "keep_existing", "seed"), "split")
    with right, errors_as_sentences():
        config = parse_config(SplitConfig, {"version": version.id, **percentages, **values})
        sizes = sizes_of(version.id, config.model_dump_json())
        st.markdown("#### Rows by part")
        names = {part: part.capitalize() for part in PARTS} | {"none": "No part"}
        rows = [
            {"Part": names[p], "Now": getattr(sizes.before, p), "After the split": getattr(sizes.after, p)}
            for p in names
        ]
        st.dataframe([row for row in rows if row["Now"] or row["After the split"]], hide_index=True)
        if len(sizes.labels) > 1:
            st.markdown("#### Rows by label after the split")
            st.dataframe(
                [
                    {"Label": s.label or "(no label)"} | {names[p]: getattr(s.after, p) for p in PARTS}
                    for s in sizes.labels
                ],
                hide_index=True,
            )
        for note in sizes.notes:
            st.caption(plain(note))
        if st.button("Make the split version", type="primary"):
            start("split", f"Split {version.label}", config, (version.id,))
    panel("split", version)


@st.cache_data(max_entries=20, show_spinner="Counting")
def sizes_of(version_id: str, settings: str) -> SplitSizes:
    """The sizes before and after, by version id and settings (JSON)."""
    return split_sizes(session.workspace().version(version_id), SplitConfig.model_validate_json(settings))


def panel(kind: str, version: Version) -> None:
    run = latest_run(kind)
    if run and {version.id, version.parent_id} & set(run.inputs):
        run = run_panel(run.id)
        if run.state == "finished":
            with st.container(horizontal=True):
                st.page_link("pages/explore.py", label="Explore it", icon=":material/search:")
                st.page_link("pages/finetuning.py", label="Train on it", icon=":material/model_training:")


begin(
    "Prepare",
    "Clean the texts and split the rows. Each makes a new version; the one before stays as it is.",
)
with errors_as_sentences():
    version = needed()
    what = st.segmented_control("What to do", ["Clean", "Split"], default="Clean", key="prepare")
    clean(version) if what != "Split" else split(version)
