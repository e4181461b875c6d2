"""A home that cannot be written is a sentence on every page, and never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("page", PAGES)
def test_a_file_where_the_home_should_be(page: str, home: Path, open_app: Callable[[str], AppTest]) -> None:
    home.write_text("a file where the folder should be")
    app = open_app(page)
    assert not app.exception
    assert any("A file stands where a folder is needed" in error.value for error in app.error)
    home.unlink()
