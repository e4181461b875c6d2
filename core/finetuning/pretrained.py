"""Which pretrained model is meant: the embedded one, a folder or one of the hub; refused here what cannot be used.

Nothing but safetensors is ever read: the older format is a pickle, and opening one can run a stranger's code. Torch is
not imported, so that a page can ask.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError, MissingResource
from core.finetuning.config import EMBEDDED
from core.finetuning.shape import Shape, shape_of
from core.text.embedded_model import NAME, embedded_model, quiet

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?")
TYPES = ("bert", "camembert", "distilbert", "electra", "roberta", "xlm-roberta")
CONFIG = "config.json"
FILES = f"{CONFIG}, model.safetensors and tokenizer.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack")
TIMEOUT_S = 8.0
OFFLINE_WAY = "Use the embedded model, or give the path of a folder that holds the model."


@dataclass(frozen=True)
class Pretrained:
    """A model that was found: `place` is a folder or a hub id, `name` what models made from it say they come from."""

    place: str
    name: str
    offline: bool  # whether the network is to be left alone
    shape: Shape

    @property
    def embedded(self) -> bool:
        """Whether it is the model inside the app."""
        return self.name == NAME


def find_pretrained(reference: str | Path) -> Pretrained:
    """Return the model that `reference` means: "embedded", the path of a folder, or a hub id.

    Reads its config.json alone; of the hub it takes one request, which is given up after seconds. Raises InputError
    for what is no BERT that can be loaded safely, MissingResource where the hub cannot be reached.
    """
    text = str(reference).strip()
    folder = embedded_model() if text == EMBEDDED else Path(text).expanduser()
    names: list[str] | None
    if folder.is_dir():
        place, names = str(folder), [path.name for path in folder.iterdir()]
        name = NAME if folder == embedded_model() else folder.resolve().name
    elif HUB_ID.fullmatch(text):
        place, names, name = text, _hub_files(text), text
    else:
        problem = f"There is no folder {text!r}, and no model on the hub can have that name."
        raise InputError(problem, "Give the path of a folder, or a hub id such as google-bert/bert-base-uncased.")
    offline = folder.is_dir() or names is None
    if names is not None:
        _require_safetensors(name, names)
    with quiet(), model_errors(name, place):
        from huggingface_hub import hf_hub_download

        path = (
            Path(place, CONFIG) if folder.is_dir() else Path(hf_hub_download(place, CONFIG, local_files_only=offline))
        )
        config = json.loads(path.read_text("utf-8"))
        kind = config["model_type"]
        if kind not in TYPES:
            problem = f"The model {name!r} is of the type {kind!r}, which cannot be fine-tuned here."
            raise InputError(problem, f"Choose a model of one of these types: {', '.join(TYPES)}.")
        return Pretrained(place, name, offline, shape_of(config))


def _require_safetensors(name: str, files: list[str]) -> None:
    if CONFIG not in files or not any(file.endswith((".safetensors", *PICKLES)) for file in files):
        raise InputError(f"There is no model in {name!r}.", f"Choose a BERT model that has {FILES}.")
    if not any(file.endswith(".safetensors") for file in files):
        problem = f"The weights of {name!r} are a pickle only, which can run a stranger's code when it is opened."
        raise InputError(problem, "Choose a model whose weights are safetensors.")


def _hub_files(model_id: str) -> list[str] | None:
    """Return the names of a model's files on the hub; None where the hub is out of reach but the model is here."""
    from huggingface_hub import HfApi, try_to_load_from_cache
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        found = HfApi().model_info(model_id, timeout=TIMEOUT_S)
    except GatedRepoError as error:
        problem = f"The model {model_id!r} is open only to people who asked for access."
        remedy = "Ask for it on the model's page, and put your access token into HF_TOKEN before the app starts."
        raise InputError(problem, remedy) from error
    except RepositoryNotFoundError as error:
        problem = f"There is no public model {model_id!r} on the hub, and no folder of that name here."
        raise InputError(problem, "Check the id; a private model needs an access token in HF_TOKEN.") from error
    except Exception as error:
        if not _is_network(error):
            raise
        if isinstance(try_to_load_from_cache(model_id, CONFIG), str):
            return None
        problem = f"The hub cannot be reached, and the model {model_id!r} is not on this machine."
        raise MissingResource(problem, OFFLINE_WAY) from error
    return [file.rfilename for file in found.siblings or ()]


def _is_network(error: BaseException) -> bool:
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    kinds = (OfflineModeIsEnabled, HfHubHTTPError, ConnectionError, TimeoutError)
    return isinstance(error, kinds) or type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore")


@contextmanager
def model_errors(name: str, place: str) -> Iterator[None]:
    """Turn what transformers raises over a model's files into ours."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        if _is_network(error) and not Path(place).is_dir():
            problem = f"The hub cannot be reached, and the model {name!r} is not on this machine."
            raise MissingResource(problem, OFFLINE_WAY) from error
        problem = f"The model {name!r} cannot be loaded."
        raise InputError(problem, f"Choose a BERT model that has {FILES}.") from error
