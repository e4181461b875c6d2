"""The version that the statements are about."""

import pytest


@pytest.fixture
def version(make_version):
    return make_version(
        ["good film", "bad film", "酒店很好", ""], labels=["pos", "neg", "pos", None], stars=[5, 1, 4, 2]
    )
