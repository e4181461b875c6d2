"""A finished GAN of digits: the judge's figures, and ways to look at its pictures and to take them home."""

import io
import zipfile
from pathlib import Path

import numpy as np
import streamlit as st

from core.gan.digits.model import CONFIG, DISCRIMINATOR, GENERATOR, MODEL, DigitsModel
from core.gan.digits.pictures import Pixels, grid, idx, npz, png
from core.precision import torch_threads
from core.runs.store import Run
from pages.ui.gan_digits_quiz import quiz

WIDE = 640  # pixels of a picture of several, about
COLUMNS = 10
NEIGHBOURS = 10
VIEWS = ("Samples", "From one to another", "Is it copying?", "You are the discriminator", "Take home")
SEED = {"min_value": 0, "max_value": 2**31 - 1, "help": "The same seed, the same pictures."}


def digits_result(run: Run) -> None:
    """Draw the figures and the view that is chosen."""
    _figures(run.result or {})
    model = loaded(run.folder)
    view = st.segmented_control("View", VIEWS, default=VIEWS[0], key=f"gan view {run.id}", label_visibility="collapsed")
    with torch_threads(1):  # several would wait for each other where a training takes the cores
        if view == VIEWS[1]:
            _interpolation(model)
        elif view == VIEWS[2]:
            _neighbours(model)
        elif view == VIEWS[3]:
            quiz(model, run.id)
        elif view == VIEWS[4]:
            _take_home(run.folder / MODEL)
        else:
            _samples(model)


@st.cache_resource(max_entries=2, show_spinner="Loading the model")
def loaded(folder: Path) -> DigitsModel:
    """Return the model of a run's folder."""
    return DigitsModel.load(folder)


def _figures(result: dict) -> None:
    columns = st.columns(4)
    columns[0].metric(
        "Fréchet distance",
        f"{result['frechet']:.2f} ± {result['frechet_spread']:.2f}",
        help="How far generated pictures are from real ones, through the judge's eyes; lower is better. Its spread is "
        "over sets of random numbers.",
    )
    columns[1].metric(
        "The floor: real against real",
        f"{result['frechet_floor']:.2f} ± {result['frechet_floor_spread']:.2f}",
        help="The same distance between two halves of the real pictures; its spread is over ways to cut them.",
    )
    agreement = result["agreement"]
    columns[2].metric(
        "Agreement",
        "none" if agreement is None else f"{agreement:.1%}",
        help="In how many pictures the judge sees the digit that was asked for. The classic networks cannot be asked.",
    )
    columns[3].metric(
        "Clear and varied classes",
        f"{result['class_score']:.2f}",
        help=f"From 1 to the number of classes, {len(result['names'])}; real pictures have "
        f"{result['class_score_real']:.2f}.",
    )
    st.caption(
        f"{result['judged']:,} generated pictures were compared with as many real ones. The judge tells "
        f"{result['judge_accuracy']:.1%} of real pictures right that it has not learned from. The pictures of a class "
        f"vary {result['diversity']:.2f} times as much as real ones, and the nearest training picture is "
        f"{result['nearest']:.2f} times as far away as from a real picture: far below 1 would be copying."
    )
    with st.expander("Share of the pictures that the judge takes for each class"):
        st.dataframe(
            {"Class": list(result["balance"]), "Share": [100 * share for share in result["balance"].values()]},
            hide_index=True,
            column_config={"Share": st.column_config.NumberColumn(format="%.1f %%")},
            alt="Share of the generated pictures by class",
        )


def _samples(model: DigitsModel) -> None:
    columns = st.columns(3)
    names = model.pictures.names
    wanted = "All in turn"
    if model.conditional:
        wanted = columns[0].selectbox("Class", ["All in turn", *names], help="The digit that is asked for.")
    else:
        columns[0].caption("The classic networks know no classes, so none can be asked for.")
    number = int(columns[1].number_input("Pictures", 1, 1_000, 50))
    seed = int(columns[2].number_input("Seed", value=1, **SEED))
    classes = model.in_turn(number) if wanted not in names else np.full(number, names.index(wanted))
    pixels = model.sample(number, classes, seed)
    _show(pixels, f"{number:,} generated pictures, each of random numbers of its own.")
    labels = np.array([int(names[c]) for c in classes], np.uint8) if model.conditional else None
    files = [
        ("PNG", png(_grid(pixels)), "digits.png"),
        ("NPZ", npz(pixels, labels), "digits.npz"),
        ("idx, pictures", idx(pixels), "generated-images-idx3-ubyte"),
    ]
    if labels is not None:
        files.append(("idx, labels", idx(labels), "generated-labels-idx1-ubyte"))
    with st.container(horizontal=True):
        for name, content, filename in files:
            st.download_button(name, content, filename, icon=":material/download:", on_click="ignore")


def _interpolation(model: DigitsModel) -> None:
    names = model.pictures.names
    ends = []
    columns = st.columns(4)
    for place, side in enumerate(("From", "To")):
        digit = 0
        if model.conditional:
            digit = names.index(columns[2 * place].selectbox(side, names, index=place, key=f"gan {side} class"))
        seed = columns[2 * place + 1].number_input(f"{side}: seed", value=place + 1, key=f"gan {side} seed", **SEED)
        ends.append((digit, int(seed)))
    _show(
        model.interpolate(ends[0], ends[1], COLUMNS),
        "The random numbers, and the class, change little by little. Where every picture in between looks like a "
        "digit, the generator has not just learned a few by heart.",
    )


def _neighbours(model: DigitsModel) -> None:
    seed = int(st.number_input("Seed", value=1, key="gan neighbours seed", **SEED))
    pixels = model.sample(NEIGHBOURS, seed=seed)
    found, distances = model.nearest(pixels)
    _show(
        np.concatenate([pixels, model.pictures.pixels[found]]),
        "Above, generated pictures; below each, the training picture whose pixels are nearest to it. Pairs that are "
        "the same would be copies.",
    )
    st.dataframe(
        {
            "Picture": list(range(1, NEIGHBOURS + 1)),
            "Class of the nearest": [model.pictures.names[model.pictures.classes[place]] for place in found],
            "Distance of the pixels": distances,
        },
        hide_index=True,
        column_config={"Distance of the pixels": st.column_config.NumberColumn(format="%.2f")},
        alt="Nearest training pictures",
    )


def _take_home(folder: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in (CONFIG, GENERATOR, DISCRIMINATOR):
            packed.write(folder / name, name)
    st.write(
        "The zip archive holds the weights of both networks (safetensors) and the settings with the judge's figures "
        "(JSON). The training pictures stay here."
    )
    st.download_button(
        "Download the model",
        archive.getvalue(),
        "gan-of-digits.zip",
        "application/zip",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )


def _show(pixels: Pixels, caption: str) -> None:
    st.image(png(_grid(pixels)), caption=caption)


def _grid(pixels: Pixels) -> Pixels:
    columns = min(COLUMNS, len(pixels))
    return grid(pixels, columns, max(1, WIDE // (columns * pixels.shape[2])))
