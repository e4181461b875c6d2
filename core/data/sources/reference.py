"""The prose of Python's own language reference, which every Python carries for `help()`: a paragraph a row."""

import re
from collections.abc import Iterator, Mapping

import pyarrow as pa

from core.data.sources.source import ColumnMapping, Source
from core.data.sources.streaming import stream
from core.errors import MissingResource

SCHEMA = pa.schema({"text": pa.string(), "topic": pa.string()})
REFERENCE_MISSING = "This Python was installed without its language reference (the module pydoc_data)."
REFERENCE_REMEDY = "Use a Python from python.org or the whole package of your system."
MAPPING = ColumnMapping(text="text")

MIN_WORDS = 5
MIN_SHARE_OF_WORDS = 0.6
WORD = re.compile(r"[(“‘\"']*[A-Za-z]+(?:[’'-][A-Za-z]+)*[)”’\"']*[.,;:?!]*[)”’\"']*")
NO_PROSE = re.compile(
    r"::=|(?:^|\s)# |^\s*(?:>>>|\.\.\. |\||\+-|Traceback|\(Pdb\)|(?:SUITE|else:|try:|finally:)$|([*=~^-])\1{3,}$)",
    re.MULTILINE,
)
BULLET = re.compile(r"\s*(?:[*+-]|\d+\.|[a-z]\.|[IVX]+\.|\[\d+\]) +")
EMPHASIS = re.compile(r"(?<![\w*])(\*\*?)(?=[^\s*])([^*]*[^\s*])\1(?!\*)")
FOOTNOTE = re.compile(r" ?\[\d+\]")


def open_reference() -> Source:
    """Return the source of the paragraphs, each with the topic of `help()` it stands under.

    Raises MissingResource where this Python was installed without `pydoc_data`.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise MissingResource(REFERENCE_MISSING, REFERENCE_REMEDY) from error
    return stream("python-reference", _rows(topics), SCHEMA, MAPPING, language="en")


def _rows(topics: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs once each: some sections stand under several topics."""
    seen = set()
    for topic, page in topics.items():
        for text in paragraphs(page):
            if text not in seen:
                seen.add(text)
                yield text, topic


def paragraphs(page: str) -> Iterator[str]:
    """Yield the paragraphs of prose of a page of the reference, a line each.

    Titles, grammar, code, tables and signatures are left out; marks of emphasis, bullets and numbers of footnotes
    are taken off. Names of Python's own keep the double quotes that the page gives them.
    """
    for block in re.split(r"\n\s*\n", page.strip("\n")):
        lines = block.splitlines()
        bullet = BULLET.match(block)
        if len(lines) > 1 and _indent(lines[1]) > _indent(lines[0]) and not bullet:
            lines = lines[1:]  # a term, above what it means
        joined = block[bullet.end() :] if bullet else "\n".join(lines)
        text = FOOTNOTE.sub("", EMPHASIS.sub(r"\2", " ".join(joined.split())))
        is_set_off = _indent(lines[0]) > 0 and not bullet
        if not NO_PROSE.search(block) and _is_prose(text, is_set_off):
            yield text


def _is_prose(text: str, is_set_off: bool) -> bool:
    """Tell prose from code: most tokens are plain words, and a block that is set off ends as a sentence does."""
    tokens = text.split()
    words = sum(bool(WORD.fullmatch(token)) for token in tokens)
    is_wordy = words >= MIN_WORDS and words >= MIN_SHARE_OF_WORDS * len(tokens)
    return is_wordy and (text[-1] in ".:;!?)”" or not is_set_off)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
