"""Dataset text on pages is harmless, and numbers are written for people."""

import pytest

from pages.ui.words import duration, plain, told_apart


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
    shown = plain(hostile).replace("\u2060", "")  # the word joiner, which nobody sees
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
    ("address", "broken"),
    [
        ("http://a.b", "http\u2060://a.b"),
        ("HTTPS://a.b", "HTTPS\u2060://a.b"),
        ("www.a.b", "www\u2060.a.b"),
        ("me@a.b", "me\u2060@a.b"),
    ],
)
def test_a_bare_address_is_broken_up_where_markdown_would_make_a_link_of_it(address: str, broken: str) -> None:
    assert plain(address).replace("\\", "") == broken


def test_names_of_versions_stay_as_they_are() -> None:
    assert plain("reviews@1").replace("\\", "") == "reviews@1"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (-3, "0 s")]
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_no_two_options_have_one_name_also_where_one_is_called_like_a_numbered_one() -> None:
    names = {"a": "film", "b": "film", "c": "film #2", "d": "film", "e": "book"}
    name = told_apart(list(names), names.__getitem__)
    assert [name(option) for option in names] == ["film", "film #2", "film #2 #2", "film #3", "book"]
    assert told_apart([], str.upper)("typed") == "TYPED"
