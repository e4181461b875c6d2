"""The encoding of a text file: found from its first bytes, then followed to its end."""

import codecs
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.data.sources.limits import MAX_LINE
from core.errors import FileError

EncodingName = Literal[
    "utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_kr", "cp1250", "cp1251", "cp1252", "latin-1"
]

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LATIN = "cp1252"
LATIN_NOTE = (
    "The file is neither UTF-8, UTF-16 nor GB18030, so it was read as Latin-1 (in its Windows form, cp1252); "
    "if letters with accents look wrong, save the file as UTF-8."
)

COMMON_SHARE = 0.4
"""The share of the decoded characters that must be everyday Chinese: 0.99 in hotel reviews, 0.7 in
traditional characters, near 0 in Latin-1 text that happens to decode."""


@dataclass(frozen=True)
class Encoding:
    """A codec's name, a sentence for the person where finding it was not certain, and whether the person chose it."""

    name: str
    note: str | None = None
    chosen: bool = False


def find_encoding(sample: bytes, complete: bool) -> Encoding:
    """Return the encoding of a file that begins with `sample`; `complete` when that is all of it.

    Raises FileError where the bytes are no text in any of them.
    """
    for bom, name in BOMS:
        if sample.startswith(bom):
            return Encoding(name)
    if b"\0" in sample:
        wide = _utf16(sample, complete)
        if wide is None:
            raise _nul(sample.index(b"\0"))
        return Encoding(wide)
    if _control_share(sample) > 0.01:
        raise FileError("The file is binary: it has too many control characters for a text.", ANOTHER_FORMAT)
    if _decodes(sample, "utf-8", complete) or _mostly_utf8(sample):
        return Encoding("utf-8")
    if _decodes(sample, "gb18030", complete) and _everyday_chinese(sample) >= COMMON_SHARE:
        return Encoding("gb18030")
    if _decodes(sample, LATIN, complete):
        return Encoding(LATIN, LATIN_NOTE)
    raise FileError("The file is not a text in UTF-8, UTF-16, GB18030 or Latin-1.", ANOTHER_FORMAT)


ANOTHER_FORMAT = "Export it as CSV, JSONL, Parquet or plain text, in UTF-8."


def decoded(chunks: Iterable[bytes], encoding: Encoding, notes: list[str]) -> Iterator[str]:
    """Yield `chunks` as text.

    A file that began as plain ASCII decides at its first other byte; a note on that goes into `notes`.
    Raises FileError with the position of the first byte that does not decode, and for NUL characters.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)()
    ascii_so_far = encoding.name == "utf-8" and not encoding.chosen
    offset = 0
    for chunk in chunks:
        if ascii_so_far and not chunk.isascii():
            ascii_so_far = False
            found = find_encoding(chunk, complete=False)
            if found.name in ("gb18030", LATIN):
                encoding, decoder = found, codecs.getincrementaldecoder(found.name)()
                notes.extend([found.note] if found.note else [])
        text = _decode(decoder, chunk, offset, encoding.name, final=False)
        offset += len(chunk)
        if "\0" in text:
            raise _nul(offset - len(chunk) + len(text[: text.index("\0")].encode(encoding.name, "replace")))
        yield text
    rest = _decode(decoder, b"", offset, encoding.name, final=True)
    if rest:
        yield rest


def lines(texts: Iterable[str]) -> Iterator[str]:
    r"""Yield the lines of `texts` with their ends (\n, \r\n or \r).

    Raises FileError for a line of more than MAX_LINE characters.
    """
    carry, number = "", 0
    for text in texts:
        found = io.StringIO(carry + text, newline="").readlines()
        carry = found.pop() if found else ""
        yield from found
        number += len(found)
        if carry.endswith("\n"):
            yield carry
            carry, number = "", number + 1
        elif len(carry) > MAX_LINE:
            problem = f"Line {number + 1:,} has more than {MAX_LINE:,} characters."
            raise FileError(problem, "Break it into several lines.")
    if carry:
        yield carry


def decode_sample(sample: bytes, encoding: str) -> str:
    """Return `sample` as text, without a character that it cuts in two. Raises FileError where it does not decode."""
    text = _decode(codecs.getincrementaldecoder(encoding)(), sample, 0, encoding, final=False)
    if "\0" in text:
        raise _nul(len(text[: text.index("\0")].encode(encoding, "replace")))
    return text


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, encoding: str, final: bool) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        position = offset + len(chunk) - len(error.object) + error.start
        problem = f"Byte {position + 1:,} of the file is not valid {encoding.upper()}, as what stands before it is."
        raise FileError(problem, "Save the whole file as UTF-8, then import it again.") from error


def _nul(position: int) -> FileError:
    problem = f"Byte {position + 1:,} of the file is a NUL byte, so it is damaged or not a text."
    return FileError(problem, ANOTHER_FORMAT)


def _decodes(sample: bytes, encoding: str, complete: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, complete)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(sample: bytes) -> bool:
    """Say whether `sample` is UTF-8 with a few damaged places, so that the error names these."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not c.isascii() for c in text) - broken > 2 * broken


def _utf16(sample: bytes, complete: bool) -> str | None:
    """Return the byte order of a UTF-16 text without a mark, or None where `sample` is no such text.

    Read the wrong way round, ASCII and everyday Chinese turn into characters that are rare or do not exist.
    """
    shares = {}
    for name in ("utf-16-le", "utf-16-be"):
        if not _decodes(sample, name, complete):
            continue
        text = sample.decode(name, "ignore")
        counts = Counter(text)
        odd = sum(n for c, n in counts.items() if c not in "\t\n\r\f" and unicodedata.category(c) in ("Cc", "Cn", "Co"))
        if "\0" not in counts and odd * 1000 <= len(text):
            shares[name] = sum(n for c, n in counts.items() if c.isascii() or _everyday(c)) / len(text)
    return max(shares, key=lambda name: shares[name]) if shares else None


def _control_share(sample: bytes) -> float:
    controls = sum(sample.count(bytes([c])) for c in range(32) if c not in b"\t\n\r\f\x1b")
    return controls / len(sample)


def _everyday_chinese(sample: bytes) -> float:
    """Return the share of everyday characters among the non-ASCII ones of `sample` read as GB18030.

    Everyday are the 3,755 of GB 2312 level 1 and its rows of punctuation, as in `_everyday`.
    """
    counts = Counter(c for c in sample.decode("gb18030", "ignore") if not c.isascii())
    return sum(n for c, n in counts.items() if _everyday(c)) / max(1, counts.total())


def _everyday(character: str) -> bool:
    code = character.encode("gb2312", "ignore")
    return len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)
