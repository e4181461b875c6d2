"""The checkpoint of a training: one file, replaced as a whole, so that a killed process leaves none half-written."""

import io
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE, BEST = "checkpoint.pt", "best.safetensors"


def write(folder: Path, state: Mapping[str, Any]) -> None:
    """Write `state` (tensors, numbers, strings, and lists and dicts of them) as the checkpoint in `folder`."""
    import torch

    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / FILE, buffer.getbuffer())


def write_best(folder: Path, weights: Mapping[str, Any]) -> None:
    """Keep `weights`, tensors by name, as the best so far."""
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / BEST, save({name: tensor.cpu().contiguous() for name, tensor in weights.items()}))


def read_best(folder: Path) -> dict[str, Any]:
    """Return the weights that `write_best` kept."""
    from safetensors.torch import load

    return dict(load((folder / BEST).read_bytes()))


def replace(path: Path, content: bytes | memoryview) -> None:
    """Write the file at `path` as a whole, or leave it as it was."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read(folder: Path) -> dict[str, Any] | None:
    """Return the state in the checkpoint of `folder`, None where there is none that can be read. No code is run."""
    import torch

    if not zipfile.is_zipfile(folder / FILE):
        return None
    try:
        state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError):
        return None
    return dict(state) if isinstance(state, dict) else None
