"""Pretrained models by folder or hub id: where one is, and a sentence for each way in which one cannot be had.

Torch is not imported.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import CorpusLabError, InputError, MissingResource

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?")
CONFIG = "config.json"
FILES = f"{CONFIG}, model.safetensors and the tokenizer's files"
FETCHED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.codes")  # the last two are of tokenizers
OFFLINE_WAY = "Try again where there is a network, or choose a model that is on this machine."
CAUSE_CHARACTERS = 200
TIMEOUT_S = 8.0


@dataclass(frozen=True)
class Place:
    """Where a model is: `reference` is a folder or a hub id, `files` the names of its files.

    `files` is None where the hub is out of reach, but the model is among those that were fetched before.
    """

    reference: str
    is_folder: bool
    files: tuple[str, ...] | None

    @property
    def offline(self) -> bool:
        """Whether the network is to be left alone."""
        return self.is_folder or self.files is None


def locate(reference: str, hub_only: bool = False) -> Place:
    """Return where the model is that `reference` means: the path of a folder, or a hub id.

    With `hub_only` it means a hub id, whatever folders there are here, and none is looked at. Of the hub it takes one
    request, which is given up after seconds. Raises InputError where there is no such model, MissingResource where the
    hub cannot be reached.
    """
    text = reference.strip()
    folder = None if hub_only else folder_of(text)
    if folder is not None:
        return Place(str(folder), True, tuple(path.name for path in folder.iterdir()))
    if hub_only:
        require_hub_id(text)
    elif not HUB_ID.fullmatch(text):
        problem = f"There is no folder {text!r}, and no model on the hub can have that name."
        raise InputError(problem, "Give the path of a folder, or a hub id such as google-bert/bert-base-uncased.")
    with model_errors(text, is_folder=False):
        return Place(text, False, _hub_files(text))


def folder_of(text: str) -> Path | None:
    """Return the folder whose path `text` is, None where there is none."""
    with suppress(RuntimeError):  # "~somebody" who has no home here
        folder = Path(text).expanduser()
        return folder if text and folder.is_dir() else None
    return None


def require_hub_id(text: str) -> None:
    """Raise InputError where `text` cannot be the id of a model on the hub; the same for every path of a folder."""
    if not HUB_ID.fullmatch(text):
        problem = f"{text!r} cannot be the id of a model on the hub, and the folders of this server are not yours."
        raise InputError(problem, "Give an id such as google-bert/bert-base-uncased.")


def fetched(place: Place) -> str:
    """Return the folder that holds the model's files, which are fetched from the hub where they are not here.

    Libraries are given this folder and never the hub id, since they would take a folder of that name here for it.
    To be called within `model_errors`.
    """
    if place.is_folder:
        return place.reference
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    folder: str = snapshot_download(
        place.reference, allow_patterns=list(FETCHED), ignore_patterns="*/*", local_files_only=place.offline
    )
    if not any(Path(folder).glob("*.safetensors")):  # out of reach, the hub's library returns what is here of it
        raise LocalEntryNotFoundError(f"The weights of {place.reference} are not here.")
    return folder


def _hub_files(model_id: str) -> tuple[str, ...] | None:
    """Return the names of a model's files on the hub; None where the hub is out of reach but the model is here."""
    from huggingface_hub import HfApi, constants, try_to_load_from_cache
    from huggingface_hub.errors import RepositoryNotFoundError

    constants.HF_HUB_DISABLE_TELEMETRY = True  # a request for statistics, which waits three seconds more
    try:
        found = HfApi().model_info(model_id, timeout=TIMEOUT_S)
    except RepositoryNotFoundError:  # it is an error of the network's library too
        raise
    except Exception as error:
        if _is_network(error) and isinstance(try_to_load_from_cache(model_id, CONFIG), str):
            return None
        raise
    return tuple(file.rfilename for file in found.siblings or ())


@contextmanager
def model_errors(name: str, is_folder: bool) -> Iterator[None]:
    """Turn what transformers and the hub's library raise over the model `name` into ours."""
    from huggingface_hub.constants import HF_HUB_OFFLINE
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
    from safetensors import SafetensorError

    broken = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError)
    try:
        yield
    except CorpusLabError:
        raise
    except ImportError as error:
        package = "sentencepiece" if "sentencepiece" in str(error).lower() else _cause(error)
        problem = f"The model {name!r} needs a package that is not installed: {package}."
        raise MissingResource(problem, f"Install it with `pip install {package}`, or choose another model.") from error
    except Exception as error:
        causes = list(_chain(error))
        if is_folder and isinstance(error, broken):
            problem = f"The folder {name!r} holds no model that can be loaded."
            raise InputError(problem, f"Choose a folder with {FILES}.") from error
        if any(isinstance(cause, GatedRepoError) for cause in causes):
            problem = f"The model {name!r} is open only to people who asked for access."
            remedy = "Ask for it on the model's page, and put your access token into HF_TOKEN before the app starts."
            raise InputError(problem, remedy) from error
        if any(isinstance(cause, RepositoryNotFoundError) for cause in causes):
            problem = f"There is no public model {name!r} on the hub."
            remedy = "Check how it is written; a private model needs an access token in HF_TOKEN."
            raise InputError(problem, remedy) from error
        if HF_HUB_OFFLINE and any(map(_is_network, causes)):
            problem = f"The hub is switched off by HF_HUB_OFFLINE, and the model {name!r} is not on this machine."
            raise MissingResource(problem, "Unset HF_HUB_OFFLINE, or choose a model that is on it.") from error
        if any(map(_is_network, causes)):
            problem = f"The hub cannot be reached, and the model {name!r} is not on this machine."
            raise MissingResource(problem, OFFLINE_WAY) from error
        if isinstance(error, broken):
            problem = f"The model {name!r} of the hub cannot be loaded."
            raise InputError(problem, f"Choose a model whose page lists {FILES}.") from error
        raise


def _is_network(error: BaseException) -> bool:
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    kinds = (OfflineModeIsEnabled, LocalEntryNotFoundError, HfHubHTTPError, ConnectionError, TimeoutError)
    return isinstance(error, kinds) or type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cause(error: BaseException) -> str:
    """Return what a library says, on one line."""
    return " ".join(str(error).split())[:CAUSE_CHARACTERS].rstrip(".")
