"""Neural language models on WikiText-2: speed next to the textbook's loop, perplexity next to the best n-gram model."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import ROOT, in_process

WIKITEXT = ROOT.parent / "shared" / "data" / "wikitext-2"
STEPS = 150  # three quarters of an epoch
TIMES_FASTER = 2.5
SAME_LOSS = 1.01
ORDERS = (3, 4, 5)
MODEL = {"width": 256, "layers": 1, "dropout": 0.5, "batch_size": 32, "bptt": 35, "seed": 0}
# Everything but speed as in the textbook: its optimiser, no word hidden, no end but that of the steps.
CLASSIC = {**MODEL, "preset": "classic", "tokenizer": "whitespace", "unit": "document", "unknown_share": 0.0}
CLASSIC |= {"validation_share": 0.01, "max_minutes": None}


def bench() -> list[Figure]:
    """Return the figures; every training runs in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train, test = (_prepared(folder, part) for part in ("valid", "test"))
        return [*speed(train, STEPS), perplexity(train, test, folder)]


def speed(train: Path, steps: int) -> list[Figure]:
    """Return tokens per second and the loss of the last fifth of `steps` steps of the classic recipe, ours and its."""
    theirs = in_process("tests.benchmarks.neural_lm_textbook", train, steps, json.dumps(MODEL))
    ours = in_process("tests.benchmarks.neural_lm_ours", train, steps, json.dumps(CLASSIC))
    note = f"the same LSTM, batch and plain SGD; {steps} steps"
    least = TIMES_FASTER * theirs["speed"]
    return [
        Figure("neural training", ours["speed"], theirs["speed"], "tokens/s", least, note),
        Figure("its loss then", ours["loss"], theirs["loss"], "nats", SAME_LOSS * theirs["loss"], "the last fifth"),
    ]


def perplexity(train: Path, test: Path, folder: Path, *options: str) -> Figure:
    """Return the test perplexity of the default model next to that of the best modified Kneser-Ney model."""
    best, order = min((_ngram(train, test, folder / f"ngram-{order}", order)["perplexity"], order) for order in ORDERS)
    started = time.perf_counter()
    as_is = ("--tokenizer", "whitespace", "--json")
    in_process("core", "lm", "train", "--input", train, "--output", folder / "lm", *as_is, *options)
    minutes = (time.perf_counter() - started) / 60
    scores = in_process("core", "lm", "perplexity", folder / "lm", "--input", test, "--json")
    note = f"trained in {minutes:.1f} minutes; peer: modified Kneser-Ney of order {order}; {scores['tokens']:,} tokens"
    return Figure("WikiText-2 test perplexity", scores["perplexity"], best, "", best, note)


def _ngram(train: Path, test: Path, output: Path, order: int) -> dict[str, Any]:
    fit = ("--order", order, "--estimator", "modified-kneser-ney", "--tokenizer", "whitespace", "--json")
    in_process("core", "ngram", "fit", "--input", train, "--output", output, *fit)
    return in_process("core", "ngram", "perplexity", output, "--input", test, "--json")


def _prepared(folder: Path, part: str) -> Path:
    """Write a part of WikiText-2 with its lines stripped, blank ones dropped, and its <unk> as an ordinary word."""
    lines = (WIKITEXT / f"{part}.txt").read_text("utf-8").splitlines()
    path = folder / f"{part}.txt"
    path.write_text("".join(f"{line.strip().replace('<unk>', 'UNK')}\n" for line in lines if line.strip()), "utf-8")
    return path
