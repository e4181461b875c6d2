"""The steps on a chunk of rows: which numbers are drawn, what counts as changed, what is said about it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.augmentation.digests import exact_digest, normal_digest
from core.augmentation.making import Chunk, Steps, make
from core.augmentation.operator import Context, Made, Operator, Row
from core.randomness import Draws

CONTEXT = Context("en", Path("train"), Path("cache"), 3)


def chunk(*texts: str, copies: int = 1, first: int = 1) -> Chunk:
    rows = [Row(f"r{i}", text) for i, text in enumerate(texts)]
    return Chunk(range(10, 10 + len(rows)), rows, [first] * len(rows), [copies] * len(rows))


def saying(say: Callable[[Row, Draws], str | None]) -> Operator:
    def operator(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
        said = [say(row, draw) for row, draw in zip(rows, draws, strict=True)]
        return [None if text is None else Made(text) for text in said]

    return operator


def test_the_numbers_belong_to_seed_row_step_and_copy() -> None:
    steps = [(saying(lambda row, draw: f"{row.text} {draw.uniform()}"), 1.0)] * 2
    made = make(steps, chunk("a", copies=2, first=4), seed=9)
    expected = []
    for copy in (4, 5):
        numbers = [Draws(9, "r0", f"{step}.{copy}") for step in (1, 2)]
        _ = [draws.uniform() for draws in numbers]  # the first number decides whether the step is tried
        expected.append(f"a {numbers[0].uniform()} {numbers[1].uniform()}")
    assert made.texts == expected
    assert (made.places, made.copies, made.steps) == ([10, 10], [4, 5], ["1+2", "1+2"])


def test_a_step_is_tried_on_its_share_of_the_rows() -> None:
    texts = [f"row {i}" for i in range(2000)]
    made = make([(saying(lambda row, draw: row.text + "!"), 0.3)], chunk(*texts), seed=0)
    assert abs(len(made.texts) - 600) < 5 * (2000 * 0.3 * 0.7) ** 0.5
    assert not make([(saying(lambda row, draw: row.text + "!"), 0.0)], chunk(*texts), seed=0).texts


def test_nothing_empty_or_equal_counts_as_changed() -> None:
    outcomes = {"same": "same", "none": None, "empty": "", "blank": " \n", "new": "newer"}
    made = make([(saying(lambda row, draw: outcomes[row.text]), 1.0)], chunk(*outcomes), seed=0)
    assert (made.tried, made.texts, made.places) == (5, ["newer"], [14])
    back = [(saying(lambda row, draw: row.text[::-1]), 1.0)] * 2
    assert not make(back, chunk("abc"), seed=0).texts


def test_details_and_digests_stand_beside_the_text(recipe: Callable[..., Any]) -> None:
    steps = Steps.of(recipe("tiny_word", "tiny_swap"), CONTEXT)
    made = steps.build()(chunk("One"))
    assert made.steps == ["1+2"]
    assert [sorted(said) for said in json.loads(made.details[0] or "")] == [[], ["first"]]
    assert (made.exact[0], made.normal[0]) == (exact_digest(made.texts[0]), normal_digest(made.texts[0]))
    assert Steps.of(recipe("tiny_word"), CONTEXT).build()(chunk("One")).details == [None]


def test_models_compute_in_one_thread_as_they_do_in_each_of_several_processes() -> None:
    import torch

    def build(config: object, context: Context) -> Operator:
        return saying(lambda row, draw: f"{torch.get_num_threads()} threads")

    settings = type("Settings", (), {"build": build})()
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        made = Steps(((settings, 1.0),), CONTEXT).build()(chunk("a"))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert made.texts == ["1 threads"]
