"""When adversarial training goes wrong: what is measured, and the sentences that say what to do."""

from dataclasses import dataclass

MOST_RIGHT = 0.97  # of its pictures: a discriminator that is right more often teaches the generator nothing
LEAST_VARIED = 0.5  # of the real pictures' diversity
FEW_CLASSES = 0.6  # of all classes
LEAST_GAIN = 0.95  # of the best distance so far: less than this counts as learning
GRACE = 2  # judgements before which nothing is said

SENTENCES = {
    "strong-discriminator": (
        "The discriminator tells nearly all pictures right, and the generator no longer gets better. "
        "Lower the discriminator's learning rate, or give the generator more updates in a step."
    ),
    "collapse": (
        "The generator makes nearly the same picture again and again: it has collapsed. "
        "Lower the generator's learning rate, or give the discriminator more updates in a step."
    ),
    "classes": (
        "The generator leaves some digits out, as the judge sees it: a part of it has collapsed. "
        "Lower the generator's learning rate, or give the discriminator more updates in a step."
    ),
}


@dataclass(frozen=True)
class Signs:
    """What a judgement looks at: `right` is the share of the pictures that the discriminator has told right since the
    last one, `frechet` the distance now and `best` the lowest before it, `diversity` and `classes` are shares of the
    real pictures', `judgements` how many there were, this one included.
    """

    right: float
    frechet: float
    best: float
    diversity: float
    classes: float
    judgements: int


def alarms(signs: Signs) -> list[str]:
    """Return the names in SENTENCES of what is wrong.

    A generator that is left behind is often not varied either; what helps then is what helps it to catch up.
    """
    if signs.judgements <= GRACE:
        return []
    if signs.right > MOST_RIGHT and signs.frechet > LEAST_GAIN * signs.best:
        return ["strong-discriminator"]
    if signs.diversity < LEAST_VARIED:
        return ["collapse"]
    return ["classes"] if signs.classes < FEW_CLASSES else []
