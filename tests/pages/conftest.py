"""Pages as Streamlit runs them, without a browser: real workspaces, real runs in real processes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from core.runs import supervisor
from core.runs.store import RunStore
from core.runs.workers import Worker
from core.storage import CACHES
from pages.ui import session

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """Every new app looks through all installed packages for components: a fifth of a second, and once will do."""
    scan = manifest_scanner.scan_component_manifests
    manifest_scanner.scan_component_manifests = cache(scan)
    yield
    manifest_scanner.scan_component_manifests = scan


@pytest.fixture(scope="session", autouse=True)
def waited_for() -> Iterator[None]:
    """Streamlit asks a thousand times a second whether a page has run, which takes a tenth of a core: it waits here."""
    ask = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        runner._script_thread.join(timeout)
        ask(runner, timeout)

    local_script_runner.require_widgets_deltas = wait
    yield
    local_script_runner.require_widgets_deltas = ask


@contextmanager
def closing(workers: dict[str, Worker]) -> Iterator[dict[str, Worker]]:
    """End the workers that there are at the end of the block."""
    yield workers
    for worker in workers.values():
        worker.close()
        worker.wait(TIMEOUT_S)


@pytest.fixture(scope="session")
def workers() -> Iterator[dict[str, Worker]]:
    """The workers of all tests of pages: what one has imported is there for the runs of the next test."""
    with closing({}) as kept:
        yield kept


@pytest.fixture
def open_app(
    home: Path, workers: dict[str, Worker], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], AppTest]]:
    """`open_app("prepare")` runs a page of the app in a session of its own."""
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "0")
    for name in ("HF_HOME", *CACHES):  # which the app would set for good
        monkeypatch.setenv(name, str(home / "cache" / name))
    monkeypatch.setattr(supervisor, "WARM_AFTER_S", 3600)  # not every process of tests needs one for trainings
    monkeypatch.setattr(session, "Supervisor", partial(supervisor.Supervisor, workers=workers))
    st.cache_resource.clear()
    st.cache_data.clear()

    def open_one(page: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT_S)
        return app.switch_page(f"pages/{page}.py").run()

    yield open_one
    store = RunStore(home, None)
    for run in store.runs(states=("queued", "running")):
        store.request_cancel(run.id)
    _wait_until_quiet(store)
    started = session.supervisor()
    started.workers = {}
    started.stop()
    st.cache_resource.clear()


@pytest.fixture
def until_quiet(home: Path) -> Callable[[AppTest], AppTest]:
    """Wait until no run goes on, then run the page again."""

    def wait(app: AppTest) -> AppTest:
        _wait_until_quiet(RunStore(home, None))
        return app.run()

    return wait


def _wait_until_quiet(store: RunStore) -> None:
    end = time.monotonic() + TIMEOUT_S
    while store.runs(states=("queued", "running")):
        assert time.monotonic() < end, "a run does not end"
        time.sleep(0.1)
