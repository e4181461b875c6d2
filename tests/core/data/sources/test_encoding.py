"""Encodings: found from the bytes, followed to the end, wrong bytes named by their place."""

import random
from pathlib import Path

import pytest

from core.data.sources.encoding import LATIN_NOTE, Encoding, decoded, find_encoding, lines
from core.errors import FileError

CHINESE = "距离川沙公路较近，但是公交指示不对。房间很大，床有2M宽，整体感觉经济实惠不错！\n早餐太差\n" * 5
FRENCH = "Les élèves étaient déjà là ; ça coûte 5 €, où êtes-vous ? L’été à Besançon.\n" * 5
GERMAN = "Größe, Äpfel, schöne Grüße aus München; ÄÖÜ heißt außer.\n" * 5
RUSSIAN = "Привет, как дела? Это очень хороший отель.\n" * 5
EMOJI = "great 👍🏽, שלום, مرحبا\n" * 5


@pytest.mark.parametrize("text", [CHINESE, FRENCH, GERMAN, RUSSIAN, EMOJI, "plain ASCII\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_found_with_and_without_a_mark(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = find_encoding(data, complete=True)
    assert found.note is None
    assert data.decode(found.name) == text


@pytest.mark.parametrize(
    "text", [CHINESE, CHINESE[:12], "label,review\n1,很好\n0,很差\n", "這家酒店的服務態度非常好，房間寬敞"]
)
def test_chinese_in_gb18030_is_found(text: str) -> None:
    assert find_encoding(text.encode("gb18030"), complete=True) == Encoding("gb18030")


@pytest.mark.parametrize("text", [FRENCH, GERMAN, "señor mañana", "Größe", "ça", "Müller;Bücher", "“quoted” – yes"])
def test_european_text_is_latin_1_with_a_note_also_where_it_would_decode_as_gb18030(text: str) -> None:
    assert find_encoding(text.encode("cp1252"), complete=True) == Encoding("cp1252", LATIN_NOTE)


def test_real_hotel_reviews_are_found_in_gb18030_and_in_utf_16(shared_data: Path) -> None:
    text = (shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv").read_text("utf-8")[:100_000]
    for encoding in ("gb18030", "utf-16-le", "utf-16-be", "utf-8"):
        assert find_encoding(text.encode(encoding), complete=True).name == encoding


def test_a_character_cut_at_the_end_of_the_sample_does_no_harm() -> None:
    for encoding in ("utf-8", "gb18030"):
        for cut in (1, 2):
            assert find_encoding(CHINESE.encode(encoding)[:-cut], complete=False).name == encoding


def test_a_nul_byte_is_named_by_its_place() -> None:
    with pytest.raises(FileError, match="Byte 5 of the file is a NUL byte"):
        find_encoding(b"text\0label\n" + b"some more text\n" * 50, complete=True)


def test_random_bytes_are_no_text() -> None:
    rng = random.Random(3)
    for size in (200, 5_000):
        with pytest.raises(FileError):
            find_encoding(rng.randbytes(size), complete=False)
    with pytest.raises(FileError, match="too many control characters"):
        find_encoding(bytes(rng.choices(range(1, 32), k=300)), complete=True)


def follow(data: bytes, encoding: Encoding, size: int) -> tuple[str, list[str]]:
    notes: list[str] = []
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    return "".join(decoded(chunks, encoding, notes)), notes


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_characters_that_two_chunks_share_are_whole(size: int) -> None:
    for encoding in ("utf-8", "utf-16", "gb18030"):
        assert follow(CHINESE.encode(encoding), Encoding(encoding), size) == (CHINESE, [])


def test_a_byte_that_does_not_decode_is_named_by_its_place_in_the_file() -> None:
    data = "é".encode() * 100 + b"\xff" + b"rest"
    for size in (1, 8, 1_000):
        with pytest.raises(FileError, match="Byte 201 of the file is not valid UTF-8"):
            follow(data, Encoding("utf-8"), size)


def test_a_file_cut_inside_its_last_character_is_named_too() -> None:
    with pytest.raises(FileError, match="Byte 5 of the file is not valid UTF-8"):
        follow("text中".encode()[:-1], Encoding("utf-8"), 3)


def test_a_nul_byte_far_into_the_file_is_named() -> None:
    with pytest.raises(FileError, match="Byte 1,003 of the file is a NUL byte"):
        follow("é".encode() * 501 + b"\0end", Encoding("utf-8"), 100)


def test_ascii_decides_at_its_first_other_byte() -> None:
    plain = b"plain ascii text\n" * 40
    assert follow(plain + GERMAN.encode("cp1252"), Encoding("utf-8"), 170) == (plain.decode() + GERMAN, [LATIN_NOTE])
    assert follow(plain + CHINESE.encode("gb18030"), Encoding("utf-8"), 170) == (plain.decode() + CHINESE, [])
    assert follow(plain + CHINESE.encode(), Encoding("utf-8"), 170) == (plain.decode() + CHINESE, [])


def test_a_chosen_encoding_is_kept() -> None:
    with pytest.raises(FileError, match="not valid UTF-8"):
        follow(b"plain\n" * 40 + "Größe".encode("cp1252"), Encoding("utf-8", chosen=True), 60)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1_000])
def test_lines_end_as_they_are_written_whatever_the_chunks(size: int) -> None:
    text = "one\ntwo\r\nthree\rfour\n\n\r\n five\u2028same\x0bline\n\r"
    assert list(lines(text[i : i + size] for i in range(0, len(text), size))) == [
        *("one\n", "two\r\n", "three\r", "four\n", "\n", "\r\n", " five\u2028same\x0bline\n", "\r"),
    ]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    def endless() -> object:
        yield "first\n"
        while True:
            yield "x" * 1_000_000

    with pytest.raises(FileError, match="Line 2 has more than 20,000,000 characters"):
        list(lines(endless()))  # type: ignore[arg-type]
