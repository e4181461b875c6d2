"""The charts of a judged model: a confusion matrix to click on, ROC, precision-recall, calibration, mistakes."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.finetuning.calibration import Calibration
from core.finetuning.mistakes import Wrong
from core.finetuning.ranking import Ranking
from pages.ui.chart_text import chart_text, shorten
from pages.ui.charts import confusion
from pages.ui.figure import LABEL_COLUMNS, Chart, lay_out_lines, places

MOST_CLICKABLE = 30  # labels; a cell must be large enough to hit
MOST_POINTS = 1_000
CHANCE = {"dash": "dot", "width": 1.5}
SHARE = {"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}


def clickable_confusion(matrix: Sequence[Sequence[int]], labels: Sequence[Hashable]) -> Chart:
    """Return the confusion matrix; its marks are (true, predicted) label numbers, where there are not too many."""
    chart = confusion(matrix, labels)
    if len(labels) > MOST_CLICKABLE:
        return chart
    figure, names, n = go.Figure(chart.figure), places(labels), len(labels)
    cells = figure.data[0]
    # Plotly selects points, not the cells of a heat map: an unseen point lies over each cell, and is what is hit.
    figure.add_scatter(
        x=names * n,
        y=[name for name in names for _ in names],
        mode="markers",
        marker={"symbol": "square", "size": 28, "opacity": 0, "color": "#888888"},
        selected={"marker": {"opacity": 0.35}},
        unselected={"marker": {"opacity": 0}},
        customdata=[
            [*cells.customdata[i][j], share] for i, row in enumerate(cells.z.tolist()) for j, share in enumerate(row)
        ],
        hovertemplate=cells.hovertemplate.replace("%{z:", "%{customdata[3]:"),
        showlegend=False,
    )
    cells.update(hoverinfo="skip", hovertemplate=None)
    figure.update_layout(clickmode="event+select", hoverdistance=-1)
    return Chart(figure, chart.description, tuple((i, j) for i in range(n) for j in range(n)))


def roc(found: Ranking, label: str) -> Chart:
    """Return the ROC curve of one label beside that of a ranking by chance."""
    figure = _curve(found.false_positive_rate, found.true_positive_rate, "Model")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=CHANCE, name="Chance")
    lay_out_lines(figure, "False positive rate", "True positive rate (recall)", legend=True)
    figure.update_xaxes(**SHARE).update_yaxes(**SHARE).update_layout(hovermode="closest", dragmode=False)
    return Chart(figure, f"ROC curve of {shorten(label)}: the area under it is {found.auc:.3f}; chance has 0.5.")


def precision_recall(found: Ranking, label: str) -> Chart:
    """Return the precision-recall curve of one label beside that of a ranking by chance."""
    figure = _curve(found.recall, found.precision, "Model")
    figure.add_scatter(x=[0, 1], y=[found.share] * 2, mode="lines", line=CHANCE, name="Chance")
    lay_out_lines(figure, "Recall", "Precision", legend=True)
    figure.update_xaxes(**SHARE).update_yaxes(**SHARE).update_layout(hovermode="closest", dragmode=False)
    description = (
        f"Precision-recall curve of {shorten(label)}: its average precision is {found.average_precision:.3f}; "
        f"chance has {found.share:.3f}."
    )
    return Chart(figure, description)


def reliability(found: Calibration) -> Chart:
    """Return the calibration curve before and after temperature scaling, beside that of perfect calibration."""
    figure = go.Figure()
    for name, curve, symbol in (
        ("As trained", found.before, "circle"),
        ("With temperature", found.after, "diamond"),
    ):
        figure.add_scatter(
            x=[bin_.confidence for bin_ in curve.bins],
            y=[bin_.accuracy for bin_ in curve.bins],
            customdata=[bin_.rows for bin_ in curve.bins],
            mode="lines+markers",
            marker={"symbol": symbol, "size": 8},
            line={"width": 2},
            name=name,
            hovertemplate="Says %{x:.1%}, right %{y:.1%} (%{customdata:,} answers)",
        )
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=CHANCE, name="Perfect", hoverinfo="skip")
    lay_out_lines(figure, "Probability the model gives its answer", "Share of answers that are right", legend=True)
    lowest = min(bin_.confidence for bin_ in (*found.before.bins, *found.after.bins))
    figure.update_layout(hovermode="closest", dragmode=False)
    figure.update_xaxes(**{**SHARE, "range": [max(0.0, lowest - 0.05), 1.02]}).update_yaxes(**SHARE)
    description = (
        f"Calibration curve: the expected calibration error is {found.before.ece:.3f} as trained and "
        f"{found.after.ece:.3f} with a temperature of {found.temperature:.2f}."
    )
    return Chart(figure, description)


def mistakes_by(groups: Mapping[str, Wrong], title: str) -> Chart:
    """Return the share of rows that are wrong as a bar a group, with its 95 % interval; `title` names the groups."""
    names, found = list(groups), list(groups.values())
    value = np.array([group.wrong / max(group.rows, 1) for group in found])
    figure = go.Figure(
        go.Bar(
            y=places(names),
            x=value,
            orientation="h",
            error_x={
                "array": [max(0.0, group.high - v) for group, v in zip(found, value, strict=True)],
                "arrayminus": [max(0.0, v - group.low) for group, v in zip(found, value, strict=True)],
                "thickness": 1.5,
                "color": "#8a94a0",  # seen on the bar and beside it, in both themes
            },
            customdata=[[chart_text(name), group.wrong, group.rows] for name, group in groups.items()],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]:,} of %{customdata[2]:,} wrong: %{x:.1%}<extra></extra>",
        )
    )
    aliases = {place: chart_text(name, LABEL_COLUMNS) for place, name in zip(places(names), names, strict=True)}
    figure.update_layout(height=96 + 30 * len(names), hovermode="closest", dragmode=False, showlegend=False)
    figure.update_yaxes(type="category", labelalias=aliases, autorange="reversed", fixedrange=True, showgrid=False)
    figure.update_yaxes(title_text=chart_text(title))
    figure.update_xaxes(title_text="Share of rows that are wrong", tickformat=".0%", rangemode="tozero", showgrid=True)
    figure.update_xaxes(fixedrange=True, showline=False)
    worst = int(value.argmax())
    description = (
        f"Bar chart of the share of wrong answers by {title.lower()}: the largest is {value[worst]:.1%} for "
        f"{shorten(names[worst])}, {found[worst].wrong:,} of {found[worst].rows:,} rows."
    )
    return Chart(figure, description)


def _curve(x: np.ndarray, y: np.ndarray, name: str) -> go.Figure:
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_POINTS)).round().astype(int))
    hover = "%{x:.1%}, %{y:.1%}"
    return go.Figure(go.Scatter(x=x[kept], y=y[kept], mode="lines", line={"width": 2}, name=name, hovertemplate=hover))
