"""Pages with charts that can be clicked, and with a live chart that gets a point every 0.3 s; all with hostile labels.

`test_charts.py` and `test_live_chart.py` drive them.
"""

import math

import streamlit as st

from pages.ui import charts
from pages.ui.live_chart import Panel, live_chart
from pages.ui.theme import follow_theme

SECONDS = 0.3
HOSTILE = "<img src=x onerror=alert(1)>"
LABELS = [HOSTILE, "<a href='http://evil.example'>b</a>", "![i](http://evil.example/i.png)"]


def panels(count: int) -> list[Panel]:
    """Four panels after `count` steps: two lines and a marker, one line, a hostile name, and nothing yet."""
    steps = list(range(1, count + 1))
    loss = [2 / math.sqrt(step) for step in steps]
    both = {"training": (steps, loss), "validation": (steps[::4], [value + 0.1 for value in loss[::4]])}
    accuracy = [100 - 40 * value for value in loss]
    rate = [1e-4 / step for step in steps]
    return [
        Panel("Loss", "Loss (nats)", "Step", both, marker=12, marker_label="Best"),
        Panel("Accuracy", "Accuracy (%)", "Step", {"training": (steps, accuracy)}, levels={"another": 10}),
        Panel("Learning rate", "Rate", "Step", {"head": (steps, rate), HOSTILE: (steps, rate[::-1])}, log_y=True),
        Panel("验证集准确率", "准确率 (%)", "Step"),
    ]


def grow(*, anew: bool = False, moved: bool = False) -> None:
    """Draw the chart again and again, as another chart each time with `anew`; `moved` has it in another container."""

    @st.fragment(run_every=SECONDS)
    def draw() -> None:
        st.session_state.count = st.session_state.get("count", 20) + 1
        count = st.session_state.count
        places = st.container(), st.container()
        with places[int(moved)]:
            live_chart(f"demo-{count}" if anew else "demo", panels(count), description="A demo of a run.")
        st.text(f"{count} points")

    draw()


def live() -> None:
    st.title("Live")
    grow()


def anew() -> None:
    st.title("Anew")
    grow(anew=True)


def moves() -> None:
    st.title("Moves")
    grow(moved=st.toggle("Move the chart"))


def overlaid() -> None:
    st.title("Overlaid")
    names = [f"training, an earlier run {number}" for number in range(8 if st.toggle("Lay over") else 0)]
    panels = []
    for title, own in (("Loss", "training"), ("Accuracy", "accuracy")):
        lines = {name: ([1, 2], [1, place]) for place, name in enumerate([own, *names])}
        panels.append(Panel(title, title, "Step", lines, over=names))
    live_chart("overlaid", panels)


def behind() -> None:
    st.title("Behind")
    _, second = st.tabs(["First", "Second"])
    with second:
        grow()


def elsewhere() -> None:
    st.title("Elsewhere")


def clicked() -> None:
    bars = charts.bars(LABELS, [3, 2, 1], x_title="Label", y_title="Rows")
    st.text(f"bar {charts.show(bars, 'bars', clickable=True)!r}")
    bins = charts.histogram([0, 10, 20], [5, 4], x_title="Length (tokens)", y_title="rows")
    st.text(f"bin {charts.show(bins, 'bins', clickable=True)!r}")


st.set_page_config(layout="wide", menu_items={"About": "A demo."})
pages = [st.Page(elsewhere, default=True), *map(st.Page, (live, anew, moves, overlaid, behind, clicked))]
page = st.navigation(pages, position="hidden")
with st.sidebar:
    for entry in pages:
        st.page_link(entry)
    follow_theme()
page.run()
