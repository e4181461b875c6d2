import pytest
import torch

from core.gan.digits.config import DigitsConfig
from core.gan.digits.networks import build

SIZES = [(8, 8), (28, 28), (9, 14)]


def networks(size, **settings):
    torch.manual_seed(0)
    return build(DigitsConfig(**{"width": 4, "latent": 6, "loss": "hinge", **settings}), size, 5)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("settings", [{"model": "classic"}, {"loss": "hinge"}, {"loss": "relativistic"}])
def test_pictures_of_any_size_go_through_and_gradients_come_back(size, settings):
    generator, discriminator = networks(size, **settings)
    classes = torch.tensor([0, 4, 2])
    pictures = generator(torch.randn(3, generator.noise), classes)
    assert pictures.shape == (3, 1, *size)
    assert pictures.abs().max() <= 1
    scores = discriminator(pictures, classes)
    assert scores.shape == (3,)
    scores.sum().backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in generator.parameters() if p.dim() > 1)


def test_the_classic_networks_are_those_of_the_textbook():
    generator, discriminator = networks((28, 28), model="classic")
    assert [tuple(p.shape) for p in generator.parameters() if p.dim() > 1] == [(256, 784), (784, 256)]
    assert [tuple(p.shape) for p in discriminator.parameters() if p.dim() > 1] == [(256, 784), (1, 256)]
    noise = torch.randn(2, generator.noise)
    assert torch.equal(generator(noise, torch.tensor([0, 1])), generator(noise, torch.tensor([3, 3])))


def test_the_class_changes_the_picture_and_its_score():
    generator, discriminator = networks((8, 8))
    noise = torch.randn(1, generator.noise).expand(2, -1)
    one, other = generator(noise, torch.tensor([0, 1]))
    assert not torch.allclose(one, other)
    scores = discriminator(one.expand(2, 1, 8, 8), torch.tensor([0, 1]))
    assert scores[0] != scores[1]


def test_a_spectral_norm_keeps_the_discriminator_from_growing():
    _, bounded = networks((8, 8), loss="hinge")
    _, free = networks((8, 8), loss="relativistic")
    pictures, classes = torch.randn(64, 1, 8, 8), torch.zeros(64, dtype=torch.int64)
    for _ in range(50):  # each look brings the estimate of the singular values nearer
        bounded(pictures, classes)
    for network in (bounded, free):
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                if "features" in name and parameter.dim() > 1:
                    parameter *= 100
    largest = [float(torch.linalg.matrix_norm(n.features.weight.detach(), 2)) for n in (bounded, free)]
    assert largest[0] == pytest.approx(1, rel=0.05)
    assert largest[1] > 100
