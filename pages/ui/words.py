"""Text on pages: dataset text made harmless, numbers and times written for people."""

import re
import time
from collections.abc import Iterator
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


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show an error that a person is meant to read as a message, in place of what the block would have drawn."""
    try:
        yield
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
