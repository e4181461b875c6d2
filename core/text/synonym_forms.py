"""What could stand in place of a word form: synonyms (or hypernyms, hyponyms) in the same inflected form.

"movies" as NNS gives "films", "watched" as VBD gives "viewed". Looking all this up takes a millisecond a word, more
than a whole sentence should take, so it is worked out once for all of WordNet and kept on disk.
"""

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from core.storage import storage_errors
from core.text.inflection import forms
from core.text.tagging import Tagger, tagger
from core.text.thesaurus import Related, Relation, Thesaurus

FORMAT = 1  # of the table; another number makes a new one

WORD = re.compile("[a-z]+(?:-[a-z]+)*")
VOWEL = re.compile("[aeiouy]")  # what has none is an abbreviation: "hr", "yr"
SHORTEST = 3  # letters
LEAST_FIT = 0.002
MOST_WORDS = 8  # candidates of one word, and as many phrases
TAG = {"n": "NN", "v": "VB", "a": "JJ", "r": "RB"}
PART = {"N": "n", "V": "v", "J": "a", "R": "r"}


class Forms(NamedTuple):
    """What could stand in place of a form, the best first, and the dictionary form it belongs to."""

    lemma: str
    candidates: list[Related]
    tags: frozenset[str]  # all that the form can have by WordNet: "watch" is NN and VB


class SynonymForms:
    """Word forms and what could stand in their place, for one relation."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = [table.column(name).chunk(0) for name in ("lemma", "words", "fits", "tags")]
        self._places = {key: place for place, key in enumerate(table.column("key").to_pylist())}

    @classmethod
    def load(cls, cache: Path, relation: Relation = "synonym") -> "SynonymForms":
        """Return the table from the folder `cache`; the first time it is made there, which takes ten seconds.

        Raises MissingResource where WordNet or TextBlob is absent, FileError where WordNet is damaged, StorageError.
        """
        path = cache / f"{relation}-forms-{FORMAT}.arrow"
        with suppress(OSError, pa.ArrowInvalid):
            return cls(_open(path))
        _write(_table(Thesaurus.load(cache, in_memory=True), tagger(), relation), path)
        return cls(_open(path))

    def get(self, form: str, tag: str) -> Forms | None:
        """Return what could stand in place of `form` (in lower case) where it has the Penn Treebank `tag`, or None."""
        place = self._places.get(f"{form}\t{tag}")
        if place is None:
            return None
        lemma, words, fits, tags = (column[place].as_py() for column in self._columns)
        return Forms(lemma, list(map(Related, words, fits)), frozenset(tags.split()))


def _table(thesaurus: Thesaurus, tags: Tagger, relation: Relation) -> pa.Table:
    lemmas: dict[str, dict[str, str]] = defaultdict(dict)  # of every form, by tag
    shared: set[tuple[str, str]] = set()  # forms of two words with one tag ("found"): nobody knows which is meant
    candidates: dict[tuple[str, str], list[Related]] = {}
    for lemma, part in thesaurus.entries():
        if not WORD.fullmatch(lemma):
            continue
        for tag, form in forms(lemma, part).items():
            if lemmas[form].setdefault(tag, lemma) != lemma:
                shared.add((form, tag))
        if len(lemma) >= SHORTEST and (usual := list(_usual(thesaurus.related(lemma, part, relation), part, tags))):
            candidates[lemma, part] = usual
    rows = []
    for form, by_tag in lemmas.items():
        for tag, lemma in by_tag.items():
            part = PART[tag[0]]
            related = candidates.get((lemma, part), []) if (form, tag) not in shared else []
            found = {
                word: fit for near, fit in reversed(related) if (word := forms(near, part).get(tag)) not in (None, form)
            }
            if found:
                rows.append(
                    (f"{form}\t{tag}", lemma, list(found)[::-1], list(found.values())[::-1], " ".join(sorted(by_tag)))
                )
    rows.sort()
    keys, of, words, fits, alike = zip(*rows, strict=True) if rows else ((),) * 5
    columns = {
        "key": pa.array(keys, pa.string()),
        "lemma": pa.array(of, pa.string()),
        "words": pa.array(words, pa.list_(pa.string())),
        "fits": pa.array(fits, pa.list_(pa.float32())),
        "tags": pa.array(alike, pa.string()),
    }
    return pa.table(columns)


def _usual(related: list[Related], part: str, tags: Tagger) -> Iterator[Related]:
    """Yield the best words and the best phrases among `related`: words that the tagger knows as that part of speech."""
    words = phrases = 0
    for candidate in related:
        word = candidate.word
        if candidate.fit < LEAST_FIT:
            return
        if " " in word:
            if phrases < MOST_WORDS and all(map(WORD.fullmatch, word.split())):
                phrases += 1
                yield candidate
        elif words < MOST_WORDS and _is_usual(word, part, tags):
            words += 1
            yield candidate


def _is_usual(word: str, part: str, tags: Tagger) -> bool:
    """Tell whether the tagger knows `word`, and any of its forms mostly as this part of speech."""
    if len(word) < SHORTEST or not WORD.fullmatch(word) or not VOWEL.search(word) or not tags.knows(word):
        return False
    return any(tags.knows(form) and tags.word_tag(form)[:2] == TAG[part] for form in forms(word, part).values())


def _write(table: pa.Table, path: Path) -> None:
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix="forms-", dir=path.parent))
        try:
            with pa.ipc.new_file(staged / path.name, table.schema) as file:
                file.write_table(table)
            (staged / path.name).replace(path)
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _open(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
