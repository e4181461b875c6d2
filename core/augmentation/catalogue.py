"""Every operator and every gate there is: the files of this package register them once they are imported."""

import functools
import importlib
import pkgutil

import core.augmentation as package
from core.augmentation.gate import GATES, GateConfig
from core.augmentation.operator import OPERATORS, OperatorConfig
from core.registry import Registry


@functools.cache
def _import_all() -> None:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


def operators() -> Registry[type[OperatorConfig]]:
    """Return the registry of operators with all of them in it. Nothing heavy is imported."""
    _import_all()
    return OPERATORS


def gates() -> Registry[type[GateConfig]]:
    """Return the registry of gates with all of them in it. Nothing heavy is imported."""
    _import_all()
    return GATES
