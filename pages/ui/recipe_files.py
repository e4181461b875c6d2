"""Files around a recipe: the recipe itself, sentences to insert, words that stay; and what a server lets in."""

import shutil
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.augmentation.operator import OperatorConfig
from core.augmentation.pipeline import files_folder
from core.augmentation.recipe import Recipe
from core.augmentation.recipe_file import EXAMPLE, MAX_CHARACTERS, load_recipe, recipe_of
from core.data.sources.files import open_file
from core.data.workspace import clean_name
from core.errors import InputError
from core.storage import storage_errors
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.recipe_draft import Draft, replace_draft
from pages.ui.uploads import saved
from pages.ui.words import errors_as_sentences, plain

# What names files and models on the server's disk is for someone whose own machine it is.
PATHS = ("file", "model", "forward", "backward")
SENTENCES = ["txt", "csv", "tsv", "jsonl", "json", "parquet"]
MAX_WORDS = 1_000  # every row that is made tells the settings that made it


def load(draft: Draft) -> None:
    """Draw how a saved recipe is brought in; it takes the place of the draft."""
    with st.popover("Load a recipe", icon=":material/upload:"):
        key = f"load {draft.number}"
        upload = st.file_uploader("A recipe that was saved", type=["yaml", "yml"], key=f"{key} file")
        pasted = st.text_area("Or its text", key=f"{key} text", placeholder=EXAMPLE, max_chars=MAX_CHARACTERS)
        if st.button("Use this recipe", key=f"{key} use", disabled=not (upload or pasted.strip())):
            with errors_as_sentences():
                replace_draft(recipe_of(upload.getvalue(), upload.name) if upload else load_recipe(pasted))
                st.rerun()


def sentence_file(operator: type[OperatorConfig], key: str, named: str) -> str:
    """Draw the upload of sentences to insert; return the name of the file, `named` where there is no upload."""
    upload = st.file_uploader(
        "Your sentences",
        SENTENCES,
        key=f"{key} upload",
        help="A file with a sentence in each line, or a table of them.",
    )
    if upload is not None:
        named = _kept(upload)
    elif not session.private_workspaces():
        named = fields(operator, ["file"], key, {"file": named})["file"]
    if named:
        st.caption(plain(f"The sentences come from {named}. A saved recipe names the file and does not hold it."))
    return named


def word_file(key: str, typed: list[str]) -> list[str]:
    """Draw the upload of protected words; return them after the `typed` ones. Raises InputError for too many."""
    upload = st.file_uploader(
        "More protected words", ["txt"], key=f"{key} words", help="A file with a word in each line."
    )
    if upload is None:
        return typed
    source = open_file(saved(upload), format="lines")
    lines = (text for batch in source.batches for text in batch.column(source.mapping.text).to_pylist())
    words = list(dict.fromkeys([*typed, *(word for line in lines if (word := (line or "").strip()))]))
    if len(words) > MAX_WORDS:
        raise InputError(f"These are {len(words):,} words.", f"Protect at most {MAX_WORDS:,}.")
    return words


def admitted(recipe: Recipe) -> Recipe:
    """Return `recipe`, unless it names files or models of a server that is not the visitor's own.

    Raises InputError.
    """
    for number, step in enumerate(recipe.steps if session.private_workspaces() else (), 1):
        for name in PATHS:
            if name in type(step.settings).model_fields and not _is_open(step.settings, name):
                value = getattr(step.settings, name)
                problem = f"Step {number} names {value!r}, which is not yours on this server."
                remedy = "Upload the file in the settings of the step." if name == "file" else "Take that step out."
                raise InputError(problem, remedy)
    return recipe


def uploads_of(recipe: Recipe) -> str:
    """Return something else whenever one of the uploaded files that `recipe` names is another one."""
    folder = files_folder(session.workspace())
    named = [folder / name for step in recipe.steps if (name := getattr(step.settings, "file", ""))]
    return " ".join(str(path.stat().st_mtime_ns) for path in named if path.is_file())


def _is_open(settings: OperatorConfig, name: str) -> bool:
    value: Any = getattr(settings, name)
    if value == type(settings).model_fields[name].default:
        return True
    return name == "file" and Path(value).name == value and (files_folder(session.workspace()) / value).is_file()


def _kept(upload: UploadedFile) -> str:
    """Write an upload, once, to where recipes look for the files that they name; return its name."""
    path = Path(upload.name)
    name = clean_name(path.stem)[:60] + path.suffix.lower()
    key = f"kept {upload.file_id}"
    if key not in st.session_state:
        folder = files_folder(session.workspace())
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(saved(upload), folder / name)
        st.session_state[key] = True
    return name
