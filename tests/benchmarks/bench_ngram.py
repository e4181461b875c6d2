"""Order 5 with modified Kneser-Ney: time and memory, next to NLTK and, where it is installed, KenLM."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import MB, in_process

TOKENS = 5_750_000
TIMES_NLTK = 20
PEAK_MB = 1_100
SECONDS = 12.0  # lmplz on as many tokens, on 2 cores
TEN_TIMES = 12


def bench(tokens: int = TOKENS) -> list[Figure]:
    """Return the figures for a text of `tokens` tokens and for one of a tenth, each side in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small, arpa = folder / "large.txt", folder / "small.txt", folder / "model.arpa"
        in_process("tests.benchmarks.ngram_text", large, tokens)
        in_process("tests.benchmarks.ngram_text", small, tokens // 10)
        peer = in_process("tests.benchmarks.ngram_nltk", small)
        ours = in_process("tests.benchmarks.ngram_ours", small, folder / "small")
        tenth = in_process("tests.benchmarks.ngram_ours", small, folder / "small", arpa)
        start = time.perf_counter()
        whole = in_process("tests.benchmarks.ngram_ours", large, folder / "large", arpa)
        seconds = time.perf_counter() - start
        written = arpa.stat().st_size / MB
        kenlm = _lmplz(large, arpa)
    speed, peer_speed = tokens / 10 / ours["seconds"], tokens / 10 / peer["seconds"]
    return [
        Figure(
            f"fit {tokens // 10:,} tokens",
            speed,
            peer_speed,
            "tokens/s",
            TIMES_NLTK * peer_speed,
            f"NLTK {peer['version']}: maximum likelihood",
        ),
        Figure(
            f"fit {tokens:,} tokens, ARPA written",
            seconds,
            kenlm,
            "s",
            SECONDS,
            f"{written:.0f} MB of ARPA; {'lmplz' if kenlm else 'lmplz is not on the PATH'}; Python's start included",
        ),
        Figure("memory of that", whole["peak"], None, "MB", PEAK_MB, "peak of the process, mapped files included"),
        Figure(
            "time for ten times the text",
            whole["seconds"] / tenth["seconds"],
            None,
            "times",
            TEN_TIMES,
            f"{tenth['seconds']:.2f} s and {whole['seconds']:.2f} s, ARPA written",
        ),
    ]


def _lmplz(text: Path, arpa: Path) -> float | None:
    """Return the seconds that KenLM's lmplz takes, None where it is not on the PATH."""
    lmplz = shutil.which("lmplz")
    if lmplz is None:
        return None
    start = time.perf_counter()
    command = [lmplz, "-o", "5", "--text", str(text), "--arpa", str(arpa)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start
