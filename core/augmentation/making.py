"""From rows to made texts: the steps of a recipe on a chunk of rows, in whatever process.

A made text depends on the recipe's steps, its seed, the row, and the number of the copy, and on nothing else.
"""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from core.augmentation.digests import exact_digest, normal_digest
from core.augmentation.operator import Context, Operator, OperatorConfig, Row
from core.augmentation.recipe import Recipe
from core.precision import torch_threads
from core.randomness import Draws


@dataclass(frozen=True)
class Chunk:
    """Rows, and for each the number of its first copy (from 1) and how many copies to make of it.

    `places` are the rows' places among the train rows.
    """

    places: Sequence[int]
    rows: Sequence[Row]
    first: Sequence[int]
    copies: Sequence[int]


@dataclass
class MadeTexts:
    """What came of a chunk: a value of each list for every text that is not the one it was made from.

    `steps` says which steps changed it, numbered from 1 ("1+3"), `details` what their operators said about it (JSON, a
    value for each of these steps), or None where none said anything.
    """

    tried: int = 0
    places: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    details: list[str | None] = field(default_factory=list)
    exact: list[bytes] = field(default_factory=list)
    normal: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Steps:
    """The steps of a recipe as they are sent to other processes: each operator's settings and probability."""

    steps: tuple[tuple[OperatorConfig, float], ...]
    context: Context

    @classmethod
    def of(cls, recipe: Recipe, context: Context) -> "Steps":
        """Return the steps of `recipe`."""
        return cls(tuple((step.settings, step.probability) for step in recipe.steps), context)

    def build(self) -> Callable[[Chunk], MadeTexts]:
        """Return the function that makes texts. Raises what building an operator raises."""
        built = [(settings.build(self.context), probability) for settings, probability in self.steps]

        def made(chunk: Chunk) -> MadeTexts:
            # Sums that torch shares out to threads differ in their last bits, and a draw that hangs on them would too.
            with torch_threads(1) if "torch" in sys.modules else nullcontext():
                return make(built, chunk, self.context.seed)

        return made


def make(steps: Sequence[tuple[Operator, float]], chunk: Chunk, seed: int) -> MadeTexts:
    """Return the texts that `steps` make of the rows of `chunk`.

    The numbers drawn for a row belong to (seed, row id, step and copy). A step that would leave nothing changes
    nothing.
    """
    sources = [(i, copy) for i, n in enumerate(chunk.copies) for copy in range(chunk.first[i], chunk.first[i] + n)]
    rows = [chunk.rows[i] for i, _ in sources]
    applied: list[list[int]] = [[] for _ in rows]
    details: list[list[object]] = [[] for _ in rows]
    for number, (operator, probability) in enumerate(steps, 1):
        chosen: list[int] = []
        draws: list[Draws] = []
        for place, (row, (_, copy)) in enumerate(zip(rows, sources, strict=True)):
            draw = Draws(seed, row.id, f"{number}.{copy}")
            if draw.uniform() < probability:
                chosen.append(place)
                draws.append(draw)
        for place, made in zip(chosen, operator([rows[place] for place in chosen], draws), strict=True):
            row = rows[place]
            if made is not None and made.text != row.text and made.text.strip():
                rows[place] = Row(row.id, made.text, row.label)
                applied[place].append(number)
                details[place].append(dict(made.details))
    out = MadeTexts(tried=len(rows))
    for place, (i, copy) in enumerate(sources):
        text = rows[place].text
        if text == chunk.rows[i].text:
            continue
        out.places.append(chunk.places[i])
        out.copies.append(copy)
        out.texts.append(text)
        out.steps.append("+".join(map(str, applied[place])))
        out.details.append(json.dumps(details[place], ensure_ascii=False) if any(details[place]) else None)
        out.exact.append(exact_digest(text))
        out.normal.append(normal_digest(text))
    return out
