"""The tab Text of the GANs page, without a browser: real runs in real processes, on a tiny language."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Version, Workspace
from core.runs.store import RunStore
from tests.core.gan.text.conftest import SMALL, sentences
from tests.pages.reading import clean, said

Open = Callable[[str], AppTest]
Make = Callable[..., Version]
Wait = Callable[[AppTest], AppTest]

PATIENCE_S = 240
HOSTILE = "![x](http://stranger/x.png) <b>old</b> cat drinks cold milk today"
TYPED = {
    "Width": "width",
    "Batch size": "batch_size",
    "Warmup epochs": "warmup_epochs",
    "Discriminator steps": "discriminator_steps",
    "Adversarial steps": "adversarial_steps",
    "Likelihood steps": "likelihood_steps",
    "New rows": "rows",
    "Draws": "draws",
    "Judged rows": "judged_rows",
    "Label agreement at least": "label_at_least",
    "Copied 4-grams at most": "copied_at_most",
    "Minutes at most": "max_minutes",
}


def rows(app: AppTest, column: str) -> list[dict[str, Any]]:
    return next(frame.value.to_dict("records") for frame in app.dataframe if column in frame.value.columns)


def button(app: AppTest, label: str) -> Any:
    return next(element for element in app.button if element.label.startswith(label))


def opened(open_app: Open) -> AppTest:
    app = open_app("gans")
    app.query_params["tab"] = "text"
    return clean(app.run())


def make_rows(app: AppTest, until_quiet: Wait, **chosen: str) -> AppTest:
    inputs = {element.label: element for element in app.number_input if "gan text" in (element.key or "")}
    for label, name in TYPED.items():
        inputs[label].set_value(SMALL[name])
    for element in app.selectbox:
        if element.label in chosen:
            element.select(chosen[element.label])
    button(app, "Make new rows").click().run()
    return until_quiet(app)


@pytest.fixture
def until_quiet(home: Path) -> Wait:
    """As in conftest, but a run that loads torch, transformers and scikit-learn may take its time on a busy machine."""

    def wait(app: AppTest) -> AppTest:
        end = time.monotonic() + PATIENCE_S
        while RunStore(home, None).runs(states=("queued", "running")):
            assert time.monotonic() < end, "a run does not end"
            time.sleep(0.2)
        return app.run()

    return wait


@pytest.fixture
def sample(make_version: Make) -> Version:
    texts, labels = sentences(80)
    return make_version([HOSTILE, *texts[1:]], labels, splits=["train"] * 60 + ["validation"] * 20)


def test_rows_are_made_judged_searched_and_become_a_version(
    sample: Version, open_app: Open, until_quiet: Wait, home: Path
) -> None:
    app = opened(open_app)
    assert "The generator fills blanks that are cut into real rows" in said(app)
    app = clean(make_rows(app, until_quiet))
    [run] = RunStore(home, "local").runs()
    assert run.state == "finished", run.message
    assert "Who writes best" in said(app) and all(sentence in said(app) for sentence in run.result["verdict"])
    table = {row["Who writes"]: row for row in rows(app, "Who writes")}
    assert {"Real rows, held out", "Trigram sampler", "Maximum likelihood alone", "GAN"} <= set(table)
    assert "The same at temperature 0.7" in table
    mean, spread = run.result["table"]["gan"]["frechet"]
    assert table["GAN"]["Fréchet distance"] == f"{mean:.3f} ±{spread:.3f}"
    assert "All are of one training; raise Trainings" in said(app)
    charts = [found.proto.json for found in app.get("bidi_component")]
    assert any("Diversity" in one for one in charts) and any("Alone, validation" in one for one in charts)
    assert any("how real the discriminator holds each" in one for one in charts)
    assert "Solid lines and blue" in said(app)
    steps = next(element for element in app.select_slider if element.label == "Training step")
    assert steps.value == int(steps.options[-1])
    steps.set_value(0).run()
    assert "Words in square brackets were written" in said(clean(app))

    made = rows(app, "New row")
    assert len(made) == min(50, run.result["written"])
    search = next(element for element in app.text_input if element.label == "Search the rows")
    search.set_value("no such words").run()
    assert "No row has these words." in said(clean(app))
    search.set_value("").run()
    next(element for element in app.multiselect if element.label == "Outcomes to show").select("accepted").run()
    assert {row["Outcome"] for row in rows(clean(app), "New row")} == {"Accepted"}

    button(app, "Make a version with the 10 accepted rows").click().run()
    version = Workspace(home).latest()[0]
    assert (version.rows, version.parent_id, version.action) == (90, sample.id, "generate")
    assert app.session_state.version == version.id
    assert f"The accepted rows are in {version.label}, which has 90 rows." in said(clean(app))
    assert not any(element.label.startswith("Make a version") for element in app.button)
    assert "![x](" not in "".join(str(element.value) for element in [*app.markdown, *app.caption, *app.success])


def test_rows_from_nothing_are_not_offered_as_data(sample: Version, open_app: Open, until_quiet: Wait) -> None:
    app = opened(open_app)
    next(element for element in app.number_input if element.label == "Trainings").set_value(2)
    app = clean(make_rows(app, until_quiet, Mode="unconditional"))
    assert "a lesson and no data" in said(app)
    assert "of the GAN and of maximum likelihood alone over 2 trainings" in said(app)
    assert "of 2 trainings" in said(app) and "This is one training" not in said(app)
    assert not any(element.label.startswith("Make a version") for element in app.button)


def test_what_cannot_be_learned_from_is_one_sentence(make_version: Make, open_app: Open, until_quiet: Wait) -> None:
    make_version(["one sentence that is here"] * 5)
    app = make_rows(opened(open_app), until_quiet)
    assert not app.exception
    assert "a GAN needs 24 at least" in said(app)
    next(e for e in app.number_input if e.label == "Longest row").set_value(3)
    button(app, "Make new rows").click().run()
    assert not app.exception
    assert "The longest row cannot be shorter than the shortest" in said(app)


def test_without_a_dataset_the_tab_offers_one(open_app: Open) -> None:
    assert "Load the sample reviews" in [element.label for element in opened(open_app).button]
