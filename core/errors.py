"""The errors of Corpus Lab. Each says what is wrong and what to do next, in whole sentences.

CorpusLabError
├── InputError          the data or a setting cannot be used as it is
│   ├── FileError       a file cannot be read as the format it claims to be
│   ├── QueryError      a search, a regular expression or an SQL statement is not valid
│   └── UnknownName     a name is not among the registered ones
├── NotFound            a dataset, version or run is not there, or is not yours
├── MissingResource     something this needs is not on this machine: WordNet, the hub, a package
└── StorageError        the disk is full, the folder is read-only, the database is locked
"""


class CorpusLabError(Exception):
    """Base of every error that a person is meant to read.

    `problem` says what is wrong and `remedy` what to do about it; both are whole sentences.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}".strip()


class InputError(CorpusLabError):
    """The data or a setting cannot be used as it is."""


class FileError(InputError):
    """A file cannot be read as the format it claims to be."""


class QueryError(InputError):
    """A search, a regular expression or an SQL statement is not valid."""


class UnknownName(InputError):
    """A name is not among the registered ones."""


class NotFound(CorpusLabError):
    """A dataset, version or run is not there, or belongs to someone else."""


class MissingResource(CorpusLabError):
    """Something this needs is not on this machine."""


class StorageError(CorpusLabError):
    """The folder that Corpus Lab writes to cannot be written or read just now."""
