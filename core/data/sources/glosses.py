"""WordNet's definitions and examples as readable text, each labelled with its topic."""

import re
from collections.abc import Collection, Iterator

import pyarrow as pa

from core.data.sources.source import ColumnMapping, Source
from core.data.sources.streaming import stream
from core.text.wordnet import read_synsets, wordnet_folder

SYNSETS = 117_659  # WordNet 3.0
LARGEST_NOUN_TOPICS = {
    "noun.artifact": 11_587,
    "noun.person": 11_087,
    "noun.plant": 8_030,
    "noun.animal": 7_509,
    "noun.act": 6_650,
    "noun.communication": 5_607,
    "noun.state": 3_544,
    "noun.location": 3_209,
}

SCHEMA = pa.schema(
    {
        "synset": pa.string(),
        "text": pa.string(),
        "topic": pa.string(),
        "words": pa.string(),  # separated by ", "
        "part_of_speech": pa.string(),
    }
)
MAPPING = ColumnMapping(text="text", label="topic", id="synset")

SEPARATORS = (";", ",", ":")
STRIPPED = "".join(SEPARATORS) + " \n"
QUOTED = re.compile(r'"([^"]*)"')
SAID_BY = re.compile(r"--?\s*([^;]+)(?:; *(.+))?")  # after a quotation: `- Shakespeare`


def open_glosses(topics: Collection[str] = (), total: int = SYNSETS) -> Source:
    """Return the source of all synsets, or of those of `topics`. Raises MissingResource."""
    folder = wordnet_folder()

    def rows() -> Iterator[tuple[str, ...]]:
        for synset in read_synsets(folder):
            if not topics or synset.topic in topics:
                text = readable(synset.gloss)
                yield synset.id, text, synset.topic, ", ".join(synset.words), synset.part_of_speech

    name = "wordnet-topics" if topics else "wordnet-glosses"
    return stream(name, rows(), SCHEMA, MAPPING, total=total, language="en")


def readable(gloss: str) -> str:
    """Return a gloss as sentences: the definition, then each example without its quotation marks.

    `a coach; "he hired a coach"- Poe` becomes `A coach. He hired a coach (Poe).` Words quoted in the middle of a
    sentence keep their marks.
    """
    pieces = QUOTED.split(gloss.replace("`", "'"))  # plain, quoted, plain, quoted, ..., plain
    parts: list[str] = []
    plain = ""
    for place in range(0, len(pieces), 2):
        plain += pieces[place].replace('"', "")
        before, after = pieces[place].strip(), "".join(pieces[place + 2 : place + 3]).strip()
        quoted = pieces[place + 1 : place + 2]
        if quoted and before[-1:] in ("", *SEPARATORS) and after[:1] in ("", *SEPARATORS, "-", "("):
            _add(plain, parts)
            plain = ""
            parts.append(quoted[0].strip(STRIPPED))
        elif quoted:
            plain += f'"{quoted[0]}"'
    _add(plain, parts)
    return " ".join(_sentence(part) for part in parts if part)


def _add(plain: str, parts: list[str]) -> None:
    """Add what stands outside quotation marks: who said the last example, or a part of its own."""
    plain = plain.strip(STRIPPED)
    said_by = SAID_BY.fullmatch(plain)
    if said_by and parts:
        parts[-1] = f"{parts[-1].removesuffix('.')} ({said_by[1]})"
        plain = said_by[2] or ""
    parts.append(plain)


def _sentence(part: str) -> str:
    """Return `part` with a capital letter (not "pH" or "iPod") and a full stop."""
    words = part.split()
    if words[0].islower():
        words[0] = words[0][0].upper() + words[0][1:]
    sentence = " ".join(words)
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
