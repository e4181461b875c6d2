import os

import numpy as np
import pytest

from core.text.encoder import STEP, WIDTH, SentenceEncoder, batches_by_length, filled_length

HOSTILE = [
    "",
    " \n\t",
    "x",
    "😀😀",
    "שלום עולם",
    "مرحبا",
    "<b>bold</b> &amp;",
    "混合 mixed мир",
    "word " * 20_000,
    "\0\x1b[0m",
]


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder.load()


def test_vectors_are_of_length_one_and_near_in_meaning_means_near(encoder):
    texts = ["A man is playing a guitar.", "Someone plays an instrument.", "The stock market fell sharply today."]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, WIDTH)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.5 > 0.2 > far


def test_a_text_is_encoded_alike_in_every_company(encoder):
    texts = [f"sentence {'very ' * (i % 23)}number {i}" for i in range(60)]
    together = encoder.encode(texts)
    np.testing.assert_array_equal(together, encoder.encode(texts, batch_rows=7))
    alone = np.concatenate([encoder.encode([text]) for text in texts[:5]])
    np.testing.assert_allclose(alone, together[:5], atol=1e-6)
    np.testing.assert_allclose(encoder.encode(texts[::-1])[::-1], together, atol=1e-6)


def test_filling_up_changes_nothing(encoder):
    import torch

    tokens = encoder._tokenize(["seven tokens long, this text here"])[0]
    with torch.inference_mode():
        ids = torch.from_numpy(tokens.astype(np.int64))[None]
        states = encoder._model(ids, torch.ones_like(ids, dtype=torch.bool))[0]
    mean = states.mean(0).numpy()
    assert len(tokens) % STEP
    np.testing.assert_allclose(encoder._vectors([tokens])[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_the_layers_are_those_of_transformers(encoder):
    import torch
    from transformers import BertModel

    from core.text.embedded_model import embedded_model

    model = BertModel.from_pretrained(embedded_model(), local_files_only=True).eval()
    ids = torch.randint(30_522, (3, 24), generator=torch.Generator().manual_seed(0))
    mask = torch.arange(24) < torch.tensor([24, 9, 1])[:, None]
    with torch.inference_mode():
        theirs = model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        torch.testing.assert_close(encoder._model(ids, mask)[mask], theirs[mask], atol=1e-5, rtol=1e-5)


def test_it_agrees_with_the_library_that_the_model_was_made_with(encoder):
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    from core.text.embedded_model import embedded_model

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model = library.SentenceTransformer(str(embedded_model()), device="cpu")
    texts = ["Hello world", "a stirring , funny and finally transporting re imagining of beauty and the beast"]
    np.testing.assert_allclose(encoder.encode(texts), model.encode(texts, normalize_embeddings=True), atol=1e-5)


def test_texts_of_every_kind_survive(encoder):
    done = []
    vectors = encoder.encode(HOSTILE, batch_rows=3, tick=done.append)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert done == sorted(done)
    assert done[-1] == len(HOSTILE)
    assert encoder.encode([]).shape == (0, WIDTH)


def test_the_quick_way_keeps_cosines(encoder):
    texts = ["a good film", "a bad film", "the weather is fine", "prices rose by half", "电影很好看"]
    exact, quick = encoder.encode(texts), SentenceEncoder.load(quick=True).encode(texts)
    np.testing.assert_allclose(quick @ quick.T, exact @ exact.T, atol=1e-2)


def test_batches_hold_texts_of_one_filled_length():
    assert [filled_length(n) for n in (1, 8, 9, 16)] == [8, 8, 16, 16]
    tokens = [[0] * n for n in (9, 3, 8, 16, 2)]
    assert list(batches_by_length(tokens, 2)) == [[1, 2], [4], [0, 3]]
    assert list(batches_by_length([], 2)) == []
