"""The same as bench_finetuning_frozen, with more layers left as they are in every epoch: two, three and four of six.

About 11 minutes on two quiet cores without bfloat16. How far its score is from Trainer's is in
bench_finetuning_seeds.py.
"""

from tests.benchmarks.bench_finetuning import measured
from tests.benchmarks.figures import Figure

SETTINGS = ("--strategy", "freeze layers", "--frozen-layers", 2, "--gradual-freezing")


def bench() -> list[Figure]:
    """Return the figures."""
    return measured(*SETTINGS)
