"""Which pretrained model is meant: the embedded one, a folder or one of the hub; refused here what cannot be used.

Nothing but safetensors is ever read: the older format is a pickle, and opening one can run a stranger's code. Torch is
not imported, so that a page can ask.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.finetuning.config import EMBEDDED
from core.finetuning.shape import Shape, shape_of
from core.text.embedded_model import NAME, embedded_model, quiet
from core.text.pretrained import CONFIG, FILES, Place, locate, model_errors, require_hub_id

TYPES = ("bert", "camembert", "distilbert", "electra", "roberta", "xlm-roberta")
TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack")


@dataclass(frozen=True)
class Pretrained:
    """A model that was found; `name` is what models made from it say they come from."""

    place: Place
    name: str
    shape: Shape

    @property
    def embedded(self) -> bool:
        """Whether it is the model inside the app."""
        return self.name == NAME


def find_pretrained(reference: str | Path, hub_only: bool = False) -> Pretrained:
    """Return the model that `reference` means: "embedded", the path of a folder, or a hub id.

    With `hub_only` no folder is meant, nor looked at: for those whose machine it is not. Reads its config.json alone;
    of the hub it takes one request, which is given up after seconds. Raises InputError for what is no BERT that can be
    loaded safely, MissingResource where the hub cannot be reached.
    """
    text = str(reference).strip()
    place = locate(str(embedded_model())) if text == EMBEDDED else locate(text, hub_only)
    name = place.reference
    if place.is_folder:
        folder = Path(place.reference)
        name = NAME if folder == embedded_model() else folder.resolve().name
    if place.files is not None:
        _require_files(name, place.files)
    with quiet(), model_errors(name, place.is_folder):
        config = json.loads(_config(place).read_text("utf-8"))
        kind = config["model_type"]
        if kind in TYPES:
            return Pretrained(place, name, shape_of(config))
    problem = f"The model {name!r} is of the type {kind!r}, which cannot be fine-tuned here."
    raise InputError(problem, f"Choose a model of one of these types: {', '.join(TYPES)}.")


def require_open(reference: str) -> None:
    """Raise InputError unless `reference` is "embedded" or can be a hub id, which `find_pretrained` looks for."""
    text = reference.strip()
    if text != EMBEDDED:
        require_hub_id(text)


def _config(place: Place) -> Path:
    """Return the file, which is fetched from the hub where it is not here."""
    if place.is_folder:
        return Path(place.reference, CONFIG)
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(place.reference, CONFIG, local_files_only=place.offline))


def _require_files(name: str, everything: Sequence[str]) -> None:
    files = [file for file in everything if "/" not in file]  # a folder in a model holds it in another form
    if CONFIG not in files or not any(file.endswith((".safetensors", *PICKLES)) for file in files):
        raise InputError(f"There is no model in {name!r}.", f"Choose a BERT model that has {FILES}.")
    if not any(file.endswith(".safetensors") for file in files):
        problem = f"The weights of {name!r} are a pickle only, which can run a stranger's code when it is opened."
        raise InputError(problem, "Choose a model whose weights are safetensors.")
    if not any(file in TOKENIZERS for file in files):  # transformers would make one that knows no word
        problem = f"The model {name!r} has no tokenizer, so it cannot read a text."
        raise InputError(problem, f"Choose a BERT model that has {FILES}.")
