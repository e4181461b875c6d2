"""Pretrained models by hub id or folder, with a sentence for each way in which one cannot be had."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import InputError, MissingResource
from core.text.embedded_model import quiet

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?")
OFFLINE_WAY = "Try again where there is a network, or give the path of a folder that holds the model."
FILES = "config.json, model.safetensors and the tokenizer's files"
CAUSE_CHARACTERS = 200
TIMEOUT_S = 8.0


def load_model(reference: str, kind: str, class_name: str) -> tuple[Any, Any]:
    """Return (model, tokenizer) of `reference`, a folder or a hub id, ready to compute in float32.

    `kind` says in words what is asked for ("a fill-mask model"), `class_name` names transformers' class for it. Only
    safetensors are read, and no code of the model's is run. Raises InputError where there is no such model or it is
    of another kind, MissingResource where the hub cannot be reached or a package is missing.
    """
    is_folder = bool(reference) and Path(reference).expanduser().is_dir()
    if not is_folder and not HUB_ID.fullmatch(reference):
        problem = f"There is no folder {reference!r}, and no model on the hub can have that name."
        raise InputError(problem, "Give the path of a folder, or a hub id such as google-bert/bert-base-uncased.")
    place = str(Path(reference).expanduser()) if is_folder else reference
    import transformers

    with quiet(), warnings.catch_warnings(), _model_errors(reference, is_folder):
        warnings.simplefilter("ignore")  # Marian's tokenizer advises a package for punctuation, at every load
        options = {"local_files_only": is_folder or not _hub_answers(reference), "trust_remote_code": False}
        config = transformers.AutoConfig.from_pretrained(place, **options)
        model_class = getattr(transformers, class_name)
        if not _accepts(model_class, config):
            problem = f"The model {reference!r} is no {kind}: it is of the type {config.model_type!r}."
            raise InputError(problem, f"Choose a {kind}.")
        model, loading = model_class.from_pretrained(
            place, config=config, use_safetensors=True, output_loading_info=True, **options
        )
        if loading["missing_keys"]:
            missing = len(loading["missing_keys"])
            problem = f"The model {reference!r} was not made as a {kind}: {missing} of its weights are missing."
            raise InputError(problem, f"Choose a {kind}.")
        tokenizer = transformers.AutoTokenizer.from_pretrained(place, **options)
    return model.float().eval(), tokenizer


def _hub_answers(reference: str) -> bool:
    """Ask the hub for a model, once, so that a hub out of reach is known in seconds; then the copy here is used.

    Raises RepositoryNotFoundError, GatedRepoError.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi().model_info(reference, timeout=TIMEOUT_S)
    except RepositoryNotFoundError:  # GatedRepoError is one
        raise
    except Exception as error:
        if not _is_network(error):
            raise
        return False
    return True


def _accepts(model_class: Any, config: Any) -> bool:
    """Tell whether `model_class`, one of a single architecture or an Auto class, can be made from `config`."""
    if model_class.__name__.startswith("Auto"):
        return type(config) in model_class._model_mapping
    return bool(config.model_type == model_class.config_class.model_type)


@contextmanager
def _model_errors(reference: str, is_folder: bool) -> Iterator[None]:
    """Turn what transformers and the hub's library raise into ours."""
    from huggingface_hub.constants import HF_HUB_OFFLINE
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
    from safetensors import SafetensorError

    try:
        yield
    except ImportError as error:
        package = "sentencepiece" if "sentencepiece" in str(error).lower() else _cause(error)
        problem = f"The model {reference!r} needs a package that is not installed: {package}."
        raise MissingResource(problem, f"Install it with `pip install {package}`, or choose another model.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        causes = list(_chain(error))
        if is_folder:
            problem = f"The folder {reference!r} holds no model that can be loaded."
            raise InputError(problem, f"Choose a folder with {FILES}.") from error
        if any(isinstance(cause, GatedRepoError) for cause in causes):
            problem = f"The model {reference!r} is open only to people who asked for access."
            remedy = "Ask for it on the model's page, and put your access token into HF_TOKEN before the app starts."
            raise InputError(problem, remedy) from error
        if any(isinstance(cause, RepositoryNotFoundError) for cause in causes):
            problem = f"There is no public model {reference!r} on the hub."
            raise InputError(problem, "Check the id; a private model needs an access token in HF_TOKEN.") from error
        if HF_HUB_OFFLINE and any(map(_is_network, causes)):
            problem = f"The hub is switched off by HF_HUB_OFFLINE, and the model {reference!r} is not on this machine."
            raise MissingResource(problem, "Unset HF_HUB_OFFLINE, or give the path of a folder.") from error
        if any(map(_is_network, causes)):
            problem = f"The hub cannot be reached, and the model {reference!r} is not on this machine."
            raise MissingResource(problem, OFFLINE_WAY) from error
        problem = f"The model {reference!r} of the hub cannot be loaded."
        raise InputError(problem, f"Choose a model whose page lists {FILES}.") from error


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
