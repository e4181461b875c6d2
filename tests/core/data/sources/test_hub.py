"""Reading datasets from the hub, against a stand-in on this machine, in a process that knows only the stand-in.

core.data.sources.hub is what is called; core.data.sources.hub_rows and core.data.sources.hub_errors work inside it.
"""

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[4]
ROWS = 20_000

CLIENT = """
import json, os, sys
from core.data.sources.hub import hub_configs, hub_splits, open_hub
from core.errors import CorpusLabError

answers = []
for name, arguments in json.load(sys.stdin):
    try:
        if name != "open_hub":
            answers.append({"names": globals()[name](**arguments)})
            continue
        source = open_hub(**arguments)
        sizes, rows = [], []
        for batch in source.batches:
            sizes.append(len(batch))
            rows += batch.to_pylist()
        answers.append({
            "name": source.name, "mapping": source.mapping.model_dump(), "total": source.total, "done": source.done(),
            "language": source.language, "notes": source.notes, "sizes": sizes, "first": rows[:3], "last": rows[-3:],
        })
    except CorpusLabError as error:
        answers.append({"error": type(error).__name__, "text": str(error)})
json.dump(answers, sys.stdout, default=str)
"""


def ask(endpoint: str, folder: Path, *questions: tuple[str, dict[str, Any]], **environment: str) -> list[Any]:
    """Return what the functions of core.data.sources.hub answer in a new process in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        timeout=100,
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(folder / "hf"),
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "127.0.0.1",
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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


@pytest.fixture(scope="module")
def answers(hub: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All questions asked in one process, since loading the libraries takes seconds."""
    folder = tmp_path_factory.mktemp("client")
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
    hub.add("acme/books", {"train.parquet": parquet(text=["word " * 13_000] * 2_000)})
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

    questions = {
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
    return dict(zip(questions, ask(hub.endpoint, folder, *questions.values()), strict=True))


def refused(answer: dict[str, Any], kind: str, *words: str) -> bool:
    """Whether the answer is an error of this kind: one sentence on what is wrong, then what to do, with the words."""
    text = answer["text"]
    return answer["error"] == kind and text.endswith(".") and all(word in text for word in words)


def test_the_training_split_is_streamed_up_to_the_row_limit_with_class_names(answers: dict[str, Any]) -> None:
    answer = answers["reviews"]
    assert answer["sizes"] == [8_192, 10_000 - 8_192]
    assert answer["total"] == answer["done"] == 10_000
    assert answer["first"][:2] == [
        {"text": "row 0 reads well", "label": "bad"},
        {"text": "row 1 reads well", "label": "good"},
    ]
    assert answer["last"][-1] == {"text": "row 9999 reads well", "label": "good"}
    assert answer["mapping"] == {"text": "text", "label": "label", "split": None, "id": None}
    assert answer["name"] == "reviews"
    assert answer["language"] == "en"


def test_notes_name_the_revision_the_licence_and_what_was_not_read(answers: dict[str, Any]) -> None:
    assert answers["reviews"]["notes"] == [
        "Read from the hub's dataset acme/reviews at revision 0123456789ab.",
        "Its card gives the licence as cc0-1.0.",
        "Only the first 10,000 rows of the split train were read.",
    ]
    assert len(answers["no limit"]["notes"]) == 2


def test_the_address_of_a_page_will_do_and_no_limit_reads_all(answers: dict[str, Any]) -> None:
    answer = answers["no limit"]
    assert answer["done"] == answer["total"] == sum(answer["sizes"]) == ROWS
    assert max(answer["sizes"]) == 8_192


def test_a_dataset_that_moved_is_followed_and_an_unknown_class_is_null(answers: dict[str, Any]) -> None:
    answer = answers["moved"]
    assert "acme/reviews" in answer["notes"][0]
    assert [row["label"] for row in answer["first"] + answer["last"][1:]] == ["bad", "good", None, "bad", "good"]


def test_all_splits_take_the_limit_of_each_and_say_where_a_row_is_from(answers: dict[str, Any]) -> None:
    answer = answers["all splits"]
    assert answer["total"] == answer["done"] == 10 + 5
    assert answer["first"][0]["split"] == "train"
    assert answer["last"][-1] == {"text": "test 4 reads well", "label": "good", "split": "test"}
    assert answer["mapping"]["split"] == "split"


def test_splits_and_configurations_are_listed(answers: dict[str, Any]) -> None:
    assert answers["splits"] == {"names": ["train", "test"]}
    assert answers["configs"] == {"names": ["de", "fr"]}
    assert answers["one config"] == {"names": ["default"]}


def test_a_configuration_is_chosen_by_name_and_the_text_is_found(answers: dict[str, Any]) -> None:
    answer = answers["config"]
    assert answer["first"] == [{"satz": "Guten Tag, wie geht es?", "n": 1}, {"satz": "Auf Wiedersehen!", "n": None}]
    assert answer["mapping"]["text"] == "satz"
    assert answer["total"] is None


def test_lists_of_classes_get_names_and_pictures_are_left_out(answers: dict[str, Any]) -> None:
    answer = answers["feelings"]
    assert answer["first"] == [
        {"text": "What a lovely day", "feelings": ["joy"]},
        {"text": "Who is there", "feelings": ["fear", "joy"]},
    ]
    assert "These columns were left out: photo." in answer["notes"]


def test_batches_of_long_texts_are_kept_small(answers: dict[str, Any]) -> None:
    characters = len("word " * 13_000)
    assert sum(answers["books"]["sizes"]) == 2_000
    assert max(answers["books"]["sizes"]) * characters < 2 * (32 << 20)


def test_wrong_names_are_answered_with_the_right_ones(answers: dict[str, Any]) -> None:
    assert refused(answers["no such split"], "UnknownName", "'tset'", "Did you mean 'test'?", "train")
    assert refused(answers["no such config"], "UnknownName", "'es'", "de, fr")
    assert refused(answers["needs config"], "InputError", "2 configurations", "Choose one of: de, fr.")
    assert refused(answers["missing"], "InputError", "no public dataset 'acme/nothing'")
    assert refused(answers["bad id"], "InputError", "owner/name")


def test_a_dataset_that_asks_for_permission_says_how_to_get_it(answers: dict[str, Any]) -> None:
    assert refused(answers["gated"], "InputError", "acme/asking", "HF_TOKEN")


def test_files_that_cannot_be_read_are_named(answers: dict[str, Any]) -> None:
    assert refused(answers["broken"], "FileError", "acme/broken")
    assert refused(answers["changing"], "FileError", "acme/changing", "'many'")
    assert refused(answers["script"], "FileError", "acme/script", "no longer supported")
    assert refused(answers["pictures"], "InputError", "imagefolder")
    assert refused(answers["empty"], "InputError", "has no rows")


def test_files_of_this_machine_are_never_read(answers: dict[str, Any], hub: Any) -> None:
    assert refused(answers["local folder"], "InputError", "no public dataset 'acme/here'")
    assert refused(answers["bare name"], "InputError", "'csv'", "owner/name")
    for name in ("evil path", "evil up", "evil url"):
        assert refused(answers[name], "InputError", "not one of its own files")
    assert refused(answers["evil hidden"], "FileError", "evil/hidden")
    assert not [request for request in hub.requests if "secret" in request]


ONE = ("open_hub", {"dataset_id": "acme/reviews"})


def test_a_closed_port_gives_a_sentence_with_the_offline_way(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound but not listening: nobody else can open this port
        taken.bind(("127.0.0.1", 0))
        [answer] = ask(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path, ONE)
    assert refused(answer, "MissingResource", "cannot be reached (Connection refused)", "import it as a file")


@pytest.mark.slow
def test_a_hub_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        [answer] = ask(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path, ONE)
    assert refused(answer, "MissingResource", "cannot be reached (timed out)", "import it as a file")


def test_offline_mode_is_named(tmp_path: Path) -> None:
    [answer] = ask("http://127.0.0.1:9", tmp_path, ONE, HF_HUB_OFFLINE="1")
    assert refused(answer, "MissingResource", "HF_HUB_OFFLINE")
