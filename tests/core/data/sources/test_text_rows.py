"""Plain text: lines and paragraphs."""

from pathlib import Path

import pytest

from core.data.sources.text_rows import read_text
from core.errors import FileError


def rows(text: str, paragraphs: bool) -> list[str]:
    return [row for batch in read_text([text], paragraphs) for row in batch.column("text").to_pylist()]


TEXT = "First line \r\n  second\n\n \nThird\n\tline\nand more"


def test_a_row_a_line_keeps_spaces_and_skips_blank_lines() -> None:
    assert rows(TEXT, paragraphs=False) == ["First line ", "  second", "Third", "\tline", "and more"]


def test_a_row_a_paragraph_keeps_the_line_breaks_within() -> None:
    assert rows(TEXT, paragraphs=True) == ["First line \n  second", "Third\n\tline\nand more"]


def test_wikitext_as_lines_and_as_paragraphs(shared_data: Path) -> None:
    text = (shared_data / "wikitext-2" / "valid.txt").read_text("utf-8")
    filled = [line for line in text.split("\n") if line.strip()]
    assert rows(text, paragraphs=False) == filled
    paragraphs = rows(text, paragraphs=True)
    assert "\n".join(paragraphs).split("\n") == filled
    assert 0 < len(paragraphs) < len(filled)


@pytest.mark.parametrize("paragraphs", [True, False])
def test_no_text_and_too_long_a_row_have_a_sentence(paragraphs: bool) -> None:
    with pytest.raises(FileError, match="blank lines only"):
        rows("\n \n\t\n", paragraphs)
    with pytest.raises(FileError, match="The row that begins in line 3 has more than 5,000,000 characters"):
        rows("fine\n\n" + "x" * 5_000_001 + "\n", paragraphs)


def test_a_paragraph_without_end_is_stopped() -> None:
    with pytest.raises(FileError, match="The row that begins in line 3 has more than"):
        rows("fine\n\n" + ("x" * 1_000 + "\n") * 20_000, paragraphs=True)
