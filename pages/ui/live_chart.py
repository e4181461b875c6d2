"""A chart that grows while it is looked at.

`st.plotly_chart` builds its node anew whenever the data change, and the reader's zoom, hover and hidden lines are
lost with it. Here a component keeps one node a panel and hands the new points to `Plotly.react`. plotly.js itself
comes from the plotly package, which Streamlit serves as the files of a component that is never drawn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import streamlit as st
from plotly.utils import PlotlyJSONEncoder
from streamlit.components.v1 import declare_component

from pages.ui.chart_text import chart_text, shorten
from pages.ui.theme import IS_DARK_JS, template

MAX_POINTS = 1_000
_NAME_COLUMNS = 40

_CSS = """
.corpus-lab-live { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.corpus-lab-live figure { margin: 0; min-width: 0; }
.corpus-lab-live figcaption { font-size: 0.9375rem; font-weight: 600; line-height: 1.5; }
.corpus-lab-live p { color: var(--st-gray-text-color); font-size: 0.875rem; margin: 0; }
"""

# Registering a component's folder is what makes Streamlit serve it.
_plotly_js = declare_component("plotly_js", path=Path(plotly.__file__).parent / "package_data")


def _javascript() -> str:
    constants = {
        # The version keeps a browser from drawing with the file of an earlier one.
        "PLOTLY_PATH": f"component/{_plotly_js.name}/plotly.min.js?version={plotly.__version__}",
        "TEMPLATES": {name: template(name == "dark") for name in ("light", "dark")},
    }
    lines = [f"const {name} = {json.dumps(value, cls=PlotlyJSONEncoder)};" for name, value in constants.items()]
    source = (Path(__file__).parent / "live_chart.js").read_text(encoding="utf-8")
    return "\n".join([*lines, IS_DARK_JS, source])


_component = st.components.v2.component("corpus_lab_live_chart", css=_CSS, js=_javascript(), isolate_styles=False)


@dataclass(frozen=True)
class Panel:
    """One chart of a live chart: lines by name, each an x and a y of one length; None or NaN in y is a gap.

    `marker` is an x at which an upright line stands, named by `marker_label`. `levels` are values of y by name, to
    which the lines are compared: dashed lines from side to side. `behind` names lines that are drawn faintly in the
    colour of another, without a place in the legend: what was measured, behind the same line smoothed. `over` names
    lines that are laid over the others for comparison, which leaves those their colours.
    """

    title: str
    y_title: str
    x_title: str
    series: Mapping[str, tuple[Sequence[float], Sequence[float | None]]] = field(default_factory=dict)
    log_y: bool = False
    marker: float | None = None
    marker_label: str = ""
    levels: Mapping[str, float] = field(default_factory=dict)
    behind: Mapping[str, str] = field(default_factory=dict)
    over: Collection[str] = ()


def live_chart(key: str, panels: Sequence[Panel], *, height: int = 280, description: str = "") -> None:
    """Draw the panels side by side, or one under the other where the page is narrow.

    Call it again with the same `key` and more points, from a fragment with `run_every`: the chart is moved on in
    place, and what the reader has zoomed into or hidden stays so. Another `key` is another chart. A line has the same
    colour and dash in every panel. `height` is of one panel in pixels, with a legend of one line; a longer one is
    given more. `description` is read out by screen readers.
    """
    words = {
        "waiting": "The first point has not arrived yet.",
        "failed": "The chart could not be loaded. Reload the page to try again.",
    }
    data = {"key": key, "height": height, "description": description or _describe(panels), "words": words}
    _component(key=key, data={**data, "panels": [_panel(panel) for panel in panels]})


def thin(x: Sequence[float], y: Sequence[float | None], limit: int = MAX_POINTS) -> tuple[list[Any], list[Any]]:
    """Return at most `limit` of the points, which draw the same line.

    The points are cut into buckets of one length, and of each the lowest and the highest are kept, so that no spike
    is lost; the first and the last point are kept too. NaN and infinity become None, and a bucket without any number
    keeps one None: a gap stays a gap. Numbers are rounded to 6 digits, finer than a screen can show.
    """
    steps = np.asarray(x, float)
    values = np.array([np.nan if value is None else value for value in y], float)
    values[~np.isfinite(values)] = np.nan
    if len(values) > limit:
        edges = np.linspace(0, len(values), (limit - 2) // 2 + 1).astype(int)
        kept = {0, len(values) - 1}
        for start, end in pairwise(edges):
            bucket = values[start:end]
            numbers = ~np.isnan(bucket)
            low = np.where(numbers, bucket, np.inf).argmin()
            high = np.where(numbers, bucket, -np.inf).argmax()
            kept |= {int(start + low), int(start + high)}
        order = sorted(kept)
        steps, values = steps[order], values[order]
    return [_number(step) for step in steps], [None if np.isnan(value) else _number(value) for value in values]


def _number(value: float) -> float:
    return int(value) if value == int(value) and abs(value) < 2**53 else float(f"{value:.6g}")


def _panel(panel: Panel) -> dict[str, Any]:
    series = []
    for name, (x, y) in panel.series.items():
        steps, values = thin(x, y)
        line = {"id": name, "name": chart_text(name, _NAME_COLUMNS), "x": steps, "y": values}
        series.append({**line, "behind": panel.behind.get(name), "over": name in panel.over})
    return {
        "title": shorten(panel.title),
        "xTitle": chart_text(panel.x_title),
        "yTitle": chart_text(panel.y_title),
        "series": series,
        "logY": panel.log_y,
        "marker": panel.marker,
        "markerLabel": chart_text(panel.marker_label) if panel.marker_label else "",
        "levels": [{"name": chart_text(name, _NAME_COLUMNS), "y": _number(y)} for name, y in panel.levels.items()],
    }


def _describe(panels: Sequence[Panel]) -> str:
    sentences = []
    for panel in panels:
        sentences.append(f"{panel.title}: {panel.y_title} by {panel.x_title}.")
        sentences += [f"For comparison, {shorten(name)}: {value:,.6g}." for name, value in panel.levels.items()]
    return " ".join(sentences)
