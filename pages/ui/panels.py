"""Which curves a run shows, in which panels, and how: smoothed, over time, beside those of earlier runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.runs.clock import Clock
from core.runs.curves import Curves
from pages.ui.live_chart import Panel

STEP, MINUTES = "Training step", "Minutes since the first measurement"

# Title, title of the y axis, and the lines by name; the first panel is drawn from the start, still empty.
FINETUNING = (
    ("Loss", "Cross-entropy (nats)", {"Training": "train/loss", "Validation": "validation/loss"}),
    ("Validation scores", "Share (0 to 1)", {"Accuracy": "validation/accuracy", "Macro F1": "validation/macro_f1"}),
    ("Learning rate", "Learning rate", {"Learning rate": "train/learning_rate"}),
    ("Gradient norm", "Length of the gradient", {"Gradient norm": "train/gradient_norm"}),
    ("Speed", "Sentences per second", {"Sentences per second": "train/sentences_per_second"}),
)
LANGUAGE_MODEL = (
    ("Loss", "Cross-entropy (nats per token)", {"Training": "train/loss", "Validation": "validation/loss"}),
    ("Validation perplexity", "Perplexity", {"This model": "validation/perplexity"}),
    ("Learning rate", "Learning rate", {"Learning rate": "train/learning_rate"}),
    ("Gradient norm", "Length of the gradient", {"Gradient norm": "train/gradient_norm"}),
    ("Speed", "Tokens per second", {"Tokens per second": "train/tokens_per_second"}),
)
GAN_OF_DIGITS = (
    ("Losses", "Loss", {"Discriminator": "train/d_loss", "Generator": "train/g_loss"}),
    (
        "What the discriminator believes",
        "Probability to be real",
        {"Real pictures, D(x)": "train/d_real", "Generated pictures, D(G(z))": "train/d_fake"},
    ),
    (
        "Fréchet distance",
        "Distance from the real pictures",
        {"Generated pictures": "judge/frechet", "Real pictures among themselves": "judge/frechet_floor"},
    ),
    (
        "Agreement and diversity",
        "Share (0 to 1)",
        {"Agreement": "judge/agreement", "Diversity": "judge/diversity"},
    ),
    ("Classes", "Classes that the judge sees", {"Classes": "judge/classes"}),
    ("Speed", "Steps per second", {"Steps per second": "train/steps_per_second"}),
)
GAN_OF_TEXT = (
    (
        "Loss of the words",
        "Cross-entropy (nats per word)",
        {
            "Training": "train/mle_loss",
            "Validation": "validation/nll",
            "Alone, training": "train/likelihood_loss",
            "Alone, validation": "validation/likelihood_nll",
        },
    ),
    ("Losses of the game", "Loss", {"Discriminator": "train/d_loss", "Generator": "train/g_loss"}),
    ("Reward", "How real written words look (0 to 1)", {"Reward": "train/reward"}),
    ("Diversity", "Different pairs of words (0 to 1)", {"Diversity": "train/diversity"}),
    ("Fréchet distance", "Distance from the validation rows", {"Written rows": "validation/frechet"}),
)
LAYOUTS = {"finetune": FINETUNING, "lm": LANGUAGE_MODEL, "gan_digits": GAN_OF_DIGITS, "gan_text": GAN_OF_TEXT}
SMOOTHED = "train/"  # measured at every step; what is measured now and then is drawn as it is
LOGARITHMIC = ("Loss", "Gradient norm")
OWN = ""  # the name of the run itself among the runs drawn


@dataclass(frozen=True)
class View:
    """How curves are drawn.

    `smoothing` is the weight of what came before, from 0 (none) to under 1. `best` is where the best checkpoint was
    taken: a metric measured there, and the step. `earlier` are the curves of earlier runs by name. With `clocks`, the
    run's own under OWN and those of earlier runs by name, the x axis is time.
    """

    smoothing: float = 0.0
    logarithmic: bool = False
    best: tuple[str, int] | None = None
    earlier: Mapping[str, Curves] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)


def panels_for(kind: str) -> Callable[[Curves], Sequence[Panel]] | None:
    """Return the function that lays out the curves of this kind of run; None for a kind without curves."""
    return partial(lay_out, kind) if kind in LAYOUTS else None


def lay_out(kind: str, drawn: Curves, view: View | None = None) -> list[Panel]:
    """Return the panels of a run with these curves; those without a line are left out, but for the first."""
    view = view or View()
    laid_out = []
    for title, y_title, lines in LAYOUTS[kind]:
        series: dict[str, tuple[Sequence[float], Sequence[float | None]]] = {}
        behind: dict[str, str] = {}
        over = set()
        for run, name, smooth, x, values in _lines(lines, drawn, view):
            if smooth:
                measured = f"{name}, as measured"
                series[measured], behind[measured] = (x, values), name
                values = smoothed(values, view.smoothing)
            series[name] = (x, values)
            if run != OWN:
                over.add(name)
        laid_out.append(
            Panel(
                title,
                y_title,
                MINUTES if view.clocks else STEP,
                series,
                log_y=view.logarithmic and title in LOGARITHMIC,
                marker=_x(view, OWN, view.best[0], [view.best[1]])[0] if view.best and series else None,
                marker_label="Best",
                behind=behind,
                over=over,
            )
        )
    return [panel for place, panel in enumerate(laid_out) if panel.series or not place]


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Return the exponential moving average of `values`, corrected so that it does not lean towards a start of 0.

    y_t = w y_(t-1) + (1 - w) x_t, divided by 1 - w^t (Kingma and Ba 2015, Adam, section 3).
    """
    averages, average, share = [], 0.0, 1.0
    for value in values:
        average, share = weight * average + (1 - weight) * value, share * weight
        averages.append(average / (1 - share))
    return averages


def _lines(
    lines: Mapping[str, str], drawn: Curves, view: View
) -> Iterator[tuple[str, str, bool, Sequence[float], Sequence[float]]]:
    """Yield run, name, whether to smooth, x and y of each line; a curve "train/loss@3" is of the training of seed 3."""
    for run, curves in {OWN: drawn, **view.earlier}.items():
        for line, metric in lines.items():
            for curve, (steps, values) in curves.items():
                measured, _, seed = curve.partition("@")
                if measured == metric:
                    name = ", ".join(filter(None, [line, f"seed {seed}" if seed else "", run]))
                    smooth = view.smoothing > 0 and metric.startswith(SMOOTHED)
                    yield run, name, smooth, _x(view, run, curve, steps), values


def _x(view: View, run: str, curve: str, steps: Sequence[int]) -> Sequence[float]:
    return [seconds / 60 for seconds in view.clocks[run].seconds(curve, steps)] if view.clocks else steps
