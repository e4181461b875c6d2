"""Recipes as YAML: there and back, and the line, the name and the choices of what is wrong."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.augmentation.catalogue import gates, operators
from core.augmentation.recipe import OWN_FIELDS
from core.augmentation.recipe_file import dump_recipe, load_recipe, read_recipe
from core.errors import FileError, InputError, UnknownName

ROOT = Path(__file__).parents[3]
GOOD = """version: 1
seed: 3
copies: 2
keep_originals: false
steps:
  - {use: tiny_swap, times: 2, probability: 0.5}
  - use: tiny_word
gates:
  - {use: meaning, at_least: 0.7}
  - {use: novelty}
"""


def test_a_recipe_is_read_and_written_the_same() -> None:
    recipe = load_recipe(GOOD)
    assert (recipe.seed, recipe.copies, recipe.keep_originals) == (3, 2, False)
    assert [(step.use, step.probability) for step in recipe.steps] == [("tiny_swap", 0.5), ("tiny_word", 1.0)]
    assert recipe.steps[0].settings.model_dump() == {"times": 2}
    assert recipe.gates[0].settings.model_dump() == {"at_least": 0.7}
    assert load_recipe(dump_recipe(recipe)) == recipe
    assert type(recipe).model_validate(recipe.model_dump(mode="json")) == recipe
    assert list(recipe.all_gates()) == ["held_out", "meaning", "novelty"]


@pytest.mark.parametrize(
    ("old", "new", "begins", "contains"),
    [
        ("tiny_swap", "tiny_swop", "Line 6: There is no operator named 'tiny_swop'", "Did you mean 'tiny_swap'?"),
        ("times: 2", "tims: 2", "Line 6: There is no setting of tiny_swap named 'tims'", "Did you mean 'times'?"),
        ("times: 2", "times: 77", "Line 6: The setting times cannot be 77", "less than or equal to 9"),
        ("probability: 0.5", "probability: 2", "Line 6: The setting steps.0.probability cannot be 2", "less than"),
        ("use: tiny_word", "rate: 0.1", "Line 7: A step does not say what it uses", "{use: NAME}"),
        ("use: meaning", "use: meening", "Line 9: There is no gate named 'meening'", "'meaning'"),
        ("at_least: 0.7", "at_least: 7", "Line 9: The setting at_least cannot be 7", "less than"),
        ("novelty", "meaning", "Line 8: The gates have 'meaning' twice", "one of them"),
        ("copies: 2", "copis: 2", "Line 3: There is no setting named 'copis'", "'copies'"),
        ("copies: 2", "copies: 0", "Line 3: The setting copies cannot be 0", "greater than"),
        ("copies: 2", "seed: 4", "Line 3: 'seed' stands twice", "one of them"),
        ("version: 1", "version: 2", "Line 1: The setting version cannot be 2", "recipes of version 1"),
        ("copies: 2", "copies: }", "Line 3: this is not YAML", "Write it as"),
        ("copies: 2", "copies: &a 2\nbalance: *a", "Line 4: references", "Write the value"),
        ("copies: 2", "copies: !!python/object:os.system 2", "Line 3: this is not YAML", "Write it as"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, begins: str, contains: str) -> None:
    with pytest.raises(InputError) as raised:
        load_recipe(GOOD.replace(old, new, 1))
    assert str(raised.value).startswith(begins)
    assert contains in str(raised.value)


def test_an_unknown_setting_lists_the_choices() -> None:
    with pytest.raises(UnknownName, match="The choices are: probability, times, use"):
        load_recipe(GOOD.replace("times", "tims"))


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "[" * 5000, "steps: []", "steps: 3", "a: \x00"])
def test_what_is_no_recipe_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError):
        load_recipe(text)


def test_the_example_in_the_readme_is_a_recipe() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    recipe = load_recipe(example)
    assert [step.use for step in recipe.steps] == ["synonym_replacement", "sentence_deletion"]
    assert load_recipe(dump_recipe(recipe)) == recipe


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nothing\.yaml"):
        read_recipe(tmp_path / "nothing.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("# café".encode("latin-1"))
    with pytest.raises(FileError, match="UTF-8"):
        read_recipe(path)
    path.write_text(f"\ufeff{GOOD}", encoding="utf-8")
    assert read_recipe(path) == load_recipe(GOOD)


def test_balance_and_multiplier_exclude_each_other(recipe: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="both balance and target_multiplier"):
        recipe(balance=True, target_multiplier=2)
    with pytest.raises(InputError, match="no room"):
        recipe(target_multiplier=1)
    assert recipe(target_multiplier=1, keep_originals=False).target_multiplier == 1


def test_no_operator_or_gate_has_a_setting_that_the_recipe_needs_for_itself() -> None:
    for what, registry in (("step", operators()), ("gate", gates())):
        for kind in registry.values():
            assert not set(kind.model_fields) & {*OWN_FIELDS[what], "settings"}
