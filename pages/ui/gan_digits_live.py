"""A GAN of digits while it learns: its curves, its pictures over time, what goes wrong, and the levers to pull."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.config import parse_config
from core.gan.digits.controls import Controls, Part, read_controls, write_controls
from core.jobs import Resumed, Sample
from core.runs.curves import Curves
from core.runs.store import Run
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.frame import POLL_S
from pages.ui.live_chart import Panel
from pages.ui.panels import lay_out
from pages.ui.words import errors_as_sentences, plain

DISTANCE = "Fréchet distance"
NEWEST = -1  # in place of the last step: who has not gone back in time stays with what comes
PACE = ("d_updates", "g_updates", "d_learning_rate", "g_learning_rate")
STEPS: dict[Part, str] = {"discriminator": "Step D", "generator": "Step G", "both": "Step both"}

EXPLAINED = {
    "Losses": "What each network makes small. They pull against each other, so neither has to fall: what matters is "
    "that both keep moving.",
    "What the discriminator believes": "How likely it holds real pictures, D(x), and generated ones, D(G(z)), to be "
    "real. Both at one half means that it cannot tell them apart; 1 and 0 mean that the generator learns nothing. With "
    "the relativistic loss, it is how likely it picks the right one of a pair.",
    "Fréchet distance": "How far generated pictures are from real ones, as the judge sees them; lower is better. The "
    "floor is what two halves of the real pictures have, so nothing can be much below it. The judge is a small "
    "classifier that was trained on the real pictures.",
    "Agreement and diversity": "Agreement is the share of pictures in which the judge sees the digit that was asked "
    "for. Diversity compares how much the pictures of a digit differ with how much real ones do: near 0, the generator "
    "makes the same picture again and again.",
    "Classes": "How many of the digits are not left out, as the judge sees it.",
    "Speed": "Updates of both networks per second, on this machine.",
}


def panels(drawn: Curves) -> list[Panel]:
    """Return the layout of the curves; distances fall by powers of ten."""
    return [replace(panel, log_y=True) if panel.title == DISTANCE else panel for panel in lay_out("gan_digits", drawn)]


def curves_explained() -> None:
    """Draw a sentence for each of the curves."""
    with st.expander("What the curves say"):
        for title, sentence in EXPLAINED.items():
            st.markdown(f"**{title}.** {sentence}")


def controls(run: Run) -> None:
    """Draw the levers of a training that goes on."""
    wanted = read_controls(run.folder)

    def wish(**changes: Any) -> None:
        write_controls(run.folder, parse_config(Controls, {**wanted.model_dump(), **changes}))
        st.rerun()

    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Continue" if wanted.paused else "Pause", help="A pause does not count as time of training."):
            wish(paused=not wanted.paused)
        for part, label in STEPS.items():
            if st.button(label, help="Pauses, makes this one update, and draws the pictures anew."):
                wish(paused=True, singles=wanted.singles + 1, single=part)
        st.caption("Paused. A step shows what one update does." if wanted.paused else "")
    with st.form(f"gan controls {run.id}", border=False):
        columns = st.columns([2, 2, 2, 2, 1], vertical_alignment="bottom")
        values: dict[str, Any] = {}
        for name, column in zip(PACE, columns, strict=False):
            with column:
                values |= fields(Controls, [name], f"gan controls {run.id}", wanted.model_dump())
        if columns[-1].form_submit_button("Apply", help="From the next step on."):
            wish(**values)


def pictures_over_time(run: Run) -> None:
    """Draw what the generator made of the same random numbers at each time, and the alarms; go on while it learns."""
    st.fragment(_pictures, run_every=POLL_S if run.active else None)(run.id)


def _pictures(run_id: str) -> None:
    with errors_as_sentences():
        run = session.runs().run(run_id)
        shown, alarms = _events(run_id)
        if run.active or run.state == "finished":
            for sentence in alarms:
                st.warning(plain(sentence))
        steps = sorted(step for step in shown if (run.folder / shown[step]).is_file())
        if not steps:
            return
        step = steps[-1]
        if len(steps) > 1:
            offered = [*steps[:-1], NEWEST]
            chosen = st.select_slider(
                "Training step of the pictures", offered, NEWEST, format_func=_named, key=f"gan step {run_id}"
            )
            step = step if chosen == NEWEST else chosen
        columns = "" if run.config["model"] == "classic" else " A column is a class."
        picture = (run.folder / shown[step]).read_bytes()
        st.image(picture, caption=f"The same random numbers as pictures, after {step:,} steps.{columns}")


def _named(step: int) -> str:
    return "newest" if step == NEWEST else f"{step:,}"


def _events(run_id: str) -> tuple[dict[int, str], list[str]]:
    """Return the grids by step and the alarms that are on; only events that are new since the last look are read."""
    seen, grids, alarms = st.session_state.get(f"gan events {run_id}", (0, {}, []))
    fresh = session.runs().events(run_id, after=seen)
    for stored in fresh:
        event = stored.event
        if isinstance(event, Resumed):
            grids = {step: path for step, path in grids.items() if step <= event.step}
        elif isinstance(event, Sample) and event.name == "grid":
            grids = {**grids, event.data["step"]: event.data["path"]}
        elif isinstance(event, Sample) and event.name == "alarms":
            alarms = event.data["sentences"]
    if fresh:
        st.session_state[f"gan events {run_id}"] = (fresh[-1].seq, grids, alarms)
    return grids, alarms
