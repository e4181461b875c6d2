"""The Augment page with a small dataset in use."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.augmentation.extending import CACHE
from core.data.workspace import Version
from tests.pages.augment.recipes import TEXTS, Make, Open


@pytest.fixture(autouse=True)
def shared_tables(home: Path, synonyms: Path) -> None:
    (home / "cache").mkdir(parents=True)
    (home / "cache" / CACHE).symlink_to(synonyms)


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, ["x"] * 15 + ["y"] * 5, ["train"] * 18 + ["test"] * 2)


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    app = open_app("augment")
    assert not app.exception
    return app
