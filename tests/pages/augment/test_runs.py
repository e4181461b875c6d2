"""The Augment page: a recipe is carried out, its report is searched, and its rows are deleted again."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Version, Workspace
from core.jobs import run
from core.runs.store import RunStore
from tests.pages.augment.recipes import SWAP, TEXTS, Make, Open, Wait, paste, saved, tried
from tests.pages.reading import said, widget


def test_a_run_makes_a_version_and_a_report_that_can_be_searched(
    page: AppTest, until_quiet: Wait, workspace: Workspace, sample: Version
) -> None:
    paste(page, "{seed: 5, copies: 2, steps: [{use: random_swap}], gates: [{use: novelty}]}")
    widget(page.button, "Make the new rows").click().run()
    app = until_quiet(page)
    assert not app.exception and not app.error
    (done,) = RunStore(workspace.home, "local").runs()
    report = done.result["report"]
    version = workspace.latest()[0]
    assert (version.action, version.parent_id) == ("augment", sample.id)
    assert (app.query_params["version"], app.query_params["run"]) == (version.id, done.id)
    figures = {metric.label: metric.value for metric in app.metric}
    rejected = report["duplicates"] + sum(report["rejected"].values())
    assert figures["New rows"] == str(report["accepted"]) == str(version.rows - sample.rows)
    assert figures["Left unchanged"] == str(report["unchanged"])
    assert figures["Rejected"] == str(rejected)
    assert report["tried"] == 36 == report["accepted"] + report["unchanged"] + rejected
    before_and_after = app.dataframe[0].value
    assert before_and_after["Before"].tolist()[:2] == ["18", str(18 * 6)]
    table = app.dataframe[-1].value
    assert len(table) == report["accepted"] + rejected
    assert set(table["Outcome"]) <= {"Accepted", "Repeats a new row", "Not passed: New to the dataset"}
    assert all(sorted(row["Source row"].split()) == sorted(row["New row"].split()) for _, row in table.iterrows())
    widget(app.text_input, "Search both texts").set_value("DOG").run()
    found = app.dataframe[-1].value
    assert len(found) == sum("dog" in text for text in table["Source row"]) > 0
    assert f"of {len(found)}." in said(app)
    widget(app.multiselect, "Outcomes to show").select("accepted").run()
    assert set(app.dataframe[-1].value["Outcome"]) == {"Accepted"}
    widget(app.text_input, "Search both texts").set_value("nowhere").run()
    assert "No row has these words." in said(app)


def test_the_saved_recipe_makes_the_same_rows_of_the_same_file_without_a_browser(
    open_app: Open, until_quiet: Wait, workspace: Workspace, tmp_path: Path
) -> None:
    source, output, recipe = tmp_path / "rows.csv", tmp_path / "more.csv", tmp_path / "recipe.yaml"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((text, "xy"[i % 3 > 0]) for i, text in enumerate(TEXTS))])
    run(import_dataset(ImportConfig(source=str(source), name="rows"), workspace, tmp_path, False))
    app = open_app("augment")
    paste(app, "{steps: [{use: random_swap}, {use: sentence_insertion, pool: file, file: mine.txt}], balance: true}")
    assert "There is no file mine.txt" in said(app)
    sentences = "It was late.\nNobody saw it.\nThe sun shone.\n"
    widget(app.file_uploader, "Your sentences").upload("mine.txt", sentences.encode()).run()
    assert not app.error
    assert all(any(line in after for line in sentences.splitlines()) for _, after in tried(app))
    recipe.write_text(saved(app), encoding="utf-8")
    widget(app.button, "Make the new rows").click().run()
    app = until_quiet(app)
    assert not app.exception and not app.error
    made = pq.read_table(workspace.latest()[0].path).to_pylist()
    (tmp_path / "mine.txt").write_text(sentences, encoding="utf-8")
    assert main(["augment", "--recipe", str(recipe), "--input", str(source), "--output", str(output), "--json"]) == 0
    with output.open(encoding="utf-8", newline="") as file:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) > len(TEXTS)
    in_order = sorted(made, key=lambda row: row["id"])
    assert rows == [{name: None if v is None else str(v) for name, v in row.items()} for row in in_order]
    details = [json.loads(row["augment_details"])[-1] for row in rows if row["parent_id"]]
    assert all(detail["inserted_from"].startswith("mine.txt:") for detail in details)


def test_deleting_a_row_asks_about_what_was_made_from_it(
    page: AppTest, until_quiet: Wait, workspace: Workspace, sample: Version
) -> None:
    paste(page, "{copies: 2, steps: [{use: casing_noise}]}")
    widget(page.button, "Make the new rows").click().run()
    app = until_quiet(page)
    version = workspace.latest()[0]
    rows = pq.read_table(version.path, columns=["id", "parent_id"]).to_pylist()
    made = [row["id"] for row in rows if row["parent_id"] == "r3"]
    assert made
    app.switch_page("pages/explore.py").run()
    app.query_params["row"] = "r3"
    app.run()
    widget(app.button, "Delete this row").click().run()
    assert not app.exception and not app.error
    assert widget(app.toggle, f"Also delete what was made from it (rows: {len(made)})").value
    assert widget(app.button, "Delete it")  # a click on it is tested in a browser


def test_what_html_and_markdown_say_is_shown_and_not_obeyed(make_version: Make, open_app: Open) -> None:
    hostile = "![x](http://stranger/x.png) <img src=x onerror=alert(1)> and more words"
    make_version([hostile, "b"], [hostile, "y"], name=hostile)
    app = paste(open_app("augment"), SWAP)
    assert tried(app)[0][0] == hostile
    assert "![x](" not in "".join(str(e.value) for e in [*app.markdown, *app.caption, *app.title, *app.subheader])
