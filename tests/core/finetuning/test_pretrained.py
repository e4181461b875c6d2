import json
import shutil

import pytest
import torch

from core.errors import InputError
from core.finetuning.model import load_finetuned, load_pretrained, load_tokenizer
from core.finetuning.pretrained import find_pretrained
from core.text.embedded_model import NAME, embedded_model


def test_the_embedded_model_by_its_name_or_folder():
    for reference in ("embedded", embedded_model()):
        found = find_pretrained(reference)
        assert (found.embedded, found.place.offline, found.name) == (True, True, NAME)


def test_a_folder(tiny_bert):
    found = find_pretrained(str(tiny_bert))
    assert (found.embedded, found.place.offline, found.name) == (False, True, "tiny-bert")
    assert load_tokenizer(found).model_max_length == 64  # the places of the model


def without(folder, target, name):
    shutil.copytree(folder, target)
    (target / name).unlink()
    return target


def no_config(folder, tmp_path):
    return without(folder, tmp_path / "m", "config.json")


def no_tokenizer(folder, tmp_path):
    return without(folder, tmp_path / "m", "tokenizer.json")


def pickle_only(folder, tmp_path):
    without(folder, tmp_path / "m", "model.safetensors")
    (tmp_path / "m" / "pytorch_model.bin").write_bytes(b"a pickle would be read here")
    return tmp_path / "m"


def empty(folder, tmp_path):
    (tmp_path / "m").mkdir()
    return tmp_path / "m"


def another_type(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "m")
    (tmp_path / "m" / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    return tmp_path / "m"


def broken_config(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "m")
    (tmp_path / "m" / "config.json").write_text("{")
    return tmp_path / "m"


def code_of_its_own(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "m")
    config = {"model_type": "strange", "auto_map": {"AutoConfig": "code.Strange"}}
    (tmp_path / "m" / "config.json").write_text(json.dumps(config))
    (tmp_path / "m" / "code.py").write_text("raise SystemExit('a stranger ran')")
    return tmp_path / "m"


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (empty, "There is no model in 'm'."),
        (no_config, "There is no model in 'm'."),
        (no_tokenizer, "The model 'm' has no tokenizer, so it cannot read a text."),
        (pickle_only, "The weights of 'm' are a pickle only, which can run a stranger's code when it is opened."),
        (another_type, "The model 'm' is of the type 'gpt2', which cannot be fine-tuned here."),
        (broken_config, "The folder 'm' holds no model that can be loaded."),
        (code_of_its_own, "The model 'm' is of the type 'strange', which cannot be fine-tuned here."),
    ],
)
def test_a_folder_that_is_no_model_is_refused(tiny_bert, tmp_path, make, problem):
    with pytest.raises(InputError) as caught:
        find_pretrained(make(tiny_bert, tmp_path))
    assert caught.value.problem == problem
    assert caught.value.remedy.startswith("Choose a")


def test_damaged_weights_and_half_a_model_are_refused(tiny_bert, tmp_path):
    from safetensors.torch import load_file, save_file

    shutil.copytree(tiny_bert, tmp_path / "m")
    weights = load_file(tmp_path / "m" / "model.safetensors")
    del weights["bert.encoder.layer.1.output.dense.weight"]
    save_file(weights, tmp_path / "m" / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=r"1 weights of 'm' are missing, among them bert.encoder.layer.1.output"):
        load_pretrained(tmp_path / "m", ["a", "b"], seed=0)
    (tmp_path / "m" / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(InputError, match="The folder 'm' holds no model that can be loaded"):
        load_pretrained(tmp_path / "m", ["a", "b"], seed=0)


def test_a_model_of_the_hub_that_is_a_pickle_only_is_refused_before_it_is_fetched(monkeypatch):
    import huggingface_hub
    from huggingface_hub.hf_api import ModelInfo

    files = [{"rfilename": "config.json"}, {"rfilename": "pytorch_model.bin"}]

    def answer(self, model_id, timeout):
        return ModelInfo(id=model_id, siblings=files)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", answer)
    with pytest.raises(InputError, match="The weights of 'owner/old' are a pickle only"):
        find_pretrained("owner/old")


def test_a_head_for_other_labels_is_made_anew(tiny_bert, tmp_path):
    model, tokenizer = load_pretrained(tiny_bert, ["a", "b", "c"], seed=0)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    again, _ = load_pretrained(tmp_path, ["x", "y"], seed=0, multi_label=True)
    assert again.classifier.weight.shape == (2, 32)
    assert again.config.id2label == {0: "x", 1: "y"}
    assert again.config.problem_type == "multi_label_classification"
    word = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(again.state_dict()[word], model.state_dict()[word])


def test_a_model_that_was_never_fine_tuned_does_not_predict(tiny_bert):
    with pytest.raises(InputError, match="The model 'tiny-bert' was not fine-tuned as a classifier"):
        load_finetuned(tiny_bert)
