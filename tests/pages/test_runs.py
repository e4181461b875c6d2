"""The Runs page: everything that was started, in words."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.runs.kinds import KINDS
from core.runs.store import RunStore
from tests.pages.reading import clean, said


def test_every_kind_of_run_is_named_in_words(home: Path, open_app: Callable[[str], AppTest]) -> None:
    store = RunStore(home, "local")
    for kind in KINDS:
        store.request_cancel(store.submit(kind, f"a run of {kind}", {}).id)
    app = open_app("runs")
    assert not app.exception
    table = app.dataframe[0].value
    assert dict(zip(table["Run"], table["Kind"], strict=True)) == {
        f"a run of {kind}": KINDS[kind].title for kind in KINDS
    }
    assert "GAN of digits" in set(table["Kind"])


def test_where_nothing_has_run_the_page_says_how_to_begin(open_app: Callable[[str], AppTest]) -> None:
    app = clean(open_app("runs"))
    assert "Nothing has run yet. Import a dataset or train a model" in said(app)
    assert not app.dataframe
