"""Named things: registering is one decorator, an unknown name lists the choices."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from core.errors import UnknownName

T = TypeVar("T")

LISTED = 30  # choices at most in a sentence


class Registry(Mapping[str, T], Generic[T]):
    """A mapping from name to thing, filled by `register` and read like a dict.

    `what` is the noun used in messages ("tokenizer"). A name registered twice raises ValueError,
    since that is a mistake of ours; a name that is not there raises UnknownName.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._things: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that files its argument under `name`."""

        def keep(thing: T) -> T:
            if name in self._things:
                raise ValueError(f"There is already a {self.what} named {name!r}.")
            self._things[name] = thing
            return thing

        return keep

    def __getitem__(self, name: str) -> T:
        try:
            return self._things[name]
        except KeyError:
            raise unknown_name(self.what, name, self._things) from None

    def get(self, name: str, /, default: Any = None) -> Any:
        """Return what is filed under `name`, or `default`."""
        return self._things.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)

    def __contains__(self, name: object) -> bool:
        return name in self._things


def unknown_name(what: str, name: str, choices: Mapping[str, object] | list[str]) -> UnknownName:
    """Return the error for a `name` that is none of `choices`, with the nearest one suggested."""
    first = ", ".join(sorted(choices)[:LISTED]) or "none"
    listed = f"{first} and {len(choices) - LISTED:,} more" if len(choices) > LISTED else first
    near = difflib.get_close_matches(name, list(choices), n=1)
    remedy = f"Did you mean {near[0]!r}? " if near else ""
    return UnknownName(f"There is no {what} named {name!r}.", f"{remedy}The choices are: {listed}.")
