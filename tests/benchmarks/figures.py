"""What a benchmark measures, and the table it is shown in."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement: ours, the peer's doing the same work in the same run (None where there is none), and the target.

    More is better where the unit is per second ("rows/s"), less is better otherwise.
    """

    name: str
    ours: float
    peer: float | None
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.ours >= self.target if self.unit.endswith("/s") else self.ours <= self.target


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table that also reads well in a terminal."""
    head = ("figure", "ours", "peer", "ours / peer", "target", "held", "note")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head) - 1)]
    lines = []
    for row in rows:
        padded = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)),
        ]
        lines.append(f"| {' | '.join([*padded, row[-1]])} |")
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:]), "----"]
    return "\n".join([lines[0], f"| {' | '.join(rule)} |", *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "" if not figure.peer else f"{figure.ours / figure.peer:.2f}"
    held = {None: "", True: "yes", False: "NO"}[figure.held]
    numbers = (figure.ours, figure.peer)
    shown = ["" if n is None else f"{_number(n)} {figure.unit}" for n in numbers]
    return figure.name, *shown, ratio, "" if figure.target is None else _number(figure.target), held, figure.note


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
