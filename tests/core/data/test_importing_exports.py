"""Import of what was exported here: the same rows come back, and an edited file is an ordinary one."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.exporting import export
from core.data.rows import COLUMNS
from core.data.workspace import Version
from core.jobs import run
from tests.core.data.imported_rows import Import, content_id, rows


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
