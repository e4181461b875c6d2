"""Pictures of the hub, against a stand-in on this machine: fetched once, kept, and refused in a sentence.

They are asked for as a training does, by core.gan.digits.kept, which calls core.data.sources.hub_images.
"""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.gan.digits.config import DigitsConfig
from core.gan.digits.kept import FOLDER, kept_folder, pictures_for
from core.gan.digits.pictures import Pictures
from core.jobs import run
from tests.core.data.sources.hub_datasets import class_label, parquet
from tests.core.gan.digits.conftest import bars

ROOT = Path(__file__).parents[4]
SETTINGS: dict[str, dict[str, Any]] = {
    "mnist": {"row_limit": 100},
    "again": {"data": "hub:acme/mnist", "row_limit": 100},
    "test": {"data": "hub:acme/mnist", "hub_config": "mnist", "hub_split": "test"},
    "all": {"data": "hub:acme/mnist", "hub_split": "all"},
    **{name: {} for name in ("animals", "few", "texts", "bare", "colour", "mixed", "wide", "large", "linked")},
    **{name: {} for name in ("unknown", "damaged", "nothing", "offline")},
}
DEFAULTS = {name: DigitsConfig.model_fields[name].default for name in ("hub_config", "hub_split", "row_limit")}
CLIENT = """
import json, sys
from pathlib import Path
import huggingface_hub.constants
from core.errors import CorpusLabError
from core.gan.digits.config import DigitsConfig
from core.gan.digits.kept import pictures_for
from core.jobs import run

answers = {}
for name, settings in json.load(sys.stdin).items():
    huggingface_hub.constants.HF_HUB_OFFLINE = name == "offline"
    events = []
    try:
        run(pictures_for(DigitsConfig(**settings), Path(sys.argv[1])), events.append)
        answers[name] = [[event.done, event.total, event.message] for event in events]
    except CorpusLabError as error:
        answers[name] = f"{type(error).__name__}: {error}"
json.dump(answers, sys.stdout)
"""


def png(pixels: np.ndarray) -> dict[str, Any]:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return {"bytes": written.getvalue(), "path": "0.png"}


def table(pictures: list[Any], labels: Any, *names: str) -> bytes:
    features = {"image": {"_type": "Image"}, "label": class_label(*names)}
    return parquet(features, image=pictures, label=list(labels))


def put_datasets(hub: Any, secret: Path) -> None:
    pixels, labels = bars(120)
    good, digits = list(map(png, pixels)), [str(digit) for digit in range(10)]

    def put_file(name: str, file: bytes) -> None:
        hub.add(
            f"acme/{name}", {"a.parquet": file}, {"configs": [{"config_name": "default", "data_files": "a.parquet"}]}
        )

    def put(name: str, pictures: list[Any], labels: Any = labels, *names: str) -> None:
        put_file(name, table(pictures, labels, *(names or digits)))

    files = {f"mnist/{split}-0.parquet": table(good, labels, *digits) for split in ("train", "test")}
    places = [{"split": split, "path": f"mnist/{split}-*"} for split in ("train", "test")]
    told = {"config_name": "mnist", "splits": [{"name": s, "num_bytes": 1, "num_examples": 120} for s in ("train",)]}
    hub.add("acme/mnist", files, {"configs": [{"config_name": "mnist", "data_files": places}], "dataset_info": told})
    put("animals", good, (labels == 7).astype(int), "cat", "dog")
    put("few", good[:20], labels[:20])
    put_file("texts", parquet(text=["a picture of a cat"], label=[0]))
    put_file("bare", parquet({"image": {"_type": "Image"}}, image=good))
    put("colour", [*good[:-1], png(np.zeros((8, 8, 3), np.uint8))])
    put("mixed", [*good[:-1], png(np.zeros((9, 9), np.uint8))])
    put("wide", [png(np.zeros((8, 16), np.uint8))], [0])
    put("large", [png(np.zeros((65, 65), np.uint8))], [0])
    put("linked", [{"bytes": None, "path": str(secret)}], [0])
    put("unknown", good, [*labels[:-1], -1])
    put("damaged", [{"bytes": good[0]["bytes"][:60], "path": "0.png"}], [0])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def answers(hub: Any, home: Path) -> dict[str, Any]:
    """What a training is told of each dataset, all in one process, since loading the libraries takes seconds."""
    Image.fromarray(bars(1)[0][0]).save(home / "secret.png")
    put_datasets(hub, home / "secret.png")
    asked = {name: {"data": f"hub:acme/{name}", **settings} for name, settings in SETTINGS.items()}
    own = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home / "hf"), "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(home)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=100,
        cwd=home,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("HF_")}, **own},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kept(home: Path, name: str) -> Pictures:
    """The pictures as they are read here, where there is no hub."""
    return run(pictures_for(DigitsConfig(**{"data": f"hub:acme/{name}", **SETTINGS[name]}), home))


def test_pictures_are_fetched_with_their_classes_up_to_the_limit(answers: dict[str, Any], home: Path) -> None:
    assert answers["mnist"] == [[0, None, "Asking the hub"], [100, 100, "Fetching the split train of acme/mnist"]]
    pictures, (pixels, labels) = kept(home, "mnist"), bars(120)
    assert (pictures.pixels == pixels[:100]).all()
    assert [int(pictures.names[place]) for place in pictures.classes] == list(labels[:100])


def test_they_are_kept_for_the_next_run(answers: dict[str, Any], home: Path) -> None:
    assert answers["again"] == [], "nothing was fetched"
    good = ("mnist", "test", "all", "animals")
    folders = {kept_folder({"data": f"hub:acme/{name}", **DEFAULTS, **SETTINGS[name]}, home) for name in good}
    assert len(folders) == len(good)
    assert set((home / FOLDER).iterdir()) == folders, "nothing is kept of those that were refused"


def test_a_split_or_all_of_them(answers: dict[str, Any], home: Path) -> None:
    assert len(kept(home, "test").pixels) == 120
    assert [done for done, _, _ in answers["all"]] == [0, 120, 240]
    assert len(kept(home, "all").pixels) == 240


def test_classes_with_other_names_are_told_by_their_numbers(answers: dict[str, Any], home: Path) -> None:
    assert kept(home, "animals").names == ("0", "1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("few", "InputError: There are 20 pictures, and a GAN needs 100 at least."),
        ("texts", "InputError: The dataset acme/texts has no column of pictures. Choose another dataset, such as"),
        ("bare", "InputError: The dataset acme/bare has no column of classes, which say what is on each picture."),
        ("colour", "InputError: Picture 120 of the dataset acme/colour is not in 256 shades of grey."),
        ("mixed", "InputError: Picture 120 of the dataset acme/mixed is of another size than the first one."),
        ("wide", "Picture 1 of the dataset acme/wide is of 8 x 16 pixels, and a picture must be square, with 8 to 64"),
        ("large", "Picture 1 of the dataset acme/large is of 65 x 65 pixels"),
        ("linked", "InputError: Picture 1 of the dataset acme/linked is not in the dataset itself."),
        ("unknown", "InputError: Picture 120 of the dataset acme/unknown has no class. Choose another split"),
        ("damaged", "FileError: Picture 1 of the dataset acme/damaged cannot be read"),
        ("nothing", "InputError: There is no public dataset 'acme/nothing' on the hub."),
        ("offline", "MissingResource: The hub is switched off on this machine by HF_HUB_OFFLINE. Take the sample dig"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(answers: dict[str, Any], name: str, said: str) -> None:
    assert said in answers[name]
    assert answers[name].endswith(".")
