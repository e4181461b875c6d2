"""Which curves a run shows, in which panels."""

from collections.abc import Callable, Sequence

from core.runs.curves import Curves
from pages.ui.live_chart import Panel

STEP = "Training step"

# Title, title of the y axis, and the lines by name; the first panel is drawn from the start, still empty.
FINETUNING = (
    ("Loss", "Cross-entropy (nats)", {"Training": "train/loss", "Validation": "validation/loss"}),
    ("Validation scores", "Share (0 to 1)", {"Accuracy": "validation/accuracy", "Macro F1": "validation/macro_f1"}),
    ("Learning rate", "Learning rate", {"Learning rate": "train/learning_rate"}),
    ("Speed", "Sentences per second", {"Sentences per second": "train/sentences_per_second"}),
)
LAYOUTS = {"finetune": FINETUNING}


def panels_for(kind: str) -> Callable[[Curves], Sequence[Panel]] | None:
    """Return the function that lays out the curves of this kind of run; None for a kind without curves."""
    if kind not in LAYOUTS:
        return None

    def panels(drawn: Curves) -> list[Panel]:
        laid_out = [
            Panel(title, y_title, STEP, {name: drawn[metric] for name, metric in lines.items() if metric in drawn})
            for title, y_title, lines in LAYOUTS[kind]
        ]
        return [panel for place, panel in enumerate(laid_out) if panel.series or not place]

    return panels
