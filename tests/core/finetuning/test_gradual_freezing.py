"""Gradual freezing: which layers when, what the optimiser forgets, and a training that is interrupted in between."""

import pytest
import torch
from safetensors.torch import load_file

from core.config import parse_config
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.gradual_freezing import GradualFreezing
from core.finetuning.model import load_pretrained
from core.finetuning.quick_layers import quicken
from core.finetuning.strategies import frozen_by_epoch
from core.finetuning.training import finetune
from core.jobs import Metrics, run

TEXTS = [f"{article} {word} {thing}" for word in ("good", "bad") for thing in ("film", "book", "song", "meal")
         for article in ("a", "the")]  # fmt: skip
LABELS = ["praise"] * 8 + ["blame"] * 8
SPLITS = (["train"] * 6 + ["validation"] * 2) * 2
EMBEDDINGS, FIRST, SECOND = "bert.embeddings.", "bert.encoder.layer.0.", "bert.encoder.layer.1."


@pytest.mark.parametrize(
    ("settings", "layers", "frozen"),
    [
        ({"epochs": 3}, 6, [0, 2, 4]),  # two thirds of 6 are 4
        ({"epochs": 4}, 6, [0, 1, 2, 4]),
        ({"epochs": 1}, 6, [0]),
        ({"epochs": 3, "strategy": "freeze embeddings"}, 12, [0, 4, 8]),
        ({"epochs": 3, "strategy": "freeze layers"}, 12, [4, 6, 8]),
        ({"epochs": 2, "strategy": "freeze layers", "frozen_layers": 5}, 6, [5, 5]),
        ({"epochs": 2, "strategy": "head only"}, 6, [6, 6]),
        ({"epochs": 2, "strategy": "LoRA"}, 6, [0, 0]),
        ({"epochs": 3}, 1, [0, 0, 0]),
        ({"epochs": 3, "gradual_freezing": False}, 6, [0, 0, 0]),
        ({"epochs": 2, "strategy": "freeze layers", "gradual_freezing": False}, 6, [2, 2]),
    ],
)
def test_how_many_layers_are_frozen_in_each_epoch(settings, layers, frozen):
    config = FinetuneConfig(version="v", **{"gradual_freezing": True, **settings})
    assert frozen_by_epoch(config, layers) == frozen


def stepped(folder, remembers=True, processes=1, epochs=2):
    """A quickened model, its optimiser after a step, and what freezes it."""
    model, _ = load_pretrained(folder, ["a", "b"], seed=0)
    quicken(model)
    optimizer = torch.optim.AdamW(model.parameters())
    freezing = GradualFreezing(model, 0, [0, 1, 2][:epochs], remembers, processes)
    learn(model, optimizer)
    return model, optimizer, freezing


def learn(model, optimizer=None):
    ids = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    model.zero_grad()
    model(input_ids=ids, attention_mask=(ids > 0).long()).logits.square().sum().backward()
    if optimizer:
        optimizer.step()


def test_what_is_frozen_has_no_gradient_and_is_forgotten_by_the_optimiser(tiny_bert):
    model, optimizer, freezing = stepped(tiny_bert)
    assert not freezing.shortens
    assert len(optimizer.state) == len(list(model.parameters()))
    freezing.freeze(1, optimizer)
    assert freezing.shortens
    learn(model)
    left = {name for name, p in model.named_parameters() if p.grad is not None}
    assert left == {name for name, p in model.named_parameters() if p in optimizer.state}
    assert left == {name for name, _ in model.named_parameters() if not name.startswith((EMBEDDINGS, FIRST))}
    freezing.freeze(2, optimizer)
    learn(model)
    assert not any(p.requires_grad for name, p in model.named_parameters() if name.startswith(SECOND))
    assert all(p.grad is not None for name, p in model.named_parameters() if name.startswith("classifier"))
    freezing.freeze(1, optimizer)  # never fewer again
    assert not any(p.requires_grad for name, p in model.named_parameters() if name.startswith(SECOND))


def test_several_processes_go_on_with_all_gradients_and_throw_some_away(tiny_bert):
    model, optimizer, freezing = stepped(tiny_bert, remembers=False, processes=2)
    freezing.freeze(1, optimizer)
    learn(model)
    assert all(p.requires_grad and p.grad is not None for p in model.parameters())
    freezing.on_pre_optimizer_step(None, None, None)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer.step()
    same = {name for name, p in model.named_parameters() if torch.equal(p, before[name])}
    assert same == {name for name in before if name.startswith((EMBEDDINGS, FIRST))}


def test_a_training_leaves_more_as_it_is_in_its_last_epoch_and_goes_on_where_it_was(
    workspace, make_version, tmp_path, tiny_bert
):
    # 12 rows in batches of 4 make 3 steps an epoch; of the two layers one is frozen in the last of three.
    settings = {"model": str(tiny_bert), "batch_size": 4, "epochs": 3, "evaluations_per_epoch": 1}
    version = make_version(TEXTS, LABELS, SPLITS)
    config = parse_config(FinetuneConfig, {"version": version.id, **settings, "gradual_freezing": True})
    losses: dict[str, dict[int, float]] = {"whole": {}, "cancelled": {}}

    def go(name, resume, last=None):
        def watch(event):
            if isinstance(event, Metrics) and "train/loss" in event.values:
                losses[name][event.step] = event.values["train/loss"]
                if event.step == last:
                    raise KeyboardInterrupt

        (tmp_path / name).mkdir(exist_ok=True)
        return run(finetune(config, workspace, tmp_path / name, resume), watch)

    whole = go("whole", resume=False)
    with pytest.raises(KeyboardInterrupt):
        go("cancelled", resume=False, last=8)
    saved = tmp_path / "cancelled" / checkpoints.FOLDER / "seed-0"
    assert checkpoints.steps(saved) == [6, 8]
    before, after = (load_file(checkpoints.path_of(saved, step) / "model.safetensors") for step in (6, 8))
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert not any(name.startswith((EMBEDDINGS, FIRST)) for name in changed)
    assert {f"{SECOND}output.dense.weight", "classifier.weight"} <= changed
    resumed = go("cancelled", resume=True)
    assert losses["cancelled"] == pytest.approx(losses["whole"], rel=1e-4)
    assert resumed["loss"] == pytest.approx(whole["loss"], rel=1e-4)
