"""The command line, exactly as the README says it: as a process of its own and in that of the tests."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.options import add_options, given
from core.text.wordnet import wordnet_folder
from tests.core.data.sources.hub_stand_in import SHA, running_hub

ROOT = Path(__file__).parents[2]


def core(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "CORPUS_LAB_HOME": str(home)}
    command = [sys.executable, "-m", "core", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def answer(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What a command of this process prints as JSON."""

    def ask(*arguments: str) -> Any:
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_import_list_show_split_export_and_import_again(home: Path, tmp_path: Path, answer: Callable[..., Any]) -> None:
    done = core(home, "data", "import", "builtin:reviews", "--name", "mine", "--json")
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout)
    assert (imported["state"], imported["rows"]) == ("finished", 300)
    assert answer("data", "split", "mine", "--seed", "3")["state"] == "finished"
    listed = answer("data", "list")
    assert [(d["name"], d["version"], d["rows"]) for d in listed] == [("mine", 2, 300)]
    shown = answer("data", "show", "mine")
    assert shown["labels"] == {"negative": 150, "positive": 150}
    assert [step["action"] for step in shown["history"]] == ["import", "split"]
    path = tmp_path / "out.csv"
    answer("data", "export", "mine", "--format", "csv", "--output", str(path))
    again = answer("data", "import", str(path), "--name", "again")
    assert again["rows"] == 300
    assert [run["name"] for run in answer("runs", "list")] == ["again", "mine@1", "mine"], "no addresses and no paths"
    assert answer("data", "show", "again")["first_rows"] == shown["first_rows"]


def test_a_column_can_be_named(tmp_path: Path, answer: Callable[..., Any]) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("title\tbody\tstars\nA\tthe first body of text\t5\nB\tthe second body of text\t1\n")
    answer("data", "import", str(path), "--name", "named", "--text", "body", "--label", "stars")
    rows = answer("data", "show", "named")["first_rows"]
    assert [(row["text"], row["label"]) for row in rows] == [
        ("the first body of text", "5"),
        ("the second body of text", "1"),
    ]


