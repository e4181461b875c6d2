"""Import: from files of every kind to versions that hold exactly what the files held."""

import csv
import gzip
import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.rows import SCHEMA
from core.errors import InputError
from tests.core.data.imported_rows import Import, content_id, rows


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
