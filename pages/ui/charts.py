"""The charts of the app: plain data in, a Plotly figure and a sentence for screen readers out.

The functions know no theme; `show` draws a chart with the visitor's. Labels may be anything a dataset holds.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.chart_text import chart_text, display_width, shorten
from pages.ui.figure import LABEL_COLUMNS, Chart, empty_chart, lay_out_bars, lay_out_lines, log_axis, places, show
from pages.ui.theme import LIGHT

__all__ = ["Chart", "bars", "confusion", "curves", "growth", "histogram", "missing", "show", "zipf"]

MAX_BARS = 60
MAX_POINTS = 1_000
_HOVER_COLUMNS = 80
_DASHES = ("solid", "dash", "dot", "dashdot")


def bars(
    categories: Sequence[Hashable],
    counts: Sequence[float],
    *,
    x_title: str,
    y_title: str,
    horizontal: bool | None = None,
    highlight: Hashable = None,
) -> Chart:
    """Return one bar a category, in the order given; `y_title` names the counts.

    `horizontal=None` lays the bars down where their labels would not stand side by side on a phone. `highlight` is
    a category whose bar keeps its colour while the others fade, None for no such bar. Past `MAX_BARS` categories the
    rest is not drawn, and the chart says so.
    """
    if not categories:
        return empty_chart(x_title, y_title)
    drawn, values = list(categories[:MAX_BARS]), [float(count) for count in counts[:MAX_BARS]]
    if horizontal is None:
        horizontal = sum(max(display_width(name, LABEL_COLUMNS), 4) + 1 for name in drawn) > 40
    total = float(sum(counts))
    figure = go.Figure(
        go.Bar(
            **_lying(places(drawn), values, horizontal),
            customdata=[
                [chart_text(name, _HOVER_COLUMNS), _share(n, total)] for name, n in zip(drawn, values, strict=True)
            ],
            hovertemplate="%{customdata[0]}<br>%{value:,} (%{customdata[1]})<extra></extra>",
            # Not an opacity a bar: plotly.js 4.1 throws on a click where bars have texts and a marker has a list.
            selectedpoints=[drawn.index(highlight)] if highlight is not None and highlight in drawn else None,
            unselected={"marker": {"opacity": 0.35}},
            text=[f"{value:,.6g}" for value in values],
            textposition="outside",
            cliponaxis=False,
        )
    )
    left_out = len(categories) - len(drawn)
    note = f"The first {len(drawn)} of {len(categories):,} are drawn." if left_out else ""
    lay_out_bars(figure, drawn, x_title, y_title, horizontal, note)
    top = max(range(len(drawn)), key=values.__getitem__)
    description = (
        f"Bar chart of {y_title} by {x_title}: {len(categories):,} bars in all; the largest is "
        f"{shorten(drawn[top], _HOVER_COLUMNS)} with {values[top]:,.6g} of {total:,.6g}. {note}"
    )
    return Chart(figure, description.strip(), tuple(drawn))


def missing(columns: Sequence[str], share: Sequence[float], *, x_title: str = "Column") -> Chart:
    """Return how much of each column is missing, the worst first; `share` is 0 to 1 a column."""
    order = sorted(range(len(columns)), key=lambda index: -share[index])
    y_title = "Missing values (%)"
    if not columns:
        return empty_chart(x_title, y_title)
    ranked, percent = [columns[index] for index in order], [100 * float(share[index]) for index in order]
    drawn, values = ranked[:MAX_BARS], percent[:MAX_BARS]
    figure = go.Figure(
        go.Bar(
            **_lying(places(drawn), values, True),
            customdata=[[chart_text(name, _HOVER_COLUMNS)] for name in drawn],
            hovertemplate="%{customdata[0]}<br>%{x:.1f}%<extra></extra>",
            text=[f"{value:.1f}" for value in values],
            textposition="outside",
            cliponaxis=False,
        )
    )
    note = f"The first {len(drawn)} of {len(columns):,} are drawn." if len(columns) > len(drawn) else ""
    lay_out_bars(figure, drawn, x_title, y_title, True, note)
    figure.update_xaxes(range=[0, 120], tickvals=[0, 25, 50, 75, 100])
    gaps = sum(value > 0 for value in percent)
    description = (
        f"Share of missing values by column: {gaps:,} of {len(columns):,} columns have gaps; the largest share is "
        f"{values[0]:.1f} % in {shorten(drawn[0], _HOVER_COLUMNS)}. {note}"
    )
    return Chart(figure, description.strip(), tuple(drawn))


def histogram(edges: Sequence[float], counts: Sequence[int], *, x_title: str, y_title: str) -> Chart:
    """Return a histogram: `counts[i]` lie from `edges[i]` to under `edges[i + 1]`. Its marks are (low, high)."""
    low, high = np.asarray(edges[:-1], float), np.asarray(edges[1:], float)
    height = np.asarray(counts, float)
    if not height.size or height.sum() == 0:
        return empty_chart(x_title, y_title)
    figure = go.Figure(
        go.Bar(
            x=(low + high) / 2,
            y=height,
            width=high - low,
            customdata=np.stack([low, high], axis=-1),
            hovertemplate="%{customdata[0]:,~r} – %{customdata[1]:,~r}<br>%{y:,}<extra></extra>",
        )
    )
    figure.update_layout(height=280, bargap=0, barcornerradius=0, hovermode="closest", dragmode=False)
    figure.update_traces(marker={"line": {"width": 1, "color": "rgba(128,128,128,0.25)"}})
    figure.update_xaxes(title_text=chart_text(x_title), fixedrange=True)
    figure.update_yaxes(title_text=chart_text(y_title), fixedrange=True, rangemode="tozero")
    top = int(height.argmax())
    description = (
        f"Histogram of {x_title}: {height.sum():,.0f} {y_title} from {low[0]:,.6g} to {high[-1]:,.6g}; the fullest bin "
        f"runs from {low[top]:,.6g} to {high[top]:,.6g} and holds {height[top]:,.0f}."
    )
    return Chart(figure, description, tuple(zip(low.tolist(), high.tolist(), strict=True)))


def zipf(
    ranks: Sequence[int], frequencies: Sequence[int], *, slope: float | None = None, intercept: float = 0.0
) -> Chart:
    """Return token frequency by rank, both axes logarithmic.

    `slope` and `intercept` are of a fitted line, log10(frequency) = intercept + slope * log10(rank).
    """
    x_title, y_title = "Rank of the token", "Occurrences"
    if not len(ranks):
        return empty_chart(x_title, y_title)
    x, y = np.asarray(ranks), np.asarray(frequencies)
    if len(x) > MAX_POINTS:
        # Ranks that are even on a linear scale: taken evenly on the logarithmic one, a thousand draw the same line.
        kept = np.unique(np.geomspace(1, len(x), num=MAX_POINTS).round().astype(int)) - 1
        x, y = x[kept], y[kept]
    figure = go.Figure(go.Scatter(x=x, y=y, mode="lines+markers", marker={"size": 4}, name="Observed"))
    if slope is not None:
        ends = np.array([x[0], x[-1]], float)
        fit = {"dash": "dash", "width": 1.5}
        figure.add_scatter(
            x=ends, y=10 ** (intercept + slope * np.log10(ends)), mode="lines", line=fit, name="Fitted line"
        )
    lay_out_lines(figure, x_title, y_title, legend=slope is not None)
    figure.update_xaxes(**log_axis(), dtick=1)
    figure.update_yaxes(**log_axis(), dtick=1)
    description = (
        f"Token frequency by rank on logarithmic axes: {x[-1]:,} different tokens; the most frequent occurs "
        f"{y[0]:,} times and the last {y[-1]:,} times."
    )
    return Chart(figure, description if slope is None else f"{description} The fitted slope is {slope:.2f}.")


def growth(tokens_seen: Sequence[int], vocabulary: Sequence[int]) -> Chart:
    """Return the number of different tokens met by the number of tokens read."""
    chart = curves({"Vocabulary": (tokens_seen, vocabulary)}, x_title="Tokens read", y_title="Different tokens")
    if not len(tokens_seen):
        return chart
    description = f"Vocabulary growth: {vocabulary[-1]:,} different tokens after {tokens_seen[-1]:,} tokens."
    return Chart(chart.figure, description)


def confusion(matrix: Sequence[Sequence[int]], labels: Sequence[Hashable]) -> Chart:
    """Return a confusion matrix: `matrix[true][predicted]` rows, coloured by their share of the true class.

    The counts are written into the cells while they fit on a phone, and are in the hover text always.
    """
    counts = np.asarray(matrix, float).reshape(len(labels), len(labels))
    x_title, y_title = "Predicted label", "True label"
    if not counts.size or counts.sum() == 0:
        return empty_chart(x_title, y_title)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    names, cells = [chart_text(name, _HOVER_COLUMNS) for name in labels], places(labels)
    hover = [[[true, predicted, counts[i, j]] for j, predicted in enumerate(names)] for i, true in enumerate(names)]
    fits = len(labels) * len(str(int(counts.max()))) <= 40
    figure = go.Figure(
        go.Heatmap(
            x=cells,
            y=cells,
            z=share,
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            customdata=hover,
            hovertemplate=(
                f"{y_title}: %{{customdata[0]}}<br>{x_title}: %{{customdata[1]}}<br>"
                "%{customdata[2]:,} (%{z:.1%})<extra></extra>"
            ),
            text=counts.astype(int) if fits else None,
            texttemplate="%{text}" if fits else None,
            colorbar={
                "orientation": "h",
                "thickness": 8,
                "xpad": 0,
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "ypad": 20,
                "tickformat": ".0%",
                "tickvals": [0, 0.25, 0.5, 0.75, 1],
            },
        )
    )
    standing = len(labels) > 4
    row = 16 if len(labels) > 12 else 32 if standing else 56
    height = (246 if standing else 146) + row * len(labels)
    # The colour bar's own title is drawn over the bar when the bar hangs from the top of the container.
    meaning = {"text": "Colour: share of the true label", "x": 0, "xanchor": "left", "xref": "paper"}
    figure.add_annotation(**meaning, y=1, yanchor="bottom", yref="paper", yshift=58)
    figure.update_layout(height=height, hovermode="closest", dragmode=False, margin={"t": 76, "r": 24})
    aliases = {place: chart_text(name, LABEL_COLUMNS) for place, name in zip(cells, labels, strict=True)}
    axis = {
        "type": "category",
        "labelalias": aliases,
        "fixedrange": True,
        "showgrid": False,
        "showline": False,
    }
    figure.update_xaxes(**axis, title_text=x_title, tickangle=-90 if standing else 0)
    figure.update_yaxes(**axis, title_text=y_title, autorange="reversed")
    right = float(np.trace(counts) / counts.sum())
    description = (
        f"Confusion matrix of {len(labels)} labels: {right:.1%} of {counts.sum():,.0f} rows are on the diagonal."
    )
    return Chart(figure, description)


def curves(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x_title: str,
    y_title: str,
    log_y: bool = False,
) -> Chart:
    """Return a line a series, each an x and a y of one length; a NaN in y is a gap."""
    drawn = {name: (x, y) for name, (x, y) in series.items() if len(x)}
    if not drawn:
        return empty_chart(x_title, y_title)
    figure, hues = go.Figure(), len(LIGHT.series)
    for index, (name, (x, y)) in enumerate(drawn.items()):
        dash = _DASHES[index // hues % len(_DASHES)]
        mode = "lines" if len(x) > 1 else "markers"
        figure.add_scatter(x=x, y=y, mode=mode, line={"width": 2, "dash": dash}, name=chart_text(name, LABEL_COLUMNS))
    lay_out_lines(figure, x_title, y_title, legend=len(drawn) > 1)
    if log_y:
        figure.update_yaxes(**log_axis())
    ends = "; ".join(f"{shorten(name, _HOVER_COLUMNS)} {float(y[-1]):,.4g}" for name, (_, y) in drawn.items())
    return Chart(figure, f"Line chart of {y_title} by {x_title}. Last values: {ends}.")


def _lying(positions: list[str], values: list[float], horizontal: bool) -> dict[str, object]:
    if horizontal:
        return {"x": values, "y": positions, "orientation": "h"}
    return {"x": positions, "y": values}


def _share(value: float, total: float) -> str:
    return f"{value / total:.1%}" if total else "0.0%"
