"""The prose of Python's reference, told apart from its code, grammar and tables."""

import re

import pytest

from core.data.sources.builtin import BUILTINS
from core.data.sources.reference import paragraphs

PAGE = """The "pass" statement
********************

   pass_stmt ::= "pass"

"pass" is a *null operation* --- when it is executed, nothing
happens.  It is useful as a placeholder [1] when **no code** needs to
be executed, for example:

   def f(arg): pass    # a function that does nothing (yet)

   class C: pass       # a class with no methods (yet)

object.__len__(self)

   Called to implement the built-in function "len()".  Should return
   the length of the object.

   >>> len("four")
   4

* If the target list is a single target, the object is assigned to
  that target

  1. otherwise the name is looked up in the module;

Immutable sequences
   An object of an immutable sequence type cannot change once it is
   created.

+-------------------+---------------------+
| Representation    | Description of this |
+-------------------+---------------------+

Note:
"""


def test_paragraphs_are_the_sentences_and_nothing_else() -> None:
    assert list(paragraphs(PAGE)) == [
        '"pass" is a null operation --- when it is executed, nothing happens. It is useful as a placeholder when '
        "no code needs to be executed, for example:",
        'Called to implement the built-in function "len()". Should return the length of the object.',
        "If the target list is a single target, the object is assigned to that target",
        "otherwise the name is looked up in the module;",
        "An object of an immutable sequence type cannot change once it is created.",
    ]


@pytest.mark.parametrize(
    "text", ["f(*args, **kwargs) takes any number of them.", 'The "*expression" syntax works as "**" does.']
)
def test_asterisks_that_are_no_emphasis_stay(text: str) -> None:
    assert list(paragraphs(text)) == [text]


def test_this_pythons_reference_is_a_corpus_of_sentences() -> None:
    builtin = BUILTINS["python-reference"]
    if reason := builtin.available():
        pytest.skip(reason)
    rows = [row for batch in builtin.open().batches for row in batch.to_pylist()]
    texts = [row["text"] for row in rows]
    words = sum(len(text.split()) for text in texts)
    assert 40_000 < words < 60_000
    assert len(texts) == len(set(texts)) > 1_000
    assert len({row["topic"] for row in rows}) > 50
    assert not [
        text for text in texts if re.search(r"::=|^>>>|\n|  | # |^(def|class|import|raise|return) \w+[(:]|SUITE", text)
    ]
    assert any(text.startswith("The with statement") or text.startswith('The "with" statement') for text in texts)
    # A sentence of the language holds function words; code does not.
    assert sum(bool(re.search(r"\b(the|a|an|is|are|of|to|in)\b", text)) for text in texts) > 0.95 * len(texts)
