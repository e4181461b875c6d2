"""Datasets on the stand-in for the hub, good, bad and evil, and the questions that are asked about them."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 20_000


def parquet(features: Any = None, **columns: Any) -> bytes:
    table = pa.table(columns)
    if features:
        info = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": info})
    written = io.BytesIO()
    pq.write_table(table, written, row_group_size=1_000)
    return written.getvalue()


def class_label(*names: str) -> dict[str, Any]:
    return {"names": list(names), "_type": "ClassLabel"}


STRING = {"dtype": "string", "_type": "Value"}

REVIEWS_CARD = {
    "license": "cc0-1.0",
    "language": ["en"],
    "configs": [
        {
            "config_name": "default",
            "data_files": [{"split": "train", "path": "data/train-*"}, {"split": "test", "path": "data/test-*"}],
        }
    ],
    "dataset_info": {
        "features": [
            {"name": "text", "dtype": "string"},
            {"name": "label", "dtype": {"class_label": {"names": {"0": "bad", "1": "good"}}}},
        ],
        "splits": [
            {"name": "train", "num_bytes": 1, "num_examples": ROWS},
            {"name": "test", "num_bytes": 1, "num_examples": 5},
        ],
    },
}


def put_datasets(hub: Any, folder: Path) -> None:
    """Put them on the hub; `folder` becomes one of a client that has secrets, which evil datasets name."""
    secret = folder / "secret.csv"
    secret.write_text("text\nthe secret of another person\n")
    (folder / "acme" / "here").mkdir(parents=True)
    (folder / "acme" / "here" / "train.csv").write_text("text\nthe secret of another person\n")

    hub.add(
        "acme/reviews",
        {
            "data/train-0.parquet": parquet(
                text=[f"row {i} reads well" for i in range(ROWS)], label=[i % 2 for i in range(ROWS)]
            ),
            "data/test-0.parquet": parquet(text=[f"test {i} reads well" for i in range(5)], label=[0, 1, -1, 0, 1]),
        },
        REVIEWS_CARD,
    )
    hub.add("reviews", {}, moved_to="acme/reviews")
    hub.add("csv", {})
    hub.add(
        "acme/greetings",
        {
            "de.jsonl": b'{"satz": "Guten Tag, wie geht es?", "n": 1}\n{"satz": "Auf Wiedersehen!", "n": null}\n',
            "fr.jsonl": b'{"phrase": "Bonjour"}\n',
        },
        {"configs": [{"config_name": "de", "data_files": "de.jsonl"}, {"config_name": "fr", "data_files": "fr.jsonl"}]},
    )
    hub.add(
        "acme/feelings",
        {
            "train.parquet": parquet(
                {
                    "text": STRING,
                    "photo": {"_type": "Image"},
                    "feelings": {"feature": class_label("joy", "fear"), "_type": "List"},
                },
                text=["What a lovely day", "Who is there"],
                photo=[{"bytes": b"x", "path": "x.png"}] * 2,
                feelings=[[0], [1, 0]],
            )
        },
    )
    hub.add("acme/books", {"train.parquet": parquet(text=["word " * 13_000] * 1_200)})
    hub.add("acme/asking", {"train.csv": b"text\nhello\n"}, gated="manual")
    hub.add("acme/broken", {"train.parquet": b"PAR1 this is no Parquet file PAR1"})
    hub.add("acme/script", {"script.py": b"raise SystemExit"})
    hub.add("acme/pictures", {"train/cat/1.png": b"\x89PNG"})
    hub.add("acme/empty", {"train.csv": b"text,label\n"})
    hub.add(
        "acme/changing",
        {"a.jsonl": b'{"text": "one thing", "n": 1}\n', "b.jsonl": b'{"text": "another", "n": "many"}\n'},
        {"configs": [{"config_name": "default", "data_files": ["a.jsonl", "b.jsonl"]}]},
    )
    for name, place in {"path": str(secret), "up": "../../secret.csv", "url": f"{hub.endpoint}/secret.csv"}.items():
        hub.add(f"evil/{name}", {}, {"configs": [{"config_name": "default", "data_files": place}]})
    hidden = json.dumps({"configs": [{"config_name": "default", "data_files": str(secret)}]})
    hub.add("evil/hidden", {"train.csv": b"text\nbait\n", ".huggingface.yaml": hidden.encode()})


def questions(hub: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the function to call and its arguments, by the name of the question."""
    return {
        "reviews": ("open_hub", {"dataset_id": "acme/reviews"}),
        "moved": ("open_hub", {"dataset_id": "reviews", "split": "test"}),
        "all splits": ("open_hub", {"dataset_id": "acme/reviews", "split": "all", "row_limit": 10}),
        "no limit": ("open_hub", {"dataset_id": f"{hub.endpoint}/datasets/acme/reviews", "row_limit": None}),
        "no such split": ("open_hub", {"dataset_id": "acme/reviews", "split": "tset"}),
        "splits": ("hub_splits", {"dataset_id": "acme/reviews"}),
        "configs": ("hub_configs", {"dataset_id": "acme/greetings"}),
        "one config": ("hub_configs", {"dataset_id": "acme/broken"}),
        "needs config": ("open_hub", {"dataset_id": "acme/greetings"}),
        "config": ("open_hub", {"dataset_id": "acme/greetings", "config": "de"}),
        "no such config": ("open_hub", {"dataset_id": "acme/greetings", "config": "es"}),
        "feelings": ("open_hub", {"dataset_id": "acme/feelings"}),
        "gated": ("open_hub", {"dataset_id": "acme/asking"}),
        "missing": ("open_hub", {"dataset_id": "acme/nothing"}),
        "local folder": ("open_hub", {"dataset_id": "acme/here"}),
        "bare name": ("open_hub", {"dataset_id": "csv"}),
        "bad id": ("open_hub", {"dataset_id": "../../etc"}),
        **{
            name: ("open_hub", {"dataset_id": f"acme/{name}"})
            for name in ("books", "broken", "script", "pictures", "empty", "changing")
        },
        **{f"evil {name}": ("open_hub", {"dataset_id": f"evil/{name}"}) for name in ("path", "up", "url", "hidden")},
    }
