"""A text to fit n-gram models on: `python -m tests.benchmarks.ngram_text FILE TOKENS`; the same text every time.

Sentences are drawn from the counts of WikiText-2's validation and test part, backing off as a Kneser-Ney model does,
thousands at a time. Where the text has <unk>, a rare word is drawn by Zipf's law, so that the vocabulary grows too.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.data.corpus import ReadingConfig, text_corpus
from core.jobs import run
from core.ngram.config import FitConfig
from core.ngram.fitting import fit
from core.ngram.model import NgramModel
from core.ngram.vocabulary import BEGIN, END, UNKNOWN
from tests.benchmarks.measured import ROOT

WIKITEXT = ROOT.parent / "shared" / "data" / "wikitext-2"
ORDER = 4
CHAINS = 8_192
EXPONENT = 1.25  # of the rare words' frequencies
STEPS = 128  # tokens of every chain that are written at once


def write(path: Path, tokens: int, seed: int = 0) -> None:
    lines = [line.strip() for name in ("valid", "test") for line in (WIKITEXT / f"{name}.txt").open(encoding="utf-8")]
    corpus = text_corpus(lines, ReadingConfig(tokenizer="whitespace", unit="document"), "en")
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder, path.open("wb") as file:
        model = run(fit(corpus, FitConfig(order=ORDER, estimator="kneser-ney"), Path(folder)))
        chains = Chains(model, rng)
        written = 0
        while written < tokens:
            drawn = np.stack([chains.step() for _ in range(STEPS)])  # (STEPS, CHAINS)
            drawn[-1] = END  # every part is made of whole lines
            chains.begin(np.ones(CHAINS, bool))
            stream = drawn.T.ravel()
            stream = stream[(stream != END) | (np.roll(stream, 1) != END)]  # no blank lines
            words = np.cumsum(stream != END)
            stream = np.append(stream[words <= tokens - written], END)
            file.write(as_text(stream, model, rng))
            written += min(int(words[-1]), tokens - written)


class Chains:
    """CHAINS sentences that grow a word at a time."""

    def __init__(self, model: NgramModel, rng: np.random.Generator) -> None:
        self.trie, self.rng = model.trie, rng
        self.left = model.tables.backoffs
        self.sums = [np.concatenate([[0], np.cumsum(model._counts[k])]) for k in range(ORDER)]
        self.sums[0][BEGIN + 1 :] -= model.settings.sequences  # <s> is never drawn
        self.starts = [  # where the n-grams begin that go on from each place of level k + 1
            np.searchsorted(self.trie.keys[k], np.arange(self.trie.size(k + 1) + 1, dtype=np.uint64) << self.trie.bits)
            for k in range(ORDER - 1)
        ]
        self.places = np.full((ORDER - 1, CHAINS), -1)
        self.begin(np.ones(CHAINS, bool))

    def begin(self, which: NDArray[np.bool_]) -> None:
        self.places[:, which] = -1
        self.places[0, which] = BEGIN

    def step(self) -> NDArray[np.int64]:
        words = np.full(CHAINS, -1)
        for k in range(ORDER - 1, 0, -1):
            places = self.places[k - 1]
            stays = (words < 0) & (places >= 0) & (self.rng.random(CHAINS) >= np.take(self.left[k - 1], places))
            at = places[stays]
            words[stays] = self.trie.last_words(
                k + 1, self._drawn(k, self.starts[k - 1][at], self.starts[k - 1][at + 1])
            )
        alone = words < 0
        ends = np.full(int(alone.sum()), self.trie.size(1))
        words[alone] = self._drawn(0, ends * 0, ends)
        for k in range(ORDER - 1, 1, -1):
            found = np.full(CHAINS, -1)
            known = self.places[k - 2] >= 0
            found[known] = self.trie.find(k, self.places[k - 2][known], words[known])
            self.places[k - 1] = found
        self.places[0] = words
        self.begin(words == END)
        return words

    def _drawn(self, k: int, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a place of level k + 1 between each start and stop, drawn by the counts."""
        below, above = self.sums[k][starts], self.sums[k][stops]
        wanted = below + (self.rng.random(len(starts)) * (above - below)).astype(np.int64)
        return np.searchsorted(self.sums[k], wanted, side="right") - 1


def as_text(stream: NDArray[np.int64], model: NgramModel, rng: np.random.Generator) -> bytes:
    """Return the words of `stream` with blanks between them and a line break for every `</s>`."""
    words = [f"{word} " for word in model.vocabulary.words]
    words[END] = "\n"
    ranks = np.minimum(rng.zipf(EXPONENT, len(stream)), 10**15)
    rare = pc.binary_join_element_wise("r", pa.array(ranks).cast(pa.string()), " ", "")
    text = pc.if_else(pa.array(stream == UNKNOWN), rare, pa.array(words).take(pa.array(stream)))
    return "".join(text.to_pylist()).encode()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
