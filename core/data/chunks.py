"""Texts in lists of a bounded size, so that work on them takes little memory and a cancel is soon noticed."""

from collections.abc import Iterable, Iterator


def chunks(texts: Iterable[str], rows: int, characters: int) -> Iterator[list[str]]:
    """Yield `texts` in lists of at most `rows`, and of no more than `characters` but for the last text of a list."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if len(chunk) >= rows or size >= characters:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
