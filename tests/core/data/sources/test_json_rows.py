"""JSON and JSON Lines: rows from every usual shape, streamed, with the place of what is wrong."""

import json
import random
from collections.abc import Iterator

import pytest

from core.data.sources.json_rows import read_json, read_json_lines
from core.errors import FileError


def rows(text: str, size: int = 7, read_lines: bool = False) -> list[dict[str, str | None]]:
    pieces = (text[i : i + size] for i in range(0, len(text), size))
    reader = read_json_lines if read_lines else read_json
    return [row for batch in reader(pieces, []) for row in batch.to_pylist()]


EXPECTED = [{"text": "a", "label": "1"}, {"text": "b", "label": None}]


@pytest.mark.parametrize(
    "text",
    [
        '[{"text": "a", "label": 1}, {"text": "b", "label": null}]',
        ' [\n{"text": "a", "label": 1},\n{"text": "b"}\n]\n',
        '{"version": "1.1", "info": {"by": "us"}, "data": [{"text": "a", "label": 1}, {"text": "b"}], "more": 3}',
        '{"text": ["a", "b"], "label": [1, null]}',
        '{"text": {"0": "a", "1": "b"}, "label": {"0": 1, "1": null}}',
        '{"r1": {"text": "a", "label": 1}, "r2": {"text": "b", "label": null}}',
    ],
)
def test_every_usual_shape_gives_the_same_rows(text: str) -> None:
    for size in (1, 3, 1_000):
        assert rows(text, size) == EXPECTED


def test_a_list_of_texts_is_a_column_of_text() -> None:
    assert rows('["a", "b, c"]') == [{"text": "a"}, {"text": "b, c"}]
    assert rows('"a"\n"b"\n', read_lines=True) == [{"text": "a"}, {"text": "b"}]


def test_values_that_are_no_text_are_kept_as_json() -> None:
    (row,) = rows('[{"text": "é", "n": 7, "x": 1.0, "big": 12345678901234567890, "ok": true, "tags": ["ä", 1]}]')
    assert row == {"text": "é", "n": "7", "x": "1.0", "big": "12345678901234567890", "ok": "true", "tags": '["ä", 1]'}


def test_random_rows_come_back_from_both_formats() -> None:
    rng = random.Random(2)
    alphabet = 'aé中👍"\\\n\t\r{}[],: \u2028'
    table = [{f"k{j}": "".join(rng.choices(alphabet, k=rng.randrange(9))) for j in range(3)} for _ in range(60)]
    for ascii_only in (True, False):
        listed = json.dumps(table, ensure_ascii=ascii_only, indent=rng.choice([None, 2]))
        lined = "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in table)
        for size in (1, 11, 4_000):
            assert rows(listed, size) == table
            assert rows(lined, size, read_lines=True) == table


def test_keys_that_come_later_become_columns_and_keys_in_another_case_stay_apart() -> None:
    found = [
        *read_json_lines(['{"text": "a", "Text": "A"}\n', '{"text": "b", "late": 1}\n'] * 10_000, []),
    ]
    assert found[0].schema.names == ["text", "Text 2", "late"]
    assert sum(batch.num_rows for batch in found) == 20_000


def test_a_list_of_many_items_is_read_as_it_comes() -> None:
    def endless() -> Iterator[str]:
        yield "["
        while True:
            yield '{"text": "some row"},' * 10_000

    batches = read_json(endless(), [])
    assert sum(next(batches).num_rows for _ in range(5)) > 30_000


def test_half_a_character_is_replaced_with_a_note() -> None:
    notes: list[str] = []
    (batch,) = read_json(['[{"text": "a\\ud83d"}, {"text": "\\ud83d\\ude00"}]'], notes)
    assert batch.column(0).to_pylist() == ["a\ufffd", "😀"]
    assert notes == ["Cells in which half a character was replaced by a question mark sign: 1."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"text": "a"}\n{"text": "b",}\n', "Line 2 is not valid JSON"),
        ('{"text": "a"}\n\n{"text": "b"', "Line 3 is not valid JSON"),
        ('{"text": "a"}\n[1, 2]\n', "Line 2 is neither an object nor a text"),
        ("[" * 100_000 + "\n", "Line 1 is not valid JSON .nested too deep"),
        ('{"n": ' + "1" * 5_000 + "}\n", "Line 1 is not valid JSON"),
        ("\n\n", "The file has no rows"),
        ("{}\n{}\n", "have no keys"),
        ('{"text": "' + "x" * 5_000_000 + '"}\n', "Line 1 has more than 5,000,000 characters"),
    ],
)
def test_a_bad_line_is_named(text: str, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        rows(text, 1_000_000, read_lines=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"text": "a"}, {"text" "b"}]', "not valid at character 17"),
        ('[{"text": "a"}, {"text": "b"}', "not valid at character"),
        ('[{"text": "a"}] more', "something follows the end"),
        ("[1, 2]", "Item 1 of the list is neither an object nor a text"),
        ("12", "neither a list nor an object"),
        ("[]", "The file has no rows"),
        ('{"name": "x"}', "holds no list of rows"),
        ('{"text": ["a", "b"], "label": [1]}', "not equally long: 'text' 2, 'label' 1"),
        ('{"train": [{"text": "a"}], "test": [{"text": "b"}]}', "several lists of rows, 'train' and 'test'"),
        ("[" * 100_000, "nested too deep|not valid"),
        ('[{"text": "' + "x" * 5_000_000 + '"}]', "Item 1 of the list has more than 5,000,000 characters"),
    ],
)
def test_a_bad_document_has_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        rows(text, 1_000_000)


def test_too_many_keys_are_refused() -> None:
    with pytest.raises(FileError, match="more than 1,000 different keys"):
        rows(json.dumps([{f"k{i}": i} for i in range(1_001)]), 10_000)
