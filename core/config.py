"""The one base of every config class: frozen, validated, each field with a description, bounds and a default.

A config is the page's form, the command line's options, the recipe's schema and the tests' parameters.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import InputError
from core.registry import unknown_name

C = TypeVar("C", bound="Config")

WANTED = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "tuple": "a list",
}
OF_A_KIND = re.compile(rf"a valid ({'|'.join(WANTED)})\b.*")


class Config(BaseModel):
    """Frozen settings; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def parse_config(kind: type[C], values: Mapping[str, Any]) -> C:
    """Return the `kind` that `values` describe.

    Raises InputError with one sentence about the first value that is wrong, UnknownName for a name
    that `kind` does not have.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or kind.__name__
        if first["type"] == "extra_forbidden":
            raise unknown_name("setting", name, dict(kind.model_fields)) from None
        message = _worded(first["msg"].removeprefix("Value error, ").rstrip("."))
        if first["type"] == "missing":
            raise InputError(f"The setting {name} is missing.", "Give it a value.") from None
        raise InputError(
            f"The setting {name} cannot be {first['input']!r}.", f"{message[:1].upper()}{message[1:]}."
        ) from None


def _worded(message: str) -> str:
    """Return what pydantic says about a value, without its words for programs."""
    message = re.sub(r"^(Input|String|Tuple|List) should", "It has to", message)
    message = re.sub(r" after validation, not \d+$", "", message)
    return OF_A_KIND.sub(lambda found: WANTED[found[1]], message)
