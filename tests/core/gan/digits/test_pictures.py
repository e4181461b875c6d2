import io
import re

import numpy as np
import pytest
from PIL import Image

from core.data.sources.images import read_idx
from core.errors import FileError, InputError
from core.gan.digits.pictures import grid, idx, npz, png, read_pictures
from tests.core.gan.digits.conftest import bars, write_idx


def test_the_sample_and_a_folder(bars_folder):
    sample = read_pictures("digits")
    assert (len(sample.pixels), sample.size, sample.names) == (1_797, (8, 8), tuple("0123456789"))
    made = read_pictures(str(bars_folder))
    pixels, labels = bars(120)
    assert (made.pixels == pixels).all()
    assert [made.names[c] for c in made.classes[:3]] == ["3", "7", "3"] == list(map(str, labels[:3]))
    assert made.digest == read_pictures(str(bars_folder)).digest != sample.digest


def test_mnist(shared_data):
    pictures = read_pictures(str(shared_data / "mnist"))
    assert (len(pictures.pixels), pictures.size, pictures.names) == (10_000, (28, 28), tuple("0123456789"))


@pytest.mark.parametrize(
    ("pixels", "labels", "said"),
    [
        (*bars(99), "There are 99 pictures, and a GAN needs 100 at least."),
        (*bars(100, size=7), "The pictures are of 7 x 7 pixels, and a side must have 8 to 64."),
        (np.zeros((100, 9, 80), np.uint8), bars(100)[1], "The pictures are of 9 x 80 pixels"),
        (bars(100)[0], np.full(100, 4, np.uint8), "All 100 pictures are of one class, 4."),
        (bars(100)[0], np.arange(100, dtype=np.uint8), "The pictures are of 100 classes, and 64 are the most."),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(tmp_path, pixels, labels, said):
    with pytest.raises(InputError, match=re.escape(said)):
        read_pictures(str(write_idx(tmp_path / "data", pixels, labels)))


def test_files_that_do_not_fit_are_a_sentence(tmp_path):
    folder = write_idx(tmp_path / "data", *bars(100))
    write_idx(folder, *bars(100, size=10), part="t10k")
    with pytest.raises(FileError, match="data holds pictures of 8 x 8 and of 10 x 10 pixels"):
        read_pictures(str(folder))
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"GIF89a and so on")
    with pytest.raises(FileError, match="t10k-images-idx3-ubyte is not an idx file"):
        read_pictures(str(folder))
    with pytest.raises(FileError, match="nowhere is not a folder"):
        read_pictures(str(tmp_path / "nowhere"))


def test_a_grid_and_its_png_as_another_program_reads_it():
    pixels = np.arange(3 * 2 * 3, dtype=np.uint8).reshape(3, 2, 3) * 14
    whole = grid(pixels, columns=2, scale=2)
    assert whole.shape == (2 * (2 * 3 - 1), 2 * (2 * 4 - 1))
    small = whole[::2, ::2]
    assert (small[:2, :3] == pixels[0]).all() and (small[:2, 4:] == pixels[1]).all()
    assert (small[3:, :3] == pixels[2]).all() and not small[3:, 4:].any() and not small[2].any()
    read = np.asarray(Image.open(io.BytesIO(png(whole))))
    assert (read == 255 - whole).all(), "ink is dark on white paper"


def test_idx_and_npz_come_back(tmp_path):
    pixels, labels = bars(7)
    for array in (pixels, labels):
        path = tmp_path / "file"
        path.write_bytes(idx(array))
        assert (read_idx(path) == array).all()
    with np.load(io.BytesIO(npz(pixels, labels))) as kept:
        assert (kept["images"] == pixels).all() and (kept["labels"] == labels).all()
    with np.load(io.BytesIO(npz(pixels, None))) as kept:
        assert kept.files == ["images"]
