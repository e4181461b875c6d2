"""Import: from files of every kind to versions that hold exactly what the files held."""

import csv
import gzip
import hashlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.exporting import export
from core.data.importing import ImportConfig, import_dataset, look
from core.data.rows import COLUMNS, SCHEMA
from core.data.workspace import Version, Workspace
from core.errors import InputError, StorageError
from core.jobs import Event, Progress, run

Import = Callable[..., Version]


@pytest.fixture
def imported(workspace: Workspace, tmp_path: Path) -> Import:
    """A function that imports a path, or a text that it writes to a file first."""

    def do(source: Path | str, written_as: str = "a.csv", **settings: Any) -> Version:
        path = source
        if isinstance(source, str):
            path = tmp_path / written_as
            path.write_text(source, "utf-8", newline="")
        config = ImportConfig.model_validate({"source": str(path), **settings})
        result = run(import_dataset(config, workspace, tmp_path, False))
        version = workspace.version(result["version"])
        assert result["rows"] == version.rows
        assert result["summary"].startswith("Imported ")
        assert left_over(workspace) == []
        return version

    return do


def left_over(workspace: Workspace) -> list[Path]:
    return list((workspace.home / "staging").rglob("*"))


def rows(version: Version) -> list[dict[str, Any]]:
    return pq.read_table(version.path).to_pylist()


def content_id(text: str, label: str | None = None) -> str:
    return hashlib.md5(f"{text}\x1f{label or ''}".encode()).hexdigest()[:16]


def test_a_version_has_the_columns_of_all_versions_and_the_users_own(imported: Import) -> None:
    version = imported("topic,review,label,stars\nfilm,I liked it,pos,5\nfood,Too cold,neg,1\n")
    assert pq.read_schema(version.path) == pa.schema([*SCHEMA, ("topic", pa.string()), ("stars", pa.int64())])
    assert rows(version)[1] == {
        "id": content_id("Too cold", "neg"),
        **{"text": "Too cold", "label": "neg", "split": None},
        **{"origin": "original", "parent_id": None, "operator": None},
        **{"topic": "food", "stars": 1},
    }
    assert (version.dataset, version.number, version.action, version.language) == ("a", 1, "import", "en")
    assert version.params["text"] == "review"
    assert version.params["split"] == ""


def test_equal_rows_get_numbers_in_their_order(imported: Import) -> None:
    version = imported("text,label,n\na,1,1\nb,1,2\na,1,3\na,0,4\na,1,5\n")
    a = content_id("a", "1")
    assert [row["id"] for row in rows(version)] == [a, content_id("b", "1"), f"{a}-2", content_id("a", "0"), f"{a}-3"]


def test_ids_and_order_over_many_row_groups(imported: Import) -> None:
    rng = random.Random(8)
    texts = [f"row {rng.randrange(30_000)}" for _ in range(60_000)]
    version = imported("text,n\n" + "".join(f"{text},{i}\n" for i, text in enumerate(texts)))
    table = pq.read_table(version.path)
    assert table.column("text").to_pylist() == texts
    assert table.column("n").to_pylist() == list(range(60_000))
    seen: dict[str, int] = {}
    for text, row_id in zip(texts, table.column("id").to_pylist(), strict=True):
        seen[text] = seen.get(text, 0) + 1
        assert row_id == content_id(text) + (f"-{seen[text]}" if seen[text] > 1 else "")
    assert pq.ParquetFile(version.path).num_row_groups == 2


def test_columns_become_numbers_only_where_nothing_is_lost(imported: Import) -> None:
    columns = {
        "whole": (["1", "-20", ""], [1, -20, None]),
        "long": (["9223372036854775807", "0", "5"], [2**63 - 1, 0, 5]),
        "longer": (["9223372036854775808", "0", "5"], ["9223372036854775808", "0", "5"]),
        "real": (["0.5", "-1.0", "1e-05"], [0.5, -1.0, 1e-05]),
        "mixed": (["1", "2.5", "3.0"], ["1", "2.5", "3.0"]),
        "zeros": (["007", "12", "13"], ["007", "12", "13"]),
        "trailing": (["1.50", "2.5", ""], ["1.50", "2.5", None]),
        "plus": (["+1", "2", "3"], ["+1", "2", "3"]),
        "spaced": ([" 1", "2", "3"], [" 1", "2", "3"]),
        "words": (["nan", "inf", "-inf"], ["nan", "inf", "-inf"]),
        "under": (["1_000", "2", "3"], ["1_000", "2", "3"]),
        "hex": (["0x10", "2", "3"], ["0x10", "2", "3"]),
        "none": (["", "", ""], [None, None, None]),
    }
    head = ",".join(["text", *columns])
    lines = [",".join([f"a text {i}", *(cells[i] for cells, _ in columns.values())]) for i in range(3)]
    table = pq.read_table(imported("\n".join([head, *lines, ""])).path)
    assert {name: table.column(name).to_pylist() for name in columns} == {k: v for k, (_, v) in columns.items()}


