"""Tokens as boxes in the order of the text. They are set as text content, so that nothing in a token is obeyed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

MAX_TOKENS = 500
# Blanks and line breaks would be empty boxes.
_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "\u3000": "□", "\xa0": "⍽"})

_CSS = """
ol { display: flex; flex-wrap: wrap; gap: 0.25rem; list-style: none; margin: 0; padding: 0; }
li {
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); border-radius: 0.25rem;
  color: var(--st-text-color); font-family: var(--st-font); font-size: 0.8125rem; line-height: 1.4; max-width: 100%;
  overflow-wrap: anywhere; padding: 0 0.3125rem; unicode-bidi: isolate; white-space: pre-wrap;
}
"""

_JS = """
export default function ({ data, parentElement }) {
  const list = document.createElement("ol");
  list.setAttribute("aria-label", data.label);
  for (const token of data.tokens) {
    const box = document.createElement("li");
    box.textContent = token;
    list.append(box);
  }
  const before = parentElement.querySelector("ol");
  if (before) before.replaceWith(list);
  else parentElement.append(list);
}
"""

_component = st.components.v2.component("corpus_lab_tokens", css=_CSS, js=_JS)


def token_boxes(tokens: Sequence[str], key: str) -> None:
    """Draw the first MAX_TOKENS of `tokens`; `key` is the element's own."""
    shown = [token.translate(_VISIBLE) for token in tokens[:MAX_TOKENS]]
    _component(key=key, data={"tokens": shown, "label": "Tokens"})
