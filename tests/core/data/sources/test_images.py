"""Digits and idx files: the real MNIST test set, and files made here byte by byte."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from core.data.sources.images import digits, idx_folder, open_digits, open_idx, read_idx
from core.errors import FileError

MNIST_TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def idx(values: bytes, *sizes: int, kind: int = 0x08) -> bytes:
    return bytes([0, 0, kind, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + values


def write_pair(folder: Path, prefix: str, pictures: int, labels: bytes) -> None:
    folder.mkdir(exist_ok=True)
    pixels = bytes(range(4 * pictures))
    (folder / f"{prefix}images-idx3-ubyte").write_bytes(idx(pixels, pictures, 2, 2))
    (folder / f"{prefix}labels-idx1-ubyte").write_bytes(idx(labels, len(labels)))


def test_values_are_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "a-idx2-ubyte"
    path.write_bytes(idx(bytes([1, 2, 3, 4, 5, 6]), 2, 3))
    array = read_idx(path)
    assert array.dtype == np.uint8
    assert array.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_gzipped_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a-idx1-ubyte"
    path.write_bytes(gzip.compress(idx(bytes([7, 9]), 2)))
    assert read_idx(path).tolist() == [7, 9]


def test_other_types_are_big_endian(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(idx(struct.pack(">2i", -2, 258), 2, kind=0x0C))
    assert read_idx(path).tolist() == [-2, 258]
    path.write_bytes(idx(struct.pack(">1d", 0.5), 1, kind=0x0E))
    assert read_idx(path).tolist() == [0.5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "a.idx is not an idx file"),
        (b"text,label\n", "a.idx is not an idx file"),
        (idx(b"", 1, kind=0x07), "a.idx is not an idx file"),
        (idx(b""), "a.idx is not an idx file"),
        (idx(b"", 5, 5)[:9], "a.idx ends within its header"),
        (idx(bytes(5), 2, 3), "should hold 6 bytes of values and holds 5"),
        (idx(bytes(7), 2, 3), "should hold 6 bytes of values and holds more"),
        (idx(b"", 2**31, 2**31), "says that it holds 4,611,686,018,427,387,904 bytes"),
        (gzip.compress(idx(bytes(5000), 5000), mtime=0)[:-20], "a.idx is a damaged gzip file"),
        (b"\x1f\x8b nothing of the kind", "a.idx is a damaged gzip file"),
    ],
)
def test_what_is_no_idx_file_is_refused_with_the_reason(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.idx"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_idx(path)
    assert words in caught.value.problem
    assert caught.value.remedy.endswith(".")


def test_a_gzip_bomb_is_read_no_further_than_its_header_says(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(idx(bytes(50_000_000), 10)))
    with pytest.raises(FileError, match="should hold 10 bytes of values and holds more"):
        read_idx(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gone\.idx cannot be read"):
        read_idx(tmp_path / "gone.idx")


def test_a_folder_gives_training_pictures_first_with_their_split(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k-", 1, bytes([5]))
    write_pair(tmp_path, "train-", 2, bytes([3, 4]))
    images = idx_folder(tmp_path)
    assert images.labels.tolist() == [3, 4, 5]
    assert images.pixels.shape == (3, 2, 2)
    assert images.pixels[1].tolist() == [[4, 5], [6, 7]]

    source = open_idx(tmp_path)
    [batch] = source.batches
    assert batch.to_pylist()[2] == {
        "text": "Picture 3, labelled 5.",
        "label": "5",
        "split": "test",
        "pixels": [0, 1, 2, 3],
        "height": 2,
        "width": 2,
    }
    assert batch["split"].to_pylist() == ["train", "train", "test"]
    assert source.total == source.done() == 3


def test_pictures_and_labels_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "train-", 2, bytes([3, 4, 5]))
    with pytest.raises(FileError, match="holds 2 pictures and train-labels-idx1-ubyte 3 labels"):
        idx_folder(tmp_path)


def test_pictures_without_labels_and_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="holds no idx files of pictures"):
        idx_folder(tmp_path)
    with pytest.raises(FileError, match="is not a folder"):
        open_idx(tmp_path / "gone")
    write_pair(tmp_path, "train-", 2, bytes([3, 4]))
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileError, match="no labels for train-images-idx3-ubyte"):
        idx_folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(bytes(8), 2, 4))
    with pytest.raises(FileError, match="has 2 dimensions of uint8, not 1 of uint8"):
        idx_folder(tmp_path)


def test_two_sets_for_one_split_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "letters-train-", 1, bytes([1]))
    write_pair(tmp_path, "digits-train-", 1, bytes([1]))
    with pytest.raises(FileError, match="two sets of pictures"):
        idx_folder(tmp_path)


def test_the_real_mnist_test_set(shared_data: Path) -> None:
    images = idx_folder(shared_data / "mnist")
    assert images.pixels.shape == (10_000, 28, 28)
    assert images.pixels.dtype == images.labels.dtype == np.uint8
    assert np.bincount(images.labels).tolist() == MNIST_TEST_COUNTS
    assert images.labels[:5].tolist() == [7, 2, 1, 0, 4]

    source = open_idx(shared_data / "mnist")
    batches = list(source.batches)
    assert [len(batch) for batch in batches] == [8_192, 10_000 - 8_192]
    row = batches[1].slice(0, 1).to_pylist()[0]
    assert row["pixels"] == images.pixels[8_192].ravel().tolist()
    assert (row["label"], row["split"]) == (str(images.labels[8_192]), "test")


def test_digits_fill_the_range_of_a_byte_and_each_has_a_text_of_its_own() -> None:
    images = digits()
    assert images.pixels.shape == (1_797, 8, 8)
    assert images.labels[:10].tolist() == list(range(10))
    # scikit-learn's 17 levels of ink: 0 -> 0, 8 -> 127.5 -> 128 (to even), 16 -> 255
    assert {0, 128, 255} <= set(np.unique(images.pixels).tolist())
    assert len(np.unique(images.pixels)) == 17

    source = open_digits()
    [batch] = source.batches
    assert batch["text"][0].as_py() == "A handwritten 0, picture 1."
    assert len(set(batch["text"].to_pylist())) == 1_797
    assert batch["label"].to_pylist() == [str(label) for label in images.labels]
    assert batch["split"].null_count == 1_797
    assert batch["pixels"][7].as_py() == images.pixels[7].ravel().tolist()
