"""Open datasets of the Hugging Face hub that are well known in language-model training, and filters to choose by."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LIST = Path(__file__).with_name("catalogue.json")


class CatalogueEntry(BaseModel):
    """One dataset, in one configuration, and what to know before choosing it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="What people call it.")
    hub_id: str = Field(description="Where it is on the hub: owner/name.", pattern=r"^[\w.-]+/[\w.-]+$")
    config: str | None = Field(description="Its configuration on the hub; none where it has only one.")
    split: str = Field(description="The split to begin with.")
    text_column: str = Field(description="The column that holds the text.")
    label_column: str | None = Field(description="The column that sorts the rows into classes, where there is one.")
    language: tuple[str, ...] = Field(
        description="English names of its languages, or Multilingual, or Code.", min_length=1
    )
    domain: str = Field(description="Where the text comes from.")
    task: str = Field(description="What it is mostly used for.")
    size_rows: int | None = Field(description="Rows of the split, rounded where they are many.", gt=0)
    size_text: str = Field(description="Its size in words.")
    licence: str = Field(description="The licence that its card states.")
    gated: bool = Field(description="Whether its terms have to be accepted on the hub before it can be read.")
    when_to_choose: str = Field(description="One sentence on what it is good for.")


@lru_cache(maxsize=1)
def catalogue() -> tuple[CatalogueEntry, ...]:
    """Return all entries, in the order in which they are shown."""
    return TypeAdapter(tuple[CatalogueEntry, ...]).validate_json(LIST.read_bytes())


def search(
    language: str | None = None, domain: str | None = None, task: str | None = None, text: str = ""
) -> tuple[CatalogueEntry, ...]:
    """Return the entries that pass every filter, in the order of the catalogue; none where a value occurs nowhere.

    `language`, `domain` and `task` are values of those fields. Each word of `text` must occur, in either case, in the
    name, the hub id, the languages, the domain, the task, the licence or the sentence on when to choose it.
    """
    words = text.casefold().split()
    return tuple(
        entry
        for entry in catalogue()
        if (language is None or language in entry.language)
        and domain in (None, entry.domain)
        and task in (None, entry.task)
        and all(word in _searched(entry) for word in words)
    )


def _searched(entry: CatalogueEntry) -> str:
    fields = (entry.name, entry.hub_id, *entry.language, entry.domain, entry.task, entry.licence, entry.when_to_choose)
    return "\n".join(fields).casefold()
