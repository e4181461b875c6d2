"""The fine-tuning page as a person meets it: a tiny BERT is trained, judged, looked into and taken home."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.data.importing import ImportConfig, import_dataset
from core.finetuning.prediction import MODEL
from core.jobs import run
from tests.browser.conftest import Visitor
from tests.browser.visit import frames_seen, points, settle, watch_curve
from tests.core.finetuning.tiny_model import save, tiny_classifier

pytestmark = pytest.mark.browser

PLOT = ".corpus-lab-live .js-plotly-plot"
SLOW_MS = 120_000
ATTACK = "praise <img src=x onerror=alert(1)>"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def things(visitor: Visitor, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dataset with a hostile label in the visitor's workspace, and the hub id of a tiny model to train."""
    folder = tmp_path_factory.mktemp("tiny")
    save(tiny_classifier(["x", "y"]), folder)
    words = {"blame": ["terrible", "awful", "boring", "dreadful"], ATTACK: ["lovely", "great", "brilliant", "fine"]}
    rows = [
        f"A {word} {thing},{label},{'test' if place > 6 else 'validation' if place > 4 else 'train'}"
        for label, some in words.items()
        for word in some
        for place, thing in enumerate(["film", "book", "meal", "song", "hotel", "phone", "chair", "city", "car", "day"])
    ]
    (folder / "things.csv").write_text("text,label,split\n" + "\n".join(rows) + "\n", "utf-8")
    run(import_dataset(ImportConfig(source=str(folder / "things.csv")), visitor.workspace, folder, False))
    visitor.server.keep("acme/tiny", folder / MODEL)
    return "acme/tiny"


@pytest.fixture
def page(things: str, visit: OpenPage) -> Page:
    opened = visit("finetuning")
    opened.get_by_role("heading", name="Fine-tuning", level=1).wait_for(timeout=SLOW_MS)
    return opened


def fill(page: Page, name: str, value: str, role: str = "spinbutton") -> None:
    field = page.get_by_role(role, name=name, exact=True)
    field.fill(value)
    field.press("Tab")
    settle(page)


def x_range(page: Page) -> list[float]:
    return page.evaluate(f"document.querySelector('{PLOT}')._fullLayout.xaxis.range")


def zoom(page: Page) -> list[float]:
    """Drag over less than half of the first chart, and return the range of x that it then shows."""
    plane = page.locator(f"{PLOT} .nsewdrag").first
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], middle)
    page.mouse.down()
    whole = x_range(page)  # it grows until now: points that arrive during a drag wait
    page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)
    zoomed = x_range(page)
    assert zoomed[1] - zoomed[0] < 0.5 * (whole[1] - whole[0])
    return zoomed


def test_from_training_to_a_model_to_take_home(page: Page, visitor: Visitor, things: str, tmp_path: Path) -> None:
    outside: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((visitor.url, "data:", "blob:", "ws:")) else outside.append(r.url),
    )
    page.on("dialog", lambda dialog: outside.append(f"dialog {dialog.message}"))
    fill(page, "Model", things, role="textbox")
    fill(page, "Learning rate", "0.003")
    fill(page, "Epochs", "24")  # long enough to zoom while it goes on
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator(PLOT).first.wait_for(timeout=SLOW_MS)

    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 4", timeout=SLOW_MS)
    page.evaluate(f"document.querySelector('{PLOT}').seenByTest = true")
    watch_curve(page)
    zoomed = zoom(page)
    before = points(page)
    more = f"document.querySelector('{PLOT}')?.data?.[0].x.length > {before + 4}"

    def assert_kept() -> None:
        assert x_range(page) == zoomed
        assert page.evaluate(f"document.querySelector('{PLOT}').seenByTest"), "the node is the same"
        drawn, missing = frames_seen(page)
        assert drawn > 20 and missing == 0, "the curve does not flicker"

    page.wait_for_function(more, timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    assert_kept()

    page.get_by_role("tab", name="Score").wait_for(timeout=2 * SLOW_MS)
    page.get_by_text("On the 24 test rows the model labels").wait_for(timeout=SLOW_MS)
    matrix = page.get_by_test_id("stPlotlyChart").first
    matrix.locator(".nsewdrag").wait_for(timeout=SLOW_MS)
    settle(page)
    assert_kept()
    matrix.scroll_into_view_if_needed()
    box = matrix.locator(".nsewdrag").bounding_box()
    count = "(element) => element.querySelector('.js-plotly-plot').data[1].customdata[3][2]"
    rows = int(page.evaluate(count, matrix.element_handle()))
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.75 * box["height"])
    said = f"{rows} rows of {ATTACK} that were labelled {ATTACK}"
    page.get_by_text(said).wait_for(timeout=SLOW_MS)

    page.get_by_role("tab", name="Try it").click()
    page.get_by_role("textbox", name="Sentence").fill("A brilliant <b>day</b>")
    page.get_by_role("textbox", name="Sentence").press("Control+Enter")
    page.get_by_text("The model says").wait_for(timeout=SLOW_MS)
    marked = page.locator(".corpus-lab-attributed p")
    expect(marked).to_have_text("A brilliant <b>day</b>", timeout=SLOW_MS)
    lines = marked.locator("mark").evaluate_all("marks => marks.map((m) => getComputedStyle(m).textDecorationStyle)")
    kinds = marked.locator("mark").evaluate_all("marks => marks.map((m) => m.className)")
    assert kinds, "no word is marked"
    assert [{"for": "solid", "against": "dashed"}[kind] for kind in kinds] == lines, "told apart not by colour alone"

    page.get_by_role("tab", name="Take home").click()
    page.get_by_text("The model card", exact=True).click(timeout=SLOW_MS)
    page.get_by_text(f"Labels: blame, {ATTACK}.").wait_for(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    with page.expect_download(timeout=SLOW_MS) as download:
        page.get_by_role("button", name="Download the model").click(timeout=SLOW_MS)
    download.value.save_as(tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        assert archive.testzip() is None
        assert any(name.endswith("/model.safetensors") for name in archive.namelist())
    assert outside == [], "nothing is fetched from elsewhere, and nothing in a label is run"


def test_a_zoom_outlives_smoothing_and_not_another_axis(page: Page) -> None:
    page.locator(PLOT).first.wait_for(timeout=SLOW_MS)
    page.wait_for_function(f"document.querySelector('{PLOT}')?._fullLayout?.xaxis", timeout=SLOW_MS)
    settle(page)
    zoomed = zoom(page)
    handle = page.get_by_role("slider", name="Smoothing of training curves")
    handle.focus()
    for _ in range(5):
        handle.press("ArrowRight")
    page.wait_for_function(
        f"document.querySelector('{PLOT}').data.some((line) => line.opacity === 0.3)", timeout=SLOW_MS
    )
    assert x_range(page) == zoomed
    page.get_by_text("Time", exact=True).click()
    titled = f"document.querySelector('{PLOT}')._fullLayout.xaxis.title.text.startsWith('Minutes')"
    page.wait_for_function(titled, timeout=SLOW_MS)
    assert x_range(page) != zoomed, "what was zoomed into in steps means nothing in minutes"
    best, plane = page.locator(f"{PLOT} .annotation-text").first, page.locator(f"{PLOT} .nsewdrag").first
    expect(best).to_have_text("Best")
    label = best.bounding_box()
    assert label["y"] + label["height"] <= plane.bounding_box()["y"], "no curve runs through the word"
    page.emulate_media(color_scheme="dark")
    chosen = page.get_by_role("radio", name="Time", exact=True)
    expect(chosen).to_have_css("color", "rgb(121, 196, 230)", timeout=SLOW_MS)
