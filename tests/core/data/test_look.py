"""A look at a source before it is imported: its columns, first rows, and what is guessed of it."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.importing import ImportConfig, look


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
