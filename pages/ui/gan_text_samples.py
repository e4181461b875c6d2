"""Rows of one seed over the training, each written word marked by how real the discriminator holds it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.jobs import Resumed, Sample
from core.runs.store import Run
from pages.ui import session
from pages.ui.attributed_text import marked_pieces
from pages.ui.frame import POLL_S
from pages.ui.words import errors_as_sentences, plain

PHASES = {"warmup": "learning real rows", "adversarial": "generator against discriminator"}
SCORED = 0.5  # a word that looks as real as not


def samples(run: Run) -> None:
    """Draw the rows with a slider over the training, and go on while it learns."""
    st.fragment(_samples, run_every=POLL_S if run.active else None)(run.id)


def notices(run: Run) -> None:
    """Draw what went wrong and what was done about it."""
    for notice in _seen(run.id)["notice"]:
        st.warning(plain(notice["text"]))


def _samples(run_id: str) -> None:
    with errors_as_sentences():
        by_step = {sample["step"]: sample for sample in _seen(run_id)["samples"]}
        if not by_step:
            st.caption("Now and then the generator fills the same blanks with the same random numbers; see them here.")
            return
        step = _step(run_id, sorted(by_step))
        shown = by_step[step]
        st.markdown(f"#### The same rows after {step:,} steps, {PHASES[shown['phase']]}")
        for place, row in enumerate(shown["rows"]):
            if row["label"]:
                st.caption(f"Label {plain(row['label'])}")
            marked_pieces(_pieces(row), _description(row), f"gan text {run_id} {place}")
        if shown["phase"] == "warmup":
            st.caption("Words in square brackets were written; the others are those of a real row.")
        else:
            st.caption(
                "Marked words were written; the others are those of a real row. Solid lines and blue: the "
                "discriminator holds the word for real. Dashed lines and orange: it holds it for written. The surer it "
                "is, the thicker the line; the number appears when the pointer rests on the word."
            )


def _step(run_id: str, steps: list[int]) -> int:
    """Draw the slider and return the step it stands on: the newest until it is moved."""
    if len(steps) == 1:
        return steps[0]
    key, newest = f"gan text step {run_id}", f"gan text newest {run_id}"
    if st.session_state.get(key) not in steps or st.session_state[key] == st.session_state.get(newest):
        st.session_state[key] = steps[-1]
    st.session_state[newest] = steps[-1]
    return int(st.select_slider("Training step", steps, key=key))


def _pieces(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    pieces: list[dict[str, Any]] = []
    for word, filled, score in zip(row["words"], row["filled"], row["scores"], strict=True):
        text = f"[{word}]" if filled and score is None else word
        certainty = 0.0 if score is None else max(0.06, abs(score - SCORED) / SCORED)
        leaning = None if score is None else score - SCORED or -1e-6
        title = "" if score is None else f"{score:.0%} real"
        pieces += [
            {"text": text, "score": leaning, "strength": certainty, "title": title},
            {"text": " ", "score": None, "strength": 0.0, "title": ""},
        ]
    return pieces


def _description(row: Mapping[str, Any]) -> str:
    scored = [
        f"{word} {score:.0%}" for word, score in zip(row["words"], row["scores"], strict=True) if score is not None
    ]
    if not scored:
        return "A row whose blanks were filled."
    return f"Written words, and how real the discriminator holds each: {', '.join(scored)}."


def _seen(run_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the run's samples and notices; only events that are new since the last look are read."""
    key = f"gan text events {run_id}"
    after, kept = st.session_state.get(key, (0, {"samples": [], "notice": []}))
    fresh = session.runs().events(run_id, after=after)
    for stored in fresh:
        event = stored.event
        if isinstance(event, Resumed):
            kept = {name: [one for one in found if one["step"] <= event.step] for name, found in kept.items()}
        elif isinstance(event, Sample) and event.name in kept:
            kept = {**kept, event.name: [*kept[event.name], event.data]}
    if fresh:
        st.session_state[key] = (fresh[-1].seq, kept)
    return kept
