"""Making the table of what could stand in place of a word form: of all of WordNet's words, once.

It takes seconds, most of them to read WordNet and to compare words by their vectors.
"""

import functools
import re
import shutil
import tempfile
from collections import defaultdict
from enum import IntEnum
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.storage import storage_errors
from core.text.inflection import forms
from core.text.stopwords import bundled_stopwords
from core.text.tagging import Tagger, tagger
from core.text.thesaurus import Pairs, Places, Relation, Thesaurus
from core.text.word_vectors import word_vectors

WORD = re.compile("[a-z]+(?:-[a-z]+)*")
PHRASE = re.compile(f"{WORD.pattern}(?: {WORD.pattern})+")
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
    _write(_table(Thesaurus.load(path.parent), tagger(), relation), path)


def _table(thesaurus: Thesaurus, tags: Tagger, relation: Relation) -> pa.Table:
    inflected = functools.cache(forms)  # candidates are asked for again and again
    lemmas: dict[str, dict[str, str]] = defaultdict(dict)  # of every form, by tag
    shared: set[tuple[str, str]] = set()  # forms of two words with one tag ("found"): nobody knows which is meant
    partners: dict[str, list[str]] = defaultdict(list)
    uses: dict[str, int] = defaultdict(int)  # of a form's lemmas
    uses_of = dict(zip(thesaurus.entries, thesaurus.uses.tolist(), strict=True))
    small = bundled_stopwords()["en"]
    for (lemma, part), used in uses_of.items():
        first, blank, second = lemma.partition(" ")
        if blank:
            if " " not in second and first not in small:
                partners[first].append(second)
        elif WORD.fullmatch(lemma):
            for tag, form in inflected(lemma, part).items():
                if lemmas[form].setdefault(tag, lemma) != lemma:
                    shared.add((form, tag))
                if used:
                    uses[form] += used
    related = thesaurus.related(relation, lambda word, part: _is_usual(word, part, tags))
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)  # what could stand in place of a form, by tag
    for (lemma, part), near in _fits(thesaurus.entries, related).items():
        best_last = [(inflected(word, part), fit) for word, fit in reversed(near)]
        for tag, form in inflected(lemma, part).items():
            in_form = {other[tag]: fit for other, fit in best_last if tag in other}
            in_form.pop(form, None)
            if in_form and (form, tag) not in shared:
                found[form][tag] = in_form
    bases = (lemma for form in found for lemma in lemmas[form].values())
    words = sorted({*found, *bases, *partners, *chain.from_iterable(partners.values())})
    words.sort(key=lambda word: -uses.get(word, 0))
    places = {word: place for place, word in enumerate(words)}
    word_tags = tags.word_tags(words)
    certainty = [
        _certainty(word, lead, lemmas[word], found[word], uses_of, tags)
        if (lead := tag.replace("VBP", "VB")) in found.get(word, ())
        else Certainty.NEVER
        for word, tag in zip(words, word_tags, strict=True)
    ]
    after = [sorted({places[second] for second in partners.get(word, ())}) for word in words]
    columns = [words, word_tags, certainty, _meanings(words, found, lemmas), pa.array(after, pa.list_(pa.int32()))]
    return pa.table(columns, schema=SCHEMA)


def _meanings(
    words: list[str], found: dict[str, dict[str, dict[str, float]]], lemmas: dict[str, dict[str, str]]
) -> pa.ListArray:
    """Return the meanings of each word by tag, and their candidates, the best first."""
    places = {word: place for place, word in enumerate(words)}
    tags: list[str] = []  # of all words' meanings, one after the other
    lemma_places: list[int] = []
    near: list[str] = []  # of all meanings' candidates
    fits: list[int] = []
    first_meaning, first_candidate = [0], [0]
    for word in words:
        for tag, outcome in sorted(found.get(word, {}).items()):
            best_first = sorted(outcome, key=lambda other: (-outcome[other], other))
            near += best_first
            fits += [round(outcome[other] * 1000) for other in best_first]
            first_candidate.append(len(near))
            tags.append(tag)
            lemma_places.append(places[lemmas[word][tag]])
        first_meaning.append(len(tags))
    candidates = pa.StructArray.from_arrays([near, pa.array(fits, pa.int16())], fields=list(CANDIDATE))
    lists = pa.ListArray.from_arrays(pa.array(first_candidate, pa.int32()), candidates)
    columns = [pa.array(tags, NAME), pa.array(lemma_places, pa.int32()), lists]
    meanings = pa.StructArray.from_arrays(columns, fields=list(MEANING))
    return pa.ListArray.from_arrays(pa.array(first_meaning, pa.int32()), meanings)


