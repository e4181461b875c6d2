"""Import: what each column becomes - ids, numbers, splits, labels, and names that are taken."""

import random

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.rows import COLUMNS
from tests.core.data.imported_rows import Import, content_id, rows


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
