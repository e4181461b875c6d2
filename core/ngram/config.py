"""The settings of an n-gram model, and those of a run that makes one."""

from pydantic import Field, field_validator

from core.config import Config
from core.data.corpus import ReadingConfig
from core.ngram.estimators import ESTIMATORS, CountRatio

MAX_ORDER = 7


class FitConfig(Config):
    """What an n-gram model is made of."""

    order: int = Field(
        default=3,
        ge=1,
        le=MAX_ORDER,
        description="How many words an n-gram has: each word is predicted from the order minus 1 words before it.",
    )
    estimator: str = Field(
        default="modified-kneser-ney",
        description=f"How counts become probabilities. The choices: {', '.join(ESTIMATORS)}.",
        json_schema_extra=lambda schema: schema.update(
            enum=list(ESTIMATORS), titles={name: estimator.title for name, estimator in ESTIMATORS.items()}
        ),
    )
    gamma: float = Field(
        default=0.1, gt=0, le=10, description="What Lidstone adds to every count. The other estimators do not use it."
    )
    cutoff: int = Field(
        default=1, ge=1, le=1_000_000, description="Words seen less often than this are all the one word <unk>."
    )
    vocabulary: tuple[str, ...] = Field(
        default=(),
        max_length=1_000_000,
        description="The only words that are known, whatever is in the text. Empty: all that the cutoff keeps.",
    )

    @field_validator("estimator")
    @classmethod
    def _is_an_estimator(cls, name: str) -> str:
        ESTIMATORS[name]  # raises UnknownName with the choices
        return name

    @property
    def used_gamma(self) -> float:
        """What is added to every count: that of a count ratio whose gamma is fixed, else `gamma`."""
        kind = ESTIMATORS[self.estimator]
        fixed = kind.fixed_gamma if issubclass(kind, CountRatio) else None
        return self.gamma if fixed is None else fixed


class NgramConfig(FitConfig, ReadingConfig):
    """An n-gram model of the training rows of a dataset version, judged on its validation and test rows."""

    version: str = Field(description="The dataset version to learn from: its name, name@number or id.")
    tune: bool = Field(
        default=True,
        title="Choose the settings by validation",
        description="Try every order up to the one given, several cutoffs and, for Lidstone, several values of gamma, "
        "and keep what fits the validation rows best.",
    )
    compare: bool = Field(
        default=True,
        title="Compare all estimators",
        description="Also measure every other estimator at every order on the validation rows.",
    )
    surprising: bool = Field(
        default=True,
        title="Find the most surprising rows",
        description="Fit two more models, each on half of all rows, to find the rows that the other half does not "
        "lead to expect: often damaged, in another language, or out of place.",
    )
    validation_share: float = Field(
        default=0.1,
        ge=0.01,
        le=0.5,
        description="Share of the training texts held out for validation, if the dataset has no validation split.",
    )
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, description="Which texts are held out, and what the sample texts are."
    )
