"""A preview shows what the recipe itself would make of the same rows."""

from collections.abc import Callable
from typing import Any

from core.augmentation.operator import Row
from core.augmentation.preview import preview, preview_steps, rows_to_show, seconds_per_thousand
from core.augmentation.recipe import Recipe
from core.config import parse_config
from core.data.workspace import Version

Make = Callable[..., Version]


def test_before_and_after_of_rows(make_version: Make) -> None:
    version = make_version(["one two three four five six seven eight", "x"], ["a", "b"])
    recipe = parse_config(Recipe, {"seed": 3, "steps": [{"use": "casing_noise", "rate": 1.0}]})
    rows = rows_to_show(version, 0, 9)
    assert rows == [Row("r0", "one two three four five six seven eight", "a"), Row("r1", "x", "b")]
    shown = preview(preview_steps(recipe, version), rows)
    assert shown == preview(preview_steps(recipe, version), rows)
    assert shown[0].after.lower() == shown[0].before and shown[0].after != shown[0].before


def test_it_is_what_the_run_makes(make_version: Make, extended: Callable[..., Any]) -> None:
    version = make_version(["one two three four five six", "seven eight nine ten"])
    recipe = parse_config(Recipe, {"seed": 3, "copies": 2, "steps": [{"use": "tiny_swap"}, {"use": "tiny_word"}]})
    steps, rows = preview_steps(recipe, version), rows_to_show(version, 0, 2)
    shown = [preview(steps, rows, copy)[place].after for place in range(2) for copy in (1, 2)]
    made, _ = extended(version.path, recipe)
    assert shown == [row["text"] for row in made[2:]]
    assert len(set(shown)) == 4


def test_rows_past_the_end_go_on_from_the_first(make_version: Make) -> None:
    version = make_version([f"row {i}" for i in range(7)])
    assert [row.id for row in rows_to_show(version, 5, 3)] == ["r5", "r6", "r0"]
    assert [row.id for row in rows_to_show(version, 14, 3)] == ["r0", "r1", "r2"]
    assert rows_to_show(make_version(["held out"], splits=["test"], name="other"), 0, 5) == []


def test_the_pace_is_that_of_the_rows_that_the_budget_allows() -> None:
    seen: list[int] = []

    def steps(chunk: Any) -> Any:
        seen.append(len(chunk.rows))

    rows = [Row(str(i), "text") for i in range(30)]
    assert seconds_per_thousand(steps, rows, budget_s=60) > 0
    assert seen == [4, 8, 16, 2], "all of them, each once"
    seen.clear()
    seconds_per_thousand(steps, rows, budget_s=1e-9)
    assert seen == [4]


def test_only_train_rows_are_shown_and_drawn_from(make_version: Make) -> None:
    version = make_version(
        ["The secret of the test.", "The cat is on the mat.", "The dog is in the yard."],
        ["a", "a", "a"],
        ["test", "train", "train"],
    )
    recipe = parse_config(Recipe, {"steps": [{"use": "sentence_insertion"}]})
    assert [row.id for row in rows_to_show(version, 0, 5)] == ["r1", "r2"]
    rows = [Row(f"new{i}", "A fine day.", "a") for i in range(30)]
    shown = preview(preview_steps(recipe, version), rows)
    assert any("The cat is on the mat." in s.after for s in shown)
    assert not any("secret" in s.after for s in shown)
