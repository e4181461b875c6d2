"""What tests of the Augment page do with its recipe."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.augmentation.recipe_file import load_recipe
from core.data.workspace import Version
from tests.pages.reading import widget

Open = Callable[[str], AppTest]
Make = Callable[..., Version]
Wait = Callable[[AppTest], AppTest]

TEXTS = [f"The {who} {what} in the {where}" for who in ("cat", "dog") for what in ("sat", "ran") for where in "abcde"]
SWAP = "seed: 5\nsteps:\n  - {use: random_swap}\n"


def saved(app: AppTest) -> str:
    """The recipe as the page shows and saves it."""
    return str(app.code[0].value)


def uses(app: AppTest) -> list[str]:
    return [step.use for step in load_recipe(saved(app)).steps]


def tried(app: AppTest) -> list[tuple[str, str]]:
    shown, seconds = app.session_state["augment tried"][1]
    assert seconds > 0
    return [(text.before, text.after) for text in shown]


def paste(app: AppTest, text: str) -> AppTest:
    widget(app.text_area, "Or its text").set_value(text).run()
    widget(app.button, "Use this recipe").click().run()
    assert not app.exception
    return app


def add(app: AppTest, use: str) -> AppTest:
    widget(app.selectbox, "Another step").select(use).run()
    widget(app.button, "Add").click().run()
    assert not app.exception
    return app