def test_a_column_that_stops_being_numbers_late_stays_text(imported: Import) -> None:
    version = imported("text,n\n" + "".join(f"a text,{i}\n" for i in range(20_000)) + "a text,007\n")
    assert pq.read_schema(version.path).field("n").type == pa.string()


def test_splits_are_called_by_their_names(imported: Import) -> None:
    version = imported("text,set\na b,Train\nc d,dev\ne f,TEST\ng h,\ni j,training\n")
    assert [row["split"] for row in rows(version)] == ["train", "validation", "test", None, "train"]


def test_a_unique_id_column_names_the_rows_and_others_are_kept(imported: Import) -> None:
    version = imported("id,text\nx7,a b\nx9,c d\n")
    assert [row["id"] for row in rows(version)] == ["x7", "x9"]
    version = imported("id,text\n7,a b\n7,c d\n")
    assert [row["id"] for row in rows(version)] == [content_id("a b"), content_id("c d")]
    assert [row["id (source)"] for row in rows(version)] == [7, 7]
    (note,) = version.notes
    assert (
        note == "The column 'id' is kept as 'id (source)', since every dataset has a column of its own with that name."
    )


def test_an_id_column_that_repeats_only_late_is_given_up_with_a_note(imported: Import) -> None:
    lines = "".join(f"{i},row {i}\n" for i in range(2_000))
    version = imported(f"id,text\n{lines}5,again\n")
    assert rows(version)[5]["id"] == content_id("row 5")
    assert version.notes[-1] == (
        "The id column 'id' repeats an earlier value in some rows: 1. It is kept as an ordinary column."
    )


def test_reserved_names_in_any_case_are_kept_beside(imported: Import) -> None:
    version = imported("review,Label,ORIGIN,split\nI liked it,pos,web,a\nNot me,neg,web,b\nHm well,pos,web,c\n")
    assert version.columns == (*COLUMNS, "ORIGIN (source)", "split (source)")
    assert rows(version)[0]["ORIGIN (source)"] == "web"


def test_missing_texts_and_labels_are_noted(imported: Import) -> None:
    version = imported("text,label\na b,pos\n,neg\nc d,\ne f,\n")
    assert [row["text"] for row in rows(version)] == ["a b", "", "c d", "e f"]
    assert [row["label"] for row in rows(version)] == ["pos", "neg", None, None]
    assert version.notes == ("Rows without text: 1.", "Rows without a label: 2.")


def test_all_labels_missing_is_allowed_with_a_note(imported: Import) -> None:
    version = imported("text,label\na b,\nc d,\n")
    assert version.notes == ("The label column 'label' is empty in every row, so the dataset has no labels.",)


def test_any_text_comes_through_unchanged(imported: Import) -> None:
    rng = random.Random(6)
    alphabet = [
        "a",
        "é",
        "中",
        "👍🏽",
        '"',
        ",",
        "\n",
        "\r\n",
        "\t",
        "'",
        " ",
        "=",
        "@",
        "<b>",
        "![x](http://h/i.png)",
        "مر",
    ]
    texts = ["x" + "".join(rng.choices(alphabet, k=rng.randrange(12))) for _ in range(400)]
    written = io.StringIO()
    csv.writer(written).writerows([["text", "label"], *([text, "l"] for text in texts)])
    assert [row["text"] for row in rows(imported(written.getvalue()))] == texts


def test_right_to_left_emoji_html_and_markdown_are_plain_text(imported: Import) -> None:
    texts = [
        "שלום עולם",
        "مرحبا",
        "👩‍👩‍👧",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/a.png)",
        "=1+1",
        "'=1",
    ]
    written = io.StringIO()
    csv.writer(written).writerows([["text"], *([text] for text in texts)])
    assert [row["text"] for row in rows(imported(written.getvalue()))] == texts


