"""A machine without WordNet."""

from pathlib import Path

import nltk
import pytest

from core.text import wordnet


@pytest.fixture
def bare(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a machine that has no WordNet anywhere."""
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])
    return home
