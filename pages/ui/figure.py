"""What all charts have in common: the figure with its sentence, how it is shown, and how its axes are laid out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.ui.chart_text import chart_text
from pages.ui.theme import is_dark, template

LABEL_COLUMNS = 22
# What stays: a picture to download, back to the whole, full screen. A drag zooms where the axes can be zoomed.
_NEVER_SHOWN = ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]


@dataclass(frozen=True)
class Chart:
    """A figure with what it says in one sentence.

    `marks` are what the points of the first trace stand for, in their order: the category of a bar, the (low, high)
    of a histogram's bin. A chart without marks cannot be clicked.
    """

    figure: go.Figure
    description: str
    marks: tuple[Any, ...] = ()


def show(chart: Chart, key: str, on_select: Callable[[], None] | None = None, *, clickable: bool = False) -> Any:
    """Draw the chart in the visitor's theme and return the mark that is selected, or None.

    With `clickable` or `on_select` the page runs again when a mark is clicked, and again when a second click on the
    mark takes the selection back; `on_select` is called before it does. The selection lasts while the figure stays
    the same, so do not draw it into the figure.
    """
    figure = go.Figure(chart.figure).update_layout(template=template(is_dark()))
    selects = bool(chart.marks) and (clickable or on_select is not None)
    state: Any = st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        key=key,
        alt=chart.description,
        on_select=(on_select or "rerun") if selects else "ignore",
        selection_mode="points",
        config={"displaylogo": False, "modeBarButtonsToRemove": _NEVER_SHOWN},
    )
    if not selects:
        return None
    points = state["selection"]["points"]
    return chart.marks[points[0]["point_index"]] if points else None


def empty_chart(x_title: str, y_title: str) -> Chart:
    """Return axes that say that there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(text="There is nothing to draw yet.", x=0.5, y=0.5, xref="paper", yref="paper")
    figure.update_layout(height=160, dragmode=False)
    figure.update_xaxes(title_text=chart_text(x_title), showticklabels=False, fixedrange=True)
    figure.update_yaxes(title_text=chart_text(y_title), showticklabels=False, fixedrange=True, showgrid=False)
    return Chart(figure, f"Chart of {y_title} by {x_title}. There is nothing to draw yet.")


def places(categories: Sequence[Hashable]) -> list[str]:
    """Return one category name a place. The labels are put over them, so that equal or shortened labels stay apart."""
    return [str(index) for index in range(len(categories))]


def lay_out_bars(
    figure: go.Figure, categories: Sequence[Hashable], x_title: str, y_title: str, horizontal: bool, note: str
) -> None:
    """Lay the axes of a bar chart out so that every label can be read, and put `note` into the title of the counts."""
    aliases = {
        place: chart_text(name, LABEL_COLUMNS) for place, name in zip(places(categories), categories, strict=True)
    }
    named = {
        "type": "category",
        "labelalias": aliases,
        "fixedrange": True,
        "showgrid": False,
        "showline": False,
    }
    named["title_text"] = chart_text(x_title)
    counted = {"fixedrange": True, "showgrid": True, "showline": False, "rangemode": "tozero"}
    counted["title_text"] = f"{chart_text(y_title)}<br>{note}" if note else chart_text(y_title)
    figure.update_layout(hovermode="closest", dragmode=False)
    bar = figure.data[0]
    values = bar.x if horizontal else bar.y
    if max(values) <= 5 and all(float(value).is_integer() for value in values):
        counted["dtick"] = 1  # No half rows.
    if horizontal:
        row = 22 if len(categories) <= 20 else 18
        figure.update_layout(height=96 + row * len(categories))
        # The number after the longest bar is outside the axes, which Plotly makes no room for: about 4% of a narrow
        # chart a character.
        room = 1.04 + 0.04 * max(map(len, bar.text))
        figure.update_xaxes(**counted, range=[0, (max(values) or 1) * room])
        figure.update_yaxes(**named, autorange="reversed")
    else:
        figure.update_layout(height=280)
        figure.update_xaxes(**named)
        figure.update_yaxes(**counted)


def lay_out_lines(figure: go.Figure, x_title: str, y_title: str, legend: bool) -> None:
    """Lay the axes of a chart of lines out; with `legend` the lines are named below it."""
    figure.update_layout(height=320 if legend else 280, showlegend=legend)
    figure.update_xaxes(title_text=chart_text(x_title))
    figure.update_yaxes(title_text=chart_text(y_title))


def log_axis() -> dict[str, object]:
    """Return the settings of a logarithmic axis whose ticks are whole numbers, never Plotly's lone "2" and "5"."""
    return {"type": "log", "tickformat": ",~r"}
