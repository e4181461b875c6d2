"""The history of a dataset: its versions as a graph with a place for each, and what each step did in a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from core.data.workspace import Version


@dataclass(frozen=True)
class Node:
    """A version in the drawing: `level` is its steps from the start (0), `position` its place across, from 0 on."""

    version: Version
    level: int
    position: float
    sentence: str


@dataclass(frozen=True)
class Edge:
    """A step, from the id of a version to the id of the version that was made from it."""

    parent: str
    child: str


@dataclass(frozen=True)
class Lineage:
    """The graph, drawn in `levels` rows (or columns) that are `width` places wide. No two nodes share a place."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    levels: int
    width: int


def lineage(versions: Sequence[Version]) -> Lineage:
    """Return the graph of the versions of a dataset, nodes in the order of their numbers.

    Versions without children stand side by side in the order of their numbers; any other stands in the middle above
    its children. A version whose parent is not among `versions` is a start.
    """
    ordered = sorted(versions, key=lambda version: version.number)
    ids = {version.id for version in ordered}
    children: dict[str | None, list[Version]] = {}
    levels: dict[str, int] = {}
    edges = []
    for version in ordered:  # a parent has a smaller number than its children
        parent = version.parent_id if version.parent_id in ids else None
        children.setdefault(parent, []).append(version)
        levels[version.id] = levels[parent] + 1 if parent else 0
        if parent:
            edges.append(Edge(parent, version.id))
    positions, width = _positions(children)
    nodes = tuple(Node(v, levels[v.id], positions[v.id], describe(v)) for v in ordered)
    return Lineage(nodes, tuple(edges), max(levels.values(), default=-1) + 1, width)


def _positions(children: Mapping[str | None, Sequence[Version]]) -> tuple[dict[str, float], int]:
    """Return the position of each version, and how many places there are: one for each version without children."""
    order: list[Version] = []  # parents before their children, and one child's descendants before the next child's
    waiting = [*reversed(children.get(None, ()))]
    while waiting:
        version = waiting.pop()
        order.append(version)
        waiting += reversed(children.get(version.id, ()))
    leaves = [version.id for version in order if version.id not in children]
    positions = {version_id: float(place) for place, version_id in enumerate(leaves)}
    for version in reversed(order):
        if version.id in children:
            own = children[version.id]
            positions[version.id] = (positions[own[0].id] + positions[own[-1].id]) / 2
    return positions, len(leaves)


def describe(version: Version) -> str:
    """Return what made `version`, as one sentence."""
    describe_step = STEPS.get(version.action)
    return describe_step(version.params) if describe_step else f"Made by the step {version.action}."


def _import(params: Mapping[str, Any]) -> str:
    source, limit = str(params.get("source", "")), params.get("row_limit")
    kind, _, name = source.partition(":")
    part = "/".join(str(params[key]) for key in ("hub_config", "hub_split") if params.get(key))
    if kind == "builtin":
        whole, some = "Imported the built-in dataset {name}.", "Imported {rows} of the built-in dataset {name}."
    elif kind == "hub" and part:
        whole, some = "Imported {part} of {name} from the hub.", "Imported {rows} from {part} of {name} from the hub."
    elif kind == "hub":
        whole, some = "Imported {name} from the hub.", "Imported {rows} of {name} from the hub."
    else:
        whole, some = "Imported the file {name}.", "Imported {rows} of the file {name}."
        name = str(params.get("filename") or PurePath(source.replace("\\", "/")).name)
    if limit:
        rows = "the first row" if limit == 1 else f"the first {limit:,} rows"
        return some.format(name=name, part=part, rows=rows)
    return whole.format(name=name, part=part)


PREPROCESSING: Mapping[str, Callable[[Any], str]] = {
    "strip_html": lambda on: "HTML removed" if on else "",
    "unicode": lambda form: "" if form == "none" else f"Unicode {form}",
    "lowercase": lambda on: "lower case" if on else "",
    "punctuation": lambda what: "punctuation removed" if what == "remove" else "",
    "stop_words": lambda on: "stop words removed" if on else "",
    "extra_stop_words": lambda words: f"own words removed ({_shortened(words)})" if words else "",
    "numbers": lambda what: {"remove": "numbers removed", "replace": "numbers replaced"}.get(what, ""),
    "separate_tokens": lambda on: "tokens set apart" if on else "",
    "min_tokens": lambda least: f"at least {least:,} tokens" if least else "",
    "max_tokens": lambda most: f"at most {most:,} tokens" if most else "",
    "drop_empty": lambda on: "empty rows dropped" if on else "",
    "drop_duplicates": lambda on: "repeated rows dropped" if on else "",
}
MAX_WORDS = 5
COUNTS_TOKENS = ("separate_tokens", "min_tokens", "max_tokens")


def _shortened(words: Sequence[str]) -> str:
    return ", ".join([*words[:MAX_WORDS], "..."] if len(words) > MAX_WORDS else words)


def _preprocess(params: Mapping[str, Any]) -> str:
    settings = ", ".join(said for name, say in PREPROCESSING.items() if name in params and (said := say(params[name])))
    if not settings:
        return "Preprocessed with every setting off."
    if any(params.get(name) for name in COUNTS_TOKENS):
        return f"Preprocessed with tokens of {params.get('tokenizer', 'auto')}: {settings}."
    return f"Preprocessed: {settings}."


def _split(params: Mapping[str, Any]) -> str:
    shares = {name: f"{100 * float(params.get(name, 0)):.4g}%" for name in ("train", "validation", "test")}
    sentence = {
        (True, False): (
            "Split into {train} train, {validation} validation and {test} test, balanced by label, seed {seed}."
        ),
        (False, False): "Split into {train} train, {validation} validation and {test} test, seed {seed}.",
        (True, True): (
            "Split the rows that had no part into {train} train, {validation} validation and {test} test, "
            "balanced by label, seed {seed}."
        ),
        (False, True): (
            "Split the rows that had no part into {train} train, {validation} validation and {test} test, seed {seed}."
        ),
    }[bool(params.get("stratify")), bool(params.get("keep_existing"))]
    return sentence.format(**shares, seed=params.get("seed", 0))


def _augment(params: Mapping[str, Any]) -> str:
    recipe = params.get("recipe", {})
    names = ", ".join(str(step.get("use", "")).replace("_", " ") for step in recipe.get("steps", ()))
    return f"Augmented by {names}, seed {recipe.get('seed', 0)}."


def _delete_rows(params: Mapping[str, Any]) -> str:
    n = len(params.get("rows", ()))
    sentence = {
        (True, True): "Deleted a row and what was made from it.",
        (True, False): "Deleted a row.",
        (False, True): "Deleted {n:,} rows and what was made from them.",
        (False, False): "Deleted {n:,} rows.",
    }[n == 1, bool(params.get("with_descendants"))]
    return sentence.format(n=n)


STEPS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "augment": _augment,
    "delete rows": _delete_rows,
    "import": _import,
    "preprocess": _preprocess,
    "split": _split,
}
