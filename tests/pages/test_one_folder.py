"""The server's libraries write to the home too."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest


def test_the_first_page_settles_where_the_hub_is_kept(
    open_app: Callable[[str], AppTest], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    open_app("runs")
    assert os.environ["HF_HOME"] == str(home / "cache" / "huggingface")
