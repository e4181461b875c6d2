"""A fine-tuning run while it is looked at: its panel, and how its curves are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.jobs import Sample
from core.runs.clock import Clock
from core.runs.curves import Curves
from core.runs.store import Run
from pages.ui import session
from pages.ui.finetune_runs import curves_and_clock, runs_on
from pages.ui.live_chart import Panel
from pages.ui.panels import OWN, View, lay_out
from pages.ui.run_panel import run_panel
from pages.ui.words import errors_as_sentences, plain

STEPS, TIME = "Steps", "Time"
FEWEST = 2  # panels: loss and validation scores
DECIDED_BY = {"accuracy": "validation/accuracy", "macro F1": "validation/macro_f1", "loss": "validation/loss"}


@dataclass
class Seen:
    """What a session has read of a run's events: up to `seq`, when what was measured, and notes in sentences."""

    seq: int = 0
    clock: Clock = field(default_factory=Clock)
    notes: Sequence[str] = ()


def live(run: Run, version: Version) -> None:
    """Draw the run's state, notes and curves, with the settings of the curves below.

    A setting moved draws the curves anew and leaves the rest of the page alone.
    """
    st.fragment(_live)(run, version)


def _live(run: Run, version: Version) -> None:
    with errors_as_sentences():
        place = st.container()
        settings = _settings(run, version)

        def notes_and_panels(drawn: Curves) -> Sequence[Panel]:
            seen = _seen(run)
            for note in seen.notes:
                st.caption(plain(note))
            return _panels(run, drawn, seen.clock, settings)

        with place:
            run_panel(run.id, notes_and_panels)


def _settings(run: Run, version: Version) -> dict[str, Any]:
    earlier = {name: other for name, other in runs_on(version).items() if not other.active and other.id != run.id}
    with st.container(horizontal=True, vertical_alignment="bottom", key="finetune curves"):
        smoothing = st.slider(
            "Smoothing of training curves",
            0.0,
            0.99,
            0.0,
            0.01,
            key="finetune smoothing",
            persist_state="session",
            width=240,
            help="How much each point is drawn towards those before it. What was measured stays behind it, faintly.",
        )
        axis = st.segmented_control(
            "Horizontal axis", [STEPS, TIME], default=STEPS, required=True, key="finetune axis", persist_state="session"
        )
        chosen: list[str] = []
        if earlier:
            chosen = st.multiselect(
                "Earlier runs to lay over",
                list(earlier),
                key=f"finetune earlier {run.id}",
                placeholder="None",
                width=280,
                help="Runs on this dataset, numbered from the first on. The tab Compare shows what they differ in.",
            )
        logarithmic = st.toggle("Logarithmic loss", key="finetune logarithmic", persist_state="session")
        every = st.toggle(
            "All curves",
            value=run.active,
            key=f"finetune all {run.id} {run.active}",
            help="Also learning rate, length of the gradient and speed.",
        )
    return {
        "smoothing": smoothing,
        "axis": axis,
        "logarithmic": logarithmic,
        "panels": None if every else FEWEST,
        "earlier": {name: earlier[name] for name in chosen},
    }


def _panels(run: Run, drawn: Curves, clock: Clock, settings: Mapping[str, Any]) -> Sequence[Panel]:
    earlier = {name: curves_and_clock(other) for name, other in settings["earlier"].items()}
    over_time = settings["axis"] == TIME and bool(drawn)
    clocks = {OWN: clock, **{name: other for name, (_, other) in earlier.items()}} if over_time else {}
    view = View(
        smoothing=settings["smoothing"],
        logarithmic=settings["logarithmic"],
        best=best_checkpoint(run, drawn),
        earlier={name: curves for name, (curves, _) in earlier.items()},
        clocks=clocks,
    )
    return lay_out("finetune", drawn, view)[: settings["panels"]]


def best_checkpoint(run: Run, drawn: Curves) -> tuple[str, int] | None:
    """Return a curve and the step on it where the best checkpoint was taken, as far as the run has come.

    The score of the model before training, at step 0, does not count: it has no checkpoint.
    """
    deciding = DECIDED_BY[run.config.get("metric", "accuracy")]
    sign = -1 if deciding == "validation/loss" else 1
    found = [
        (sign * value, -step, curve)
        for curve, (steps, values) in drawn.items()
        if curve.partition("@")[0] == deciding
        for step, value in zip(steps, values, strict=True)
        if step > 0
    ]
    if not found:
        return None
    _, step, curve = max(found)
    result = run.result or {}
    kept = f"{deciding}@{result.get('seed')}"
    if "best_step" in result:
        return (kept if kept in drawn else curve, result["best_step"])
    return curve, -step


def _seen(run: Run) -> Seen:
    """Return what is known of the run up to now; only events that are new since the last look are read."""
    seen: Seen = st.session_state.setdefault(f"seen {run.id}", Seen())
    fresh = session.runs().events(run.id, after=seen.seq)
    if fresh:
        seen.clock.extend(fresh)
        seen.seq = fresh[-1].seq
        for stored in fresh:
            if isinstance(stored.event, Sample) and stored.event.name == "notes":
                seen.notes = stored.event.data
    return seen
