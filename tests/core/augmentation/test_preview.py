"""A preview shows what the recipe itself would make of the same rows."""

from collections.abc import Callable

from core.augmentation.operator import Row
from core.augmentation.preview import preview, preview_steps
from core.augmentation.recipe import Recipe
from core.config import parse_config
from core.data.workspace import Version


def test_before_and_after_of_rows(make_version: Callable[..., Version]) -> None:
    version = make_version(["one two three four five six seven eight", "x"], ["a", "b"])
    recipe = parse_config(Recipe, {"seed": 3, "steps": [{"use": "casing_noise", "rate": 1.0}]})
    rows = [Row("r0", "one two three four five six seven eight", "a"), Row("r1", "x", "b")]
    shown, per_thousand = preview(preview_steps(recipe, version), rows)
    again, _ = preview(preview_steps(recipe, version), rows)
    assert shown == again
    assert shown[0].after.lower() == shown[0].before and shown[0].after != shown[0].before
    assert per_thousand > 0


def test_only_train_rows_are_drawn_from(make_version: Callable[..., Version]) -> None:
    version = make_version(
        ["The secret of the test.", "The cat is on the mat.", "The dog is in the yard."],
        ["a", "a", "a"],
        ["test", "train", "train"],
    )
    recipe = parse_config(Recipe, {"steps": [{"use": "sentence_insertion"}]})
    rows = [Row(f"new{i}", "A fine day.", "a") for i in range(30)]
    shown, _ = preview(preview_steps(recipe, version), rows)
    assert any("The cat is on the mat." in s.after for s in shown)
    assert not any("secret" in s.after for s in shown)
