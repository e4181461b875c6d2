"""Which words of English texts give way to which others, for all words of many texts at once."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.augmentation.tokens import (
    ENDS_SENTENCE,
    HAS_MARK_AFTER,
    HAS_MARK_BEFORE,
    IS_BEFORE_NOUNS,
    IS_BEFORE_VERBS,
    IS_TITLE,
    IS_WORD,
    Stream,
    Tokens,
)
from core.text.protected import NUMBER_WORDS, negations
from core.text.stopwords import bundled_stopwords
from core.text.synonym_forms import Ints, SynonymForms
from core.text.synonym_table import Certainty
from core.text.tagging import Tagger

# Verbs that mean little by themselves, words with a part in grammar or idioms, and months that are also other words.
KEPT_WORDS = (
    "be have do get make go take give come put let set keep run bring turn look find leave hold call work play "
    "enough yet still even rather quite back well way thing much many little like kind sort bit lot "
    "time such last next first second third right please ago away else ever march august"
)
KEPT = frozenset(KEPT_WORDS.split())

# Nouns say what a text is about, so a noun must fit better than an adverb to be replaced as early.
WEIGHT = {"N": 1.0, "J": 1.3, "V": 1.6, "R": 2.0}
UNCERTAIN = 0.8  # the weight of a word whose part of speech depends on its neighbours
TIERS = (0.52, 0.42, 0.33, 0.25, 0.18, 0.12, 0.0)  # words whose weighted fit is at least so good go first
NEAR_BEST = 0.72  # of the best candidate's fit, which others must reach to be taken at times


class Changes(NamedTuple):
    """What texts get, in their order: N changes."""

    counts: list[int]  # (texts,) changes of each
    places: list[int]  # (N,) of the tokens that change, in each text from 0
    words: list[str]  # (N,) what they become
    fits: list[float]  # (N,) how well that fits


class Replaceable:
    """Words that can be replaced, and what may come in their place."""

    def __init__(
        self, table: SynonymForms, tagger: Tagger, min_fit: float, phrases: bool, protected: Sequence[str] = ()
    ) -> None:
        self._table, self._rules, self._lock = table, tagger.rules, Lock()
        self._options = Options(table, min_fit, phrases)
        # By tag: its part of speech, and the tag that the table has for it.
        names = tagger.rules.names
        self._part = np.array([ord(name[0]) if name else 0 for name in names])
        self._inflection = np.array(tagger.rules.codes("VB" if name == "VBP" else name for name in names))
        self._likeliest = self._inflection[table.tags]  # (words,) the tag of each
        known = np.flatnonzero(table.certainty)
        self._meaning = np.full(len(table.words), -1)  # (words,) under that tag
        self._meaning[known] = table.meanings(known, self._likeliest[known])

        # Where the neighbours decide on the tag: always, or after a token of which one of these bits is true; (words,)
        self._is_open = table.certainty == Certainty.OPEN
        bits = np.array([{"N": IS_BEFORE_VERBS, "V": IS_BEFORE_NOUNS}.get(name[:1], 0) for name in names], np.int8)
        self._doubtful_after = bits[self._likeliest] * (table.certainty == Certainty.MOSTLY)
        words = table.words.to_pylist()
        kept = KEPT | NUMBER_WORDS | negations("en") | bundled_stopwords()["en"]
        kept |= {word.strip().lower() for word in protected}
        is_kept = np.array([word in kept for word in words])
        is_kept |= is_kept[table.lemmas[self._meaning]]
        best = np.where((self._meaning >= 0) & ~is_kept, self._options.best[self._meaning], 0)
        weight = np.array([WEIGHT.get(name[:1], 0.0) for name in names])[self._likeliest]
        weighted = best / 1000 * weight * np.where(self._is_open, UNCERTAIN, 1.0)
        tiers = np.where(best > 0, (weighted[:, None] >= TIERS).sum(1), 0)
        self.tokens = Tokens(words, table.tags, tiers, tagger)

    def changes(self, texts: Sequence[Sequence[str]], seeds: Sequence[int], wanted: Callable[[int], int]) -> Changes:
        """Return what to change in texts cut into tokens, at most `wanted(words of the text)` words of each.

        What a text gets depends on it and its seed in [0, 2^64) alone.
        """
        with self._lock:  # an operator may serve several visitors, and tokens are numbered as they come
            stream = self.tokens.stream(texts)
            places, meanings = self._fitting(stream)
            tier, is_word = stream.known.tier[stream.tokens[places]], stream.known.true_of[stream.tokens] & IS_WORD
        row = stream.row[places]
        place = places - stream.starts[row] - 1  # in the text
        drawn = splitmix64(np.array(seeds, np.uint64)[row], place)
        # Of each text the words of the best tier first, in random order.
        keys = (row << 35) + ((len(TIERS) - tier.astype(np.int64)) << 32) + (drawn >> np.uint64(32)).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        counts = np.bincount(row, minlength=len(texts))
        lengths = np.add.reduceat(is_word, stream.starts, dtype=np.int64)
        different, which = np.unique(lengths[:-1], return_inverse=True)
        most = np.minimum(counts, np.array(list(map(wanted, different.tolist())), np.int64)[which])
        rank = np.arange(len(places)) - np.repeat(counts.cumsum() - counts, counts)
        chosen = np.sort(order[rank < np.repeat(most, counts)])
        words, fits = self._options.choose(meanings[chosen], drawn[chosen] & np.uint64(0xFFFFFFFF))
        return Changes(most.tolist(), place[chosen].tolist(), words, fits)

    def _fitting(self, stream: Stream) -> tuple[Ints, Ints]:
        """Return the places of the stream where something can come in place of the word, and the word's meanings."""
        known, tokens = stream.known, stream.tokens
        places = np.flatnonzero(known.tier[tokens])
        before, here = known.true_of[tokens[places - 1]], known.true_of[tokens[places]]
        is_name = (here & IS_TITLE > 0) & (before & ENDS_SENTENCE == 0)
        places, before, here = places[~is_name], before[~is_name], here[~is_name]

        words = known.word[tokens[places]]
        meanings = self._meaning[words]
        doubtful = np.flatnonzero(self._is_open[words] | (before & self._doubtful_after[words] > 0))
        meanings[doubtful] = self._meanings_here(stream, places[doubtful])
        found = (meanings >= 0) & (self._options.best[meanings] > 0)

        lemmas = self._table.lemmas[meanings]
        apart = here & HAS_MARK_BEFORE | before & HAS_MARK_AFTER
        found &= ~self._table.makes_phrase(known.word[tokens[places - 1]], lemmas) | (apart > 0)
        after = known.true_of[tokens[places + 1]]
        apart = here & HAS_MARK_AFTER | after & HAS_MARK_BEFORE
        found &= ~self._table.makes_phrase(lemmas, known.word[tokens[places + 1]]) | (apart > 0)
        return places[found], meanings[found]

    def _meanings_here(self, stream: Stream, places: Ints) -> Ints:
        """Return the meanings of the words at `places` under the tags that their neighbours make likely.

        -1 where that is another part of speech: the tagger is of two minds, and there are surer words to replace.
        """
        pieces, words = stream.piece[places], stream.known.word[stream.tokens[places]]
        corrected = self._rules.corrected(stream.pieces, pieces)
        tags = self._inflection[np.where(corrected, corrected, stream.pieces[1, pieces])]
        meanings = self._table.meanings(words, tags)
        return np.where(self._part[tags] == self._part[self._likeliest[words]], meanings, -1)


