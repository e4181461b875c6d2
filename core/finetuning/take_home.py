"""A finished model as one file to take home: weights, tokenizer, configuration and model card in a zip archive."""

import os
import zipfile
from pathlib import Path

from core.errors import NotFound
from core.finetuning.prediction import MODEL
from core.storage import storage_errors

ARCHIVE = "take_home.zip"
CARD = "README.md"


def pack(folder: Path, card: str, name: str) -> Path:
    """Return the zip archive of the finished run in `folder`, with all its files below one folder called `name`.

    It is written anew each time, so that its card is the present one; the weights are stored as they are, because
    they hardly get smaller. Raises NotFound where there is no finished model, StorageError.
    """
    model = folder / MODEL
    if not model.is_dir():
        raise NotFound("This run has no finished model.", "Choose a run that has finished, or resume this one.")
    unfinished = folder / f".{ARCHIVE}.{os.getpid()}.part"
    with storage_errors(folder):
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
                for path in sorted(model.iterdir()):
                    archive.write(path, f"{name}/{path.name}")
                archive.writestr(f"{name}/{CARD}", card)
            unfinished.replace(folder / ARCHIVE)
        finally:
            unfinished.unlink(missing_ok=True)
    return folder / ARCHIVE
