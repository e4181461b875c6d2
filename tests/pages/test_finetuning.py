"""The fine-tuning page on finished runs of a tiny BERT: real trainings, judged, looked into and taken home."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Workspace
from core.finetuning.prediction import MODEL
from core.jobs import run
from core.runs.store import TERMINAL, RunStore
from core.runs.worker import carry_out
from tests.core.finetuning.tiny_model import save, tiny_classifier
from tests.pages.reading import reading_order

WORDS = {"blame": ["terrible", "awful", "boring", "dreadful"], "praise": ["lovely", "great", "brilliant", "excellent"]}
THINGS = ["film", "book", "meal", "song", "hotel", "phone"]
SETTINGS = {"epochs": 2, "batch_size": 8, "learning_rate": 3e-3}
TABS = ["Score", "Errors", "Microscope", "Try it", "Take home", "Compare"]


def finished(home: Path, version: str, model: Path, **settings: object) -> None:
    """Carry out a training of the model to its end."""
    store = RunStore(home, "local")
    config = {"version": version, "model": str(model), **SETTINGS, **settings}
    ended = carry_out(store, store.submit("finetune", "BERT on things@1", config, (version,), lane=TERMINAL).id)
    assert ended.state == "finished", ended.message


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home in which two trainings of a tiny model on one dataset have finished."""
    folder = tmp_path_factory.mktemp("trained")
    home = folder / "home"
    save(tiny_classifier(["x", "y"]), folder)
    rows = [
        f"A {word} {thing},{label},{'test' if thing == 'phone' else 'validation' if thing == 'hotel' else 'train'}"
        for label, words in WORDS.items()
        for word in words
        for thing in THINGS
    ]
    # A label from a stranger's file, which must not become a link, and a row that is labelled wrongly.
    rows = [row.replace(",praise,", ",[praise](http://evil.example),") for row in rows]
    rows += ["A lovely phone <b>indeed</b>,blame,test", "A nameless phone,,test"]
    (folder / "rows.csv").write_text("text,label,split\n" + "\n".join(rows) + "\n", "utf-8")
    workspace = Workspace(home)
    made = run(import_dataset(ImportConfig(source=str(folder / "rows.csv"), name="things"), workspace, folder, False))
    for rate in (3e-3, 1e-3):
        finished(home, made["version"], folder / MODEL, learning_rate=rate)
    return folder


@pytest.fixture
def page(trained: Path, home: Path, open_app) -> AppTest:
    shutil.copytree(trained / "home", home)
    app = open_app("finetuning")
    assert not app.exception
    return app


def tab(page: AppTest, name: str) -> AppTest:
    """Open a tab; and anew with what was entered on it, since Streamlit 1.65's AppTest forgets which one is open."""
    run_id = newest(page).id
    page.session_state[f"results {run_id}"] = name
    page.run()
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    return page


def newest(page: AppTest):
    from pages.ui import session

    return RunStore(session.home_folder(), "local").runs()[0]


def words(page: AppTest) -> str:
    shown = (page.markdown, page.caption, page.success, page.warning, page.metric)
    return "\n".join(str(element.value) for kind in shown for element in kind)


def charts(page: AppTest) -> list[str]:
    """What the charts say to those who do not see them, up to their numbers."""
    return [chart.proto.alt.partition(":")[0] for chart in page.get("plotly_chart")]


def panels(page: AppTest) -> list[list[dict]]:
    """The live charts of the page, each its panels as they are sent to the browser."""
    sent = [json.loads(part.proto.json) for part in page.get("bidi_component")]
    return [part["panels"] for part in sent if "panels" in part]


def frames(page: AppTest) -> list[list[str]]:
    return [list(frame.value.columns) for frame in page.dataframe]


def test_the_score_is_a_verdict_with_baselines_and_intervals(page: AppTest) -> None:
    said = words(page)
    assert "On the 9 test rows the model labels" in said
    assert "With only 9 rows to judge by" in said
    assert "Rows left out because they have no label: 1." in said.replace("\\", "")
    assert [metric.label for metric in page.metric] == ["Accuracy", "Macro F1", "MCC", "Calibration error"]
    assert frames(page)[0][:3] == ["Method", "Accuracy", "The model's lead in points"]
    assert ["Label", "Rows", "Precision", "Recall", "F1"] in frames(page)
    assert "fitted on the validation rows and is judged here on the test rows" in said
    shown = ["Confusion matrix of 2 labels", "ROC curve of blame", "Precision-recall curve of blame"]
    assert charts(page) == [*shown, "Calibration curve"]
    choice = next(group for group in page.get("button_group") if group.label == "Rows to judge by")
    choice.set_value("validation").run()
    assert not page.exception
    assert "On the 8 validation rows" in words(page)
    assert "cross-fitting" in words(page)