class Options:
    """What may stand in place of words under each of their tags."""

    def __init__(self, table: SynonymForms, min_fit: float, phrases: bool) -> None:
        of_each = np.diff(table.first_candidate)
        meanings = np.repeat(np.arange(len(of_each)), of_each)
        fits = np.where(table.fits >= 1000 * min_fit, table.fits, 0)
        words = np.array(table.candidates.to_pylist(), object)
        if not phrases:
            fits[[" " in word for word in words]] = 0
        self.best = np.zeros(len(of_each), np.int64)  # (meanings,) the best fit in thousandths, 0 where nothing fits
        np.maximum.at(self.best, meanings, fits)
        kept = np.flatnonzero((fits > 0) & (fits >= NEAR_BEST * self.best[meanings]))
        self._words, self._fits = words[kept], fits[kept]
        self._sums = np.concatenate([[0], self._fits.cumsum()])
        self._first = np.searchsorted(meanings[kept], np.arange(len(of_each) + 1))

    def choose(self, meanings: Ints, drawn: NDArray[np.uint64]) -> tuple[list[str], list[float]]:
        """Return a word for each meaning (N,), as likely as it fits, and its fit; `drawn` (N,) are in [0, 2^32)."""
        low, high = self._sums[self._first[meanings]], self._sums[self._first[meanings + 1]]
        sums = low + ((high - low) * drawn.astype(np.int64) >> 32)
        chosen = np.searchsorted(self._sums, sums, side="right") - 1
        return self._words[chosen].tolist(), (self._fits[chosen] / 1000).tolist()


def splitmix64(seeds: NDArray[np.uint64], places: Ints) -> NDArray[np.uint64]:
    """Return the number at each place, from 0, of the sequence that each seed begins; in [0, 2^64).

    Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 16.
    """
    mixed: NDArray[np.uint64] = seeds + (places.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
