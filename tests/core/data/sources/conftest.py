"""The stand-in for the hub, for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.core.data.sources.hub_stand_in import Hub, running_hub


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with running_hub() as server:
        yield server
