"""The GANs page: digits are trained, steered, judged and taken home, without a browser."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.gan.digits.controls import read_controls
from core.gan.digits.model import load
from core.gan.digits.pictures import idx
from core.runs.store import Run, RunStore
from tests.pages.reading import clean, said, widget

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]

NUMBER = 120
VIEWS = ("Samples", "From one to another", "Is it copying?", "You are the discriminator", "Take home")


def bars() -> tuple[bytes, bytes]:
    """Pictures with a lying bar, labelled 3, and with a standing one, labelled 7, as idx files."""
    labels = np.resize([3, 7], NUMBER).astype(np.uint8)
    pixels = np.zeros((NUMBER, 8, 8), np.uint8)
    for number, picture in enumerate(pixels):
        (picture if labels[number] == 3 else picture.T)[number % 6 : number % 6 + 2] = 230
    return idx(pixels), idx(labels)


@pytest.fixture
def store(home: Path) -> RunStore:
    return RunStore(home, "local")


def upload(app: AppTest, pixels: bytes, labels: bytes) -> AppTest:
    widget(app.button_group, "Pictures").set_value("upload").run()
    widget(app.file_uploader, "Pictures (idx, gzipped or not)").upload("../pictures", pixels)
    widget(app.file_uploader, "Labels (idx, gzipped or not)").upload("labels", labels)
    return clean(app)


def train(app: AppTest, steps: int, **settings: Any) -> AppTest:
    for label, value in {"Steps": steps, "Batch size": 8, "Width": 4, **settings}.items():
        widget(app.number_input, label).set_value(value)
    return clean(widget(app.button, "Train").click().run())


def view(app: AppTest, run: Run, name: str) -> AppTest:
    app.session_state[f"gan view {run.id}"] = name
    return clean(app.run())


def images(app: AppTest) -> int:
    return len(app.get("image"))


def test_digits_are_trained_judged_and_taken_home(open_app: Open, until_quiet: Wait, store: RunStore) -> None:
    app = clean(open_app("gans"))
    assert "Press Train" in said(app)
    app = train(upload(app, *bars()), steps=24)
    app = clean(until_quiet(app))
    [run] = store.runs()
    assert (run.kind, run.state) == ("gan_digits", "finished"), run.message
    assert list(Path(run.config["data"]).iterdir()), "the uploads are kept where the training can be gone on with"
    titles = [panel["title"] for panel in json.loads(app.get("bidi_component")[0].proto.json)["panels"]]
    assert titles[:3] == ["Losses", "What the discriminator believes", "Fréchet distance"]
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["The floor: real against real"].startswith(f"{run.result['frechet_floor']:.2f} ± ")
    assert figures["Agreement"] == f"{run.result['agreement']:.1%}"
    slider = widget(app.select_slider, "Training step of the pictures")
    assert slider.options[-1] == "newest"
    assert "after 24 steps" in app.get("image")[0].captions[0]
    slider.set_value(2).run()
    assert "after 2 steps" in clean(app).get("image")[0].captions[0]

    assert widget(app.selectbox, "Class").options == ["All in turn", "3", "7"]
    widget(app.selectbox, "Class").select("7").run()
    assert {button.label for button in clean(app).get("download_button")} >= {"PNG", "NPZ", "idx, labels"}
    for name in VIEWS[1:3]:
        assert images(view(app, run, name)) == 2
    [nearest] = [f.value for f in app.dataframe if "Class of the nearest" in f.value.columns]
    model = load(run.folder)
    expected = model.nearest(model.sample(10, seed=1))[1]
    assert nearest["Distance of the pixels"].tolist() == pytest.approx(expected.tolist())
    view(app, run, "Take home")

    app.query_params["run"] = run.id
    widget(app.switch_page("pages/runs.py").run().button, "Delete this run").click().run()
    assert not Path(run.config["data"]).exists(), "the pictures go with the last run that learned from them"


def test_the_quiz_is_scored_against_the_discriminator(open_app: Open, until_quiet: Wait, store: RunStore) -> None:
    from pages.ui.gan_digits_quiz import questions

    app = train(upload(clean(open_app("gans")), *bars()), steps=4)
    app = clean(until_quiet(app))
    [run] = store.runs()
    app = view(app, run, "You are the discriminator")
    widget(app.button, "Compare with the discriminator").click().run()
    assert "Give an answer for each picture first." in said(clean(app))
    model = load(run.folder)
    pixels, classes, is_real = questions(model, 0)
    assert is_real.sum() == 5
    for number, real in enumerate(is_real):
        answer = real if number else not real  # one mistake
        widget(app.radio, f"Picture {number + 1}").set_value("Real" if answer else "Generated")
    widget(app.button, "Compare with the discriminator").click().run()
    right = int(((model.score(pixels, classes) > 0.5) == is_real).sum())
    assert f"You were right 9 times of 10, the discriminator {right} times." in said(clean(app))
    widget(app.button, "Other pictures").click().run()
    assert (questions(model, 1)[0] != pixels).any()
    assert not [radio for radio in clean(app).radio if radio.value]


def test_a_training_is_paused_stepped_and_steered(open_app: Open, until_quiet: Wait, store: RunStore) -> None:
    app = until_quiet(train(upload(clean(open_app("gans")), *bars()), steps=1))
    app = train(app, steps=1_000_000)
    run, earlier = store.runs()
    assert (run.name, run.active) == (earlier.name, True), "two of one name and one age can be chosen"

    def until(condition: Callable[[Run], object]) -> Run:
        end = time.monotonic() + 60
        while not condition(store.run(run.id)):
            assert time.monotonic() < end and store.run(run.id).active, store.run(run.id).message
            time.sleep(0.1)
        return store.run(run.id)

    until(lambda now: now.progress and now.progress.done > 2)
    names = widget(app.selectbox, "Training").options
    assert "It made all of its 1 steps." in said(clean(widget(app.selectbox, "Training").select(names[1]).run()))
    app = clean(widget(app.selectbox, "Training").select_index(0).run())
    widget(app.run().button, "Pause").click().run()
    waiting = until(lambda now: now.progress.message == "Paused")
    widget(clean(app).button, "Step G").click().run()
    until(lambda now: now.progress.done == waiting.progress.done + 1)
    assert read_controls(run.folder).singles == 1
    widget(app.number_input, "Generator updates", 1).set_value(3)
    widget(app.button, "Apply").click().run()
    wanted = json.loads((run.folder / "controls.json").read_text())
    assert (wanted["g_updates"], wanted["paused"], wanted["single"]) == (3, True, "generator")
    widget(clean(app).button, "Continue").click().run()
    until(lambda now: now.progress.done > waiting.progress.done + 5)
    widget(app.run().button, "Cancel").click().run()
    app = until_quiet(app)
    assert store.run(run.id).state == "cancelled"
    assert widget(app.button, "Resume from the checkpoint")


def test_what_cannot_be_learned_from_is_a_sentence(open_app: Open, until_quiet: Wait) -> None:
    app = clean(open_app("gans"))
    widget(app.button_group, "Pictures").set_value("upload").run()
    widget(app.button, "Train").click().run()
    assert "A file is missing." in said(app)
    widget(app.button_group, "Pictures").set_value("hub").run()
    assert widget(app.text_input, "Hub id").value == "ylecun/mnist"
    widget(app.text_input, "Hub id").set_value(" ")
    widget(app.button, "Train").click().run()
    assert "There is no dataset. Type the id of one on the hub" in said(app)
    app = upload(app.run(), b"GIF89a", bars()[1])
    widget(app.button, "Train").click().run()
    app = until_quiet(app)
    assert not app.exception
    assert "train-images-idx3-ubyte is not an idx file." in said(app)
    widget(app.button_group, "Pictures").set_value("folder").run()
    widget(app.text_input, "Folder").set_value("/nowhere/at/all")
    widget(app.button, "Train").click().run()
    assert "all is not a folder." in said(until_quiet(app))


def test_visitors_of_a_public_server_cannot_name_its_folders(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app("overview")
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "1")
    app.session_state["owner_token"], app.session_state["owner_is_new"] = "a" * 43, False
    choices = widget(clean(app.switch_page("pages/gans.py").run()).button_group, "Pictures").options
    assert len(choices) == 3 and not any("folder" in str(choice).lower() for choice in choices)
