"""One row on the Explore page: its whole text, tokens, columns, picture, and where it comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.data.rows import SCHEMA
from core.data.workspace import Workspace
from pages.ui.explore_row import picture
from tests.pages.explore.exploring import Make, Open, captions, figures, link, own, table
from tests.pages.reading import widget


def test_an_open_row_is_whole_with_tokens_and_columns(make_version: Make, open_app: Open) -> None:
    long = "word " * 3_000 + "the end"
    make_version([long, "short"], ["a", None], note=["<b>mine</b>", None])
    app = link(open_app("explore"), row="r0")
    assert len(table(app)["text"][0]) == 1_000, "cut in the table"
    assert app.text[0].value == long
    assert "15,007 characters" in captions(app)
    # The first 10,000 characters are 2,000 times "word ".
    assert "2,000 tokens, 1 of them different." in captions(app)
    known = dict(app.dataframe[1].value.itertuples(index=False))
    assert known == {"Label": "a", "Split": "", "Origin": "original", "Id": "r0", "note": "<b>mine</b>"}
    widget(app.button, "Close").click().run()
    assert own(app) == {}
    assert not app.text


def test_the_tokenizer_that_is_chosen_cuts_the_next_row_too(page: AppTest) -> None:
    link(page, row="r1")
    assert "5 tokens" in captions(page), "a bad film , really"
    widget(page.selectbox, "Tokenizer").select("whitespace").run()
    assert "4 tokens" in captions(page), "a bad film, really"
    link(page, row="r0")
    assert widget(page.selectbox, "Tokenizer").value == "whitespace"


def test_a_row_that_is_not_there_is_a_sentence(page: AppTest) -> None:
    link(page, row="nowhere")
    assert [error.value for error in page.error] == [
        r"This row is not in this version\. Choose another row, or an earlier version\."
    ]
    assert figures(page)[0] == "5", "the rest of the page stands"


def test_from_a_row_to_the_one_it_was_made_from(workspace: Workspace, open_app: Open) -> None:
    rows = [
        {"id": "p", "text": "a fine day", "label": "x", "split": "train", "origin": "original"},
        {"id": "c", "text": "a nice day", "label": "x", "split": "train", "origin": "augmented"}
        | {"parent_id": "p", "operator": "synonyms"},
    ]
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), staged)
    workspace.add(staged, action="augment", params={}, name="made", language="en")
    app = link(open_app("explore"), row="c")
    known = dict(app.dataframe[1].value.itertuples(index=False))
    assert (known["Made by"], known["Made from"]) == ("synonyms", "p")
    widget(app.button, "Show the row that it was made from").click().run()
    assert own(app) == {"row": "p"}
    assert app.text[0].value == "a fine day"
    widget(app.button_group, "Origins to show").select("augmented").run()
    assert table(app)["id"].tolist() == ["c"]
    assert own(app) == {"origin": "augmented"}, "filters close the row"


def test_a_picture_is_dark_ink_on_light_paper() -> None:
    image = picture({"pixels": [0, 255, 128, 0, 0, 0], "height": 2, "width": 3})
    assert image is not None
    side = image.shape[1] // 3
    assert image.shape == (2 * side, 3 * side)
    assert image[::side, ::side].tolist() == [[255, 0, 127], [255, 255, 255]]
    assert (image[:side, side : 2 * side] == 0).all(), "a pixel is a block of one colour"
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    "row",
    [
        {"pixels": [0, 1], "height": 2, "width": 2},
        {"pixels": [0, 300], "height": 1, "width": 2},
        {"pixels": "0 1", "height": 1, "width": 2},
        {"pixels": [], "height": 0, "width": 0},
        {"height": 1, "width": 2},
    ],
)
def test_columns_that_are_no_picture_are_left_as_they_are(row: dict[str, Any]) -> None:
    assert picture(row) is None


def test_a_row_with_a_picture_shows_it(make_version: Make, open_app: Open) -> None:
    make_version(["a one"], ["1"], pixels=[[0, 255, 0, 255]], height=[2], width=[2])
    app = link(open_app("explore"), row="r0")
    assert len(app.image) == 1
    assert "pixels" not in table(app).columns
    assert "pixels" not in dict(app.dataframe[1].value.itertuples(index=False))
