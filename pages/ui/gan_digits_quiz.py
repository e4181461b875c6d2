"""You are the discriminator: a quiz of real and generated digits, scored against the one that was trained."""

import numpy as np
import streamlit as st

from core.gan.digits.model import DigitsModel
from core.gan.digits.pictures import grid, png
from core.randomness import rng_for

PICTURES, COLUMNS = 10, 5
REAL, GENERATED = "Real", "Generated"
SHOWN = 112  # pixels of a picture, about


def quiz(model: DigitsModel, key: str) -> None:
    """Draw the pictures, then the answers and who was right more often."""
    place = f"gan quiz {key}"
    number = st.session_state.setdefault(place, 0)
    pixels, classes, is_real = questions(model, number)
    with st.form(f"{place} {number}", border=True):
        st.write("Which of these pictures are real?" if not model.conditional else _asked())
        answers = []
        for first in range(0, PICTURES, COLUMNS):
            for question, column in enumerate(st.columns(COLUMNS), first):
                scale = max(1, SHOWN // pixels.shape[2])
                with column:
                    st.image(png(grid(pixels[question : question + 1], 1, scale)))
                    label = f"Picture {question + 1}"
                    answers.append(st.radio(label, (REAL, GENERATED), None, key=f"{place} {number} {question}"))
        sent = st.form_submit_button("Compare with the discriminator", type="primary")
    if sent and None in answers:
        st.info("Give an answer for each picture first.")
    elif sent:
        _answers(model.score(pixels, classes), np.array([a == REAL for a in answers]), is_real)
    if st.button("Other pictures"):
        st.session_state[place] = number + 1
        st.rerun()


def _asked() -> str:
    return "Which of these pictures are real? The discriminator is told which digit each one should be."


def questions(model: DigitsModel, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pictures (N, H, W) of a quiz, their classes (N,), and which are real (N,): half of them."""
    rng = rng_for(number, "quiz", "digits")
    is_real = rng.permutation(np.arange(PICTURES) % 2 == 0)
    chosen = rng.choice(len(model.pictures.pixels), PICTURES, replace=False)
    classes = model.pictures.classes[chosen]
    made = model.sample(PICTURES, classes, seed=1_000 + number)
    return np.where(is_real[:, None, None], model.pictures.pixels[chosen], made), classes, is_real


def _answers(sure: np.ndarray, said: np.ndarray, is_real: np.ndarray) -> None:
    yours, theirs = int((said == is_real).sum()), int(((sure > 0.5) == is_real).sum())
    st.success(f"You were right {yours} times of {PICTURES}, the discriminator {theirs} times.")
    words = {True: REAL, False: GENERATED}
    st.dataframe(
        {
            "Picture": list(range(1, PICTURES + 1)),
            "It is": [words[bool(x)] for x in is_real],
            "You said": [words[bool(x)] for x in said],
            "The discriminator said": [words[bool(x > 0.5)] for x in sure],
            "How sure it was that it is real": 100 * sure,
        },
        hide_index=True,
        column_config={"How sure it was that it is real": st.column_config.NumberColumn(format="%.0f %%")},
        alt="Answers of the quiz",
    )
