"""torchtext's pure-Python half: its tokenizers, without its compiled half and without PyTorch.

torchtext 0.18.0 is the last release. Its compiled half does not load with torch newer than 2.3, and importing the
package runs into that at once. An empty `torchtext._extension` in `sys.modules` would get past it, but the package also
imports torch, which takes three seconds and 200 MB for twelve regular expressions. The module that holds them,
`torchtext/data/utils.py`, imports nothing but the standard library, so it is loaded by its path, alone.
"""

import functools
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from core.errors import MissingResource


def utils_file() -> Path | None:
    """Return the path of `torchtext/data/utils.py`, None where torchtext is not installed."""
    package = importlib.util.find_spec("torchtext")
    folders = package.submodule_search_locations if package else None
    path = Path(folders[0]) / "data" / "utils.py" if folders else None
    return path if path and path.is_file() else None


@functools.cache
def utils() -> ModuleType:
    """Return the module `torchtext.data.utils`. Raises MissingResource where torchtext is not installed."""
    path = utils_file()
    spec = importlib.util.spec_from_file_location("torchtext_data_utils", path) if path else None
    if spec is None or spec.loader is None:
        problem = "torchtext is not installed; its last release is for Python 3.8 to 3.12."
        raise MissingResource(problem, "Choose another tokenizer, or install it with `pip install torchtext==0.18.0`.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def basic_english() -> Callable[[str], list[str]]:
    """Return torchtext's `get_tokenizer("basic_english")`, three times as quick. Raises MissingResource.

    All of its patterns but the last stand for what is written in them, which `str.replace` finds sooner; the last makes
    one blank of several, and the text is cut at blanks anyway.
    """
    rules = utils()
    literal = [re.sub(r"\\(.)", r"\1", pattern) for pattern in rules._patterns[:-1]]
    replacements = tuple(zip(literal, rules._replacements, strict=False))

    def tokenize(text: str) -> list[str]:
        text = text.lower()
        for written, instead in replacements:
            text = text.replace(written, instead)
        return text.split()

    return tokenize
