"""A tiny BERT in a folder and files with rows to learn, as the tests of fine-tuning use them."""

import csv
import json
from pathlib import Path

import pytest

WORDS = ["good", "bad", "fine", "awful", "film", "book", "song", "meal", "a", "the", "and"]
PAIRS = [(f"a {word} {thing}", label) for word, label in (("good", "1"), ("fine", "1"), ("bad", "0"), ("awful", "0"))
         for thing in ("film", "book", "song", "meal")]  # fmt: skip


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT of 2 layers and width 32 that knows a few English words."""
    from tests.core.finetuning.saved_models import save_bert

    return save_bert(tmp_path_factory.mktemp("models") / "tiny-bert", WORDS)


@pytest.fixture(scope="session")
def tiny_distilbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a DistilBERT of the same size."""
    from tests.core.finetuning.saved_models import save_distilbert

    return save_distilbert(tmp_path_factory.mktemp("models") / "tiny-distilbert", WORDS)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Training rows as CSV, validation as TSV without a header, test as JSON lines."""
    with (tmp_path / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *PAIRS])
    with (tmp_path / "validation.tsv").open("w", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([("text", "label"), *PAIRS[1::2]])
    lines = [json.dumps({"text": text, "label": int(label)}) for text, label in PAIRS[::2]]
    (tmp_path / "test.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path
