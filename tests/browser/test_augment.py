"""Augmentation in a real browser: from a sample to a searched report, and the saved recipe without the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect

from core.__main__ import main
from core.data.row_writer import row_writer
from tests.browser.conftest import Visitor
from tests.browser.visit import named

pytestmark = pytest.mark.browser

SLOW_MS = 90_000
CHANGES = ".corpus-lab-changes"

OpenPage = Callable[..., Page]


def own_sentence(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Your own sentences")
    field.fill(text)
    field.press("Control+Enter")


def test_from_a_sample_to_a_searched_report(
    visitor: Visitor, visit: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit("augment")
    page.get_by_role("button", name="Load the sample reviews").click(timeout=SLOW_MS)
    page.get_by_text("What it does to your sentences").wait_for(timeout=SLOW_MS)
    page.get_by_role("button", name="Load a recipe").click()
    text = page.get_by_role("textbox", name="Or its text")
    text.fill("{seed: 4, target_multiplier: 1.2, steps: [{use: random_swap}]}")
    text.press("Control+Enter")
    page.get_by_role("button", name="Use this recipe").click()
    page.get_by_text("1. Random swap").wait_for(timeout=SLOW_MS)
    page.keyboard.press("Escape")

    page.get_by_role("combobox", name="Another step").click()
    page.get_by_role("option", name="Sentence deletion").click()
    page.get_by_role("button", name=named("Add")).click()
    page.get_by_text("2. Sentence deletion").wait_for(timeout=SLOW_MS)
    own_sentence(page, "The cat is on the mat <b>now</b>. It sleeps.")
    page.locator(f"{CHANGES} del").first.wait_for(timeout=SLOW_MS)
    assert page.locator(f"{CHANGES} b").count() == 0, "markup in a sentence is text"
    expect(page.locator(f"{CHANGES} del").first).to_have_css("text-decoration-line", "line-through")
    before = page.locator(CHANGES).inner_text()
    page.get_by_role("button", name="Show me others").click()
    expect(page.locator(CHANGES)).not_to_have_text(before, timeout=SLOW_MS, use_inner_text=True)
    page.get_by_role("button", name="Up", exact=True).nth(1).click()
    page.get_by_text("1. Sentence deletion").wait_for(timeout=SLOW_MS)

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the recipe").click()
    recipe = tmp_path / "recipe.yaml"
    download.value.save_as(recipe)

    page.get_by_role("button", name="Make the new rows").click()
    page.get_by_text("What became of every text tried").wait_for(timeout=SLOW_MS)
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("reviews@2", timeout=SLOW_MS)
    link = page.url
    total = page.get_by_text("Choose a row to see what changed in it").inner_text()
    search = page.get_by_role("textbox", name="Search both texts")
    search.fill("film")
    search.press("Enter")
    page.wait_for_function("total => !document.body.innerText.includes(total)", arg=total, timeout=SLOW_MS)
    page.get_by_text("Choose a row to see what changed in it").wait_for(timeout=SLOW_MS)
    page.goto(link)
    page.get_by_text("What became of every text tried").wait_for(timeout=SLOW_MS)

    workspace = visitor.workspace
    made = workspace.find("reviews@2")
    parent = pq.read_table(workspace.find("reviews@1").path)
    source, output = tmp_path / "rows.csv", tmp_path / "more.parquet"
    with row_writer(source, parent.schema, "csv") as write:
        for batch in parent.to_batches():
            write(batch)
    monkeypatch.setenv("CORPUS_LAB_HOME", str(tmp_path / "home"))
    assert main(["augment", "--recipe", str(recipe), "--input", str(source), "--output", str(output), "--json"]) == 0
    rows = pq.read_table(made.path, columns=["id", "text"]).sort_by("id")
    assert pq.read_table(output, columns=["id", "text"]).sort_by("id").equals(rows)
    assert rows.num_rows > parent.num_rows

    source_row = pq.read_table(made.path, columns=["parent_id"]).column(0).drop_null()[0].as_py()
    page.goto(f"{visitor.url}/explore?version={made.id}&row={source_row}")
    page.get_by_role("button", name="Delete this row").click(timeout=SLOW_MS)
    page.get_by_text("Also delete what was made from it (rows: 1)").wait_for(timeout=SLOW_MS)
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("reviews@3", timeout=SLOW_MS)
    left = pq.read_table(workspace.find("reviews@3").path, columns=["id", "parent_id"])
    assert left.num_rows == rows.num_rows - 2
    assert source_row not in left["id"].to_pylist() + left["parent_id"].to_pylist()
