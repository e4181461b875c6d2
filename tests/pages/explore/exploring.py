"""What the tests of the Explore page share: how they follow a link and what they read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from streamlit.testing.v1 import AppTest

from core.data.workspace import Version

Open = Callable[[str], AppTest]
Make = Callable[..., Version]
TEXTS = ["a good film", "a bad film, really", "good", "", "something else altogether"]
LABELS = ["positive", "negative", "positive", None, "neutral"]
SPLITS = ["train", "train", "test", "train", None]


def link(app: AppTest, **query: str | Sequence[str]) -> AppTest:
    """Follow a link to the dataset that is open."""
    version = app.query_params["version"]
    app.query_params.clear()
    app.query_params.update({"version": version, **query})
    app.run()
    assert not app.exception
    return app


def own(app: AppTest) -> dict[str, Any]:
    return {key: value for key, value in app.query_params.items() if key != "version"}


def figures(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def table(app: AppTest) -> Any:
    return app.dataframe[0].value


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)
