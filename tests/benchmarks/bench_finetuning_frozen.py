"""The same as bench_finetuning, with the embeddings and the first two of the six layers left as they are.

What is not trained is computed once a sentence and not in every epoch. Whether the score stays the same is measured
here too. About 16 minutes on two quiet cores without bfloat16.
"""

from tests.benchmarks.bench_finetuning import measured
from tests.benchmarks.figures import Figure

LAYERS = 2


def bench() -> list[Figure]:
    """Return the figures."""
    return measured("--strategy", "freeze layers", "--frozen-layers", LAYERS)
