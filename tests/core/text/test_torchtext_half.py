import random
import subprocess
import sys

import pytest

from core.text.torchtext_half import basic_english, utils, utils_file

pytestmark = pytest.mark.skipif(utils_file() is None, reason="torchtext has no wheel for this Python")


def test_basic_english_is_torchtexts_own_tokenizer() -> None:
    # The rules are torchtext's: lower case, marks apart, quotation marks, colons and semicolons left out.
    assert basic_english()('You can now: "install" TorchText, it\'s (easy)!') == [
        *["you", "can", "now", "install", "torchtext", ",", "it", "'", "s", "(", "easy", ")", "!"]
    ]


def test_it_cuts_as_torchtext_does_whatever_stands_in_the_text() -> None:
    rng, theirs, ours = random.Random(0), utils().get_tokenizer("basic_english"), basic_english()
    words = ["It's", "ΟΔΟΣ", "(a)", "<br />", "<BR />", '"b"', "c.", "x\uf8ff", "a\\'b", "İ", "酒店。", ""]
    parts = [*words, *"'\".,()!?;:<>/ \n\t\r\x0b\x1c\x85\xa0\u2028\u3000\u200b"]
    for _ in range(5_000):
        text = "".join(rng.choices(parts, k=rng.randrange(12)))
        assert ours(text) == theirs(text)


def test_the_rest_of_the_pure_python_half_is_there() -> None:
    assert list(utils().ngrams_iterator(["a", "b", "c"], 2)) == ["a", "b", "c", "a b", "b c"]


def test_it_needs_neither_torch_nor_the_package_itself() -> None:
    code = (
        "import sys; from core.text.torchtext_half import basic_english; basic_english()('a'); "
        "print('torch' in sys.modules, 'torchtext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert done.stderr == ""
