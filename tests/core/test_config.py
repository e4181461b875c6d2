import pytest
from pydantic import Field, ValidationError, field_validator

from core.config import Config, parse_config
from core.errors import InputError, UnknownName


class Inner(Config):
    rate: float = Field(default=0.5, ge=0, le=1, description="A rate.")


class Settings(Config):
    name: str = Field(description="A name.")
    count: int = Field(default=3, ge=1, le=10, description="A count.")
    inner: Inner = Field(default=Inner(), description="More.")
    model_name: str = Field(default="", description="A name that pydantic would reserve.")

    @field_validator("name")
    @classmethod
    def _no_blank(cls, name: str) -> str:
        if " " in name:
            raise ValueError("names have no blanks")
        return name


def test_values_become_settings() -> None:
    settings = parse_config(Settings, {"name": "a", "count": "7", "inner": {"rate": 1}})
    assert settings == Settings(name="a", count=7, inner=Inner(rate=1.0))
    assert parse_config(Settings, settings.model_dump(mode="json")) == settings


def test_settings_cannot_be_changed() -> None:
    settings = Settings(name="a")
    with pytest.raises(ValidationError):
        settings.count = 4  # type: ignore[misc]
    assert len({settings, Settings(name="a")}) == 1  # and so can be a key


@pytest.mark.parametrize(
    ("values", "problem", "remedy"),
    [
        ({}, "The setting name is missing.", "Give it a value."),
        (
            {"name": "a", "count": 11},
            "The setting count cannot be 11.",
            "It has to be less than or equal to 10.",
        ),
        (
            {"name": "a", "inner": {"rate": 2}},
            "The setting inner.rate cannot be 2.",
            "It has to be less than or equal to 1.",
        ),
        ({"name": "a", "count": "1.5"}, "The setting count cannot be '1.5'.", "It has to be a whole number."),
        ({"name": "a", "inner": {"rate": "x"}}, "The setting inner.rate cannot be 'x'.", "It has to be a number."),
        ({"name": "a b"}, "The setting name cannot be 'a b'.", "Names have no blanks."),
    ],
)
def test_the_first_wrong_value_is_told_in_two_sentences(values: dict[str, object], problem: str, remedy: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_config(Settings, values)
    assert (raised.value.problem, raised.value.remedy) == (problem, remedy)


def test_an_unknown_setting_lists_the_choices() -> None:
    with pytest.raises(UnknownName) as raised:
        parse_config(Settings, {"name": "a", "cuont": 4})
    assert raised.value.problem == "There is no setting named 'cuont'."
    assert raised.value.remedy == "Did you mean 'count'? The choices are: count, inner, model_name, name."
