"""Files that a browser sent: written to the workspace's disk under a name of ours, never under theirs."""

import shutil
import time
import uuid
from pathlib import Path

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from core.errors import InputError
from core.storage import home_folder, storage_errors

KEPT_S = 24 * 3600


def saved(upload: UploadedFile) -> Path:
    """Write an upload to disk, once, let go of it in memory, and return where it is.

    Raises StorageError, and InputError where it has been deleted from the disk since.
    """
    key = f"upload {upload.file_id}"
    path = st.session_state.get(key)
    if path is None:
        folder = home_folder() / "uploads"
        path = folder / uuid.uuid4().hex
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _forget_old(folder)
            upload.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(upload, file, 1 << 20)
        st.session_state[key] = path
        _let_go(upload)
    if not path.exists():
        raise InputError("The uploaded file is no longer here.", "Upload it again.")
    return Path(path)


def _let_go(upload: UploadedFile) -> None:
    """Leave of an upload that is on disk its name alone in the server's memory, where its tab would hold it whole."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        empty = UploadedFileRec(upload.file_id, upload.name, upload.type, b"")
        context.uploaded_file_mgr.add_file(context.session_id, empty)


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_S:
            path.unlink(missing_ok=True)