def test_a_cell_of_the_confusion_matrix_is_read(page: AppTest) -> None:
    page.selectbox[[box.label for box in page.selectbox].index("True label")].set_value("blame")
    page.selectbox[[box.label for box in page.selectbox].index("Predicted label")].set_value("blame").run()
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if "Answer" in frame.value.columns)
    assert set(shown["True label"]) == set(shown["Answer"]) == {"blame"}
    assert reading_order(page, "Label by label") < reading_order(page, "that were labelled blame"), "in the full width"
    assert all(text.startswith("A ") for text in shown["Text"])


def test_a_strangers_label_is_no_link(page: AppTest) -> None:
    said = words(tab(page, "Microscope"))
    assert "](http" not in said
    assert "praise" in said


def test_errors_by_label_by_length_and_one_by_one(page: AppTest) -> None:
    tab(page, "Errors")
    said = words(page)
    assert "of 9 rows are labelled wrongly" in said
    table = next(frame.value for frame in page.dataframe if "Label may be wrong" in frame.value.columns)
    assert "A lovely phone <b>indeed</b>" in list(table["Text"])
    assert list(table.columns)[:4] == ["True label", "Answer", "Probability", "Text"], (
        "what is short is seen on a phone"
    )
    assert list(table["Probability"]) == sorted(table["Probability"], reverse=True)
    shown = "Bar chart of the share of wrong answers by"
    assert charts(page) == [f"{shown} true label", f"{shown} characters"]


def test_the_microscope_shows_before_and_after(page: AppTest) -> None:
    tab(page, "Microscope")
    tokens = page.dataframe[0].value
    assert list(tokens["Token"]) == ["[CLS]", "i", "love", "this", "movie", "!", "[SEP]", "[PAD]"]
    assert list(tokens["Attention mask"]) == [1] * 7 + [0]
    losses = [metric.value for metric in page.metric]
    assert len(losses) == 2
    assert losses[0] != losses[1]
    assert "The exponentials add up to" in words(page).replace("\\", "")


def test_a_sentence_of_ones_own_is_labelled_and_explained(page: AppTest) -> None:
    tab(page, "Try it")
    page.text_area[0].set_value("A brilliant, excellent film")
    tab(page, "Try it")
    assert "The model says" in words(page)
    shown = next(frame.value for frame in page.dataframe if "Adds" in frame.value.columns)
    assert {"brilliant", "excellent", "film"} <= set(shown["Word"])


def test_a_file_is_labelled(page: AppTest) -> None:
    tab(page, "Try it")
    page.file_uploader[0].upload("mine.csv", b"text,n\nA lovely song,1\nA boring song,2\n", "text/csv")
    tab(page, "Try it")
    table = page.dataframe[-1].value
    assert list(table.columns)[:3] == ["text", "n", "predicted"]
    assert list(table["n"]) == ["1", "2"]
    page.file_uploader[0].upload("bad.csv", b"", "text/csv")
    page.session_state[f"results {newest(page).id}"] = "Try it"
    page.run()
    assert "The file is empty" in page.error[0].value


def test_a_labelled_file_is_shown_as_it_was_and_downloaded_safe_and_exact(page: AppTest, home: Path) -> None:
    tab(page, "Try it")
    rows = b"text,-n\n=1+1 a lovely song,1\n@home a boring song,'=2\n,3\n"
    page.file_uploader[0].upload("mine.csv", rows, "text/csv")
    for _ in range(2):  # also when the page is drawn again
        tab(page, "Try it")
        assert "Rows with an empty text, whose label means nothing: 1." in words(page).replace("\\", "")
    shown = page.dataframe[-1]
    table = shown.value
    assert list(table["text"].fillna("")) == ["=1+1 a lovely song", "@home a boring song", ""]
    assert list(table["-n"]) == ["1", "'=2", "3"]
    shares = [name for name in table.columns if name.startswith("probability of ")]
    formats = {
        name: column.get("type_config", {}).get("format") for name, column in json.loads(shown.proto.columns).items()
    }
    assert {name: formats[name] for name in shares} == dict.fromkeys(shares, "%.3f")
    [made] = (home / "uploads").glob("*.csv")
    downloaded = list(csv.DictReader(made.read_text("utf-8").splitlines()))
    assert [row["text"][:2] for row in downloaded] == ["'=", "'@", ""]
    assert [float(row[shares[0]]) for row in downloaded] == list(table[shares[0]]), "all digits"
    assert max(len(row[shares[0]]) for row in downloaded) > 10


