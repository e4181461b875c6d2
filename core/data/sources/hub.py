"""Datasets of the Hugging Face hub, streamed: only what is asked for is fetched, and no code of theirs is run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from core.data.sources.hub_errors import hub_errors
from core.data.sources.hub_rows import HubRows
from core.data.sources.source import Source
from core.errors import InputError
from core.registry import unknown_name

ALL_SPLITS = "all"
ROW_LIMIT = 10_000
TIMEOUT_S = 8.0
RETRIES = 2
LOOK_ROWS = 100  # enough to guess which column is the text
FORMATS = ("csv", "json", "parquet", "arrow", "text")


@dataclass(frozen=True)
class HubDataset:
    """What the hub says of a dataset: its `id` now, the revision `sha`, the `card` (the YAML of its README)."""

    id: str
    sha: str
    card: Mapping[str, Any]
    is_gated: bool


@dataclass(frozen=True)
class HubSplits:
    """Splits of a dataset, by name: `streams` are the datasets library's, `sizes` the rows of those that tell."""

    dataset: HubDataset
    streams: Mapping[str, Any]
    sizes: Mapping[str, int]

    def total(self, row_limit: int | None) -> int | None:
        """Return how many rows `row_limit` of each split are in all, None where a split does not tell its size."""
        known = [min(size, row_limit or size) for size in self.sizes.values()]
        return sum(known) if known and len(known) == len(self.streams) else None


def open_hub(
    dataset_id: str, config: str | None = None, split: str | None = None, row_limit: int | None = ROW_LIMIT
) -> Source:
    """Return the first `row_limit` rows (None: all) of a split of a dataset ("owner/name") of the hub.

    Without `split` the training split is taken, or the first; "all" takes `row_limit` rows of every split and adds the
    column `split`. Class numbers become class names; pictures and sound are left out. Raises InputError where there is
    no such dataset, configuration or split, or access to it has to be asked for, FileError where its files cannot be
    read, and MissingResource where the hub cannot be reached, within seconds.
    """
    splits = open_splits(dataset_id, config, split)
    found = splits.dataset
    with hub_errors(found.id, found.is_gated):
        rows = HubRows(splits.streams, row_limit, with_split=split == ALL_SPLITS)
        first = next(rows.batches, None)
    if first is None:
        raise InputError(f"The dataset {found.id} has no rows.", "Choose another split or another dataset.")
    from core.data.mapping import guess_mapping

    mapping = guess_mapping(first.slice(0, LOOK_ROWS).to_pydict())
    rows.notes[:0] = _card_notes(found)

    def batches() -> Iterator[pa.RecordBatch]:
        with hub_errors(found.id, found.is_gated):
            yield from chain([first], rows.batches)

    return Source(
        name=found.id.split("/")[-1],
        batches=batches(),
        mapping=mapping.model_copy(update={"split": "split"}) if split == ALL_SPLITS else mapping,
        done=lambda: rows.read,
        total=splits.total(row_limit),
        language=_language(found.card),
        notes=rows.notes,
    )


def open_splits(dataset_id: str, config: str | None, split: str | None) -> HubSplits:
    """Return the splits that `open_hub` reads, before any row of them is fetched. Raises as `open_hub`."""
    found = _find(dataset_id)
    with hub_errors(found.id, found.is_gated):
        builder = _builder(found, config)
        streams = builder.as_streaming_dataset()
        names = _choose(split, list(streams))
    told = builder.info.splits or {}
    return HubSplits(
        found,
        {name: streams[name] for name in names},
        {name: told[name].num_examples for name in names if name in told and told[name].num_examples},
    )


def hub_configs(dataset_id: str) -> tuple[str, ...]:
    """Return the names of a dataset's configurations, ("default",) where it has no named ones. Raises as `open_hub`."""
    return _configs(_find(dataset_id))


def hub_splits(dataset_id: str, config: str | None = None) -> tuple[str, ...]:
    """Return the names of the splits of a configuration. Raises as `open_hub`."""
    found = _find(dataset_id)
    with hub_errors(found.id, found.is_gated):
        return tuple(map(str, _builder(found, config).config.data_files or ()))


