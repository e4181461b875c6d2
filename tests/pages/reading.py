"""What page tests read from a page, and how they find its widgets."""

from typing import Any

from streamlit.testing.v1 import AppTest


def widget(elements: Any, label: str, place: int = 0) -> Any:
    return [element for element in elements if element.label == label][place]


def said(app: AppTest) -> str:
    shown = [*app.caption, *app.info, *app.success, *app.warning, *app.error, *app.markdown]
    return "\n".join(str(element.value).replace("\\", "") for element in shown)


def reading_order(app: AppTest, words: str) -> int:
    """Return the place, from the top of the page, of the first element that says these words."""
    elements = [element for element in app.main if not hasattr(element, "children")]
    said_by = [str(getattr(element, "label", "")) + str(getattr(element, "value", "")) for element in elements]
    return next(place for place, text in enumerate(said_by) if words in text)


def clean(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    assert not app.error, said(app)
    return app
