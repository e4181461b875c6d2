"""Deleting a row, and if wanted all rows that were made from it: a new version, without them."""

import streamlit as st

from core.augmentation.pipeline import descendants, without
from core.data.workspace import Version
from pages.ui import dataset, session
from pages.ui.explore_state import change
from pages.ui.words import errors_as_sentences


@st.dialog("Delete this row")
def delete_row(version: Version, row_id: str) -> None:
    """Ask what is to go, and then work on the version without it."""
    with errors_as_sentences():
        made = descendants(version, [row_id], session.workspace())
        st.write("This makes a new version. The one before stays as it is, with the row in it.")
        with_descendants = True
        if made:
            with_descendants = st.toggle(f"Also delete what was made from it (rows: {made:,})", value=True)
        if st.button("Delete it", type="primary"):
            with st.spinner("Writing the version"):
                left = without(version, [row_id], session.workspace(), with_descendants)
            change(row="")
            dataset.choose(left.id)
            st.rerun()
