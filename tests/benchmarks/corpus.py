"""A large corpus that is always the same: `python -m tests.benchmarks.corpus PATH ROWS` writes it as CSV.

Made-up words drawn by Zipf's law from 50,000, sentences of log-normal length with commas, quotation marks and a few
line breaks, one row in a hundred Chinese; 12 labels of unequal size; a whole number. 1,000,000 rows are about 150 MB.
"""

import csv
import sys
from bisect import bisect
from pathlib import Path

import numpy as np

VOCABULARY = 50_000
BLOCK_ROWS = 50_000
ONSETS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "ch", "sh")
VOWELS = ("a", "e", "i", "o", "u", "ea")
CODAS = ("", "n", "r", "s", "l", "t")
TOPICS = ("animal", "art", "food", "law", "music", "news", "plant", "science", "sport", "travel", "war", "work")
LABELS = tuple(f"topic.{topic}" for topic in TOPICS)
COLUMNS = ("text", "label", "score")


def write(path: Path, rows: int, seed: int = 0) -> None:
    """Write `rows` rows to `path`."""
    rng = np.random.default_rng(seed)
    words = vocabulary(rng)
    chance = np.cumsum(1 / (np.arange(VOCABULARY) + 2.7) ** 1.07)
    label_chance = 1 / np.arange(1, len(LABELS) + 1) ** 0.7
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for start in range(0, rows, BLOCK_ROWS):
            count = min(BLOCK_ROWS, rows - start)
            lengths = np.clip(rng.lognormal(3.2, 0.55, count).astype(int), 2, 200)
            drawn = words[np.searchsorted(chance, rng.random(lengths.sum()) * chance[-1])]
            ends = np.cumsum(lengths)
            labels = rng.choice(LABELS, count, p=label_chance / label_chance.sum())
            scores = rng.integers(0, 1_000, count)
            kinds = rng.random(count)
            for i in range(count):
                tokens = drawn[ends[i] - lengths[i] : ends[i]].tolist()
                writer.writerow((sentence(tokens, kinds[i], han, rng), labels[i], scores[i]))


def vocabulary(rng: np.random.Generator) -> np.ndarray:
    """Return VOCABULARY different words, the short ones, which Zipf's law makes frequent, first."""
    syllables = [onset + vowel + coda for onset in ONSETS for vowel in VOWELS for coda in CODAS]
    up_to = np.cumsum([0.1, 0.45, 0.35, 0.1]).tolist()  # the share of words of so many syllables, from 1 on, or fewer
    words: set[str] = set()
    while len(words) < VOCABULARY:
        length = 1 + bisect(up_to, rng.random())
        words.add("".join([syllables[place] for place in rng.integers(0, len(syllables), length)]))
    return np.array(sorted(words, key=lambda word: (len(word), word)), dtype=object)


def sentence(tokens: list[str], kind: float, han: list[str], rng: np.random.Generator) -> str:
    """Return the tokens as a text; `kind` in [0, 1) decides about its punctuation and its language."""
    if kind < 0.01:
        return "".join(han[i] for i in rng.integers(0, len(han), len(tokens))) + "。"
    if kind < 0.02:
        return f'"{" ".join(tokens)}," she said.'
    blank = "\n" if kind < 0.025 else " "
    half = len(tokens) // 2
    comma = "," if kind > 0.5 else ""
    return f"{' '.join(tokens[:half])}{comma}{blank}{' '.join(tokens[half:])}.".capitalize()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
