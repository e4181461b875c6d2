"""The built-in datasets: on every machine, without a network."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from core.data.sources.glosses import LARGEST_NOUN_TOPICS, SYNSETS, open_glosses
from core.data.sources.images import open_digits
from core.data.sources.reference import REFERENCE_MISSING, REFERENCE_REMEDY, open_reference
from core.data.sources.source import ColumnMapping, Source
from core.data.sources.streaming import stream
from core.errors import MissingResource
from core.registry import Registry
from core.text.wordnet import wordnet_folder

REVIEWS = Path(__file__).parents[1] / "builtin" / "reviews.jsonl"


def _always() -> str | None:
    return None


@dataclass(frozen=True)
class Builtin:
    """A built-in dataset: `title` and `note` for people, `rows` where the number is the same everywhere.

    `available()` returns None, or the sentences that say what is missing and how to get it; `open()` raises
    MissingResource in that case.
    """

    name: str
    title: str
    note: str
    rows: int | None
    language: str
    open: Callable[[], Source]
    available: Callable[[], str | None] = _always


BUILTINS: Registry[Builtin] = Registry("built-in dataset")


def _open_reviews() -> Source:
    def rows() -> Iterator[tuple[str, ...]]:
        with REVIEWS.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield tuple(row[name] for name in schema.names)

    schema = pa.schema({name: pa.string() for name in ("text", "label", "topic", "difficulty")})
    return stream("reviews", rows(), schema, ColumnMapping(text="text", label="label"), total=300, language="en")


def _wordnet_missing() -> str | None:
    try:
        wordnet_folder()
    except MissingResource as error:
        return str(error)
    return None


def _module_missing(module: str, reason: str) -> Callable[[], str | None]:
    return lambda: None if importlib.util.find_spec(module) else reason


for _builtin in (
    Builtin(
        name="reviews",
        title="Reviews",
        note=(
            "300 short reviews of products and films with a positive or negative label, written for this project. "
            "They are invented, even where they sound real, and they are too few to measure a model with any precision."
        ),
        rows=300,
        language="en",
        open=_open_reviews,
    ),
    Builtin(
        name="wordnet-glosses",
        title="WordNet definitions",
        note=(
            "The definitions and examples of the 117,659 meanings in WordNet 3.0, each labelled with one of 45 topics "
            "such as noun.animal or verb.motion. The topics differ much in size."
        ),
        rows=SYNSETS,
        language="en",
        open=open_glosses,
        available=_wordnet_missing,
    ),
    Builtin(
        name="wordnet-topics",
        title="WordNet definitions, eight topics",
        note=(
            "The eight largest noun topics of WordNet 3.0: artifact, person, plant, animal, act, communication, state "
            "and location. A classification task with enough rows to train on."
        ),
        rows=sum(LARGEST_NOUN_TOPICS.values()),
        language="en",
        open=lambda: open_glosses(LARGEST_NOUN_TOPICS, sum(LARGEST_NOUN_TOPICS.values())),
        available=_wordnet_missing,
    ),
    Builtin(
        name="python-reference",
        title="Python language reference",
        note=(
            "The prose of Python's own language reference, a paragraph a row, without code, grammar and repeated "
            "sections: about 44,000 words for language models. The number of rows depends on the version of Python."
        ),
        rows=None,
        language="en",
        open=open_reference,
        available=_module_missing("pydoc_data", f"{REFERENCE_MISSING} {REFERENCE_REMEDY}"),
    ),
    Builtin(
        name="digits",
        title="Handwritten digits",
        note=(
            "The 1,797 handwritten digits of scikit-learn, 8 by 8 pixels each, for the image GANs. "
            "The text of a row only names the digit; the picture is in the column pixels."
        ),
        rows=1_797,
        language="en",
        open=open_digits,
        available=_module_missing("sklearn", "The package scikit-learn is not installed. Run `make setup`."),
    ),
):
    BUILTINS.register(_builtin.name)(_builtin)
