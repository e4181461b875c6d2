"""Pictures that are kept in the home folder for the runs that learn from them: what was uploaded, or fetched once."""

import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from core.data.sources.hub_images import hub_images
from core.gan.digits.config import HUB, SOURCE, DigitsConfig
from core.gan.digits.pictures import LARGEST, SMALLEST, Pictures, as_pictures, idx, read_pictures
from core.jobs import Job
from core.storage import storage_errors

FOLDER = "digits"  # in the home folder: each set of pictures in a folder of its own
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
SPARED_S = 24 * 3600  # what nobody refers to is left alone for so long: its run may be about to begin


def kept_folder(settings: Mapping[str, Any], home: Path) -> Path | None:
    """Return the folder in `home` for the pictures of a run with these settings; None for pictures from elsewhere.

    It may not exist yet where they come from the hub.
    """
    data = str(settings["data"])
    if data.startswith(HUB):
        named = json.dumps([settings[name] for name in SOURCE])
        return home / FOLDER / hashlib.sha256(named.encode()).hexdigest()
    path = Path(data).resolve()
    return home / FOLDER / path.name if path.parent == (home / FOLDER).resolve() else None


def pictures_for(config: DigitsConfig, home: Path) -> Job[Pictures]:
    """Return the pictures that `config` names.

    Those of the hub are fetched by the first run that wants them, and kept in `home` for it and for later ones. Emits
    Progress and raises as `hub_images` and `read_pictures` do, and StorageError.
    """
    folder = kept_folder(config.model_dump(), home)
    if not config.data.startswith(HUB) or folder is None:
        return read_pictures(config.data)
    if not folder.is_dir():
        images = yield from hub_images(
            config.data.removeprefix(HUB), config.hub_config, config.hub_split, config.row_limit, (SMALLEST, LARGEST)
        )
        as_pictures(images)  # raises where nothing can be learned from them, before they are kept
        _keep(folder, dict(zip(FILES, (idx(images.pixels), idx(images.labels)), strict=True)))
    return read_pictures(str(folder))


def _keep(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder with these files, all or none; one that another run has written meanwhile is as good."""
    written = folder.with_name(f"{uuid.uuid4().hex}.part")
    with storage_errors(folder):
        written.mkdir(parents=True)
        try:
            for name, content in files.items():
                (written / name).write_bytes(content)
            if not folder.exists():
                written.rename(folder)
        finally:
            shutil.rmtree(written, ignore_errors=True)  # it is gone where all went well


def forget(deleted: Mapping[str, Any], others: Iterable[Mapping[str, Any]], home: Path) -> None:
    """Remove the pictures that only a run with the settings `deleted` learned from.

    `others` are the settings of all runs that are left, of everybody: two people who upload the same files share a
    folder. Older pictures that no run refers to go as well. Raises StorageError.
    """
    own, used = kept_folder(deleted, home), {kept_folder(settings, home) for settings in others}
    with storage_errors(home / FOLDER):
        for folder in (home / FOLDER).glob("*"):
            is_old = time.time() - folder.stat().st_mtime > SPARED_S
            if folder not in used and (folder == own or is_old):
                shutil.rmtree(folder)
