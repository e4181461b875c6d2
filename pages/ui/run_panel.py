"""The live panel of a run: state, progress, time left, curves, cancel and resume. It polls the store only."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.config import Config
from core.errors import NotFound
from core.jobs import Event, Metrics
from core.runs.curves import Curves, extend
from core.runs.store import Run
from pages.ui import dataset, session
from pages.ui.frame import POLL_S, share_done
from pages.ui.live_chart import Panel, live_chart
from pages.ui.words import duration, errors_as_sentences, plain

SOON_S = 0.5  # until there is a first point to see
DOUBLE_CLICK_S = 2.0

STATES = {
    "queued": "Waiting",
    "running": "Running",
    "finished": "Finished",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
}

Panels = Callable[[Curves], Sequence[Panel]]


def start(kind: str, name: str, config: Config, inputs: Sequence[str] = ()) -> None:
    """Queue a run, remember it as this session's latest of its kind, and draw the page anew with it.

    A double click starts one run: the same is not started again while it goes on, nor right after it.
    """
    values, version = config.model_dump(mode="json"), st.session_state.get("version")
    started, runs = _started(), session.runs()
    with started.lock:  # a second click is answered by a thread of its own, while the first one's is still here
        latest = latest_run(kind)
        same = latest is not None and (latest.config, latest.inputs) == (values, tuple(inputs))
        if latest is None or not same or not (latest.active or time.time() - latest.created < DOUBLE_CLICK_S):
            run = runs.submit(kind, name, values, inputs)
            started.latest[kind], started.awaited[run.id] = run.id, version
    st.rerun()


@dataclass
class Started:
    """What this session started: its latest run of each kind, and the version in use when a run was started."""

    latest: dict[str, str] = field(default_factory=dict)
    awaited: dict[str, str | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _started() -> Started:
    if "started" not in st.session_state:
        st.session_state.started = Started()
    started: Started = st.session_state.started
    return started


def latest_run(kind: str) -> Run | None:
    """Return the run of this kind that this session started last, if it was not deleted since."""
    run_id = _started().latest.get(kind)
    try:
        return session.runs().run(run_id) if run_id else None
    except NotFound:
        return None


def run_panel(run_id: str, panels: Panels | None = None) -> Run:
    """Draw a run and keep it up to date while it goes on; return it as it is now.

    A version that a run of this session made becomes the one in use, unless another was chosen meanwhile.
    """
    run = session.runs().run(run_id)
    if run.active:
        st.session_state[f"polled {run_id}"] = True
    waits = run.active and not curves_of(run_id)
    every = SOON_S if waits else POLL_S if run.active else None
    st.fragment(_draw, run_every=every)(run_id, panels, waits)
    return run


def _draw(run_id: str, panels: Panels | None, waits: bool) -> None:
    with errors_as_sentences():
        run = session.runs().run(run_id)
        if not run.active and _has_just_ended(run):
            st.rerun()
        _state(run)
        if panels is not None:
            drawn = curves_of(run_id)
            if drawn or run.active:  # an empty chart already loads what the first point is drawn with
                live_chart(f"curves {run_id}", panels(drawn))
            if waits and drawn:
                st.rerun()  # from now on it is looked at less often


def _has_just_ended(run: Run) -> bool:
    """Whether this session waited for the run, or saw it going on; then the whole page is drawn anew, once."""
    awaited, version = _started().awaited, st.session_state.get("version")
    if run.id not in awaited:
        return st.session_state.pop(f"polled {run.id}", False)
    if awaited.pop(run.id) == version and run.result and "version" in run.result:
        dataset.choose(run.result["version"])
    return True


def _state(run: Run) -> None:
    if run.state == "queued":
        text = "Starting" if run.place == 1 and not _lane_is_busy(run) else f"Waiting, place {run.place} in the queue"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(0.0, text=text)
            _cancel_button(run)
    elif run.state == "running":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(share_done(run), text=progress_sentence(run))
            _cancel_button(run)
    elif run.state == "finished":
        st.success(plain((run.result or {}).get("summary", f"Finished in {duration(run.seconds)}.")))
    else:
        (st.error if run.state == "failed" else st.warning)(plain(run.message))
        if run.resumable and st.button("Resume from the checkpoint", key=f"resume {run.id}", type="primary"):
            session.runs().resume(run.id)
            st.rerun()


def _lane_is_busy(run: Run) -> bool:
    return any(other.lane == run.lane for other in session.runs().runs(states=("running",)))


def _cancel_button(run: Run) -> None:
    if run.cancel_requested:
        st.button("Cancelling", key=f"cancelling {run.id}", disabled=True, help="It writes its checkpoint and ends.")
    elif st.button("Cancel", key=f"cancel {run.id}", help="Stops within ten seconds and keeps what is done."):
        session.runs().request_cancel(run.id)
        st.rerun(scope="fragment")


def progress_sentence(run: Run) -> str:
    """Return what a running run is doing, how far it is, and how long it will still take."""
    progress = run.progress
    if progress is None:
        return "Starting"
    parts = [plain(progress.message)] if progress.message else []
    if progress.total:
        parts.append(f"{progress.done:,.0f} of {progress.total:,.0f} {progress.unit}")
        left = _seconds_left(run)
        if left is not None:
            parts.append(f"about {duration(left)} left")
    elif progress.done:
        parts.append(f"{progress.done:,.0f} {progress.unit}")
    return ", ".join(parts)


def _seconds_left(run: Run) -> float | None:
    """Return the time left at the speed since this session first looked, so that a resumed run is not flattered.

    A bar that goes back belongs to the next part of the work, which has a speed of its own.
    """
    done, now = share_done(run), time.time()
    key = f"first seen {run.id} {run.started}"
    began, first, latest = st.session_state.get(key, (now, done, done))
    if done < latest:
        began, first = now, done
    st.session_state[key] = (began, first, done)
    return (now - began) / (done - first) * (1 - done) if done > first else None


def curves_of(run_id: str) -> Curves:
    """Return the run's curves; only events that are new since the last look are read."""
    seen, drawn = st.session_state.get(f"points {run_id}", (0, {}))
    fresh = session.runs().events(run_id, after=seen)
    if fresh:
        extend(drawn, fresh)
        st.session_state[f"points {run_id}"] = (fresh[-1].seq, drawn)
    return drawn


def samples_of(run_id: str) -> Mapping[str, Any]:
    """Return the latest sample of each name that the run has shown."""
    events: list[Event] = [stored.event for stored in session.runs().events(run_id)]
    return {event.name: event.data for event in events if not isinstance(event, Metrics) and hasattr(event, "data")}
