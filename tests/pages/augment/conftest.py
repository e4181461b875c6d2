"""The Augment page with a small dataset in use."""

import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Version
from tests.pages.augment.recipes import TEXTS, Make, Open


@pytest.fixture(autouse=True)
def shared_tables(synonyms_at_home: None) -> None:
    """No test of these makes the tables, which takes long."""


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, ["x"] * 15 + ["y"] * 5, ["train"] * 18 + ["test"] * 2)


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    app = open_app("augment")
    assert not app.exception
    return app
