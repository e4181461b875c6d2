"""A home that fails while someone works is a sentence on every page and never a traceback, and loses nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import storage
from core.data.workspace import Version, Workspace
from core.runs.store import TERMINAL, RunStore
from tests import disks

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py") if path.stem != "__init__")

Trouble = Callable[[], AbstractContextManager[object]]


@pytest.fixture
def a_file_in_its_place(home: Path) -> Trouble:
    @contextmanager
    def trouble() -> Iterator[None]:
        away = home.rename(home.with_name("away"))
        home.write_text("a file where the folder should be")
        try:
            yield
        finally:
            home.unlink()
            away.rename(home)

    return trouble


@pytest.fixture
def read_only(home: Path) -> Trouble:
    return lambda: disks.read_only(home)


@pytest.fixture
def full(home: Path) -> Iterator[Trouble]:
    @contextmanager
    def trouble() -> Iterator[None]:
        filler = disks.fill(home)
        try:
            yield
        finally:
            filler.unlink()

    with disks.disk(home, "4m"):
        yield trouble


@pytest.fixture
def locked(home: Path, synonyms_at_home: None, monkeypatch: pytest.MonkeyPatch) -> Trouble:
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_S", 0.1)

    @contextmanager
    def trouble() -> Iterator[None]:
        other = sqlite3.connect(home / storage.DATABASE, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.close()

    return trouble


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("a_file_in_its_place", "A file stands where a folder is needed"),
        ("read_only", "cannot be written"),
        ("full", "The disk is full"),
        ("locked", "is locked by another program"),
    ],
)
def test_every_page_tells_it_in_a_sentence_and_nothing_is_lost(
    trouble: str,
    sentence: str,
    home: Path,
    open_app: Callable[[str], AppTest],
    until_quiet: Callable[[AppTest], AppTest],
    request: pytest.FixtureRequest,
) -> None:
    begin: Trouble = request.getfixturevalue(trouble)
    app = open_app("datasets")
    app.button(key="load reviews").click().run()
    app = until_quiet(app)
    kept = known(home)
    with begin():
        for page in PAGES:
            app.switch_page(f"pages/{page}.py").run()
            assert not app.exception, page
            # Readers do not wait for a writer, so that a locked database is told where something is written.
            assert said(app, sentence) == (trouble != "locked"), page
        app.switch_page("pages/datasets.py").run()
        app.button(key="load python-reference").click().run()
        assert not app.exception
        assert said(app, sentence)
    assert known(home) == kept
    app.run()
    assert not app.exception
    assert not app.main.error


def said(app: AppTest, sentence: str) -> bool:
    return any(sentence in error.value for error in app.main.error)


def known(home: Path) -> list[object]:
    """Return every run with its events, and every dataset version."""
    runs = RunStore(home, "local")
    return [[(run, runs.events(run.id)) for run in runs.runs()], Workspace(home).latest()]


def draw(module: str, name: str, *arguments: object) -> None:
    """Draw a part of a page by itself, as Streamlit does with a fragment: what stands around it is not there then."""
    import importlib

    getattr(importlib.import_module(module), name)(*arguments)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("finetune_live", "_live"),
        ("gan_digits_live", "_pictures"),
        ("gan_text_samples", "_samples"),
        ("lm_neural", "_samples"),
        ("run_panel", "_draw"),
    ],
)
def test_a_part_that_is_drawn_by_itself_tells_it_too(
    module: str,
    name: str,
    make_version: Callable[..., Version],
    a_file_in_its_place: Trouble,
    home: Path,
    open_app: Callable[[str], AppTest],
) -> None:
    version = make_version(["a", "b"])
    run = RunStore(home, "local").submit("split", "Split", {}, lane=TERMINAL)
    arguments = {"_live": (run, version), "_draw": (run.id, None, False)}.get(name, (run.id,))
    with a_file_in_its_place():
        app = AppTest.from_function(draw, args=(f"pages.ui.{module}", name, *arguments)).run()
    assert not app.exception
    assert said(app, "A file stands where a folder is needed")
