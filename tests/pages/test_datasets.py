"""The pages around a dataset: bring one in, prepare it, follow its history."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Version, Workspace
from pages.ui import dataset

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]


def button(app: AppTest, label: str):
    return next(b for b in app.button if b.label == label)


def said(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.error, *app.title]
    return "\n".join(str(element.value) for element in shown)


@pytest.mark.parametrize("page", ["overview", "explore", "prepare", "history", "finetuning"])
def test_a_page_without_data_offers_a_sample(
    open_app: Open, until_quiet: Wait, page: str, workspace: Workspace
) -> None:
    app = open_app(page)
    assert not app.exception
    assert "There is no dataset yet" in said(app)
    button(app, "Load the sample reviews").click().run()
    app = until_quiet(app)
    assert not app.exception
    assert [v.label for v in workspace.latest()] == ["reviews@1"]


def test_an_uploaded_file_is_mapped_and_imported(open_app: Open, until_quiet: Wait, workspace: Workspace) -> None:
    app = open_app("datasets")
    app.button_group(key="way").set_value("File").run()
    content = "titel,Text der Bewertung,Note\n1,Ein sehr schöner Film,gut\n2,Leider ein langweiliges Buch,schlecht\n"
    app.file_uploader[0].upload("../../böse.csv", content.encode("latin-1")).run()
    assert not app.exception
    assert {s.label: s.value for s in app.selectbox}["Text column"] == "Text der Bewertung"
    assert "A table with a delimiter, CP1252, German" in said(app)
    next(s for s in app.selectbox if s.label == "Label column").select("Note").run()
    button(app, "Import").click().run()
    app = until_quiet(app)
    assert not app.exception
    version = workspace.latest()[0]
    assert (version.dataset, version.rows) == ("böse", 2)
    assert version.path.parent.parent == workspace.home


def test_what_an_import_made_is_said_until_it_is_deleted(
    open_app: Open, until_quiet: Wait, workspace: Workspace
) -> None:
    app = open_app("datasets")
    app.button_group(key="way").set_value("File").run()
    app.file_uploader[0].upload("codes.csv", b"text,label\nqx zv,\nbf gk,\n").run()
    assert r"A table with a delimiter, UTF\-8, language not determined" in said(app)
    button(app, "Import").click().run()
    app = until_quiet(app)
    assert "Import of codes" in [heading.value for heading in app.subheader]
    assert "2 rows, language not determined" in said(app)
    assert "The label column 'label' is empty in every row" in said(app).replace("\\", "")
    workspace.delete_dataset(workspace.latest()[0].dataset_id)
    app.switch_page("pages/history.py").run()
    assert "There is no dataset yet" in said(app)
    assert "Imported" not in said(app)
    assert not app.toast, "who deleted it knows"


def test_a_link_to_a_dataset_that_is_not_here_says_so(open_app: Open, make_version: Callable[..., Version]) -> None:
    version = make_version(["a", "b"])
    app = open_app("overview")
    app.query_params["version"] = "0" * 32
    app.switch_page("pages/explore.py").run()
    assert [toast.value for toast in app.toast] == [dataset.GONE]
    assert app.query_params["version"] == version.id
    app.run()
    assert not app.toast


@pytest.mark.parametrize(
    ("name", "content", "said_about_it"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"text,label\n", "no rows"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "picture"),
        ("quote.csv", b'text,label\n"never closed,1\n' + b"row,1\n" * 50, "quot"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    open_app: Open, name: str, content: bytes, said_about_it: str
) -> None:
    app = open_app("datasets")
    app.button_group(key="way").set_value("File").run()
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception
    assert len(app.error) == 1
    assert said_about_it.lower() in app.error[0].value.lower()


def test_cleaning_makes_a_version_and_the_history_tells_it(
    open_app: Open, until_quiet: Wait, make_version: Callable[..., Version], workspace: Workspace
) -> None:
    make_version(["A Film", "a film", "Ein Buch", "!!!"], ["x", "x", "y", "y"])
    app = open_app("prepare")
    assert not app.exception
    assert "These settings change nothing in these rows." in said(app)
    next(t for t in app.toggle if "ower" in t.label).set_value(True).run()
    assert "These settings change nothing in these rows." not in said(app)
    button(app, "Make the cleaned version").click().run()
    app = until_quiet(app)
    assert not app.exception
    cleaned = workspace.latest()[0]
    assert (cleaned.label, cleaned.rows, cleaned.action) == ("sample@2", 3, "preprocess")
    history = open_app("history")
    assert not history.exception
    assert {m.label: m.value for m in history.metric} == {
        "Rows added": "0",
        "Rows dropped": "1",
        "Rows changed": "2",
        "Rows unchanged": "1",
    }


def before_and_after(app: AppTest) -> list[tuple[str, str, str]]:
    """Return the texts that the page draws: before, after, and why a row is dropped."""
    assert not app.exception
    drawn = [json.loads(component.proto.json) for component in app.get("bidi_component")]
    [rows] = [data["rows"] for data in drawn if "rows" in data]
    return [(side(row, "inserted", 1), side(row, "deleted", 2), row["reason"]) for row in rows]


def side(row: dict[str, Any], without: str, part: int) -> str:
    """Return the text of one side, out of changes of (kind, before, after)."""
    return "".join(change[1 if change[0] == "same" else part] for change in row["changes"] if change[0] != without)


def test_cleaning_is_shown_before_on_five_rows(open_app: Open, make_version: Callable[..., Version]) -> None:
    texts = [f"A Film, number {i}" for i in range(7)]
    make_version(texts)
    app = open_app("prepare")
    assert before_and_after(app) == [(text, text, "") for text in texts[:5]]
    next(t for t in app.toggle if "ower" in t.label).set_value(True).run()
    assert before_and_after(app) == [(text, text.lower(), "") for text in texts[:5]]
    next(n for n in app.number_input if n.label == "Most tokens").set_value(3).run()
    assert all(reason for _, _, reason in before_and_after(app))
    button(app, "Show me others").click().run()
    assert [before for before, _, _ in before_and_after(app)] == texts[5:]


def test_splitting_shows_the_sizes_first(
    open_app: Open, until_quiet: Wait, make_version: Callable[..., Version], workspace: Workspace
) -> None:
    make_version([f"text number {i}" for i in range(50)], ["x", "y"] * 25)
    app = open_app("prepare")
    app.button_group(key="prepare").set_value("Split").run()
    assert not app.exception
    parts, labels = app.dataframe[0].value, app.dataframe[1].value
    assert parts["Part"].tolist() == ["Train", "Validation", "Test", "No part"]
    assert parts["Now"].tolist() == [0, 0, 0, 50]
    assert parts["After the split"].tolist() == [40, 5, 5, 0]
    assert labels[["Train", "Validation", "Test"]].sum().tolist() == [40, 5, 5]
    button(app, "Make the split version").click().run()
    app = until_quiet(app)
    assert workspace.latest()[0].action == "split"


def test_what_is_not_held_out_is_for_training(open_app: Open, make_version: Callable[..., Version]) -> None:
    make_version([f"text number {i}" for i in range(100)])
    app = open_app("prepare")
    app.button_group(key="prepare").set_value("Split").run()
    next(n for n in app.number_input if n.label.startswith("Test")).set_value(33).run()
    assert not app.exception and not app.error
    assert "The other 57% are for training." in said(app)
    assert app.dataframe[0].value["After the split"].tolist()[:3] == [57, 10, 33]


def test_html_and_markdown_in_names_and_rows_stay_text(open_app: Open, make_version: Callable[..., Version]) -> None:
    hostile = "![x](http://stranger/x.png) <img src=x onerror=alert(1)>"
    make_version([hostile, "b"], [hostile, "y"], name=hostile)
    for page in ("overview", "explore", "prepare", "history"):
        app = open_app(page)
        assert not app.exception
        assert "![x](" not in "".join(str(m.value) for m in [*app.markdown, *app.caption, *app.title, *app.subheader])


def test_another_persons_home_is_not_shown(open_app: Open, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Workspace(home, "somebody else")
    app = open_app("datasets")
    assert "None yet" in said(app)
