"""The versions of a dataset as a graph from left to right: a point a version, a line a step."""

import plotly.graph_objects as go

from core.data.lineage import Lineage
from pages.ui.chart_text import chart_text, shorten
from pages.ui.figure import Chart
from pages.ui.theme import is_dark, palette

ROW_PX = 72
NAME_COLUMNS = 18


def version_graph(lineage: Lineage, chosen_id: str) -> Chart:
    """Return the graph; its marks are version ids, and the version in use is the large point."""
    colors = palette(is_dark())
    places = {node.version.id: (node.level, node.position) for node in lineage.nodes}
    figure = go.Figure()
    figure.add_scatter(
        x=[x for x, _ in places.values()],
        y=[y for _, y in places.values()],
        mode="markers+text",
        text=[chart_text(shorten(f"{n.version.number}. {n.version.action}", NAME_COLUMNS)) for n in lineage.nodes],
        textposition="bottom center",
        customdata=[[chart_text(node.sentence), f"{node.version.rows:,} rows"] for node in lineage.nodes],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        marker={
            "size": [20 if node.version.id == chosen_id else 12 for node in lineage.nodes],
            "color": colors.accent,
            "opacity": 1,
        },
        cliponaxis=False,
        showlegend=False,
    )
    for edge in lineage.edges:
        (x0, y0), (x1, y1) = places[edge.parent], places[edge.child]
        line = {"color": colors.muted, "width": 1.5}
        figure.add_shape(type="line", x0=x0, y0=y0, x1=x1, y1=y1, line=line, layer="below")
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        height=ROW_PX * lineage.width + 48,
        xaxis={**hidden, "range": [-0.5, max(lineage.levels - 0.5, 3.5)]},
        yaxis={**hidden, "range": [lineage.width - 0.3, -0.5]},
        hovermode="closest",
        dragmode=False,
    )
    newest = lineage.nodes[-1].version
    description = f"{len(lineage.nodes)} versions; the newest is version {newest.number} with {newest.rows:,} rows."
    return Chart(figure, description, tuple(places))