def test_a_dataset_of_the_hub(
    home: Path, tmp_path: Path, answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    films = {
        "train.csv": b"review,stars\nA fine film,5\nA dull film,1\nNot read,3\n",
        "test.csv": b"review,stars\nx,1\n",
    }
    with running_hub() as hub:
        hub.add("acme/films", films, {"license": "cc0-1.0", "language": ["en"]})
        for name, value in {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hf"), "NO_PROXY": "*"}.items():
            monkeypatch.setenv(name, value)
        done = core(home, "data", "import", "hub:acme/films", "--name", "mine", "--label", "stars", "--row-limit", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Imported 2 rows with 2 different labels as mine@1.",
        f"Read from the hub's dataset acme/films at revision {SHA[:12]}.",
        "Its card gives the licence as cc0-1.0.",
        "Only the first 2 rows of the split train were read.",
    ]
    shown = answer("data", "show", "mine")
    assert [(row["text"], row["label"]) for row in shown["first_rows"]] == [("A fine film", "5"), ("A dull film", "1")]
    assert "Its card gives the licence as cc0-1.0." in shown["notes"]
    assert "Only the first 2 rows of the split train were read." in shown["notes"]


def test_a_file_too_large_for_the_browser(home: Path, tmp_path: Path, answer: Callable[..., Any]) -> None:
    settings = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    limit = int(next(line.split("=")[1] for line in settings.splitlines() if line.startswith("maxUploadSize")))
    path, text = tmp_path / "large.csv", b"a word " * 20_000
    rows = (limit + 5) * (1 << 20) // len(text)
    with path.open("wb") as file:
        file.write(b"text,label\n")
        file.writelines(b"%d %s,%d\n" % (row, text, row % 2) for row in range(rows))
    imported = answer("data", "import", str(path), "--name", "large")
    path.unlink()  # so that it is not kept with the last test runs
    assert (imported["state"], imported["rows"]) == ("finished", rows)
    assert answer("data", "show", "large")["labels"] == {"0": -(-rows // 2), "1": rows // 2}


def test_a_person_sees_a_progress_bar_and_a_machine_none(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("text,label\n" + "a row,1\n" * 300_000 + "\0" + "a row,1\n" * 300_000)
    reader, terminal = os.openpty()
    with os.fdopen(terminal, "w") as screen:
        monkeypatch.setattr(sys, "stderr", screen)

        def seen(*arguments: str) -> list[list[str]]:
            """Carry out a command and return the lines of the screen, each with all that was drawn over it."""
            main(["data", "import", *arguments])
            print("end", end="", file=screen, flush=True)
            drawn = ""
            while not drawn.endswith("end"):
                drawn += os.read(reader, 1 << 16).decode()
            return [line.split("\r\033[K") for line in drawn.removesuffix("end").split("\r\n")]

        assert seen("builtin:reviews", "--json") == [[""]]
        *bars, last = seen("builtin:reviews")
        assert last == [""], "what is printed next begins a line"
        for begun, *drawn in bars:
            assert begun == ""
            assert re.fullmatch(r"\[#{24}\] 100% [A-Z].* 300 rows of 300, 0 s left", drawn[-1])
            assert all(re.fullmatch(r"\[[# ]{24}\] [ \d]{3}% .* rows of 300, \d+ s left", bar) for bar in drawn)
        [_, *drawn], [sentence], last = seen(str(bad))
        assert re.fullmatch(r"\[#+ +\] +\d+% .* bytes of 4,800,012, \d+ s left", drawn[-1])
        assert sentence.startswith("Byte 2,400,012 of the file is a NUL byte") and last == [""]
    os.close(reader)


def test_a_folder_of_idx_files(tmp_path: Path, answer: Callable[..., Any]) -> None:
    folder = tmp_path / "digits"
    folder.mkdir()
    (folder / "t10k-images-idx3-ubyte").write_bytes(
        bytes([0, 0, 8, 3, *(0, 0, 0, 2), *(0, 0, 0, 1), *(0, 0, 0, 2)]) + bytes(4)
    )
    (folder / "t10k-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, *(0, 0, 0, 2), 7, 9]))
    assert answer("data", "import", f"idx:{folder}", "--name", "pictures")["rows"] == 2
    assert answer("data", "show", "pictures")["labels"] == {"7": 1, "9": 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("data", "show", "nothing"), "There is no dataset named 'nothing'."),
        (("data", "import", "/nowhere.csv"), "/nowhere.csv"),
        (("data", "import", "builtin:review"), "Did you mean 'reviews'?"),
        (("data", "import", "builtin:reviews", "--row-limit", "0"), "row_limit"),
        (("finetune", "--data", "nothing"), "There is no dataset named 'nothing'."),
        (("runs", "show", "0"), "This run is not there"),
    ],
)
def test_an_error_of_the_user_is_one_sentence_and_exit_code_1(
    home: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = core(home, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not done.stdout
    assert main([*arguments, "--json"]) == 1
    assert said in json.loads(capsys.readouterr().out)["error"]


def test_what_an_import_notes_is_said(home: Path, tmp_path: Path, answer: Callable[..., Any]) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes("text,label\nein schöner Film,\nein öder Film,\n".encode("latin-1"))
    notes = answer("data", "import", str(file))["notes"]
    assert any("label" in note and "empty in every row" in note for note in notes)
    assert any("CP1252" in note.upper() or "LATIN" in note.upper() for note in notes)
    done = core(home, "data", "import", str(file))
    assert done.stdout.splitlines() == ["Imported 2 rows as old 2@1.", *notes]
    assert done.stderr == "", "a process that ends says nothing of its own"


def test_a_wrong_command_line_is_exit_code_2(home: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main(["data", "import"])
    assert end.value.code == 2


def test_every_option_of_a_kind_comes_from_its_config(home: Path) -> None:
    import argparse

    from core.data.splitting import SplitConfig

    parser = argparse.ArgumentParser()
    add_options(parser, SplitConfig, leave_out=("version",))
    parsed = parser.parse_args(["--train", "0.5", "--no-stratify", "--seed", "7"])
    assert given(parsed, SplitConfig) == {"train": "0.5", "stratify": False, "seed": "7"}
    help_text = " ".join(parser.format_help().split())
    for name, field in SplitConfig.model_fields.items():
        if name != "version":
            assert (field.description or "").split(".")[0].replace("%", "")[:30] in help_text.replace("%", "")


def test_wordnet_is_found_or_said_how_to_get(home: Path, answer: Callable[..., Any]) -> None:
    try:
        folder = wordnet_folder(home)
    except Exception:
        pytest.skip("WordNet is not on this machine")
    assert answer("wordnet")["wordnet"] == str(folder)
