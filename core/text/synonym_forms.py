"""What could stand in place of a word form: synonyms (or hypernyms, hyponyms) in the same inflected form.

"movies" as NNS gives "films", "watched" as VBD gives "viewed". Looking all this up takes a millisecond a word, more
than a whole sentence should take, so it is worked out once for all of WordNet and kept on disk.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from core.storage import storage_errors
from core.text.inflection import forms
from core.text.stopwords import bundled_stopwords
from core.text.tagging import Tagger, tagger
from core.text.thesaurus import Related, Relation, Thesaurus
from core.text.word_vectors import word_vectors
from core.text.wordnet import wordnet_folder

ROOT = Path(__file__).parents[2]
FORMAT = 2  # of the table; another number makes a new one

WORD = re.compile("[a-z]+(?:-[a-z]+)*")
SEPARATOR = "|"  # of candidates and their fits in thousandths
MOSTLY = 0.9
VOWEL = re.compile("[aeiouy]")  # what has none is an abbreviation: "hr", "yr"
SHORTEST = 3  # letters
LEAST_LIKELY = 0.002  # of being used in the same sense
LEAST_FIT = 0.05
MOST = 6  # words that can stand in one's place, and as many phrases
TAG = {"n": "NN", "v": "VB", "a": "JJ", "r": "RB"}
PART = {"N": "n", "V": "v", "J": "a", "R": "r"}


class Certainty(IntEnum):
    """How sure it is, whatever stands around a form, that it has its likeliest tag."""

    NEVER = 0  # another tag is likelier, or the tag is but a guess
    OPEN = 1  # its neighbours decide
    MOSTLY = 2  # nine times out of ten
    ALWAYS = 3  # or all its tags come to the same


CERTAINTIES = tuple(Certainty)


class Forms(NamedTuple):
    """What could stand in place of a form under one tag, the best first, and the form's lemma."""

    lemma: str
    candidates: list[Related]


class Lead(NamedTuple):
    """A form under its likeliest tag. The fits are those of the best word and of the best word or phrase."""

    form: str
    tag: str
    certainty: Certainty
    lemma: str
    word_fit: float
    fit: float


class SynonymForms:
    """Word forms and what could stand in their place, for one relation."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._lemmas, self._candidates = (table.column(name).chunk(0) for name in ("lemma", "candidates"))
        self._places: dict[str, int] = {}
        # Words in one string, since the garbage collector would go through 60,000 lists again and again.
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}
        for place, key in enumerate(table.column("key").to_pylist()):
            first, blank, second = key.partition(" ")
            if blank:
                self._before[second] = f"{self._before.get(second, '')} {first}"
                self._after[first] = f"{self._after.get(first, '')} {second}"
            else:
                self._places[key] = place

    @classmethod
    def load(cls, cache: Path, relation: Relation = "synonym") -> "SynonymForms":
        """Return the table from the folder `cache`; the first time it is made there, which takes ten seconds.

        It is made by a process of its own, which gives back the half gigabyte that this needs. Raises MissingResource
        where WordNet or TextBlob is absent, FileError where WordNet is damaged, StorageError.
        """
        path = cache / f"{relation}-forms-{FORMAT}.arrow"
        with suppress(OSError, pa.ArrowInvalid):
            return cls(_open(path))
        wordnet_folder()  # what is absent is told before the work
        tagger()
        code = f"import sys; from {__name__} import make; make(*sys.argv[1:])"
        made = subprocess.run([sys.executable, "-c", code, path, relation], cwd=ROOT, capture_output=True)
        if made.returncode:
            make(path, relation)  # it fails here too, with its reason
        return cls(_open(path))

    def get(self, form: str, tag: str) -> Forms | None:
        """Return what could stand in place of `form` (in lower case) where it has the Penn Treebank `tag`, or None."""
        place = self._places.get(f"{form}\t{tag}")
        if place is None:
            return None
        candidates = self._candidates[place].as_py().split(SEPARATOR)
        related = [Related(word, int(fit) / 1000) for word, fit in zip(candidates[::2], candidates[1::2], strict=True)]
        return Forms(self._lemmas[place].as_py(), related)

    def leads(self) -> Iterator[Lead]:
        """Yield every form under its likeliest tag, where it is known and something could stand in its place."""
        table = self._table.filter(pc.greater(self._table["certainty"], Certainty.NEVER))
        columns = [table.column(name).to_pylist() for name in ("key", "certainty", "lemma", "word_fit", "fit")]
        for key, certainty, lemma, word_fit, fit in zip(*columns, strict=True):
            form, _, tag = key.partition("\t")
            yield Lead(form, tag, CERTAINTIES[certainty], lemma, word_fit, fit)

    def partners(self, lemma: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words that make a phrase of WordNet's with `lemma` after them ("soap" opera) and before them."""
        return frozenset(self._before.get(lemma, "").split()), frozenset(self._after.get(lemma, "").split())


def make(path: Path | str, relation: Relation) -> None:
    """Write the table to the file `path`. Raises what SynonymForms.load raises."""
    path = Path(path)
    _write(_table(Thesaurus.load(path.parent, in_memory=True), tagger(), relation), path)


