"""Sentence insertion: a sentence of another row, or of the user's own file, goes into a text."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.sentence_pool import (
    Key,
    Pooled,
    SentencePool,
    is_spaced,
    pool_of_file,
    pool_of_rows,
    vectors_of,
)
from core.errors import InputError
from core.randomness import Draws
from core.text.joining import with_sentence
from core.text.sentences import sentences

Candidates = Callable[[Sequence[Row], Sequence[Draws]], list[Iterator[Pooled]]]

TRIES = 10  # sentences looked at for a row that has them itself


@OPERATORS.register("sentence_insertion")
class SentenceInsertion(OperatorConfig):
    """Settings of sentence insertion."""

    title: ClassVar[str] = "Sentence insertion"
    summary: ClassVar[str] = (
        "A sentence of another row of the same class, or of your own file, goes in before, between or after the "
        "sentences of a row."
    )

    pool: Literal["same_label", "any_label", "file"] = Field(
        "same_label",
        title="Sentences from",
        description="Train rows with the same label, any train rows, or a file of your own.",
    )
    file: str = Field("", title="Your file", description="A file with a sentence in each line, for the choice file.")
    choice: Literal["random", "meaning"] = Field(
        "random",
        title="Which sentence",
        description="Any sentence, or one of those nearest to the row in meaning (the sentence encoder knows English).",
    )
    nearest: int = Field(
        5, ge=1, le=100, title="Nearest", description="With the choice meaning: how many nearest ones it is drawn from."
    )
    place: Literal["anywhere", "before", "between", "after"] = Field(
        "anywhere",
        title="Where",
        description="Before, between or after the row's own sentences; a row of one sentence has no between.",
    )
    pool_size: int = Field(
        5_000,
        ge=1,
        le=100_000,
        title="Sentences kept",
        description="How many sentences are held to choose from, for each label.",
    )

    @model_validator(mode="after")
    def _file_is_named(self) -> "SentenceInsertion":
        if self.pool == "file" and not self.file.strip():
            problem = "Sentences from a file need the name of the file."
            raise InputError(problem, "Name or upload a file with a sentence in each line.")
        return self

    def build(self, context: Context) -> Operator:
        """Return the operator; the train rows are read once for the pool.

        Raises FileError and InputError for the user's own file, MissingResource where the encoder is not installed.
        """
        pool = (
            pool_of_file(context.file(self.file), context.seed, self.pool_size)
            if self.pool == "file"
            else pool_of_rows(context.train, context.seed, self.pool_size, self.pool == "same_label")
        )
        candidates = self._near(pool, context.cache) if self.choice == "meaning" else self._any(pool)

        def insert(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            found = candidates(rows, draws)
            return [
                self._inserted(row, options, pool.is_spaced, draw)
                for row, options, draw in zip(rows, found, draws, strict=True)
            ]

        return insert

    def _inserted(self, row: Row, options: Iterator[Pooled], pool_is_spaced: bool, draws: Draws) -> Made | None:
        parts = sentences(row.text)
        places = _places(self.place, len(parts))
        if not row.text.strip() or not places:
            return None
        own = {part.strip() for part in parts}
        for option in options:
            if option.row_id != row.id and option.text not in own:
                spaced = is_spaced(row.text)
                spaced = pool_is_spaced if spaced is None else spaced
                text = with_sentence(parts, option.text, draws.choice(places), spaced)
                return Made(text, {"inserted_from": option.row_id})
        return None

    def _key(self, row: Row) -> Key:
        return row.label if self.pool == "same_label" else None

    def _any(self, pool: SentencePool) -> Candidates:
        def options(row: Row, draws: Draws) -> Iterator[Pooled]:
            held = pool.by_label.get(self._key(row), [])
            for _ in range(TRIES if held else 0):
                yield draws.choice(held)
            yield from held[:TRIES]

        return lambda rows, draws: [options(row, draw) for row, draw in zip(rows, draws, strict=True)]

    def _near(self, pool: SentencePool, cache: Path) -> Candidates:
        from core.text.encoder import SentenceEncoder

        encoder = SentenceEncoder.load()
        vectors = {label: vectors_of(held, encoder, cache) for label, held in pool.by_label.items()}

        def options(row: Row, draws: Draws, vector: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> Iterator[Pooled]:
            held = pool.by_label.get(self._key(row), [])
            if not held:
                return
            own = set(map(str.strip, sentences(row.text)))
            cosines = vectors[self._key(row)] @ vector
            order = np.argsort(-cosines, kind="stable").tolist()
            others = (held[i] for i in order if held[i].row_id != row.id and held[i].text not in own)
            near = [pooled for pooled, _ in zip(others, range(self.nearest), strict=False)]
            yield from draws.sample(near, 1)

        def near(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Iterator[Pooled]]:
            found = encoder.encode([row.text for row in rows])
            return [options(*each) for each in zip(rows, draws, found, strict=True)]

        return near


def _places(place: str, parts: int) -> range:
    """Return between which parts of a text a sentence may go: 0 is before the first of them."""
    return {
        "anywhere": range(parts + 1),
        "before": range(1),
        "between": range(1, parts),
        "after": range(parts, parts + 1),
    }[place]
