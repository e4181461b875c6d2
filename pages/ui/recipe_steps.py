"""The steps of an augmentation recipe as cards: add, reorder, remove, and settings from each operator's config."""

from typing import Any

import streamlit as st

from core.augmentation.catalogue import operators
from core.augmentation.operator import OperatorConfig
from core.augmentation.recipe import Step
from core.text.language import LANGUAGES
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.recipe_draft import Card, Draft
from pages.ui.recipe_files import PATHS, sentence_file, word_file
from pages.ui.words import errors_as_sentences, plain

NEXT = "sentence_insertion"  # needs nothing that may be absent


def steps(draft: Draft, language: str) -> None:
    """Draw the cards, and keep in the draft what they are set to."""
    for place, card in enumerate(draft.cards):
        with st.container(border=True):
            _head(draft, place)
            operator = operators()[card.use]
            st.caption(operator.summary)
            for reason in _reasons(operator, language):
                st.warning(plain(reason))
            with st.expander("Settings", key=f"step {card.number} settings"):
                card.settings = _settings(card, operator)
    kinds = operators()
    names = list(kinds)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Another step", names, names.index(NEXT), lambda name: kinds[name].title, key="new step")
        # The choice is read when the button is pressed: who is quick presses it before the page knows the choice.
        st.button("Add", icon=":material/add:", on_click=lambda: draft.add(st.session_state["new step"]))


def _head(draft: Draft, place: int) -> None:
    card, last = draft.cards[place], len(draft.cards) - 1
    buttons = {
        "Up": (place == 0, draft.move, (place, -1)),
        "Down": (place == last, draft.move, (place, 1)),
        "Remove": (last == 0, draft.remove, (place,)),
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{place + 1}. {operators()[card.use].title}**", width="stretch")
        for label, (out, act, arguments) in buttons.items():
            key = f"step {card.number} {label}"
            st.button(label, key=key, type="tertiary", disabled=out, on_click=act, args=arguments)


def _settings(card: Card, operator: type[OperatorConfig]) -> dict[str, Any]:
    key = f"step {card.number}"
    kept = PATHS if session.private_workspaces() else ("file",)
    values = fields(operator, [name for name in operator.model_fields if name not in kept], key, card.settings)
    values |= {name: card.settings[name] for name in kept if name in card.settings}
    with errors_as_sentences():
        if values.get("pool") == "file":
            values["file"] = sentence_file(operator, key, card.settings.get("file", ""))
        if "protected" in values:
            values["protected"] = word_file(key, values["protected"])
    return {**fields(Step, ["probability"], key, card.settings), **values}


def _reasons(operator: type[OperatorConfig], language: str) -> list[str]:
    """Return why the operator cannot do its work here."""
    reasons = [operator.missing() or ""]
    if operator.languages and language not in (*operator.languages, "und"):
        known = ", ".join(LANGUAGES.get(code, code) for code in operator.languages)
        reasons.append(f"This step knows only these languages: {known}. The dataset is in another one.")
    return [reason for reason in reasons if reason]
