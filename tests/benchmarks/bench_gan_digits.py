"""GANs of digits on MNIST: speed next to a tutorial's loop, and quality after the same time."""

import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import ROOT, in_process

MNIST = ROOT.parent / "shared" / "data" / "mnist"
SECONDS = 180
TIMES_FASTER = 3.5
MOST_WRONG = 10  # percent of the pictures, in which the judge sees another digit than the one asked for
OURS = "tests.benchmarks.gan_digits_ours"


def bench(seconds: float = SECONDS) -> list[Figure]:
    """Return the figures; every training runs in a process of its own, for `seconds` or, for its speed, a sixth."""
    with tempfile.TemporaryDirectory() as name:
        samples = Path(name) / "samples.npz"
        theirs = in_process("tests.benchmarks.gan_digits_tutorial", MNIST, seconds, samples)
        classic = in_process(OURS, MNIST, seconds / 6, "classic")
        ours = in_process(OURS, MNIST, seconds, "conditional", samples)
    floor = f"floor {ours['frechet_floor']:.1f} ± {ours['frechet_floor_spread']:.1f}"
    return [
        Figure(
            "classic GAN",
            classic["steps_per_second"],
            theirs["speed"],
            "steps/s",
            TIMES_FASTER * theirs["speed"],
            f"the same networks, batch 100; {classic['precision']}, threads: {classic['threads']}",
        ),
        Figure(
            f"Frechet distance after {seconds:g} s",
            ours["frechet"],
            ours["theirs"],
            "",
            ours["theirs"],
            f"{floor}; {ours['steps']:,} steps of the default, {theirs['steps']:,} of the tutorial's",
        ),
        Figure(
            "another digit than asked for",
            100 * (1 - ours["agreement"]),
            None,
            "%",
            MOST_WRONG,
            f"the judge is right in {ours['judge_accuracy']:.1%} of real pictures; diversity {ours['diversity']:.2f}",
        ),
    ]
