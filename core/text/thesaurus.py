"""A thesaurus out of WordNet: synonyms, hypernyms and hyponyms, the likeliest first, from a table on disk.

Reading WordNet's files takes seconds, so what is needed is written once as two Arrow files. All words are looked up at
once: word by word it takes several times as long.
"""

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

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


Places = NDArray[np.int64]


class Pairs(NamedTuple):
    """Words and what to put in their place, the words in order and the best of each first: three columns of N pairs.

    Words are named by their places among the entries; `fit` in (0, 1] is how likely it is that both mean the same.
    """

    word: Places
    candidate: Places
    fit: NDArray[np.float64]


class Thesaurus:
    """WordNet's words and what they can mean: entry by entry, the commonest meaning of each first."""

    def __init__(self, words: pa.Table, synsets: pa.Table) -> None:
        keys, senses, counts = (column.chunk(0) for column in words.columns)
        self._written, marked, *related = (column.chunk(0) for column in synsets.columns)
        self._related = dict(zip(("hypernym", "hyponym"), related, strict=True))
        # In lower case, with "n", "v", "a" or "r" (adverb), in alphabetical order.
        self.entries: list[tuple[str, str]] = [(key[:-2], key[-1]) for key in keys.to_pylist()]
        first, self.synset, tagged = map(_integers, (senses.offsets, senses.values, counts.values))
        self.word = np.repeat(np.arange(len(self.entries)), np.diff(first))  # (senses,); the place of its entry
        self.uses = np.bincount(self.word, tagged).astype(int)  # (entries,); how often WordNet's corpora have each
        masses = tagged + 1 / (np.arange(len(tagged)) - first[self.word] + 1)
        self.share = masses / (np.bincount(self.word, masses) + UNSEEN)[self.word]  # (senses,); P(synset | word)
        marks = np.bincount(self.word, self.share * np.array(marked.to_pylist())[self.synset])  # (entries,)
        self._proper = marks < MOST_MARKED

    @classmethod
    def load(cls, cache: Path) -> "Thesaurus":
        """Return the thesaurus from the folder `cache`; the first time it is made there, which takes seconds.

        Raises MissingResource where WordNet is absent, FileError where it is damaged, StorageError.
        """
        folder = cache / f"thesaurus-{FORMAT}"
        if not _is_whole(folder):
            _make(wordnet_folder(), folder)
        return cls(*_open(folder))

    def related(
        self, relation: Relation = "synonym", suits: Callable[[str, str], bool] = lambda word, part: True
    ) -> Pairs:
        """Return what stands in the relation to each word, the word itself and names not among them.

        The fit of a candidate is the probability that both are used in the same sense: over the synsets s of the word,
        the sum of P(s | word) * P(t | candidate), t being s itself, or the synset next above or below it. P is the
        share of a sense among the tagged uses of a word in WordNet's corpora (cntlist.rev). Offensive and archaic
        words are left out, and those of which `suits` is false; it gets a word and its part of speech.
        """
        theirs = self._suggested(suits)  # senses of candidates, by synset
        first = np.searchsorted(self.synset[theirs], np.arange(len(self._written) + 1))
        own = np.arange(len(self.synset))  # senses of words
        target = self.synset
        if relation != "synonym":
            own, target = _expanded(own, _integers(self._related[relation].offsets), target)
            target = _integers(self._related[relation].values)[target]
        own, candidate = _expanded(own, first, target)
        candidate = theirs[candidate]
        differ = self.word[own] != self.word[candidate]
        own, candidate = own[differ], candidate[differ]
        pairs, which = np.unique(self.word[own] * len(self.entries) + self.word[candidate], return_inverse=True)
        fit = np.bincount(which, self.share[own] * self.share[candidate]).astype(np.float64)
        words, candidates = np.divmod(pairs, len(self.entries))
        order = np.lexsort((candidates, -fit, words))
        return Pairs(words[order], candidates[order], fit[order])

    def _suggested(self, suits: Callable[[str, str], bool]) -> Places:
        """Return the senses whose words may be suggested for others of their synset, in the order of synsets."""
        suitable = [
            proper and word.islower() and suits(word, part) and COARSE.isdisjoint(word.split())
            for (word, part), proper in zip(self.entries, self._proper.tolist(), strict=True)
        ]
        senses = np.flatnonzero(np.array(suitable, bool)[self.word])
        written = self._written.to_pylist()
        places = zip(self.word[senses].tolist(), self.synset[senses].tolist(), strict=True)
        lower = [self.entries[place][0] in written[synset] for place, synset in places]  # "Broadway" is a name
        senses = senses[np.array(lower, bool)]
        by_synset: Places = senses[np.argsort(self.synset[senses], kind="stable")]
        return by_synset


def _integers(array: pa.Array) -> Places:
    return np.array(array.to_pylist(), np.int64)


def _expanded(rows: Places, first: Places, group: Places) -> tuple[Places, Places]:
    """Return each of `rows` (N,) once for each member of its group, and the members.

    The members of group g are the numbers from first[g] to before first[g + 1].
    """
    sizes = np.diff(first)[group]  # (N,)
    before = np.cumsum(sizes) - sizes
    return np.repeat(rows, sizes), np.arange(sizes.sum()) + np.repeat(first[group] - before, sizes)


FILES = ("words.arrow", "synsets.arrow")


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
    keys: list[str] = []
    synsets: list[int] = []
    tagged: list[int] = []
    first = [0]
    for part, name in PARTS.items():
        for fields in _lines(wordnet / f"index.{name}", skip="  "):
            count = int(fields[2])
            keys.append(f"{fields[0].replace('_', ' ')}\t{part}")
            synsets += [numbers[f"{offset}-{part}"] for offset in fields[-count:]]
            known = counts.get((fields[0], part))
            tagged += [known.get(rank, 0) for rank in range(1, count + 1)] if known else [0] * count
            first.append(len(synsets))
    starts = pa.array(first, pa.int32())
    lists = [pa.ListArray.from_arrays(starts, pa.array(values, pa.int32())) for values in (synsets, tagged)]
    return pa.table([keys, *lists], ["key", "synsets", "counts"]).sort_by("key").combine_chunks()


def _tag_counts(wordnet: Path) -> dict[tuple[str, str], dict[int, int]]:
    """Return how often the senses of each word and part of speech were tagged, by the sense's number (cntlist(5WN))."""
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for key, number, count in _lines(wordnet / "cntlist.rev"):
        word, _, rest = key.partition("%")
        counts[word, PART_OF_SENSE_KEY[rest[0]]][int(number)] = int(count)
    return counts


def _lines(path: Path, skip: str = "\n") -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from (line.split() for line in lines if not line.startswith(skip))
    except FileNotFoundError:
        problem = f"WordNet's file {path} is missing."
        raise FileError(problem, "Delete that folder, then get WordNet again with `make setup`.") from None
