"""What many tests share: a home folder of their own, and the real data where it is there."""

from pathlib import Path

import pytest

from core.data.workspace import Workspace

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, also in CORPUS_LAB_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CORPUS_LAB_HOME", str(folder))
    return folder


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return Workspace(home)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data in ../shared/data is not on this machine")
    return SHARED
