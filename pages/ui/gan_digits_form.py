"""The form of a GAN of digits: where the pictures come from, and how the networks are trained."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import parse_config
from core.errors import InputError
from core.gan.digits.config import HUB, SAMPLE, SOURCE, DigitsConfig
from core.gan.digits.kept import FILES, FOLDER
from core.storage import home_folder, storage_errors
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.run_panel import start
from pages.ui.uploads import saved

NEAREST = ("model", "preset", "loss", "max_minutes")
SOURCES = {
    "sample": "Sample digits, 8 x 8",
    "hub": "An image dataset on the hub",
    "upload": "Upload idx files",
    "folder": "A folder on this machine",
}
ON_THE_HUB = "ylecun/mnist"


def digits_form() -> None:
    """Draw the form and start what it is sent with."""
    # A visitor of a public server has no business in the folders of its machine.
    offered = [name for name in SOURCES if name != "folder" or not session.private_workspaces()]
    source = st.segmented_control("Pictures", offered, default="sample", format_func=SOURCES.__getitem__) or "sample"
    with st.form("gan digits", border=True):
        uploads: Sequence[UploadedFile | None] = ()
        typed = ""
        chosen: dict[str, Any] = {}
        if source == "upload":
            columns = st.columns(2)
            uploads = (
                columns[0].file_uploader("Pictures (idx, gzipped or not)", help="As train-images-idx3-ubyte.gz."),
                columns[1].file_uploader("Labels (idx, gzipped or not)", help="As train-labels-idx1-ubyte.gz."),
            )
        elif source == "hub":
            columns = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
            typed = columns[0].text_input(
                "Hub id", ON_THE_HUB, help="Square pictures in grey with a class each. They are fetched once."
            )
            for name, column in zip(SOURCE[1:], columns[1:], strict=True):
                with column:
                    chosen |= fields(DigitsConfig, [name], "gan digits")
        elif source == "folder":
            typed = st.text_input("Folder", placeholder="/data/mnist", help="It holds idx files, such as MNIST's.")
        values = _row(NEAREST)
        with st.expander("Advanced settings"):
            rest = [name for name in DigitsConfig.model_fields if name not in (*NEAREST, *SOURCE)]
            for first in range(0, len(rest), 3):
                values |= _row(rest[first : first + 3], 3)
        if st.form_submit_button("Train", type="primary"):
            config = parse_config(DigitsConfig, {**values, **chosen})  # before files are kept for it
            data, name = _data(source, uploads, typed.strip())
            st.query_params.pop("run", None)
            start("gan_digits", f"GAN of {name}", config.model_copy(update={"data": data}))


def _row(names: Sequence[str], columns: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {}
    drawn = st.columns(columns or len(names), vertical_alignment="bottom")
    for name, column in zip(names, drawn, strict=False):
        with column:
            values |= fields(DigitsConfig, [name], "gan digits")
    return values


def _data(source: str, uploads: Sequence[UploadedFile | None], typed: str) -> tuple[str, str]:
    """Return the setting `data` and a name for it. Raises InputError where something is missing."""
    if source == "folder":
        if not typed:
            raise InputError("There is no folder.", "Type the path of a folder that holds idx files.")
        return typed, Path(typed).name
    if source == "hub":
        if not typed:
            raise InputError("There is no dataset.", f"Type the id of one on the hub, such as {ON_THE_HUB}.")
        return f"{HUB}{typed}", typed[:80]
    if source == "upload":
        given = [upload for upload in uploads if upload is not None]
        if len(given) < len(FILES):
            raise InputError("A file is missing.", "Upload the pictures and their labels.")
        return str(_kept(given)), given[0].name[:80]
    return SAMPLE, "the sample digits"


def _kept(uploads: Sequence[UploadedFile]) -> Path:
    """Put the uploaded pictures and labels into a folder that the training reads, and return it. Raises StorageError.

    It is named by what is in the files, so that nobody finds it who does not have them. It goes with the last run that
    was started with it.
    """
    paths = [saved(upload) for upload in uploads]
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)).hexdigest()
    folder = home_folder() / FOLDER / digest
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path, name in zip(paths, FILES, strict=True):
            if not (folder / name).exists():
                shutil.copyfile(path, folder / f"{name}.part")
                (folder / f"{name}.part").replace(folder / name)
    return folder