def _certainty(
    form: str,
    tag: str,
    lemmas: dict[str, str],
    found: dict[str, dict[str, float]],
    uses_of: dict[tuple[str, str], int],
    tags: Tagger,
) -> Certainty:
    """Return how sure `tag` is among the tags that `form` can have, of which `lemmas` are the keys."""
    if tags.is_name(form) or (tag in ("VBG", "VBN") and "JJ" in lemmas):  # "moving" is said of a film and of a train
        return Certainty.NEVER
    if len(lemmas) == 1:
        return Certainty.ALWAYS
    if not tags.knows(form):
        return Certainty.NEVER
    if all(other[0] == tag[0] and found.get(other) == found[tag] for other in lemmas):  # "enjoyed", VBD and VBN
        return Certainty.ALWAYS
    uses = {PART[other[0]]: uses_of[lemma, PART[other[0]]] + 1 for other, lemma in lemmas.items()}
    mostly = uses[PART[tag[0]]] >= MOSTLY * sum(uses.values()) and all(o == tag or o[0] != tag[0] for o in lemmas)
    return Certainty.MOSTLY if mostly else Certainty.OPEN


def _fits(entries: list[tuple[str, str]], related: Pairs) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """Return the candidates of each word with their fit, the best first, single words before phrases.

    The fit is a geometric mean of two numbers in [0, 1]: how likely the two words are used in the same sense (WordNet),
    and the cosine of their vectors (how they are used in texts). The cosine counts thrice, since among synonyms it
    says more about how far a sentence's meaning moves.
    """
    long = np.array([len(word) >= SHORTEST and " " not in word and bool(WORD.fullmatch(word)) for word, _ in entries])
    kept = long[related.word] & (related.fit >= LEAST_LIKELY)
    words, candidates = related.word[kept], related.candidate[kept]
    fits = np.round((related.fit[kept] * np.maximum(_cosines(entries, words, candidates), 0) ** 3) ** 0.25, 3)
    several = np.array([" " in word for word, _ in entries])[candidates]
    order = np.lexsort((candidates, -fits, several, words))
    first = np.flatnonzero(np.diff(2 * words[order] + several[order], prepend=-1))  # of a word's or its phrases
    rank = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    order = order[(rank < MOST) & (fits[order] >= LEAST_FIT)]
    found = defaultdict(list)
    for word, candidate, fit in zip(
        words[order].tolist(), candidates[order].tolist(), fits[order].tolist(), strict=True
    ):
        found[entries[word]].append((entries[candidate][0], fit))
    return found


def _cosines(entries: list[tuple[str, str]], words: Places, candidates: Places) -> NDArray[np.float64]:
    """Return the cosine of each word and its candidate, (N,); the pairs of a word stand together."""
    used, rows = np.unique(np.concatenate((words, candidates)), return_inverse=True)
    vectors = word_vectors([entries[place][0] for place in used.tolist()])
    own, theirs = np.split(rows, 2)
    first = np.flatnonzero(np.diff(words, prepend=-1, append=-1)).tolist()
    cosines = [vectors[theirs[start:end]] @ vectors[own[start]] for start, end in pairwise(first)]
    return np.concatenate(cosines).astype(np.float64)


def _is_usual(word: str, part: str, tags: Tagger) -> bool:
    """Tell whether `word` is a phrase of plain words, or known to the tagger and a form of it mostly as this part."""
    if " " in word:
        return bool(PHRASE.fullmatch(word))
    if len(word) < SHORTEST or not tags.knows(word) or not WORD.fullmatch(word) or not VOWEL.search(word):
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
