"""Operators carried out on texts, as the tests of several operators need it."""

import csv
from collections.abc import Sequence
from pathlib import Path

from core.augmentation.operator import Context, Made, OperatorConfig, Row
from core.randomness import Draws

NOWHERE = Path("/nowhere")


def outcomes(
    config: OperatorConfig, texts: Sequence[str], language: str = "en", seed: int = 0, train: Path = NOWHERE
) -> list[Made | None]:
    """Return what the operator makes of `texts`, whose rows are r0, r1, ..."""
    operator = config.build(Context(language, train, train.parent))
    rows = [Row(f"r{i}", text) for i, text in enumerate(texts)]
    return operator(rows, [Draws(seed, row.id, "test") for row in rows])


def made(
    config: OperatorConfig, texts: Sequence[str], language: str = "en", seed: int = 0, train: Path = NOWHERE
) -> list[str | None]:
    """Return the made texts, None where nothing was made."""
    return [outcome and outcome.text for outcome in outcomes(config, texts, language, seed, train)]


def sst2(shared_data: Path, rows: int) -> list[str]:
    lines = (shared_data / "sst2" / "train.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines[:rows]]


def hotel_reviews(shared_data: Path, rows: int) -> list[str]:
    path = next((shared_data / "chnsenticorp").glob("*.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        return [row["review"] for row, _ in zip(csv.DictReader(file), range(rows), strict=False)]
