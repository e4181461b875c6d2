"""Pretrained models that operators compute with, of the kind that each of them needs."""

import warnings
from typing import Any

from core.errors import InputError
from core.text.embedded_model import quiet
from core.text.pretrained import locate, model_errors


def load_model(reference: str, kind: str, class_name: str) -> tuple[Any, Any]:
    """Return (model, tokenizer) of `reference`, a folder or a hub id, ready to compute in float32.

    `kind` says in words what is asked for ("a fill-mask model"), `class_name` names transformers' class for it. Only
    safetensors are read, and no code of the model's is run. Raises InputError where there is no such model or it is
    of another kind, MissingResource where the hub cannot be reached or a package is missing.
    """
    place = locate(reference)
    import transformers

    with quiet(), warnings.catch_warnings(), model_errors(reference, place.is_folder):
        warnings.simplefilter("ignore")  # Marian's tokenizer advises a package for punctuation, at every load
        options = {"local_files_only": place.offline, "trust_remote_code": False}
        config = transformers.AutoConfig.from_pretrained(place.reference, **options)
        model_class = getattr(transformers, class_name)
        if not _accepts(model_class, config):
            problem = f"The model {reference!r} is no {kind}: it is of the type {config.model_type!r}."
            raise InputError(problem, f"Choose a {kind}.")
        model, loading = model_class.from_pretrained(
            place.reference, config=config, use_safetensors=True, output_loading_info=True, **options
        )
        if loading["missing_keys"]:
            missing = len(loading["missing_keys"])
            problem = f"The model {reference!r} was not made as a {kind}: {missing} of its weights are missing."
            raise InputError(problem, f"Choose a {kind}.")
        tokenizer = transformers.AutoTokenizer.from_pretrained(place.reference, **options)
    return model.float().eval(), tokenizer


def _accepts(model_class: Any, config: Any) -> bool:
    """Tell whether `model_class`, one of a single architecture or an Auto class, can be made from `config`."""
    if model_class.__name__.startswith("Auto"):
        return type(config) in model_class._model_mapping
    return bool(config.model_type == model_class.config_class.model_type)
