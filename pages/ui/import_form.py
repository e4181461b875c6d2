"""What an import will make of a source: its first rows, which column is what, and the button that starts it."""

import streamlit as st

from core.config import parse_config
from core.data.importing import ImportConfig, Preview, look
from core.data.sources.files import TITLES
from core.text.language import language_in_words
from pages.ui.run_panel import start
from pages.ui.words import plain

ROLES = {
    "text": "The column whose text everything works on.",
    "label": "The column that says which class a row belongs to.",
    "split": "The column that says train, validation or test.",
    "id": "A column that names each row uniquely; without it, names are made from the content.",
}
FORMATS = {name: f"{title[:1].upper()}{title[1:]}" for name, title in TITLES.items()}
HUB = "A dataset of the hub"
NONE = "(none)"
SHOWN_ROWS = 5
HEADERS = {"auto": "Find out", "yes": "Yes", "no": "No"}


def import_form(config: ImportConfig, key: str, name: str) -> None:
    """Draw the preview and the mapping of the source that `config` names, and start the import when asked."""
    preview = look(config)
    facts = [FORMATS.get(preview.format, HUB)]
    facts += [preview.encoding.upper()] if preview.encoding else []
    facts.append(language_in_words(preview.language))
    st.caption(plain(", ".join(facts)))
    for note in preview.notes:
        st.warning(plain(note))
    st.dataframe(
        [{column: str(value) for column, value in row.items()} for row in preview.rows[:SHOWN_ROWS]], hide_index=True
    )
    chosen = _mapping(preview, key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("Name of the dataset", value=name, key=f"{key} name", max_chars=80)
        if st.button("Import", type="primary", key=f"{key} import"):
            values = {**config.model_dump(), **chosen, "name": typed or None}
            start("import", typed or name, parse_config(ImportConfig, values))


def _mapping(preview: Preview, key: str) -> dict[str, str]:
    """Draw a select box for each role and return the chosen columns, "" for none."""
    if len(preview.columns) == 1:
        return {}
    chosen = {}
    for (role, meaning), column in zip(ROLES.items(), st.columns(len(ROLES)), strict=True):
        options = list(preview.columns) if role == "text" else [NONE, *preview.columns]
        guess = getattr(preview.mapping, role)
        with column:
            picked = st.selectbox(
                f"{role.capitalize()} column",
                options,
                index=options.index(guess) if guess in options else 0,
                help=meaning,
                key=f"{key} {role}",
            )
        chosen[role] = "" if picked == NONE else picked
    return chosen
