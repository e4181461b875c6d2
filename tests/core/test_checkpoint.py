import pickle

import torch

from core import checkpoint


def test_what_is_written_is_read_and_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "new"
    assert checkpoint.read(folder) is None
    checkpoint.write(folder, {"step": 1, "tensors": [torch.ones(3)]})
    checkpoint.write(folder, {"step": 2, "tensors": (torch.zeros(3), None)})
    read = checkpoint.read(folder)
    assert read["step"] == 2 and read["tensors"][0].tolist() == [0, 0, 0]
    assert [path.name for path in folder.iterdir()] == [checkpoint.FILE]


def test_a_damaged_checkpoint_is_none_and_no_code_in_it_is_run(tmp_path):
    class Harm:
        def __reduce__(self):
            return (tmp_path.joinpath("harm").touch, ())

    path = tmp_path / checkpoint.FILE
    path.write_bytes(b"half")
    assert checkpoint.read(tmp_path) is None
    path.write_bytes(pickle.dumps(Harm()))
    assert checkpoint.read(tmp_path) is None
    torch.save({"step": Harm()}, path)
    assert checkpoint.read(tmp_path) is None
    assert not (tmp_path / "harm").exists()


def test_the_best_weights_come_back(tmp_path):
    checkpoint.write_best(tmp_path, {"weight": torch.arange(6.0).reshape(2, 3).T})
    assert checkpoint.read_best(tmp_path)["weight"].tolist() == [[0, 3], [1, 4], [2, 5]]
