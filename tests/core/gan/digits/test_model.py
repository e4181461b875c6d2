import numpy as np
import pytest

from core.errors import InputError, NotFound
from core.gan.digits.model import DigitsModel


def test_samples_belong_to_their_seed_and_class(model):
    pictures = model.sample(6, [0, 1, 0, 1, 0, 1], seed=3)
    assert (pictures.shape, pictures.dtype) == ((6, 8, 8), np.uint8)
    assert (pictures == model.sample(6, seed=3)).all(), "all classes in turn"
    assert (model.sample(2, [0, 1], seed=3) == pictures[:2]).all(), "a picture does not depend on those after it"
    assert (model.sample(6, seed=4) != pictures).any()
    assert (model.sample(1, [1], seed=3)[0] != pictures[0]).any(), "the same noise, another class"
    assert model.sample(0).shape == (0, 8, 8)


@pytest.mark.parametrize("classes", [[0], [0, 2], [0, -1]])
def test_classes_that_there_are_not_are_a_sentence(model, classes):
    with pytest.raises(InputError, match="are not 2 numbers from 0 to 1"):
        model.sample(2, classes)


def test_an_interpolation_begins_and_ends_at_its_ends(model):
    way = model.interpolate((0, 5), (1, 9), 7)
    assert way.shape == (7, 8, 8)
    for end, (kind, seed) in zip((way[0], way[-1]), ((0, 5), (1, 9)), strict=True):
        assert np.abs(end.astype(int) - model.sample(1, [kind], seed)[0]).max() <= 1
    far = [np.abs(picture.astype(float) - way[0]).mean() for picture in way]
    assert far[1] < far[-1]
    assert (model.interpolate((0, 5), (0, 5), 3) == model.sample(1, [0], 5)).all(), "no way at all"


def test_scores_are_probabilities_with_0_5_between_real_and_generated(model):
    real = model.score(model.pictures.pixels, model.pictures.classes)
    fake = model.score(model.sample(120, seed=1), model.in_turn(120))
    assert ((real >= 0) & (real <= 1)).all() and real.shape == (120,)

    def logits(p):
        return np.log(p / (1 - p))

    assert (logits(real).mean() + logits(fake).mean()) / 2 == pytest.approx(0, abs=0.01)


def test_the_nearest_picture_of_a_real_one_is_itself(model):
    found, distances = model.nearest(model.pictures.pixels[10:14])
    assert found.tolist() == [10, 11, 12, 13]
    assert distances == pytest.approx([0] * 4)


def test_it_is_saved_and_loaded_to_the_bit(model, tmp_path):
    model.save(tmp_path / "taken")
    again = DigitsModel.load(tmp_path / "taken")
    assert (again.sample(4, seed=8) == model.sample(4, seed=8)).all()
    assert (again.score(again.sample(4), [0, 1, 0, 1]) == model.score(model.sample(4), [0, 1, 0, 1])).all()
    assert (again.about, again.config, again.pictures.names) == (model.about, model.config, ("3", "7"))


def test_what_is_no_model_is_a_sentence(model, tmp_path):
    with pytest.raises(NotFound, match="There is no finished GAN"):
        DigitsModel.load(tmp_path)
    model.save(tmp_path)
    (tmp_path / "generator.safetensors").write_bytes(b"half")
    with pytest.raises(InputError, match="holds no GAN that can be loaded"):
        DigitsModel.load(tmp_path)