def test_json_lines_whose_keys_come_later_fill_up_with_null(imported: Import) -> None:
    lines = [json.dumps({"text": f"row {i}"} | ({"extra": i} if i >= 15_000 else {})) for i in range(20_000)]
    table = pq.read_table(imported("\n".join(lines), "a.jsonl").path)
    assert table.column("text").to_pylist() == [f"row {i}" for i in range(20_000)]
    assert table.column("extra").to_pylist() == [None] * 15_000 + list(range(15_000, 20_000))


def test_parquet_columns_keep_their_types_and_a_list_of_words_can_be_the_text(imported: Import, tmp_path: Path) -> None:
    table = pa.table(
        {
            "words": [["A", "film"], ["So", "dull"]],
            "label": pa.array([1, 0], pa.int8()),
            "zip": ["01069", "10115"],
            "meta": [{"by": "me"}, None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    version = imported(tmp_path / "a.parquet", text="words")
    assert [(row["text"], row["label"]) for row in rows(version)] == [("A film", "1"), ("So dull", "0")]
    assert [row["meta"] for row in rows(version)] == [{"by": "me"}, None]
    assert pq.read_schema(version.path).field("zip").type == pa.string()


def test_sst2_as_it_is(imported: Import, shared_data: Path) -> None:
    path = shared_data / "sst2" / "train.tsv"
    version = imported(path, name="sst2")
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert [[row["text"], row["label"]] for row in rows(version)] == lines
    assert (version.label, version.rows, version.language) == ("sst2@1", 6_920, "en")
    assert len({row["id"] for row in rows(version)}) == 6_920


def test_chinese_reviews_gzipped_in_gb18030(imported: Import, shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv").read_text("utf-8")
    (tmp_path / "hotel.csv.gz").write_bytes(gzip.compress(text.encode("gb18030")))
    version = imported(tmp_path / "hotel.csv.gz")
    expected = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["text"], row["label"]) for row in rows(version)] == [(r["review"], r["label"]) for r in expected]
    assert (version.dataset, version.language) == ("hotel", "zh")


def test_wikitext_as_lines_and_paragraphs(imported: Import, shared_data: Path) -> None:
    path = shared_data / "wikitext-2" / "valid.txt"
    filled = [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    assert [row["text"] for row in rows(imported(path))] == filled
    paragraphs = imported(path, format="paragraphs")
    assert 500 < paragraphs.rows < len(filled)


def test_a_built_in_dataset(imported: Import) -> None:
    version = imported(Path("builtin:reviews"))
    assert (version.dataset, version.rows, version.language) == ("reviews", 300, "en")


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("chosen", [{}, {"text": "text", "label": "label", "split": "split", "id": "id"}])
def test_an_exported_dataset_comes_back_the_same(
    imported: Import, make_version: Callable[..., Version], tmp_path: Path, format: str, chosen: dict[str, str]
) -> None:
    texts = ["=1+1", "'=1", "-5", "+49", "@x", "'quoted'", '"', "a\r\nb", "", "مرحبا 👍", "\tx", "007", "plain", "''@"]
    original = make_version(
        texts,
        labels=["-1", None, "a,b", "'+x", *["pos"] * 10],
        splits=["train", "validation", "test", None, *["train"] * 10],
        **{"=note": ["", None, "'=x", "-y", *["z"] * 10], "n": [-1, None, *range(12)], "x": [0.1, -1.0, *[None] * 12]},
    )
    run(export(original, tmp_path / f"out.{format}", format))  # type: ignore[arg-type]
    back = imported(tmp_path / f"out.{format}", **chosen)
    assert rows(back) == rows(original)
    assert pq.read_schema(back.path).names == pq.read_schema(original.path).names
    assert pq.read_schema(back.path).field("n").type == pa.int64()
    assert back.notes == ("Rows without text: 1.", "Rows without a label: 1.")


def test_lineage_comes_back_and_an_edited_export_is_imported_anew(imported: Import) -> None:
    head = ",".join([*COLUMNS, "note"])
    good = f'{head}\nr1,"a b","x","train","original",,,"n"\nr1-aug,"a c","x","train","augmented","r1","swap",""\n'
    assert rows(imported(good))[1] == {
        **{"id": "r1-aug", "text": "a c", "label": "x", "split": "train"},
        **{"origin": "augmented", "parent_id": "r1", "operator": "swap", "note": ""},
    }
    edited = imported(good + ',"added by hand","x","train",,,,"n"\n')
    assert [row["id"] for row in rows(edited)][2] == content_id("added by hand", "x")
    assert [row["origin"] for row in rows(edited)] == ["original"] * 3
    assert [row["origin (source)"] for row in rows(edited)] == ["original", "augmented", None]


def test_apostrophes_are_taken_off_exports_only(imported: Import) -> None:
    assert [row["text"] for row in rows(imported("text,label\n'=a,1\nb c,0\n"))] == ["'=a", "b c"]


def test_a_row_limit_takes_the_first_rows(imported: Import) -> None:
    version = imported("text\n" + "".join(f"row {i}\n" for i in range(20_000)), row_limit=9_000)
    assert [row["text"] for row in rows(version)] == [f"row {i}" for i in range(9_000)]


def test_the_name_comes_from_the_uploaded_file_and_is_no_path(imported: Import, tmp_path: Path) -> None:
    (tmp_path / "upload").write_text("text,label\nfine,1\nbad,0\n")
    before = sorted(tmp_path.rglob("*"))
    version = imported(tmp_path / "upload", filename="../../../etc/my films.csv")
    assert version.dataset == "my films"
    assert version.path.is_relative_to(tmp_path / "home")
    assert not [p for p in tmp_path.rglob("*") if p not in before and not p.is_relative_to(tmp_path / "home")]
    assert imported(tmp_path / "upload", filename="..").dataset == "dataset"
    assert imported(tmp_path / "upload", name="../x/../named").dataset == "named"
    with pytest.raises(InputError, match="cannot be the name of a dataset"):
        imported(tmp_path / "upload", name="///")


def test_progress_counts_the_bytes_of_the_file(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,n\n" + "".join(f"row {i},{i}\n" for i in range(200_000)))
    events: list[Event] = []
    run(import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False), events.append)
    read = [e for e in events if isinstance(e, Progress) and e.unit == "bytes"]
    assert read
    assert all(e.total == path.stat().st_size and 0 < e.done <= e.total for e in read)
    assert [e.done for e in read] == sorted(e.done for e in read)
    assert any(isinstance(e, Progress) and e.unit == "rows" and e.total == 200_000 for e in events)


def test_a_closed_import_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "some row\n" * 100_000)
    for stop_at in ("Reading the rows", "Writing the dataset"):
        job = import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False)
        while next(job).message != stop_at:  # type: ignore[union-attr]
            pass
        assert left_over(workspace) != []
        job.close()
        assert left_over(workspace) == []
    assert workspace.latest() == []


def test_a_disk_without_room_is_noticed_before_anything_is_written(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "some row\n" * 1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 1_000_000})())
    with pytest.raises(StorageError, match="needs about 23 MB on the disk, and 1 MB are free"):
        run(import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False))
    assert left_over(workspace) == []


