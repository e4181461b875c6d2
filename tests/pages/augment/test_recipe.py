"""The Augment page: a recipe is put together, tried out, saved and loaded."""

import hashlib
from pathlib import Path

import nltk
import pytest
from streamlit.testing.v1 import AppTest

from core.augmentation.extending import CACHE
from core.augmentation.pipeline import files_folder
from core.augmentation.recipe_file import dump_recipe, load_recipe
from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Version, Workspace
from core.jobs import run
from core.text import wordnet
from tests.pages.augment.recipes import SWAP, TEXTS, Make, Open, add, paste, saved, tried, uses
from tests.pages.reading import reading_order, said, widget


def test_the_users_sentences_are_changed_by_steps_that_follow_each_other(page: AppTest) -> None:
    paste(page, SWAP)
    late = reading_order(page, "A thousand rows take about")
    assert reading_order(page, "Make the new rows") < late, "a button must not move under the finger"
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
