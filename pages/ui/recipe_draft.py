"""The recipe that the Augment page is at. It lasts for the session, where widgets are forgotten with their page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.augmentation.catalogue import operators
from core.augmentation.recipe import Recipe

FIRST = "synonym_replacement"
ELSE = "random_swap"
KEY = "augment draft"


@dataclass
class Card:
    """A step: `number` is its own, so that its widgets keep their state wherever it is moved."""

    number: int
    use: str
    settings: dict[str, Any]


@dataclass
class Draft:
    """The steps as cards, and the rest of a recipe as it is written; `number` is in the keys of the rest's widgets."""

    number: int
    cards: list[Card]
    rest: dict[str, Any]

    def add(self, use: str) -> None:
        """Put a step at the end."""
        self.cards.append(Card(_next_number(), use, {}))

    def move(self, place: int, by: int) -> None:
        """Exchange the steps at `place` and at `place + by`."""
        self.cards[place], self.cards[place + by] = self.cards[place + by], self.cards[place]

    def remove(self, place: int) -> None:
        """Take the step at `place` out."""
        del self.cards[place]

    def written(self) -> dict[str, Any]:
        """Return the recipe as it is written."""
        return {**self.rest, "steps": [{"use": card.use, **card.settings} for card in self.cards]}


def draft(language: str) -> Draft:
    """Return the session's draft; at first it has one step that can be done here in `language`."""
    if KEY not in st.session_state:
        first = operators()[FIRST]
        can_do = language in (*first.languages, "und") and first.missing() is None
        _put([{"use": FIRST if can_do else ELSE}], {"gates": [{"use": "novelty"}]})
    return st.session_state[KEY]


def replace_draft(recipe: Recipe) -> None:
    """Make the draft what `recipe` says; all widgets begin anew."""
    values = recipe.model_dump(mode="json")
    _put(values.pop("steps"), values)


def _put(steps: list[dict[str, Any]], rest: Mapping[str, Any]) -> None:
    cards = [Card(_next_number(), step.pop("use"), step) for step in steps]
    st.session_state[KEY] = Draft(_next_number(), cards, dict(rest))


def _next_number() -> int:
    st.session_state["augment number"] = st.session_state.get("augment number", 0) + 1
    return st.session_state["augment number"]
