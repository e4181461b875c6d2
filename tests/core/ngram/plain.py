"""Interpolated estimators written down as their definitions say, one n-gram at a time: slow, and easy to check."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

Ngram = tuple[str, ...]


def plain_model(lines: Sequence[str], order: int, estimator: str) -> Callable[[str, Ngram], float]:
    """Return the function that gives P(word | history)."""
    sequences = [("<s>", *line.split(), "</s>") for line in lines]
    raw = {k: Counter(s[i : i + k] for s in sequences for i in range(len(s) - k + 1)) for k in range(1, order + 2)}
    del raw[1][("<s>",)]
    words = {ngram[0] for ngram in raw[1]} | {"<unk>"}
    counts = dict(raw)
    if "kneser-ney" in estimator:
        for k in range(1, order):
            before = Counter(longer[1:] for longer in raw[k + 1])
            counts[k] = Counter({g: raw[k][g] if g[0] == "<s>" else before[g] for g in raw[k]})
    followers: dict[Ngram, dict[str, int]] = defaultdict(dict)
    for k in range(1, order + 1):
        for ngram, count in counts[k].items():
            followers[ngram[:-1]][ngram[-1]] = count
    discounts = {k: _discounts(Counter(counts[k].values()), estimator) for k in range(1, order + 1)}

    def probability(word: str, history: Ngram) -> float:
        shorter = probability(word, history[1:]) if history else 1 / len(words)
        seen = followers.get(history)
        if not seen:
            return shorter
        total, count = sum(seen.values()), seen.get(word, 0)
        if estimator == "witten-bell":
            return (count + len(seen) * shorter) / (total + len(seen))
        taken = discounts[len(history) + 1]
        left = sum(taken[min(c, 3)] for c in seen.values()) / total
        return (count - (taken[min(count, 3)] if count else 0)) / total + left * shorter

    return lambda word, history: probability(word, history[max(0, len(history) - order + 1) :])


def _discounts(n: Counter[int], estimator: str) -> dict[int, float]:
    y = n[1] / (n[1] + 2 * n[2])
    if estimator == "modified-kneser-ney":
        return {c: c - (c + 1) * y * n[c + 1] / n[c] for c in (1, 2, 3)}
    return dict.fromkeys((1, 2, 3), y)
