"""Files that a browser sent: written to the workspace's disk under a name of ours, never under theirs."""

import shutil
import time
import uuid
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.storage import home_folder, storage_errors

KEPT_S = 24 * 3600


def saved(upload: UploadedFile) -> Path:
    """Write an upload to disk, once, and return where it is. Raises StorageError."""
    key = f"upload {upload.file_id}"
    path = st.session_state.get(key)
    if path is None or not path.exists():
        folder = home_folder() / "uploads"
        path = folder / uuid.uuid4().hex
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _forget_old(folder)
            upload.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(upload, file, 1 << 20)
        st.session_state[key] = path
    return Path(path)


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_S:
            path.unlink(missing_ok=True)
