import pytest

from core.errors import InputError, StorageError
from core.gan.digits.controls import FILE, Controls, read_controls, write_controls


def test_what_is_written_is_read(tmp_path):
    folder = tmp_path / "run"
    assert read_controls(folder) == Controls()
    wanted = Controls(paused=True, singles=2, single="generator", d_learning_rate=0.01)
    write_controls(folder, wanted)
    assert read_controls(folder) == wanted
    assert [path.name for path in folder.iterdir()] == [FILE]


@pytest.mark.parametrize("content", ["{", "[]", '{"paused": 7}', '{"speed": 1}', '{"d_updates": 0}'])
def test_a_damaged_file_is_a_sentence(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(InputError):
        read_controls(tmp_path)


def test_a_disk_that_is_read_only_is_a_sentence(tmp_path, make_read_only):
    (tmp_path / "run").mkdir()
    with pytest.raises(StorageError, match="read-only"):
        write_controls(make_read_only(tmp_path / "run"), Controls(paused=True))
