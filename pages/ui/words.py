"""Text on pages: dataset text made harmless, numbers and times written for people."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from core.errors import CorpusLabError

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>:$&@])")
# Markdown makes links of bare addresses even where they are escaped; a word joiner, which nobody sees, prevents it.
ADDRESS = re.compile(r"(https?(?=://)|www(?=\.)|(?<=\w)(?=@[\w-]+\.))", re.IGNORECASE)


def plain(text: object) -> str:
    """Return `text` so that Markdown shows it letter by letter: no link, image, emphasis or formula."""
    unlinked = ADDRESS.sub("\\1\u2060", str(text))
    return MARKDOWN.sub(r"\\\1", unlinked).replace("\n", " ")


class NothingMore(Exception):
    """Ends a block of `errors_as_sentences` without a word.

    After st.stop, Streamlit keeps the fragments that the page had before: what the browser asked them for while the
    page changed would be drawn into the page as it is then.
    """


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show an error that a person is meant to read as a message, in place of what the block would have drawn."""
    try:
        yield
    except NothingMore:
        return
    except CorpusLabError as error:
        st.error(plain(error))


def duration(seconds: float) -> str:
    """Return a time span as a person says it: "8 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def ago(moment: float) -> str:
    """Return how long ago a moment (seconds since 1970) was."""
    seconds = time.time() - moment
    if seconds < 60:
        return "just now"
    return f"{duration(seconds - seconds % 60).removesuffix(' 0 s')} ago"


def told_apart(options: Sequence[str], name: Callable[[str], str]) -> Callable[[str], str]:
    """Return a function like `name` that gives no two of the options one name: "film", "film #2".

    Streamlit knows a choice by its name alone, and of two with one name always takes the last.
    """
    names: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    taken: set[str] = set()
    for option in options:
        own = name(option)
        numbers[own] += 1
        while (named := own if numbers[own] == 1 else f"{own} #{numbers[own]}") in taken:
            numbers[own] += 1
        taken.add(named)
        names[option] = named
    return lambda option: names.get(option) or name(option)
