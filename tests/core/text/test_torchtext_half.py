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
