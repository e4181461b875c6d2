"""Making and judging: once, or until there are as many accepted rows as a multiplier or balanced classes ask for."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from core.augmentation.candidates import Round, produce
from core.augmentation.digests import Digests
from core.augmentation.gate import Surroundings
from core.augmentation.judging import ACCEPTED, Verdicts, judge
from core.augmentation.lineage import Lineage
from core.augmentation.making import Steps
from core.augmentation.operator import Context
from core.augmentation.quotas import Counts, fractions, quotas, share_out
from core.augmentation.recipe import Recipe
from core.augmentation.train_rows import Known, TrainRows
from core.jobs import Job, Progress

MAX_ROUNDS = 10
TEXTS_A_PROCESS = 500  # with fewer, starting a process and loading its models takes longer than the work


@dataclass(frozen=True)
class Made:
    """All rounds with their verdicts; `accepted` (N,) is how many rows each train row has got; `wanted` in all."""

    rounds: list[tuple[Round, Verdicts]]
    accepted: Counts
    wanted: int | None


def make_and_judge(
    recipe: Recipe, train: TrainRows, known: Known, context: Context, scratch: Path, workers: int
) -> Job[Made]:
    """Return what the recipe makes of the train rows, with every candidate measured and judged.

    What rejected rows leave open is filled in later rounds from rows that could be changed, at most MAX_ROUNDS in
    all. Candidates are written into `scratch`. Raises what building and running operators and gates raises.
    """
    yield Progress(0, None, message="Preparing the gates")
    surroundings = Surroundings(known.texts, known.held_out, train.context, recipe.seed)
    gates = {name: (gate, gate.build(surroundings)) for name, gate in recipe.all_gates().items()}
    steps, lineage = Steps.of(recipe, context), Lineage(recipe)
    build_here = functools.cache(steps.build)
    quota = quotas(recipe, train)
    order = fractions(train.context, recipe.seed) if quota else np.empty(0)
    left = quota.wanted.copy() if quota else np.empty(0, np.int64)
    copied: Counts = np.zeros(len(train), np.int64)
    accepted: Counts = np.zeros(len(train), np.int64)
    able = np.ones(len(train), bool)
    rounds: list[tuple[Round, Verdicts]] = []
    for number in range(MAX_ROUNDS if quota else 1):
        copies = share_out(quota, left, copied, able, order) if quota else np.full(len(train), recipe.copies, np.int64)
        if not copies.any():
            break
        earlier = Digests(verdicts.exact for _, verdicts in rounds)
        path = scratch / f"candidates-{number}.parquet"
        processes = min(workers, 1 + int(copies.sum()) // TEXTS_A_PROCESS)
        build = build_here if processes == 1 else steps.build
        made = yield from produce(train.context, path, build, copied, copies, processes, lineage.operator)
        verdicts = yield from judge(path, train.context, gates, earlier)
        rounds.append((made, verdicts))
        places = pq.read_table(path, columns=["place"]).column(0).to_numpy()
        new = np.bincount(places[verdicts.reasons == ACCEPTED], minlength=len(train))
        accepted += new
        copied += copies
        if quota:
            able &= (np.bincount(places, minlength=len(train)) > 0) | (copies == 0)
            inside = quota.groups >= 0
            left -= np.bincount(quota.groups[inside], new[inside], minlength=len(left)).astype(np.int64)
    return Made(rounds, accepted, int(quota.wanted.sum()) if quota else None)