def _table(thesaurus: Thesaurus, tags: Tagger, relation: Relation) -> pa.Table:
    lemmas: dict[str, dict[str, str]] = defaultdict(dict)  # of every form, by tag
    shared: set[tuple[str, str]] = set()  # forms of two words with one tag ("found"): nobody knows which is meant
    related: dict[tuple[str, str], list[Related]] = {}
    phrases: set[str] = set()
    small = bundled_stopwords()["en"]
    for lemma, part in thesaurus.entries():
        if WORD.fullmatch(lemma):
            for tag, form in forms(lemma, part).items():
                if lemmas[form].setdefault(tag, lemma) != lemma:
                    shared.add((form, tag))
            if len(lemma) >= SHORTEST:
                related[lemma, part] = _usual(thesaurus.related(lemma, part, relation), part, tags)
        elif lemma.count(" ") == 1 and lemma.split()[0] not in small:
            phrases.add(lemma)
    fits = _fits(related)
    rows = [(phrase, "", "", Certainty.NEVER, 0.0, 0.0) for phrase in phrases]
    for form, by_tag in lemmas.items():
        found = {
            tag: {} if (form, tag) in shared else _in_form(fits.get((lemma, PART[tag[0]]), []), form, tag)
            for tag, lemma in by_tag.items()
        }
        likeliest = tags.word_tag(form).replace("VBP", "VB")
        for tag, outcome in found.items():
            if outcome:
                certainty = (
                    _certainty(form, tag, by_tag, found, thesaurus, tags) if tag == likeliest else Certainty.NEVER
                )
                best_first = sorted(outcome, key=lambda word: (-outcome[word], word))
                candidates = SEPARATOR.join(f"{word}{SEPARATOR}{outcome[word] * 1000:.0f}" for word in best_first)
                word_fit = next((outcome[word] for word in best_first if " " not in word), 0.0)
                row = (f"{form}\t{tag}", by_tag[tag], candidates, certainty, word_fit, outcome[best_first[0]])
                rows.append(row)
    names = ("key", "lemma", "candidates", "certainty", "word_fit", "fit")
    return pa.table(dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=True)))


def _certainty(
    form: str,
    tag: str,
    lemmas: dict[str, str],
    found: dict[str, dict[str, float]],
    thesaurus: Thesaurus,
    tags: Tagger,
) -> Certainty:
    """Return how sure `tag` is among the tags that `form` can have, of which `lemmas` are the keys."""
    if tags.is_name(form) or (tag in ("VBG", "VBN") and "JJ" in lemmas):  # "moving" is said of a film and of a train
        return Certainty.NEVER
    if len(lemmas) == 1:
        return Certainty.ALWAYS
    if not tags.knows(form):
        return Certainty.NEVER
    if all(other[0] == tag[0] and found[other] == found[tag] for other in lemmas):  # "enjoyed", VBD and VBN
        return Certainty.ALWAYS
    uses = {PART[other[0]]: thesaurus.uses(lemma, PART[other[0]]) + 1 for other, lemma in lemmas.items()}
    mostly = uses[PART[tag[0]]] >= MOSTLY * sum(uses.values()) and all(o == tag or o[0] != tag[0] for o in lemmas)
    return Certainty.MOSTLY if mostly else Certainty.OPEN


def _in_form(related: list[Related], form: str, tag: str) -> dict[str, float]:
    """Return the forms of `related` under `tag` with their fit, `form` itself not among them."""
    found = {other: fit for word, fit in reversed(related) if (other := forms(word, PART[tag[0]]).get(tag))}
    found.pop(form, None)
    return found


def _usual(related: list[Related], part: str, tags: Tagger) -> list[Related]:
    """Return those among `related` that are not too unlikely, are phrases of plain words, or words in common use."""
    return [
        near
        for near in related
        if near.fit >= LEAST_LIKELY
        and (all(map(WORD.fullmatch, near.word.split())) if " " in near.word else _is_usual(near.word, part, tags))
    ]


def _fits(related: dict[tuple[str, str], list[Related]]) -> dict[tuple[str, str], list[Related]]:
    """Return the candidates of each word with their fit, the best first.

    The fit is a geometric mean of two numbers in [0, 1]: how likely the two words are used in the same sense (WordNet),
    and the cosine of their vectors (how they are used in texts). The cosine counts thrice, since among synonyms it
    says more about how far a sentence's meaning moves.
    """
    words = sorted({word for (lemma, _), found in related.items() for word in (lemma, *(near.word for near in found))})
    vectors = word_vectors(words)
    places = {word: place for place, word in enumerate(words)}
    fits = {}
    for (lemma, part), found in related.items():
        if found:
            cosines = vectors[[places[near.word] for near in found]] @ vectors[places[lemma]]
            scored = [
                Related(near.word, round((near.fit * max(float(cosine), 0.0) ** 3) ** 0.25, 3))
                for near, cosine in zip(found, cosines, strict=True)
            ]
            best_first = sorted(scored, key=lambda near: (-near.fit, near.word))
            single = [near for near in best_first if " " not in near.word]
            several = [near for near in best_first if " " in near.word]
            fits[lemma, part] = [near for near in (*single[:MOST], *several[:MOST]) if near.fit >= LEAST_FIT]
    return fits


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