def test_a_look_shows_columns_rows_and_guesses(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("label,review,n\npos,I liked it a lot,1\nneg,It was not for me,2\n" + "pos,So good,3\n" * 50)
    seen = look(str(path), rows=2)
    assert seen.columns == ("label", "review", "n")
    assert seen.rows == (
        {"label": "pos", "review": "I liked it a lot", "n": "1"},
        {"label": "neg", "review": "It was not for me", "n": "2"},
    )
    assert seen.mapping.model_dump() == {"text": "review", "label": "label", "split": None, "id": None}
    assert (seen.format, seen.encoding, seen.language, seen.notes) == ("delimited", "utf-8", "en", ())
    chosen = look(ImportConfig(source=str(path), text="n"))
    assert chosen.mapping.text == "n"
    assert chosen.notes == ("The text column 'n' holds numbers and no words in the first rows.",)


def test_a_look_reads_the_beginning_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "so good,1\n" * 1_000_000 + '"never closed,1\n')
    assert look(str(path)).rows[0] == {"text": "so good", "label": "1"}


def test_a_look_at_other_sources_is_json(tmp_path: Path) -> None:
    table = pa.table({"text": ["a b", "c d"], "x": [float("nan"), 1.0], "b": [b"\x00", None], "l": [[1], None]})
    pq.write_table(table, tmp_path / "a.parquet")
    seen = look(str(tmp_path / "a.parquet"))
    assert json.loads(json.dumps(seen.rows, allow_nan=False))[1] == {"text": "c d", "x": 1.0, "b": None, "l": None}
    assert seen.format == "parquet"
    builtin = look("builtin:reviews", rows=3)
    assert (builtin.format, builtin.mapping.text, len(builtin.rows)) == ("builtin", "text", 3)
