import pytest

from core.config import parse_config
from core.errors import InputError, UnknownName
from core.neural_lm.config import LmConfig, LmSettings


def test_a_recipe_gives_what_is_left_empty():
    assert (LmSettings(preset="classic").recipe.learning_rate, LmSettings(preset="classic").recipe.clip) == (5.0, 0.5)
    assert LmSettings(preset="classic", learning_rate=1.0).recipe.learning_rate == 1.0
    assert LmSettings(clip=0.25).recipe.clip == 0.25


def test_what_cannot_be_trained_with_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="The width 64 cannot be divided by 3"):
        parse_config(LmSettings, {"architecture": "transformer", "width": 64, "heads": 3})
    assert LmSettings(architecture="lstm", width=64, heads=3).heads == 3  # an LSTM has none
    with pytest.raises(InputError, match="dropout"):
        parse_config(LmSettings, {"dropout": 1.0})
    with pytest.raises(UnknownName, match="Did you mean 'whitespace'"):
        parse_config(LmSettings, {"tokenizer": "whitespaces"})
    with pytest.raises(InputError, match="version is missing"):
        parse_config(LmConfig, {})


def test_every_setting_is_explained_and_has_a_default():
    for name, field in LmSettings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        assert not field.is_required(), name
