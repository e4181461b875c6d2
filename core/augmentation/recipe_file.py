"""Recipes as YAML: written and read back the same; what is wrong is told with its line, its name and the choices."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.augmentation.recipe import OWN_FIELDS, Recipe, config_of
from core.config import Config, parse_config
from core.errors import CorpusLabError, FileError, InputError
from core.registry import unknown_name

MAX_CHARACTERS = 100_000
DEEPEST = 20  # lists and settings inside each other; reading them takes the square of it in time
EXAMPLE = "{version: 1, seed: 0, copies: 1, steps: [{use: random_swap}]}"

Place = tuple[str | int, ...]


def dump_recipe(recipe: Recipe) -> str:
    """Return `recipe` as YAML with every setting in it, so that later defaults cannot change what it does."""
    values = recipe.model_dump(mode="json")
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120)
    return text


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in the file `path`. Raises FileError where it cannot be read, and what `load_recipe` raises."""
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_CHARACTERS + 1)
    except OSError as error:
        raise FileError(f"The recipe {path} cannot be read ({error.strerror}).", "Name a file that is there.") from None
    return recipe_of(content, str(path))


def recipe_of(content: bytes, name: str) -> Recipe:
    """Return the recipe in the `content` of a file called `name`. Raises FileError, and what `load_recipe` raises."""
    try:
        return load_recipe(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileError(f"The recipe {name} is not written in UTF-8.", "Save it as UTF-8 text.") from None


def load_recipe(text: str) -> Recipe:
    """Return the recipe that YAML describes.

    Raises InputError and UnknownName that begin with the line of what is wrong.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"The recipe has more than {MAX_CHARACTERS:,} characters.", "Leave out what is no recipe.")
    values, lines = _parsed(text)
    if not isinstance(values, Mapping):
        raise InputError("Line 1: this is not a recipe.", f"Write it as {EXAMPLE}.")
    _check_names(values, lines)
    for what in ("step", "gate"):
        listed = values.get(f"{what}s")
        for number, item in enumerate(listed if isinstance(listed, list) else ()):
            _check_item(what, item, (f"{what}s", number), lines)
    place: Place = ()
    try:
        Recipe.model_validate(values)
    except ValidationError as error:
        place = tuple(error.errors()[0]["loc"])
    except CorpusLabError as error:  # settings that do not go together: told where the first of them stands
        named = [line for setting, line in lines.items() if len(setting) == 1 and str(setting[0]) in error.problem]
        raise _located(error, min(named, default=1)) from None
    try:
        return parse_config(Recipe, values)
    except CorpusLabError as error:
        raise _located(error, _line(lines, place)) from None


def _check_names(values: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
    for name in values:
        if name not in Recipe.model_fields:
            raise _located(unknown_name("setting", str(name), dict(Recipe.model_fields)), _line(lines, (name,)))


def _check_item(what: str, item: Any, place: Place, lines: Mapping[Place, int]) -> None:
    """Raise what is wrong with one step or gate, with the line of the setting that is meant."""
    try:
        kind = config_of(what, item)
    except CorpusLabError as error:
        raise _located(error, _line(lines, (*place, "use"))) from None
    settings = {str(name): value for name, value in item.items() if name not in OWN_FIELDS[what]}
    try:
        parse_config(kind, settings)
    except CorpusLabError as error:
        name = _first_wrong(kind, settings)
        unknown = name in settings and name not in kind.model_fields
        choices = [*OWN_FIELDS[what], *kind.model_fields]
        told = unknown_name(f"setting of {item['use']}", name, choices) if unknown else error
        raise _located(told, _line(lines, (*place, name))) from None


def _first_wrong(kind: type[Config], settings: Mapping[str, Any]) -> str:
    try:
        kind.model_validate(settings)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        return str(place[0]) if place else ""
    except CorpusLabError:
        return ""
    return ""


def _located(error: CorpusLabError, line: int) -> CorpusLabError:
    return type(error)(f"Line {line}: {error.problem}", error.remedy)


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of `place`, or of the nearest thing around it that stands in the text."""
    while place and place not in lines:
        place = place[:-1]
    return lines[place]


def _parsed(text: str) -> tuple[Any, dict[Place, int]]:
    """Return what the YAML says, and the line (from 1) of each of its parts."""
    try:
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise InputError("The recipe is nested too deeply.", f"Write it as {EXAMPLE}.")
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise InputError(f"Line {line}: references (*{event.anchor}) are not read.", "Write the value itself.")
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {(): 1}
        _note_lines(node, (), lines)
        return (loader.construct_document(node) if node else None), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InputError(f"Line {line}: this is not YAML ({error.problem}).", f"Write it as {EXAMPLE}.") from None
    except yaml.YAMLError:
        raise InputError("The recipe has characters that YAML does not allow.", "Save it as plain text.") from None


def _note_lines(node: Any, place: Place, lines: dict[Place, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise InputError(f"Line {key.start_mark.line + 1}: {key.value!r} stands twice.", "Keep one of them.")
            lines[inner] = key.start_mark.line + 1
            _note_lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*place, number)] = item.start_mark.line + 1
            _note_lines(item, (*place, number), lines)
