"""Synonym replacement on SST-2 next to nlpaug's SynonymAug: speed, and how much of the meaning is left."""

import json
import re
import tempfile
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from core.text.encoder import SentenceEncoder
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import ROOT, in_process

SST2 = ROOT.parent / "shared" / "data" / "sst2" / "train.tsv"
PEER_RATE = 0.15
TIMES_FASTER = 50
NEARER = 0.05  # mean cosine
MOST_UNCHANGED = 2  # percent of the rows that have a word to replace
ENCODED = 400  # sentences
RUNS = 2  # of each side, in turn; the quicker one counts
TRIES = 5  # after the first, to find the rate at which as many words change as with nlpaug
SCALE = "tests.benchmarks.augmentation_scale"
FEW_ROWS, MANY_ROWS = 100_000, 1_000_000
MOST_TIMES = 1.1  # of linear time
WORKERS = (1, 2, 4)
RECIPE = """
version: 1
seed: 7
steps:
  - {use: synonym_replacement, rate: 0.15}
  - {use: random_swap, probability: 0.3}
gates: [{use: novelty}]
"""
WORD = re.compile(r"\w+")  # nlpaug puts other blanks around punctuation marks than there were


def bench() -> list[Figure]:
    """Return the figures; each side runs in one process of its own, whose processor seconds are what is measured."""
    texts = [line.rpartition("\t")[0] for line in SST2.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, theirs, ours = (folder / f"{part}.json" for part in ("source", "theirs", "ours"))
        source.write_text(json.dumps(texts), encoding="utf-8")
        quick = in_process("tests.benchmarks.augmentation_nlpaug", source, theirs, PEER_RATE, "--textblob")
        peers = [in_process("tests.benchmarks.augmentation_nlpaug", source, theirs, PEER_RATE)]
        peer_texts = json.loads(theirs.read_text(encoding="utf-8"))
        share = share_changed(texts, peer_texts)
        rate, made_in = _rate_for(share, texts, source, ours, folder)
        results = [in_process("tests.benchmarks.augmentation_ours", source, ours, rate, folder)]
        for _ in range(RUNS - 1):
            peers.append(in_process("tests.benchmarks.augmentation_nlpaug", source, theirs, PEER_RATE))
            results.append(in_process("tests.benchmarks.augmentation_ours", source, ours, rate, folder))
        our_texts = json.loads(ours.read_text(encoding="utf-8"))
        our_share = share_changed(texts, our_texts)
        peer, result = min(peers, key=lambda run: run["seconds"]), min(results, key=lambda run: run["first"])
        scale = _scale(folder)
    encoder = SentenceEncoder.load()
    originals = encoder.encode(texts[:ENCODED])
    lost, peer_lost = (
        1 - float((originals * encoder.encode(changed[:ENCODED])).sum(1).mean()) for changed in (our_texts, peer_texts)
    )
    speed, peer_speed = len(texts) / result["first"], len(texts) / peer["seconds"]
    note = f"nlpaug {peer['version']} with NLTK's tagger; {share:.1%} of the words changed, ours {our_share:.1%}"
    quick_note = f"the same, nlpaug with TextBlob's tagger in place of NLTK's: {len(texts) / quick['seconds']:,.0f}/s"
    return [
        Figure("synonyms, first time through", speed, peer_speed, "sentences/s", TIMES_FASTER * peer_speed, note),
        Figure("synonyms, words known", len(texts) / result["seconds"], peer_speed, "sentences/s", None, quick_note),
        Figure("meaning lost, 1 - cosine", lost, peer_lost, "", peer_lost - NEARER, f"{ENCODED:,} sentences"),
        Figure(
            "rows with replaceable words left unchanged",
            100 * (1 - result["changed"] / result["eligible"]),
            None,
            "%",
            MOST_UNCHANGED,
            f"of {result['eligible']:,}",
        ),
        Figure("loading the synonyms", result["build"], None, "s", 1.0, f"making them once took {made_in:.0f} s"),
        *scale,
    ]


def _scale(folder: Path) -> list[Figure]:
    """Return what the command line takes for many rows, and whether the number of workers changes what it writes."""
    recipe, target = folder / "recipe.yaml", folder / "more.tsv"
    recipe.write_text(RECIPE, encoding="utf-8")
    seconds, memory = {}, {}
    for rows in (FEW_ROWS, FEW_ROWS, MANY_ROWS):  # the first time it makes its table of synonyms
        source = folder / f"{rows}.tsv"
        in_process(SCALE, "--rows", rows, SST2, source)
        one = in_process(SCALE, recipe, source, target, 1, home=folder)
        seconds[rows], memory[rows] = one["seconds"], one["memory"]
    few = folder / f"{FEW_ROWS}.tsv"
    wrote = {in_process(SCALE, recipe, few, target, workers, home=folder)["sha256"] for workers in WORKERS}
    note = f"{MANY_ROWS / seconds[MANY_ROWS]:,.0f} rows/s; synonyms and swaps, a copy of each row, the gate for novelty"
    return [
        Figure(f"{MANY_ROWS:,} rows", seconds[MANY_ROWS], None, "s", None, note),
        Figure(f"memory for {MANY_ROWS:,} rows", memory[MANY_ROWS], None, "MB", 1_000, "peak of the process"),
        Figure(
            f"time for {MANY_ROWS:,} rows, by that for {FEW_ROWS:,}",
            seconds[MANY_ROWS] / seconds[FEW_ROWS],
            None,
            "",
            MOST_TIMES * MANY_ROWS / FEW_ROWS,
        ),
        Figure("other bytes by 1, 2 and 4 workers", len(wrote) - 1, None, "", 0, f"{FEW_ROWS:,} rows"),
    ]


def _rate_for(share: float, texts: Sequence[str], source: Path, target: Path, cache: Path) -> tuple[float, float]:
    """Return the lowest rate found at which we change at least `share` of the words, and what making our table took."""
    low, best, rate = 0.75 * share, 1.5 * share, share
    made_in = 0.0
    for _ in range(1 + TRIES):
        result = in_process("tests.benchmarks.augmentation_ours", source, target, rate, cache)
        made_in = max(made_in, result["made"])
        if share_changed(texts, json.loads(target.read_text(encoding="utf-8"))) >= share:
            best = rate
        else:
            low = rate
        rate = (low + best) / 2
    return best, made_in


def share_changed(before: Sequence[str], after: Sequence[str]) -> float:
    """Return the share of the words of `before` that are gone in `after`."""
    gone = words = 0
    for old, new in zip(before, after, strict=True):
        old_words, new_words = WORD.findall(old.lower()), WORD.findall(new.lower())
        matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
        gone += len(old_words) - sum(block.size for block in matcher.get_matching_blocks())
        words += len(old_words)
    return gone / words
