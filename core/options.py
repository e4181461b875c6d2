"""Command-line options from a config class: one option a field, with its description, choices and default."""

import argparse
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from core.config import Config


def add_options(parser: argparse.ArgumentParser, config: type[Config], leave_out: Iterable[str] = ()) -> None:
    """Add an option for every field of `config` that is not in `leave_out`. Bounds are checked by the config."""
    for name, field in config.model_fields.items():
        if name in leave_out:
            continue
        kind = _without_none(field.annotation)
        described = (field.description or "").replace("%", "%%")
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        shown = "" if default in (None, "", (), []) else f" Default: {default}."
        settings: dict[str, Any] = {"help": f"{described}{shown}", "default": argparse.SUPPRESS}
        if kind is bool:
            settings["action"] = argparse.BooleanOptionalAction
        elif get_origin(kind) is Literal:
            settings["choices"] = get_args(kind)
        elif get_origin(kind) in (list, tuple):
            settings |= {"nargs": "*", "metavar": "VALUE"}
        else:
            settings["metavar"] = {int: "N", float: "X"}.get(kind, "TEXT")
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, required=field.is_required(), **settings)


def given(arguments: argparse.Namespace, config: type[Config]) -> dict[str, Any]:
    """Return the values of `config`'s fields that were given on the command line."""
    return {name: value for name, value in vars(arguments).items() if name in config.model_fields}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return kinds[0]
    return annotation
