"""One row of the Explore page, whole: its text and tokens, what is known about it, and its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.augmentation.lineage import COLUMNS as AUGMENTED
from core.data.rows import COLUMNS
from core.data.workspace import Version
from core.text.tokenizers import TOKENIZERS, available_tokenizers, tokenizer_for
from pages.ui import explore_cache
from pages.ui.chart_text import shorten
from pages.ui.explore_state import change
from pages.ui.row_deletion import delete_row
from pages.ui.token_boxes import MAX_TOKENS, token_boxes

SHOWN_CHARACTERS = 50_000
TOKENIZED_CHARACTERS = 10_000
TALL = 700  # characters from which on the text scrolls in a box
PICTURE_COLUMNS = ("pixels", "height", "width")
MAX_SIDE = 512
# Each paragraph runs in the direction of its own language.
DIRECTIONS = '<style>[data-testid="stText"], [data-testid="stText"] * { unicode-bidi: plaintext; }</style>'
PICTURE_WIDTH = 160
FIELDS = {
    "label": "Label",
    "split": "Split",
    "origin": "Origin",
    "operator": "Made by",
    "parent_id": "Made from",
    "id": "Id",
}

# On a phone the row is below the table: without this, a click on a row would seem to do nothing.
_reveal = st.components.v2.component(
    "corpus_lab_reveal",
    js="""export default function ({ data, parentElement }) {
        const place = parentElement.host ?? parentElement;
        if (place.dataset.row === data.row) return;
        place.dataset.row = data.row;
        if (place.getBoundingClientRect().top > window.innerHeight - 96)
            place.scrollIntoView({ behavior: "smooth", block: "start" });
    }""",
)


def row_pane(version: Version, row_id: str) -> None:
    """Draw the row with this id. Raises NotFound."""
    row = explore_cache.row(version, row_id)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("The row in full", anchor=False)
        _reveal(key="explore reveal", data={"row": row_id}, width=1, height=1)
        st.button("Close", icon=":material/close:", on_click=close, key="explore close")
    image = picture(row)
    if image is not None:
        st.image(image, width=PICTURE_WIDTH, alt="The picture of this row")
    _text(row["text"])
    _tokens(version, row["text"])
    _fields(row, image is not None)
    if row["parent_id"]:
        st.button(
            "Show the row that it was made from",
            on_click=change,
            kwargs={"row": row["parent_id"]},
            key="explore parent",
        )
    if st.button("Delete this row", icon=":material/delete:", key="explore delete"):
        delete_row(version, row_id)


def close() -> None:
    """Close the row, and let the table forget its selection, so that the same row can be opened again."""
    st.session_state["explore closed"] = st.session_state.get("explore closed", 0) + 1
    change(row="")


def tokenizer_choice(version: Version) -> str:
    """Draw the choice of a tokenizer, remembered for the dataset's language, and return its name."""
    names = available_tokenizers()
    return st.selectbox(
        "Tokenizer",
        names,
        index=names.index(tokenizer_for(version.language)),
        format_func=lambda name: TOKENIZERS[name].title,
        key=f"explore tokenizer {version.language}",
        persist_state="session",
        help="How the text is cut into tokens: words, parts of words, or characters.",
    )


def picture(row: Mapping[str, Any]) -> NDArray[np.uint8] | None:
    """Return the picture that a row's pixels describe (H, W), dark ink on light paper; None where it has none."""
    pixels, height, width = (row.get(name) for name in PICTURE_COLUMNS)
    if not (isinstance(pixels, list) and isinstance(height, int) and isinstance(width, int)):
        return None
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and len(pixels) == height * width):
        return None
    if not all(isinstance(value, int) and 0 <= value <= 255 for value in pixels):
        return None
    ink = 255 - np.asarray(pixels, np.uint8).reshape(height, width)
    # A browser smooths what it enlarges; whole blocks keep the pixels of a small picture apart.
    return np.kron(ink, np.ones((max(1, 2 * PICTURE_WIDTH // max(height, width)),) * 2, np.uint8))


def _text(text: str) -> None:
    if not text:
        st.caption("This row has no text.")
        return
    with st.container(border=True, height=260 if len(text) > TALL else "content"):
        st.html(DIRECTIONS)
        st.text(text[:SHOWN_CHARACTERS])
    st.caption(f"{len(text):,} characters" if len(text) != 1 else "1 character")
    if len(text) > SHOWN_CHARACTERS:
        st.caption(f"The first {SHOWN_CHARACTERS:,} of them are shown.")
        st.download_button("Download the whole text", text, "row.txt", "text/plain", on_click="ignore")


def _tokens(version: Version, text: str) -> None:
    if not text:
        return
    tokens = TOKENIZERS[tokenizer_choice(version)].tokenize(text[:TOKENIZED_CHARACTERS])
    token_boxes(tokens, key="explore tokens")
    said = [f"{len(tokens):,} tokens, {len(set(tokens)):,} of them different."]
    if len(text) > TOKENIZED_CHARACTERS:
        said.append(f"Only the first {TOKENIZED_CHARACTERS:,} characters are cut into tokens.")
    if len(tokens) > MAX_TOKENS:
        said.append(f"The first {MAX_TOKENS} tokens are shown.")
    st.caption(" ".join(said))


def _fields(row: Mapping[str, Any], pictured: bool) -> None:
    """Draw what is known of the row as a table: our own fields first, then the user's columns by their own names."""
    known = {title: row[name] for name, title in FIELDS.items() if row[name] or name in ("label", "split")}
    own = {name: v for name, v in row.items() if name not in COLUMNS and (v is not None or name not in AUGMENTED)}
    if pictured:
        own.pop("pixels")
    names = [*known, *own]
    values = [*known.values(), *own.values()]
    st.dataframe(
        {"Field": names, "Value": ["" if value is None else shorten(value, 1_000) for value in values]},
        hide_index=True,
        height="content" if len(names) <= 12 else 420,
        row_height=30,
        column_config={"Field": st.column_config.TextColumn(width="small")},
        alt="What is known about the row",
    )
