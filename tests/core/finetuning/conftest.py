"""A tiny BERT in a folder, as the tests of fine-tuning use it."""

from pathlib import Path

import pytest

WORDS = ["good", "bad", "fine", "awful", "film", "book", "song", "meal", "a", "the", "and"]


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
