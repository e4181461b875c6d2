"""Making the table of what could stand in place of a word form: of all of WordNet's words, once.

Looking all this up takes a millisecond a word, more than a whole sentence should take.
"""

import re
import shutil
import tempfile
from collections import defaultdict
from enum import IntEnum
from itertools import chain
from pathlib import Path

import pyarrow as pa

from core.storage import storage_errors
from core.text.inflection import forms
from core.text.stopwords import bundled_stopwords
from core.text.tagging import Tagger, tagger
from core.text.thesaurus import Related, Relation, Thesaurus
from core.text.word_vectors import word_vectors

WORD = re.compile("[a-z]+(?:-[a-z]+)*")
MOSTLY = 0.9
VOWEL = re.compile("[aeiouy]")  # what has none is an abbreviation: "hr", "yr"
SHORTEST = 3  # letters
LEAST_LIKELY = 0.002  # of being used in the same sense
LEAST_FIT = 0.05
MOST = 6  # words that can stand in one's place, and as many phrases
TAG = {"n": "NN", "v": "VB", "a": "JJ", "r": "RB"}
PART = {"N": "n", "V": "v", "J": "a", "R": "r"}

NAME = pa.dictionary(pa.int8(), pa.string())  # tags: few, and each many times
CANDIDATE = pa.struct({"word": pa.string(), "fit": pa.int16()})  # in thousandths
MEANING = pa.struct({"tag": NAME, "lemma": pa.int32(), "candidates": pa.list_(CANDIDATE)})
SCHEMA = pa.schema(
    {
        "word": pa.string(),  # the commonest first; other columns name words by their places
        "tag": NAME,
        "certainty": pa.int8(),
        "meanings": pa.list_(MEANING),
        "partners": pa.list_(pa.int32()),  # words that make a phrase of WordNet's with this one before them
    }
)


class Certainty(IntEnum):
    """How sure it is, whatever stands around a form, that it has its likeliest tag."""

    NEVER = 0  # another tag is likelier, or the tag is but a guess
    OPEN = 1  # its neighbours decide
    MOSTLY = 2  # nine times out of ten
    ALWAYS = 3  # or all its tags come to the same


def make(path: Path | str, relation: Relation) -> None:
    """Write the table to the file `path`. Raises what SynonymForms.load raises."""
    path = Path(path)
    _write(_table(Thesaurus.load(path.parent, in_memory=True), tagger(), relation), path)


def _table(thesaurus: Thesaurus, tags: Tagger, relation: Relation) -> pa.Table:
    lemmas: dict[str, dict[str, str]] = defaultdict(dict)  # of every form, by tag
    shared: set[tuple[str, str]] = set()  # forms of two words with one tag ("found"): nobody knows which is meant
    related: dict[tuple[str, str], list[Related]] = {}
    partners: dict[str, list[str]] = defaultdict(list)
    uses: dict[str, int] = defaultdict(int)  # of a form's lemmas
    small = bundled_stopwords()["en"]
    for lemma, part in thesaurus.entries():
        first, _, second = lemma.partition(" ")
        if WORD.fullmatch(lemma):
            for tag, form in forms(lemma, part).items():
                if lemmas[form].setdefault(tag, lemma) != lemma:
                    shared.add((form, tag))
                uses[form] += thesaurus.uses(lemma, part)
            if len(lemma) >= SHORTEST:
                related[lemma, part] = _usual(thesaurus.related(lemma, part, relation), part, tags)
        elif second and " " not in second and first not in small:
            partners[first].append(second)
    fits = _fits(related)
    found: dict[str, dict[str, dict[str, float]]] = {}  # what could stand in place of a form, by tag
    for form, by_tag in lemmas.items():
        by_tag_found = {
            tag: {} if (form, tag) in shared else _in_form(fits.get((lemma, PART[tag[0]]), []), form, tag)
            for tag, lemma in by_tag.items()
        }
        if any(by_tag_found.values()):
            found[form] = by_tag_found
    bases = (lemma for form in found for lemma in lemmas[form].values())
    words = sorted(
        {*found, *bases, *partners, *chain.from_iterable(partners.values())}, key=lambda word: (-uses[word], word)
    )
    places = {word: place for place, word in enumerate(words)}
    rows = []
    for word in words:
        tag = tags.word_tag(word)
        outcomes = found.get(word, {})
        certainty = Certainty.NEVER
        if outcomes.get(lead := tag.replace("VBP", "VB")):
            certainty = _certainty(word, lead, lemmas[word], outcomes, thesaurus, tags)
        meanings = []
        for other, outcome in sorted(outcomes.items()):
            if outcome:
                best_first = sorted(outcome, key=lambda near: (-outcome[near], near))
                candidates = [{"word": near, "fit": round(outcome[near] * 1000)} for near in best_first]
                meanings.append({"tag": other, "lemma": places[lemmas[word][other]], "candidates": candidates})
        after = sorted({places[second] for second in partners.get(word, ())})
        rows.append({"word": word, "tag": tag, "certainty": certainty, "meanings": meanings, "partners": after})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


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