def _find(dataset_id: str) -> HubDataset:
    """Ask the hub for a dataset: one request without retries, so that a hub out of reach is known in seconds."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    constants.HF_HUB_DISABLE_TELEMETRY = True  # a request for statistics, which waits three seconds more
    dataset_id = re.sub(r"^https?://[^/]+/datasets/", "", dataset_id.strip()).strip("/")
    try:
        validate_repo_id(dataset_id)
    except HFValidationError:
        problem = f"{dataset_id!r} cannot be the id of a dataset on the hub."
        raise InputError(problem, "Write it as owner/name, as in the address of its page.") from None
    with hub_errors(dataset_id):
        info = HfApi().dataset_info(dataset_id, timeout=TIMEOUT_S)
    if "/" not in info.id:  # the datasets library takes a bare name such as "json" for files in the current folder
        raise InputError(f"{dataset_id!r} is not the whole id of a dataset on the hub.", "Write it as owner/name.")
    return HubDataset(info.id, info.sha, info.card_data.to_dict() if info.card_data else {}, bool(info.gated))


def _builder(found: HubDataset, config: str | None) -> Any:
    """Return the datasets library's builder for a configuration of a dataset.

    A dataset's card may name any file or address as its data, also on this machine or in its network. The library
    reads none of these, but would look for them, so they are refused before.
    """
    import datasets

    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False  # a request to another host, for statistics
    datasets.config.TORCH_AVAILABLE = False  # it would import torch for workers that there are none of: seconds, 200 MB
    datasets.config.STREAMING_READ_MAX_RETRIES = datasets.config.STREAMING_OPEN_MAX_RETRIES = RETRIES
    datasets.config.STREAMING_READ_RETRY_INTERVAL = datasets.config.STREAMING_OPEN_RETRY_INTERVAL = 1
    datasets.disable_progress_bars()
    _check_config(found, config)
    entries = found.card.get("configs") or []
    for place in _strings([[entry.get("data_files"), entry.get("data_dir")] for entry in entries]):
        if ":" in place or place.startswith(("/", "~", "\\")) or ".." in place.split("/"):
            problem = f"The dataset {found.id} names {place!r} as its data, which is not one of its own files."
            raise InputError(problem, "Choose another dataset; files from elsewhere are not read.")
    # The prefix keeps the library from taking a folder of that name on this machine for the dataset.
    builder = datasets.load_dataset_builder(f"hf://datasets/{found.id}", name=config, revision=found.sha)
    kind = type(builder).__module__.split(".")[-1]
    if kind not in FORMATS:
        problem = f"The files of the dataset {found.id} are of the kind {kind}, not a table."
        raise InputError(problem, "Choose a dataset of CSV, JSON, Parquet, Arrow or text files.")
    return builder


def _configs(found: HubDataset) -> tuple[str, ...]:
    return tuple(str(entry.get("config_name")) for entry in found.card.get("configs") or []) or ("default",)


def _check_config(found: HubDataset, config: str | None) -> None:
    names = _configs(found)
    if config is not None and config not in names:
        raise unknown_name("configuration", config, list(names))
    has_default = "default" in names or any(entry.get("default") for entry in found.card.get("configs") or [])
    if config is None and len(names) > 1 and not has_default:
        problem = f"The dataset {found.id} has {len(names)} configurations and none of them is the default."
        raise InputError(problem, f"Choose one of: {', '.join(names)}.")


def _choose(split: str | None, names: list[str]) -> list[str]:
    """Return the splits to read out of `names`."""
    if split == ALL_SPLITS:
        return names
    if split is None:
        return ["train"] if "train" in names else names[:1]
    if split not in names:
        raise unknown_name("split", split, names)
    return [split]


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings in nested lists and the values of nested mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)


def _card_notes(found: HubDataset) -> list[str]:
    notes = [f"Read from the hub's dataset {found.id} at revision {found.sha[:12]}."]
    if licence := list(_strings(found.card.get("license"))):
        notes.append(f"Its card gives the licence as {', '.join(licence)}.")
    return notes


def _language(card: Mapping[str, Any]) -> str | None:
    languages = list(_strings(card.get("language")))
    return languages[0] if len(languages) == 1 else None