def card_of(page: AppTest) -> str:
    [card] = [element.value for element in page.markdown if "# Limits" in element.value]
    return card


def test_what_is_taken_home_says_how_it_is_used(page: AppTest) -> None:
    tab(page, "Take home")
    [use] = (block.value for block in page.code)
    assert use.splitlines()[1].startswith('classify = pipeline("text-classification", model="')
    card = card_of(page)
    assert "## Scores on 9 test rows" in card
    assert "things@1" in card.replace("\\", "")


def test_the_model_card_is_shown_as_it_reads_and_a_strangers_label_letter_by_letter(page: AppTest) -> None:
    tab(page, "Take home")
    card = card_of(page)
    assert card.startswith("#### BERT on things"), "headings below the page's, and no lines for the hub"
    assert "| --- | --- |" in card, "tables are tables"
    # Markdown's own signs, Streamlit's colon, and a word joiner in an address, which would become a link.
    assert "Labels: \\[praise\\]\\(http\u2060\\://evil\\.example\\), blame." in card


def test_runs_are_compared_by_what_differs(page: AppTest) -> None:
    tab(page, "Compare")
    scores, differing, same = (frame.value for frame in page.dataframe)
    assert list(scores["Run"]) == ["Run 2", "Run 1"]
    assert list(differing["Setting"]) == ["Learning rate"]
    assert list(differing["Run 1"]) == ["0.003"]
    assert "Epochs" in list(same["Setting"])
    # Settings that a run was not given are compared as their defaults.
    assert list(same[same["Setting"] == "Freeze more as it learns"]["Run 1"]) == ["no"]
    loss, accuracy = panels(page)[1]
    names = [f"{name}, {run}" for run in ("Run 2", "Run 1") for name in ("Training", "Validation")]
    assert [line["name"] for line in loss["series"]] == names
    assert "Accuracy, Run 1" in [line["name"] for line in accuracy["series"]]


def test_a_run_of_several_seeds_is_compared_by_its_mean_and_not_by_its_best_seed(
    page: AppTest, trained: Path, home: Path
) -> None:
    finished(home, newest(page).inputs[0], trained / MODEL, epochs=1, seeds=(0, 1, 2))
    run = newest(page)
    page.query_params["run"] = run.id
    tab(page, "Compare")
    scores = page.dataframe[0].value
    assert list(scores["Mean over"]) == ["3 seeds", "1 seed", "1 seed"]
    for title, name in (("Accuracy", "accuracy"), ("MCC", "mcc")):
        values = [seed["test"][name] for seed in run.result["seeds"]]
        assert max(values) > min(values), "the seeds must differ for this test to tell them apart"
        assert scores[title][0].startswith(f"{sum(values) / 3:.3f} (")


def test_curves_over_time_smoothed_and_beside_an_earlier_run(page: AppTest) -> None:
    page.slider[0].set_value(0.9)
    page.toggle[[toggle.label for toggle in page.toggle].index("All curves")].set_value(True)
    page.multiselect[[box.label for box in page.multiselect].index("Earlier runs to lay over")].set_value(["Run 1"])
    axis = next(group for group in page.get("button_group") if group.label == "Horizontal axis")
    axis.set_value("Time").run()
    assert not page.exception
    assert not page.error
    loss, scores, *others = panels(page)[0]
    assert [panel["title"] for panel in others] == ["Learning rate", "Gradient norm", "Speed"]
    assert loss["xTitle"] == "Minutes since the first measurement"
    names = [line["name"] for line in loss["series"]]
    assert {"Training", "Training, as measured", "Validation", "Training, Run 1", "Validation, Run 1"} <= set(names)
    assert scores["markerLabel"] == "Best"
    assert scores["marker"] > 0
    assert not loss["logY"]
    page.toggle[[toggle.label for toggle in page.toggle].index("Logarithmic loss")].set_value(True).run()
    assert [panel["logY"] for panel in panels(page)[0]] == [True, False, False, True, False]


