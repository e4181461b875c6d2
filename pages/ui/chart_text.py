"""Words from a dataset made safe and short enough to stand in a chart.

Plotly reads a small HTML (`<b>`, `<br>`, `<a href>`, `&amp;`) in every text it draws, so that a label must be
escaped before it is handed over. Escaping is undone by nothing but the drawing: never compare escaped labels.
"""

from __future__ import annotations

import unicodedata

# Left-to-right and right-to-left overrides and isolates: one in a label would turn around the text after it.
_DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def chart_text(value: object, columns: int | None = None) -> str:
    """Return `value` as one line of text that Plotly draws as it is.

    `columns` is the widest it may become, where a Chinese, Japanese or Korean character takes two; longer text ends
    in an ellipsis. None is shown as "(none)" and text without any visible character as "(empty)".
    """
    return shorten(value, columns).translate(_ESCAPES)


def shorten(value: object, columns: int | None = None) -> str:
    """Return `value` as `chart_text` does, but not escaped: for descriptions and everything that is not Plotly's."""
    if value is None:
        return "(none)"
    line = " ".join(_without_controls(str(value)).split())
    if not line:
        return "(empty)"
    if columns is None or sum(map(_width, line)) <= columns:
        return line
    kept, used = [], 1  # The ellipsis takes a column.
    for character in line:
        used += _width(character)
        if used > columns:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def display_width(value: object, columns: int | None = None) -> int:
    """Return the columns that `shorten(value, columns)` takes."""
    return sum(map(_width, shorten(value, columns)))


def _without_controls(text: str) -> str:
    text = text.translate(_DIRECTION_MARKS)
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
