"""Dataset text on pages is harmless, and numbers are written for people."""

import pytest

from pages.ui.words import duration, plain


@pytest.mark.parametrize(
    "hostile",
    [
        "![](http://stranger/x.png)",
        "[click](javascript:alert(1))",
        "<img src=x>",
        "$E=mc^2$",
        ":red[x]",
        "**bold**",
        "`a`",
    ],
)
def test_markdown_is_shown_letter_by_letter(hostile: str) -> None:
    shown = plain(hostile)
    marks = "\\`*_{}[]()#+-.!|~<>:$&@"
    at = 0
    for letter in hostile:  # every mark stands behind a backslash, nothing is lost
        if letter in marks:
            assert shown[at] == "\\"
            at += 1
        assert shown[at] == letter
        at += 1
    assert at == len(shown)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (-3, "0 s")]
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said
