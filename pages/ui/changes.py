"""Texts with their changes marked word by word, and not by colour alone."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.text.word_changes import word_changes

SHOWN_CHARACTERS = 2_000

_CSS = """
.corpus-lab-changes p { margin: 0; padding: 0.5rem 0; border-bottom: 1px solid var(--st-border-color);
  line-height: 1.6; overflow-wrap: anywhere; white-space: pre-wrap; }
.corpus-lab-changes ins { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px;
  font-weight: 600; }
.corpus-lab-changes del { opacity: 0.7; }
.corpus-lab-changes .dropped { opacity: 0.75; }
.corpus-lab-changes small { display: block; font-weight: 600; }
"""

_component = st.components.v2.component(
    "corpus_lab_changes",
    html='<div class="corpus-lab-changes"></div>',
    css=_CSS,
    js=(Path(__file__).parent / "changes.js").read_text(encoding="utf-8"),
)


def changed_texts(rows: Sequence[tuple[str, str, str]], key: str) -> None:
    """Draw texts as (before, after, why it would be dropped or "")."""
    shown = [
        {"changes": word_changes(before[:SHOWN_CHARACTERS], after[:SHOWN_CHARACTERS]), "reason": reason}
        for before, after, reason in rows
    ]
    _component(data={"rows": shown}, key=key)
