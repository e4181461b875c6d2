"""A thesaurus out of WordNet: synonyms, hypernyms and hyponyms, the likeliest first, from a table on disk.

Reading WordNet's files takes seconds and much memory, so what is needed is written once as two Arrow files, which are
mapped into memory afterwards: loading takes milliseconds, and a look-up reads the few pages it needs.
"""

import re
import shutil
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from core.errors import FileError
from core.storage import storage_errors
from core.text.wordnet import read_synsets, wordnet_folder

Relation = Literal["synonym", "hypernym", "hyponym"]

FORMAT = 1  # of the table; another number makes a new one
PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
PART_OF_SENSE_KEY = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}

# What no text should get unasked: WordNet says so in its glosses, though not always, hence the list.
MARKED = re.compile(
    r"\b(?:offensive|disparag|derogatory|insult|obscen|vulgar|ethnic slur|slang|archaic|archaism|obsolete|dialect"
    r"|sexual intercourse|prostitut)"
)
COARSE_WORDS = (
    "arse ass asshole bastard bitch bugger bum cock coon crap cunt damn dick dyke fag faggot fairy fuck gook jap kike "
    "lesbo negro nigger paki pansy piss poof prick pussy queer retard screw shag shit slut spastic spic squaw tart "
    "tit tits turd wank whore wog"
)
COARSE = frozenset(COARSE_WORDS.split())
MOST_MARKED = 0.1  # a word that is used so often in a marked sense is not suggested

# A word without any tagged use counts as one that was seen once, its first sense more than its second, ...; to see
# little of a word is to know little about it, so some of its uses go to no sense at all.
UNSEEN = 2.0


class Related(NamedTuple):
    """A word to put in another's place; `fit` in (0, 1] is how likely it is that both mean the same."""

    word: str
    fit: float


class Sense(NamedTuple):
    """One of a word's meanings; `share` in (0, 1] is how likely the word is used so."""

    synset: int
    share: float


class Thesaurus:
    """WordNet's words and synsets. Parts of speech are "n", "v", "a" and "r" (adverb)."""

    def __init__(self, words: pa.Table, synsets: pa.Table, in_memory: bool = False) -> None:
        """Columns are read from the mapped files as they are needed, or `in_memory` all at once."""
        self._keys, self._senses, self._counts = (_Column(words, name, in_memory) for name in WORD_COLUMNS)
        self._words, self._marked, *related = (_Column(synsets, name, in_memory) for name in SYNSET_COLUMNS)
        self._related = dict(zip(("hypernym", "hyponym"), related, strict=True))
        self._shares: dict[tuple[str, str], dict[int, float]] | None = {} if in_memory else None
        self._places = {key: place for place, key in enumerate(words.column("key").to_pylist())} if in_memory else None

    @classmethod
    def load(cls, cache: Path, in_memory: bool = False) -> "Thesaurus":
        """Return the thesaurus from the folder `cache`; the first time it is made there, which takes seconds.

        `in_memory` takes 200 MB and makes look-ups ten times as fast, for one who goes through all words. Raises
        MissingResource where WordNet is absent, FileError where it is damaged, StorageError.
        """
        folder = cache / f"thesaurus-{FORMAT}"
        if not _is_whole(folder):
            _make(wordnet_folder(), folder)
        words, synsets = _open(folder)
        return cls(words, synsets, in_memory)

    def entries(self) -> Iterator[tuple[str, str]]:
        """Yield every word in lower case and one of its parts of speech, in alphabetical order."""
        for place in range(len(self._keys)):
            word, _, part = self._keys[place].partition("\t")
            yield word, part

    def senses(self, word: str, part: str) -> list[Sense]:
        """Return what `word` (in lower case) can mean, the commonest first; empty where WordNet does not know it."""
        place = self._place(f"{word}\t{part}")
        if place is None:
            return []
        masses = [count + 1 / (rank + 1) for rank, count in enumerate(self._counts[place])]
        whole = sum(masses) + UNSEEN
        return [Sense(synset, mass / whole) for synset, mass in zip(self._senses[place], masses, strict=True)]

    def uses(self, word: str, part: str) -> int:
        """Return how often `word` is tagged as this part of speech in WordNet's corpora."""
        place = self._place(f"{word}\t{part}")
        return 0 if place is None else sum(self._counts[place])

    def _place(self, key: str) -> int | None:
        if self._places is not None:
            return self._places.get(key)
        place = bisect_left(range(len(self._keys)), key, key=self._keys.__getitem__)
        return place if place < len(self._keys) and self._keys[place] == key else None

    def words(self, synset: int) -> list[str]:
        """Return the words of a synset as WordNet writes them ("film", "Eiffel Tower")."""
        found: list[str] = self._words[synset]
        return found

    def related(self, word: str, part: str, relation: Relation = "synonym") -> list[Related]:
        """Return words that stand in the relation to `word`, the best first, `word` itself and names not among them.

        The fit of a candidate is the probability that both are used in the same sense: over the synsets s of `word`,
        the sum of P(s | word) * P(t | candidate), t being s itself, or the synset next above or below it. P is the
        share of a sense among the tagged uses of a word in WordNet's corpora (cntlist.rev). Offensive and archaic
        words are left out.
        """
        fits: dict[str, float] = defaultdict(float)
        for synset, share in self.senses(word, part):
            for target in self._targets(synset, relation):
                for candidate in self.words(target):
                    if candidate.islower() and candidate != word:
                        fits[candidate] += share * self._share(candidate, part, target)
        found = [Related(candidate, fit) for candidate, fit in fits.items() if fit]
        return sorted(found, key=lambda related: (-related.fit, related.word))

    def _targets(self, synset: int, relation: Relation) -> list[int]:
        return [synset] if relation == "synonym" else list(self._related[relation][synset])

    def _share(self, word: str, part: str, synset: int) -> float:
        """Return P(synset | word), 0 for a word that is better not suggested."""
        if self._shares is None:
            return self._shares_of(word, part).get(synset, 0.0)
        key = (word, part)
        if key not in self._shares:
            self._shares[key] = self._shares_of(word, part)
        return self._shares[key].get(synset, 0.0)

    def _shares_of(self, word: str, part: str) -> dict[int, float]:
        senses = self.senses(word, part)
        marked = sum(sense.share for sense in senses if self._marked[sense.synset])
        if marked >= MOST_MARKED or not COARSE.isdisjoint(word.split()):
            return {}
        return {sense.synset: sense.share for sense in senses}


