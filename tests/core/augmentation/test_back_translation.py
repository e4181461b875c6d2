"""Back-translation with two tiny Marian models of random weights that the test saves.

core.augmentation.back_translation is what is called; core.augmentation.translation works inside it.
"""

import math
from pathlib import Path

import pytest
import torch

from core.augmentation.back_translation import BackTranslation, _is_faithful
from core.augmentation.operator import Context, Row
from core.augmentation.translation import Search, Translator, gumbels
from core.errors import InputError
from core.randomness import Draws
from tests.core.augmentation.tiny_models import TEXTS, save_marian

pytest.importorskip("sentencepiece", reason="sentencepiece, which Marian's tokenizer needs, is absent")

CONTEXT = Context("en", Path("no such file"), Path("no such folder"))
HOSTILE = [
    "",
    " \n",
    "film",
    "!!!",
    "😀 film",
    "שלום עולם",
    "<b>film</b>",
    ">>fr<< film",
    "\0 film </s> <pad>",
    "第三部电影",
]
LIKELIEST = Search(temperature=0, top_k=1, beams=1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("marian")
    return save_marian(root / "there", 1), save_marian(root / "back", 2)


@pytest.fixture(scope="module")
def operator(folders):
    return BackTranslation(forward=folders[0], backward=folders[1], temperature=1.5).build(CONTEXT)


def made(operator, texts, seed=1):
    return operator(
        [Row(f"r{i}", text) for i, text in enumerate(texts)], [Draws(seed, str(i)) for i in range(len(texts))]
    )


def test_the_likeliest_translation_is_what_the_model_says_step_by_step(folders):
    translator = Translator.load(folders[0], LIKELIEST)
    model, tokenizer = translator._model, translator._tokenizer
    texts = [*TEXTS, *" ".join(TEXTS).split()]
    expected: list[str | None] = []
    for text in texts:
        source = tokenizer([text], return_tensors="pt")
        filled = -(-source["input_ids"].shape[1] // 8) * 8  # tokens, filled up to eights
        longest = min(2 * filled + 16, 63)  # the model has 64 positions, one of them for the start
        ids = [model.config.decoder_start_token_id]
        while len(ids) <= longest and 0 not in ids:
            with torch.no_grad():
                logits = model(**source, decoder_input_ids=torch.tensor([ids])).logits[0, -1]
            logits[model.config.pad_token_id] = -torch.inf
            ids.append(int(logits.argmax()))
        expected.append((tokenizer.decode(ids, skip_special_tokens=True).strip() or None) if 0 in ids else None)
    assert translator.translate(texts, [0] * len(texts)) == expected
    assert None in expected
    assert any(expected)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_sentence_is_translated_alike_in_every_company(folders, beams, temperature):
    translator = Translator.load(folders[0], Search(temperature, 10, beams))
    sentences = [" ".join(TEXTS[i % 4].split()[: 1 + i % 5]) + " " + TEXTS[i % 3] for i in range(18)]
    seeds = list(range(18))
    together = translator.translate(sentences, seeds)
    assert [
        translator.translate([sentence], [seed])[0] for sentence, seed in zip(sentences, seeds, strict=True)
    ] == together
    assert translator.translate(sentences[::-1], seeds[::-1])[::-1] == together
    assert len(set(together)) > 2


def test_seeds_make_the_difference_while_sampling(folders):
    translator = Translator.load(folders[0], Search(1.5, 10, 1))
    assert len(set(translator.translate(["the film plays"] * 20, list(range(20))))) > 5
    assert len(set(translator.translate(["the film plays"] * 20, [7] * 20))) == 1


def test_noise_is_of_the_gumbel_distribution():
    draws = gumbels(1, 2, 20_000)
    euler = 0.5772156649  # its mean; its variance is pi^2 / 6
    assert abs(sum(draws) / len(draws) - euler) < 4 * math.sqrt(math.pi**2 / 6 / len(draws))
    assert gumbels(1, 2, 3) == draws[:3]
    assert gumbels(1, 3, 3) != draws[:3] != gumbels(2, 2, 3)


def test_texts_are_worded_anew(operator):
    outcomes = made(operator, TEXTS * 5)
    changed = [(text, outcome.text) for text, outcome in zip(TEXTS * 5, outcomes, strict=True) if outcome]
    assert len(changed) >= 5
    assert all(after.strip() and after != before for before, after in changed)


def test_blanks_between_sentences_stay(operator):
    text = "  The film plays.\n\nAn old actor sings.  "
    found = [outcome.text for seed in range(20) for outcome in made(operator, [text], seed) if outcome]
    assert found
    assert all(text.startswith("  ") and text.endswith("  ") and "\n\n" in text for text in found)


def test_the_batch_and_its_order_change_nothing(operator):
    rows = [Row(f"r{i}", ". ".join(TEXTS[j % 4].capitalize() for j in range(i % 3 + 1))) for i in range(24)]

    def run(some):
        return [outcome and outcome.text for outcome in operator(some, [Draws(3, row.id) for row in some])]

    together = run(rows)
    assert [run([row])[0] for row in rows] == together
    assert run(rows[::-1])[::-1] == together
    assert any(together)


def test_texts_of_every_kind_survive(folders, operator):
    long = "the film plays in a house " * 4_000
    for text, outcome in zip([*HOSTILE, long], made(operator, [*HOSTILE, long]), strict=True):
        assert outcome is None or (outcome.text.strip() and outcome.text != text)
    patient = BackTranslation(forward=folders[0], backward=folders[1], max_characters=100_000).build(CONTEXT)
    assert made(patient, [long[:100_000], "x" * 100_000]) == [None, None]  # one sentence of too many tokens


@pytest.mark.parametrize(
    ("text", "made", "faithful"),
    [
        ("It is 20 years old", "It has 20 years", True),
        ("It is 20 years old", "It is 21 years old", False),
        ("It is not bad", "It is bad", False),
        ("It is bad", "It isn't bad", False),
        ("It does not work", "It doesn't work", True),
        ("see http://a.org/b now", "look at http://a.org/b now", True),
        ("see http://a.org/b now", "see http://a.org/c now", False),
        ("the  same\ntext", "the same text", False),
    ],
)
def test_numbers_negations_and_links_come_back(text, made, faithful):
    assert _is_faithful(text, made, "en") is faithful


def test_a_language_token_is_known_or_refused(folders):
    settings = {"forward": folders[0], "backward": folders[1]}
    BackTranslation(**settings, forward_token=">>xx<<").build(CONTEXT)
    with pytest.raises(InputError, match="does not know the language token '>>yy<<'") as caught:
        BackTranslation(**settings, backward_token=">>yy<<").build(CONTEXT)
    assert ">>xx<<" in caught.value.remedy


def test_a_model_of_another_kind_is_refused(folders):
    from core.augmentation.masked_lm import MaskedLM

    with pytest.raises(InputError, match="is no fill-mask model: it is of the type 'marian'"):
        MaskedLM(model=folders[0]).build(CONTEXT)
