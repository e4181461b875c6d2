"""Which curves a run shows, in which panels."""

from core.runs.curves import Curves
from pages.ui.live_chart import Panel

STEP = "Training step"


def panels_of(drawn: Curves) -> list[Panel]:
    """Return the panels of a fine-tuning run: loss, scores, learning rate, speed and gradient."""
    layout = [
        ("Loss", "Cross-entropy (nats)", {"Training": "train/loss", "Validation": "validation/loss"}),
        (
            "Validation scores",
            "Share (0 to 1)",
            {"Accuracy": "validation/accuracy", "Macro F1": "validation/macro_f1"},
        ),
        ("Learning rate", "Learning rate", {"Learning rate": "train/learning_rate"}),
        ("Speed", "Sentences per second", {"Sentences per second": "train/sentences_per_second"}),
    ]
    return [
        Panel(
            title=title,
            y_title=y_title,
            x_title=STEP,
            series={name: drawn[metric] for name, metric in series.items() if metric in drawn},
        )
        for title, y_title, series in layout
        if any(metric in drawn for metric in series.values())
    ]
