"""A pretrained model with a classifier on top, and a fine-tuned one as it was saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.finetuning.pretrained import Pretrained, find_pretrained
from core.text.embedded_model import quiet
from core.text.pretrained import fetched, model_errors


def load_pretrained(
    reference: str | Path | Pretrained, labels: Sequence[str], seed: int, multi_label: bool = False
) -> tuple[Any, Any]:
    """Return (model, tokenizer) of a pretrained BERT, with a new classification head for `labels`.

    `reference` is one that `find_pretrained` knows, or what it found. The head's first weights are drawn from `seed`.
    With `multi_label` the model says of itself that a text can have several labels. Nothing but safetensors is read,
    and no code of the model's is run. Raises InputError and MissingResource as `find_pretrained` does.
    """
    from transformers import set_seed

    found = reference if isinstance(reference, Pretrained) else find_pretrained(reference)
    set_seed(seed)
    names = dict(enumerate(labels))
    with quiet(), model_errors(found.name, found.place.is_folder):
        # A model that was fine-tuned before brings a head for its own labels: a config that is new keeps none of them.
        config = _config(found)
        config.id2label = names
        config.label2id = {label: number for number, label in names.items()}
        config.problem_type = "multi_label_classification" if multi_label else "single_label_classification"
        model, loading = _model(found, config, ignore_mismatched_sizes=True)
    tokenizer = load_tokenizer(found)
    inside = f"{model.base_model_prefix}."
    missing = [key for key in loading["missing_keys"] if key.startswith(inside) and "pooler" not in key]
    if missing:
        problem = f"{len(missing):,} weights of {found.name!r} are missing, among them {missing[0]}."
        raise InputError(problem, "Choose a model that was saved whole.")
    # What is saved later must name the model, not a folder of this machine.
    model.config._name_or_path = model.name_or_path = found.name
    return model, tokenizer


def load_tokenizer(found: Pretrained) -> Any:
    """Return the tokenizer of a pretrained model; it cuts texts to what the model has places for. Raises InputError."""
    from transformers import AutoTokenizer

    with quiet(), model_errors(found.name, found.place.is_folder):
        tokenizer = AutoTokenizer.from_pretrained(fetched(found.place), local_files_only=True, trust_remote_code=False)
    tokenizer.model_max_length = min(tokenizer.model_max_length, found.shape.places)
    tokenizer.name_or_path = found.name
    return tokenizer


def load_finetuned(folder: Path) -> tuple[Any, Any]:
    """Return (model, tokenizer) that a fine-tuning run saved in `folder`, ready to predict. Raises InputError."""
    found = find_pretrained(folder.absolute())
    with quiet(), model_errors(found.name, found.place.is_folder):
        model, loading = _model(found, _config(found))
    if loading["missing_keys"]:
        problem = f"The model {found.name!r} was not fine-tuned as a classifier: its weights lack the head."
        raise InputError(problem, "Choose a model that was fine-tuned.")
    return model.eval(), load_tokenizer(found)


def _config(found: Pretrained) -> Any:
    from transformers import AutoConfig

    return AutoConfig.from_pretrained(fetched(found.place), local_files_only=True, trust_remote_code=False)


def _model(found: Pretrained, config: Any, **settings: Any) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForSequenceClassification

    loaded: tuple[Any, Any] = AutoModelForSequenceClassification.from_pretrained(
        fetched(found.place),
        config=config,
        dtype=torch.float32,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
        **settings,
    )
    return loaded
