import copy
import math

import pytest
import torch

from core.finetuning.optimizer import SparseRowsAdamW, clip

SETTINGS = {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1, "fused": True}


def table(sparse):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Embedding(6, 4, sparse=sparse), torch.nn.Linear(4, 2))


def steps(model, optimizer, batches):
    for ids in batches:
        optimizer.zero_grad()
        model(torch.tensor(ids)).square().sum().backward()
        optimizer.step()


def test_rows_that_every_step_reads_are_changed_as_by_adamw():
    ours, theirs = table(sparse=True), table(sparse=False)
    batches = [[0, 1, 2, 3, 4, 5, 1]] * 5
    steps(ours, SparseRowsAdamW(ours.parameters(), **SETTINGS), batches)
    steps(theirs, torch.optim.AdamW(theirs.parameters(), **{**SETTINGS, "fused": False}), batches)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-6)


def test_rows_that_are_not_read_stay_as_they_are():
    model = table(sparse=True)
    before = model[0].weight.detach().clone()
    optimizer = SparseRowsAdamW(model.parameters(), **SETTINGS)
    steps(model, optimizer, [[0, 3], [3, 3]])
    assert torch.equal(model[0].weight[[1, 2, 4, 5]], before[[1, 2, 4, 5]])
    assert not torch.isclose(model[0].weight[[0, 3]], before[[0, 3]]).any()
    assert (optimizer.state[model[0].weight]["exp_avg"][[1, 2, 4, 5]] == 0).all()


def test_it_goes_on_from_its_saved_state_as_if_it_had_not_stopped():
    whole = table(sparse=True)
    steps(whole, SparseRowsAdamW(whole.parameters(), **SETTINGS), [[0, 1], [1, 2], [2, 0]])
    first = table(sparse=True)
    optimizer = SparseRowsAdamW(first.parameters(), **SETTINGS)
    steps(first, optimizer, [[0, 1], [1, 2]])
    state = copy.deepcopy(optimizer.state_dict())
    again = SparseRowsAdamW(first.parameters(), **SETTINGS)
    again.load_state_dict(state)
    steps(first, again, [[2, 0]])
    for mine, other in zip(whole.parameters(), first.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_the_length_of_all_gradients_is_held_down():
    dense, sparse = torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(3, 1))
    dense.grad = torch.tensor([3.0, 0.0])
    # Row 1 comes twice: 1 and 3 make 4, and the length is that of (3, 4).
    sparse.grad = torch.sparse_coo_tensor([[1, 1]], torch.tensor([[1.0], [3.0]]), (3, 1))
    frozen = torch.nn.Parameter(torch.zeros(2))
    assert clip([dense, sparse, frozen], 10.0).item() == pytest.approx(5.0)
    assert dense.grad.tolist() == [3.0, 0.0]
    assert clip([dense, sparse, frozen], 1.0).item() == pytest.approx(5.0)
    assert dense.grad.tolist() == pytest.approx([0.6, 0.0], rel=1e-4)
    assert sparse.grad.to_dense().squeeze().tolist() == pytest.approx([0.0, 0.8, 0.0], rel=1e-4)
    dense.grad[0] = math.nan
    assert math.isnan(clip([dense, sparse], 1.0).item())
