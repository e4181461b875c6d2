"""The Augment page: a recipe is put together, saved, loaded and carried out, and its report is searched."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nltk
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.augmentation.extending import CACHE
from core.augmentation.pipeline import files_folder
from core.augmentation.recipe_file import dump_recipe, load_recipe
from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Version, Workspace
from core.jobs import run
from core.runs.store import RunStore
from core.text import wordnet

Open = Callable[[str], AppTest]
Make = Callable[..., Version]
Wait = Callable[[AppTest], AppTest]

TEXTS = [f"The {who} {what} in the {where}" for who in ("cat", "dog") for what in ("sat", "ran") for where in "abcde"]
SWAP = "seed: 5\nsteps:\n  - {use: random_swap}\n"


@pytest.fixture(autouse=True)
def shared_tables(home: Path, synonyms: Path) -> None:
    (home / "cache").mkdir(parents=True)
    (home / "cache" / CACHE).symlink_to(synonyms)


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, ["x"] * 15 + ["y"] * 5, ["train"] * 18 + ["test"] * 2)


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    app = open_app("augment")
    assert not app.exception
    return app


def widget(elements: Any, label: str, place: int = 0) -> Any:
    return [element for element in elements if element.label == label][place]


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


def said(app: AppTest) -> str:
    shown = [*app.caption, *app.info, *app.success, *app.warning, *app.error]
    return "\n".join(str(element.value).replace("\\", "") for element in shown)


def test_the_users_sentences_are_changed_by_steps_that_follow_each_other(page: AppTest) -> None:
    paste(page, SWAP)
    assert "A thousand rows take about" in said(page)
    first = tried(page)
    assert [before for before, _ in first] == TEXTS[:5]
    assert all(sorted(before.split()) == sorted(after.split()) and before != after for before, after in first)
    widget(page.button, "Show me others").click().run()
    assert [before for before, _ in tried(page)] == TEXTS[5:10]
    add(page, "ocr_noise")
    assert any(sorted(before) != sorted(after) for before, after in tried(page)), "letters changed too"
    widget(page.text_area, "Your own sentences, one a line").set_value("One two three four.\n\nFive six!").run()
    own = tried(page)
    assert [before for before, _ in own] == ["One two three four.", "Five six!"]
    widget(page.button, "Show me others").click().run()
    assert [before for before, _ in tried(page)] == [before for before, _ in own]
    assert tried(page) != own, "other changes of the same sentences"


def test_steps_are_added_moved_and_removed_with_their_settings(page: AppTest) -> None:
    paste(page, SWAP)
    add(page, "casing_noise")
    add(page, "ocr_noise")
    assert uses(page) == ["random_swap", "casing_noise", "ocr_noise"]
    widget(page.number_input, "Probability", 1).set_value(0.5).run()
    widget(page.button, "Up", 1).click().run()
    assert [(step.use, step.probability) for step in load_recipe(saved(page)).steps] == [
        ("casing_noise", 0.5),
        ("random_swap", 1.0),
        ("ocr_noise", 1.0),
    ]
    widget(page.button, "Down", 1).click().run()
    widget(page.button, "Remove", 0).click().run()
    assert uses(page) == ["ocr_noise", "random_swap"]
    widget(page.button, "Remove", 1).click().run()
    assert uses(page) == ["ocr_noise"]
    assert widget(page.button, "Remove", 0).disabled, "a recipe has a step"
    page.switch_page("pages/history.py").run()
    page.switch_page("pages/augment.py").run()
    assert uses(page) == ["ocr_noise"], "the recipe outlives a walk to another page"


def test_settings_outlive_a_walk_to_another_page(page: AppTest) -> None:
    recipe = load_recipe(
        "{seed: 9, target_multiplier: 3.5, gates: [{use: length_ratio, at_most: 1.25}], steps: ["
        "{use: random_swap, rate: 0.31, probability: 0.25}, {use: sentence_deletion, kinds: [adverbial]}]}"
    )
    paste(page, dump_recipe(recipe))
    assert load_recipe(saved(page)) == recipe
    page.switch_page("pages/history.py").run()
    page.switch_page("pages/augment.py").run()
    assert load_recipe(saved(page)) == recipe
    widget(page.number_input, "Seed").set_value(10).run()
    assert load_recipe(saved(page)) == recipe.model_copy(update={"seed": 10})


def test_how_many_rows(page: AppTest) -> None:
    paste(page, SWAP)
    widget(page.number_input, "Copies").set_value(3).run()
    assert load_recipe(saved(page)).copies == 3
    way = widget(page.radio, "How many new rows")
    way.set_value("target_multiplier").run()
    widget(page.number_input, "Times as many train rows").set_value(2.5).run()
    assert load_recipe(saved(page)).target_multiplier == 2.5
    widget(page.radio, "How many new rows").set_value("balance").run()
    widget(page.toggle, "Keep the original rows").set_value(False).run()
    recipe = load_recipe(saved(page))
    assert (recipe.balance, recipe.target_multiplier, recipe.keep_originals) == (True, None, False)


@pytest.mark.parametrize("way", ["paste", "upload"])
def test_a_recipe_that_is_wrong_is_told_with_its_line_and_changes_nothing(page: AppTest, way: str) -> None:
    before = saved(page)
    wrong = "steps:\n  - {use: random_swop}\n"
    if way == "paste":
        paste(page, wrong)
    else:
        widget(page.file_uploader, "A recipe that was saved").upload("mine.yaml", wrong.encode()).run()
        widget(page.button, "Use this recipe").click().run()
    assert len(page.error) == 1
    assert "Line 2: There is no operator named 'random_swop'. Did you mean 'random_swap'?" in said(page)
    assert saved(page) == before


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


def test_protected_words_come_from_a_file_too(page: AppTest) -> None:
    paste(page, "steps: [{use: synonym_replacement, protected: [movie]}]")
    assert widget(page.number_input, "Least likeness of meaning").proto.format == "%.2f"
    words = "Film\nthéâtre\n\nmovie\n"
    widget(page.file_uploader, "More protected words").upload("words.txt", words.encode("utf-16")).run()
    assert load_recipe(saved(page)).steps[0].settings.protected == ("movie", "Film", "théâtre")
    many = "\n".join(f"word{i}" for i in range(1001))
    widget(page.file_uploader, "More protected words").upload("words.txt", many.encode()).run()
    assert "These are 1,002 words. Protect at most 1,000." in said(page)


def test_a_server_of_others_opens_no_files_and_models_of_its_own(
    page: AppTest, home: Path, make_version: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "t" * 43
    theirs = Workspace(home, hashlib.sha256(token.encode()).hexdigest()[:32])
    page.session_state["owner_token"], page.session_state["owner_is_new"] = token, False
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "1")
    path = home / "secret.txt"
    path.write_text("A secret.\n", encoding="utf-8")
    source = home / "rows.csv"
    source.write_text("text,label\nOne two three.,x\n", encoding="utf-8")
    run(import_dataset(ImportConfig(source=str(source), name="rows"), theirs, home, False))
    page.query_params.clear()
    page.run()
    for step in (
        f"{{use: sentence_insertion, pool: file, file: {path}}}",
        "{use: sentence_insertion, pool: file, file: ../../secret.txt}",
        "{use: sentence_insertion, pool: file, file: secret.txt}",
        "{use: masked_lm, model: /models/theirs}",
    ):
        paste(page, f"steps: [{step}]")
        assert "which is not yours on this server" in said(page), step
        assert not page.code, "it can be neither tried nor run"
    paste(page, "steps: [{use: sentence_insertion, pool: file, file: secret.txt}]")
    widget(page.file_uploader, "Your sentences").upload("../secret.txt", b"Mine is this.\n").run()
    assert not page.error
    assert [path.name for path in files_folder(theirs).iterdir()] == ["secret.txt"]
    assert all("Mine is this." in after for _, after in tried(page))


def test_without_wordnet_the_page_says_how_to_get_it_and_the_rest_works(
    sample: Version, home: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "cache" / CACHE).unlink()
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])
    app = open_app("augment")
    assert not app.exception and not app.error
    assert uses(app) == ["random_swap"]
    assert len(tried(app)) == 5
    add(app, "synonym_replacement")
    assert len(app.warning) == 1 and "wordnet-base" in app.warning[0].value.replace("\\", "")
    assert "WordNet is not on this machine." in app.error[0].value.replace("\\", "")
    widget(app.button, "Remove", 1).click().run()
    assert not app.error and not app.warning


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
