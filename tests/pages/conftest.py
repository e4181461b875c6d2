"""Pages as Streamlit runs them, without a browser: real workspaces, real runs in real processes."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.runs import supervisor
from pages.ui import session

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60


@pytest.fixture
def open_app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], AppTest]]:
    """`open_app("prepare")` runs a page of the app in a session of its own."""
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "0")
    monkeypatch.setattr(supervisor, "WARM_AFTER_S", 3600)  # a spare worker imports torch for seconds, used or not
    st.cache_resource.clear()
    st.cache_data.clear()

    def open_one(page: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT_S).run()
        return app.switch_page(f"pages/{page}.py").run()

    yield open_one
    session.supervisor().stop()
    st.cache_resource.clear()


@pytest.fixture
def until_quiet(home: Path) -> Callable[[AppTest], AppTest]:
    """Wait until no run goes on, then run the page again."""

    def wait(app: AppTest) -> AppTest:
        store = session.RunStore(session.supervisor().home, None)
        end = time.monotonic() + TIMEOUT_S
        while store.runs(states=("queued", "running")):
            assert time.monotonic() < end, "a run does not end"
            time.sleep(0.1)
        return app.run()

    return wait
