"""A small dataset, and the Explore page that shows it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Version
from tests.pages.explore.exploring import LABELS, SPLITS, TEXTS, Make, Open


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, LABELS, SPLITS, stars=[5, 1, 4, 3, 2])


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    app = open_app("explore")
    assert not app.exception
    return app