def test_what_a_training_takes_is_estimated_when_asked(page: AppTest, trained: Path) -> None:
    """In a process of its own, which imports torch: that takes seconds."""
    page.text_input[[box.label for box in page.text_input].index("Model")].set_value(str(trained / MODEL))
    next(button for button in page.button if button.label == "Estimate memory and time").click().run(timeout=180)
    assert not page.exception
    assert [metric.label for metric in page.metric][:4] == ["Weights", "Of these trained", "Memory", "Time"]


def test_a_training_that_the_memory_does_not_hold_is_warned_of_before_anything_is_pressed(
    page: AppTest, tmp_path: Path
) -> None:
    assert "22.71 million weights, of which 22.71 million are trained" in words(page).replace("\\", "")
    assert "of memory, and" not in words(page)
    late = reading_order(page, "its training needs up to")
    assert reading_order(page, "Train") < late, "a button must not move under the finger"
    huge = {"model_type": "bert", "hidden_size": 8_192, "num_hidden_layers": 1_000, "intermediate_size": 32_768}
    (tmp_path / "config.json").write_text(json.dumps(huge), "utf-8")
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).touch()
    page.text_input[[box.label for box in page.text_input].index("Model")].set_value(str(tmp_path)).run()
    assert not page.exception
    assert "GB of memory, and" in page.warning[0].value
    assert not next(button for button in page.button if button.label == "Train").disabled


def test_frozen_layers_need_memory_for_their_outputs(page: AppTest) -> None:
    said = "Up to 0.3 GB of the memory hold the outputs of the frozen layers"
    assert said not in words(page)
    page.selectbox[[box.label for box in page.selectbox].index("What is trained")].set_value("freeze layers").run()
    assert not page.exception
    assert said in words(page)


def test_a_model_that_cannot_be_used_is_said_before_anything_is_pressed(page: AppTest, tmp_path: Path) -> None:
    page.text_input[[box.label for box in page.text_input].index("Model")].set_value(str(tmp_path)).run()
    assert not page.exception
    assert "There is no model in" in page.error[0].value


def test_settings_that_cannot_be_are_said_at_once(page: AppTest) -> None:
    page.text_input[[box.label for box in page.text_input].index("Seeds")].set_value("1, 1").run()
    assert not page.exception
    assert "Seeds" in page.error[0].value or "seeds" in page.error[0].value
    assert next(button for button in page.button if button.label == "Train").disabled


def test_a_hub_out_of_reach_is_said_before_anything_is_pressed(page: AppTest, monkeypatch) -> None:
    asked = []

    def unreachable(self, model_id, timeout):
        asked.append(model_id)
        raise ConnectionError("no route to host")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", unreachable)
    page.text_input[[box.label for box in page.text_input].index("Model")].set_value("acme/far-away").run()
    page.run()
    assert not page.exception
    assert "The hub cannot be reached, and the model 'acme/far-away' is not on" in page.error[0].value.replace("\\", "")
    assert asked == ["acme/far-away"]  # once, however often the page is drawn


def test_a_run_from_before_predictions_were_kept_says_so(page: AppTest) -> None:
    for path in newest(page).folder.glob("predictions_*"):
        path.unlink()
    page.run()
    assert not page.exception
    assert "Train again to judge its model" in page.error[0].value


def test_rows_of_several_labels_from_score_to_take_home(trained: Path, home: Path, make_version, open_app) -> None:
    texts = [
        f"a {colour} {thing}" for colour in ("red", "blue") for thing in ("car", "bike", "bus", "boat", "cart")
    ] * 6
    labels = ["|".join(word for word in ("red", "car") if word in text) or "other" for text in texts]
    version = make_version(texts, labels, ["train", "train", "train", "validation", "test"] * 12)
    finished(home, version.id, trained / MODEL, label_separator="|", seeds=(0, 1))
    page = open_app("finetuning")
    assert not page.exception
    said = words(page)
    assert "Over 2 seeds the accuracy on these rows is" in said
    for name in TABS:
        tab(page, name)
    tab(page, "Microscope")
    page.multiselect[[box.label for box in page.multiselect].index("Labels it should have")].set_value(["car"])
    tab(page, "Microscope")
    assert "of one that it has not" in words(page)
    tab(page, "Try it")
    page.text_area[0].set_value("a red car")
    tab(page, "Try it")
