"""A recipe: what an augmentation does, as settings that can be saved, shared and run again with the same outcome."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, SerializeAsAny, field_validator, model_serializer, model_validator

from core.augmentation.catalogue import gates, operators
from core.augmentation.gate import GateConfig
from core.augmentation.operator import OperatorConfig
from core.config import Config, parse_config
from core.errors import InputError

VERSION = 1
MAX_STEPS = 50
MAX_COPIES = 100


class Step(Config):
    """A step: an operator, its settings, and how often it is tried. Written flat: `{use: NAME, probability: 0.5, ...}`.

    The operator's own settings stand beside `use` and `probability`; no operator has settings with these names.
    """

    use: str = Field(description="The name of the operator.")
    probability: float = Field(
        default=1.0, ge=0, le=1, description="How likely the step is tried on a row; the other steps go on without it."
    )
    settings: SerializeAsAny[OperatorConfig] = Field(description="The operator's own settings.")

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, values: Any) -> Any:
        return nested(values, "step")

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {"use": self.use, "probability": self.probability, **self.settings.model_dump(mode="json")}


class Gate(Config):
    """A gate and its settings. Written flat: `{use: NAME, at_least: 0.8}`."""

    use: str = Field(description="The name of the gate.")
    settings: SerializeAsAny[GateConfig] = Field(description="The gate's own settings.")

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, values: Any) -> Any:
        return nested(values, "gate")

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {"use": self.use, **self.settings.model_dump(mode="json")}


class Recipe(Config):
    """The steps that make new rows, how many rows they make, and the gates that judge them."""

    version: int = Field(default=VERSION, description="The version of this way of writing recipes: 1.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Another seed makes other rows; the same, the same.")
    copies: int = Field(default=1, ge=1, le=MAX_COPIES, description="How many rows to make from each train row.")
    keep_originals: bool = Field(
        default=True,
        title="Keep the original rows",
        description="Keep the train rows beside the new ones; validation and test rows always stay.",
    )
    target_multiplier: float | None = Field(
        default=None, gt=0, le=MAX_COPIES, description="Make as many train rows as there are now times this."
    )
    balance: bool = Field(
        default=False, title="Balance the classes", description="Make every label as frequent as the most frequent one."
    )
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS, description="What is done to a row, in order.")
    gates: tuple[Gate, ...] = Field(default=(), max_length=MAX_STEPS, description="What a new row has to pass.")

    @field_validator("version")
    @classmethod
    def _known_version(cls, version: int) -> int:
        if version != VERSION:
            raise ValueError(f"this program reads recipes of version {VERSION}")
        return version

    @field_validator("gates")
    @classmethod
    def _each_once(cls, chosen: tuple[Gate, ...]) -> tuple[Gate, ...]:
        names = [gate.use for gate in chosen]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"The gates have {name!r} twice.", "Keep one of them.")
        return chosen

    @model_validator(mode="after")
    def _one_aim(self) -> "Recipe":
        if self.balance and self.target_multiplier is not None:
            raise InputError("A recipe cannot have both balance and target_multiplier.", "Choose one of them.")
        if self.keep_originals and self.target_multiplier is not None and self.target_multiplier <= 1:
            raise InputError(
                f"A target_multiplier of {self.target_multiplier:g} leaves no room for new rows.",
                "Choose more than 1, or do not keep the originals.",
            )
        return self

    def all_gates(self) -> dict[str, GateConfig]:
        """Return the gates by name in their order; `held_out` is put first where the recipe does not name it."""
        named = {gate.use: gate.settings for gate in self.gates}
        always = {} if "held_out" in named else {"held_out": parse_config(gates()["held_out"], {})}
        return {**always, **named}


OWN_FIELDS = {"step": ("use", "probability"), "gate": ("use",)}


def config_of(what: str, values: Any) -> type[Config]:
    """Return the config class that the flat `values` of a "step" or "gate" name. Raises InputError, UnknownName."""
    if not isinstance(values, Mapping) or not isinstance(values.get("use"), str):
        raise InputError(f"A {what} does not say what it uses: {str(values)[:80]!r}.", "Write it as {use: NAME}.")
    return operators()[values["use"]] if what == "step" else gates()[values["use"]]


def nested(values: Any, what: str) -> Any:
    """Return the flat `values` of a "step" or "gate" with its settings as a config. Raises InputError, UnknownName."""
    if isinstance(values, Mapping) and isinstance(values.get("settings"), Config):
        return values
    kind = config_of(what, values)
    own = {name: values[name] for name in OWN_FIELDS[what] if name in values}
    settings = {str(name): value for name, value in values.items() if name not in own}
    return {**own, "settings": parse_config(kind, settings)}
