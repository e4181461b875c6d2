"""A page with charts that can be clicked and hostile labels; `test_charts.py` drives it."""

import streamlit as st

from pages.ui import charts
from pages.ui.theme import follow_theme

LABELS = ["<img src=x onerror=alert(1)>", "<a href='http://evil.example'>b</a>", "![i](http://evil.example/i.png)"]

with st.sidebar:
    follow_theme()
bars = charts.bars(LABELS, [3, 2, 1], x_title="Label", y_title="Rows")
st.text(f"bar {charts.show(bars, 'bars', clickable=True)!r}")
bins = charts.histogram([0, 10, 20], [5, 4], x_title="Length (tokens)", y_title="rows")
st.text(f"bin {charts.show(bins, 'bins', clickable=True)!r}")
