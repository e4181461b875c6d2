"""What an augmentation operator is: a config that builds a function from rows to changed rows.

Adding an operator means adding one file with one registered config class, and its test. The framework, not the
operator, assigns ids, seeds, splits and lineage.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from core.config import Config
from core.randomness import Draws
from core.registry import Registry


@dataclass(frozen=True)
class Row:
    """A row as an operator sees it."""

    id: str
    text: str
    label: str | None = None


@dataclass(frozen=True)
class Made:
    """A changed text; `details` (JSON types) go into the lineage, such as the id of an inserted sentence's row."""

    text: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What operators may look at while they are built; it can be sent to another process.

    `train` is a Parquet file with the columns id, text, label of the dataset's train rows and no others;
    `cache` is a folder for tables that take long to make; `files` is the folder of the files that a person uploaded.
    """

    language: str
    train: Path
    cache: Path
    seed: int = 0
    files: Path | None = None

    def file(self, name: str) -> Path:
        """Return where the file is that settings call `name`: among the uploaded ones, else as a path."""
        uploaded = self.files / name if self.files else None
        return uploaded if uploaded and uploaded.is_file() else Path(name)


# One outcome a row, in order; None where the operator finds nothing to change. The same row and the same draws give
# the same outcome whatever the other rows of the batch are.
Operator = Callable[[Sequence[Row], Sequence[Draws]], list[Made | None]]


class OperatorConfig(Config):
    """Base of every operator's settings. `languages` are codes; empty means every language."""

    title: ClassVar[str]
    summary: ClassVar[str]
    languages: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def missing(cls) -> str | None:
        """Return None, or the sentences that say what this operator needs and how to get it."""
        return None

    @abstractmethod
    def build(self, context: Context) -> Operator:
        """Return the operator; models are loaded and tables made here. Raises MissingResource, InputError."""


OPERATORS: Registry[type[OperatorConfig]] = Registry("operator")
