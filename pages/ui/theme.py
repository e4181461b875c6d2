"""The look of the charts: one palette and one Plotly template for each of the two themes.

`.streamlit/config.toml` gives the same colours and fonts to the rest of the page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import plotly.graph_objects as go
import plotly.io as pio
import streamlit as st

pio.templates.default = None  # Plotly's own, which every figure would copy for milliseconds: ours replaces it

FONT = "'Source Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme as hex codes.

    `series` are the hues of Okabe and Ito (2008, "Color Universal Design"), each theme's strongest against its
    background first; the yellow is left out of the light theme, where it cannot be seen, and the blue out of the
    dark one. `accent` is what white words stand on, `accent_word` is for words themselves: no one colour is seen well
    as both in the dark theme. `good`, `caution` and `bad` are for verdicts and for nothing else.
    """

    background: str
    surface: str
    text: str
    muted: str
    border: str
    grid: str
    accent: str
    accent_word: str
    series: tuple[str, ...]
    sequential: tuple[str, ...]
    good: str
    caution: str
    bad: str


LIGHT = Palette(
    background="#ffffff",
    surface="#f3f5f7",
    text="#1c2733",
    muted="#55626f",
    border="#d3dae1",
    grid="#e6ebef",
    accent="#0b6286",
    accent_word="#0b6286",
    series=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1c2733"),
    sequential=("#f3f5f7", "#bfd8e8", "#7fb4d4", "#3a88b8", "#0b6286", "#063f57"),
    good="#1a7f4b",
    caution="#8a5a00",
    bad="#b3261e",
)

DARK = Palette(
    background="#10151b",
    surface="#1a2129",
    text="#e4e9ee",
    muted="#9aa7b4",
    border="#323d49",
    grid="#27313b",
    accent="#257fa3",
    accent_word="#79c4e6",
    series=("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#e4e9ee"),
    sequential=("#1a2129", "#1d3f54", "#226283", "#2f88b4", "#6ab4dc", "#c3e4f5"),
    good="#5fc98f",
    caution="#e3b341",
    bad="#ff8f85",
)

# Defines the JavaScript function isDark(element), for components that follow the theme in the browser. The test is
# Streamlit's own: a theme is dark where its background is.
IS_DARK_JS = """
function isDark(element) {
  const color = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = color;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(probe.fillStyle.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
"""

_FOLLOW_JS = (
    IS_DARK_JS
    + """
export default function ({ data, parentElement, setStateValue }) {
  const dark = isDark(parentElement);
  if (dark !== data.dark && parentElement.dataset.told !== String(dark)) {
    parentElement.dataset.told = String(dark);
    setStateValue("dark", dark);
  } else if (dark === data.dark) {
    delete parentElement.dataset.told;
  }
}
"""
)
# Streamlit writes the words of what is chosen in the colour of its buttons, which is too dim on the dark background.
_CHOSEN_WORDS = f"""<style>
[data-testid="stTab"][aria-selected="true"], button[data-variant][data-selected="true"],
[data-testid="stSliderThumbValue"] {{
  color: {DARK.accent_word} !important;
}}
</style>"""
_follow = st.components.v2.component("corpus_lab_follow_theme", js=_FOLLOW_JS, isolate_styles=False)


def is_dark() -> bool:
    """Return whether the visitor's page is dark; false where the browser has not said so yet."""
    return st.context.theme.type == "dark"


def follow_theme() -> None:
    """Run the page again when the visitor switches the theme; mount it once, at the end of the sidebar.

    Streamlit recolours its own parts in the browser but runs nothing, so that figures made for the old theme would
    stay on the page until the next click.
    """
    _follow(key="follow_theme", data={"dark": is_dark()}, on_dark_change=lambda: None)
    if is_dark():
        st.html(_CHOSEN_WORDS)


def palette(dark: bool) -> Palette:
    """Return the colours of the dark or the light theme."""
    return DARK if dark else LIGHT


@lru_cache(maxsize=2)
def template(dark: bool) -> go.layout.Template:
    """Return the Plotly template of the dark or the light theme; every chart of the app is drawn with it."""
    colors = palette(dark)
    scale = _color_scale(colors.sequential)
    axis = {
        "automargin": True,
        "color": colors.muted,
        "exponentformat": "none",
        "gridcolor": colors.grid,
        "linecolor": colors.border,
        "separatethousands": True,
        "showgrid": True,
        "tickfont": {"size": 12},
        "ticklabelstandoff": 4,
        "ticks": "",
        "title": {"font": {"size": 12}, "standoff": 8},
        "zeroline": False,
    }
    layout = go.Layout(
        annotationdefaults={"font": {"color": colors.muted, "size": 12}, "showarrow": False},
        bargap=0.25,
        barcornerradius=2,
        colorscale={"sequential": scale},
        colorway=colors.series,
        dragmode="zoom",
        font={"family": FONT, "size": 13, "color": colors.text},
        hoverlabel={
            "align": "left",
            "bgcolor": colors.surface,
            "bordercolor": colors.border,
            "font": {"family": FONT, "size": 12, "color": colors.text},
            "namelength": 40,
        },
        hovermode="x unified",
        legend={
            "orientation": "h",
            "font": {"size": 12, "color": colors.muted},
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
        },
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colors.muted, "activecolor": colors.accent},
        # Not transparent: Plotly outlines the hover line in white then, and a downloaded picture of the dark theme
        # would be light words on nothing.
        paper_bgcolor=colors.background,
        plot_bgcolor=colors.background,
        separators=".,",
        shapedefaults={"line": {"color": colors.muted, "dash": "dot", "width": 1}},
        xaxis={**axis, "showgrid": False, "showline": True},
        yaxis=axis,
    )
    color_bar = {"outlinewidth": 0, "tickfont": {"color": colors.muted, "size": 12}}
    data = {
        "bar": [go.Bar(textfont={"color": colors.muted, "size": 12}, marker={"line": {"width": 0}})],
        "heatmap": [go.Heatmap(colorbar=color_bar, colorscale=scale)],
    }
    return go.layout.Template(layout=layout, data=data)


def _color_scale(colors: Sequence[str]) -> list[list[float | str]]:
    return [[index / (len(colors) - 1), color] for index, color in enumerate(colors)]
