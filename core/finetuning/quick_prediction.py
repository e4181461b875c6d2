"""A fine-tuned model that labels many texts as quickly as this machine can."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.finetuning.model import load_finetuned
from core.finetuning.prediction import MODEL, Classifier
from core.precision import fastest, torch_threads


@contextmanager
def quick_classifier(folder: Path) -> Iterator[Classifier]:
    """Give the classifier in `folder`, a model's or that of the run that made it, for use inside the block.

    It computes in bfloat16 where that is faster here, so that a probability may differ by a hundredth between
    machines. Raises InputError where the folder holds no fine-tuned model.
    """
    import torch

    from core.finetuning.quick_layers import quicken

    inside = folder / MODEL
    classifier = Classifier(*load_finetuned(inside if inside.is_dir() else folder))
    quicken(classifier.model)
    precision = fastest()
    device = classifier.model.device.type
    with torch_threads(precision.threads), torch.autocast(device, torch.bfloat16, enabled=precision.bfloat16):
        yield classifier