class _Column:
    """A column of a table as Python values."""

    def __init__(self, table: pa.Table, name: str, in_memory: bool) -> None:
        self._arrow = table.column(name).chunk(0)
        self._values = self._arrow.to_pylist() if in_memory else None

    def __len__(self) -> int:
        return len(self._arrow)

    def __getitem__(self, place: int) -> Any:
        return self._arrow[place].as_py() if self._values is None else self._values[place]


FILES = ("words.arrow", "synsets.arrow")
WORD_COLUMNS = ("key", "synsets", "counts")
SYNSET_COLUMNS = ("words", "marked", "hypernyms", "hyponyms")


def _open(folder: Path) -> list[pa.Table]:
    """Return the tables in `folder`, mapped into memory. Raises OSError, ArrowInvalid."""
    return [pa.ipc.open_file(pa.memory_map(str(folder / name))).read_all() for name in FILES]


def _make(wordnet: Path, folder: Path) -> None:
    """Write the table into `folder`, whole or not at all."""
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix="thesaurus-", dir=folder.parent))
        try:
            numbers, synsets = _read_synsets(wordnet)
            for name, table in zip(FILES, (_read_words(wordnet, numbers), synsets), strict=True):
                with pa.ipc.new_file(staged / name, table.schema) as file:
                    file.write_table(table)
            if folder.exists() and not _is_whole(folder):
                shutil.rmtree(folder)
            with suppress(FileExistsError):
                staged.rename(folder)
        except OSError:
            if not _is_whole(folder):  # otherwise another process was quicker
                raise
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        _open(folder)
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def _read_synsets(wordnet: Path) -> tuple[dict[str, int], pa.Table]:
    """Return the numbers of the synsets by id ("02958343-n"), and their table."""
    numbers: dict[str, int] = {}
    words: list[list[str]] = []
    marked: list[bool] = []
    above: list[tuple[str, ...]] = []
    for synset in read_synsets(wordnet):
        numbers[synset.id.replace("-s", "-a")] = len(words)
        words.append(list(synset.words))
        marked.append(bool(MARKED.search(synset.gloss.partition('"')[0])))
        above.append(synset.hypernyms)
    hypernyms = [[numbers[id_] for id_ in ids if id_ in numbers] for ids in above]
    hyponyms: list[list[int]] = [[] for _ in words]
    for number, wider in enumerate(hypernyms):
        for hypernym in wider:
            hyponyms[hypernym].append(number)
    numbers_list = pa.list_(pa.int32())
    columns: dict[str, Any] = {
        "words": pa.array(words, pa.list_(pa.string())),
        "marked": pa.array(marked),
        "hypernyms": pa.array(hypernyms, numbers_list),
        "hyponyms": pa.array(hyponyms, numbers_list),
    }
    return numbers, pa.table(columns)


def _read_words(wordnet: Path, numbers: dict[str, int]) -> pa.Table:
    """Return the table of words: "word<TAB>part", the synsets of its senses in order, and how often each was tagged."""
    counts = _tag_counts(wordnet)
    rows = []
    for part, name in PARTS.items():
        for fields in _lines(wordnet / f"index.{name}", skip="  "):
            word, count = fields[0].replace("_", " "), int(fields[2])
            synsets = [numbers[f"{offset}-{part}"] for offset in fields[-count:]]
            tagged = [counts.get((fields[0], part, rank), 0) for rank in range(1, count + 1)]
            rows.append((f"{word}\t{part}", synsets, tagged))
    rows.sort()
    keys, senses, tags = zip(*rows, strict=True)
    integers = pa.list_(pa.int32())
    return pa.table({"key": pa.array(keys), "synsets": pa.array(senses, integers), "counts": pa.array(tags, integers)})


def _tag_counts(wordnet: Path) -> dict[tuple[str, str, int], int]:
    """Return how often each sense, by word, part of speech and number, was tagged (cntlist(5WN))."""
    counts: dict[tuple[str, str, int], int] = {}
    for key, number, count in _lines(wordnet / "cntlist.rev"):
        word, _, rest = key.partition("%")
        counts[word, PART_OF_SENSE_KEY[rest[0]], int(number)] = int(count)
    return counts


def _lines(path: Path, skip: str = "\n") -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from (line.split() for line in lines if not line.startswith(skip))
    except FileNotFoundError:
        problem = f"WordNet's file {path} is missing."
        raise FileError(problem, "Delete that folder, then get WordNet again with `make setup`.") from None
