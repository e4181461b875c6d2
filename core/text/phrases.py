"""What a single sentence can lose: phrases in English, clauses between commas in Chinese, parentheses anywhere."""

import re
from itertools import pairwise

from core.text.cleaning import cut
from core.text.english_phrases import Phrase, english_phrases
from core.text.protected import is_negation
from core.text.word_slots import slots

PARENTHESIS = re.compile(r"\([^()]{1,300}\)|（[^（）]{1,300}）|(?<!\S)-lrb- .{1,300}? -rrb-(?!\S)", re.I)
CLAUSE_MARK = re.compile(r"[，,](?!\d)")
END_MARKS = re.compile(r"[。！？；!?.;…~～\s]*\Z")
# Each of these makes its clause belong to another one, which would be lost without it.
CONNECTIVES = re.compile(
    r"\s*(?:虽然|虽说|尽管|但|可是|不过|然而|因为|由于|所以|因此|如果|要是|假如|那么|即使|就算|也|只要|只有|就|才|既然|而且|并且"
    r"|不但|不仅|还|除了|无论|不管|都|否则|而)"
)
FEWEST_CHARACTERS = 2  # of a clause that is left alone
LONGEST = 5_000  # characters looked at


def phrases(sentence: str, language: str) -> list[Phrase]:
    """Return the parts that `sentence` can lose, in order; each says something without a negation and leaves words.

    Raises MissingResource where English has no tagger or Chinese no jieba.
    """
    text = sentence[:LONGEST]
    found = [
        Phrase("parenthesis", *each.span())
        for each in PARENTHESIS.finditer(text)
        if any(map(str.isalpha, each[0])) and not _denies(each[0], language)
    ]
    if language == "zh":
        found += _clauses(text)
    elif language == "en":
        found += english_phrases(text)
    return sorted(found, key=lambda phrase: (phrase.start, phrase.stop))


def without(text: str, phrase: Phrase) -> str:
    """Return `text` without `phrase`; its blanks at both ends stay, and a capital at its start."""
    core = text.strip()
    lead = len(text) - len(text.lstrip())
    made = cut(text, [(phrase.start, phrase.stop)])
    if phrase.start <= lead and core[:1].isupper():
        made = made[:1].upper() + made[1:]
    return text[:lead] + made + text[lead + len(core) :]


def _clauses(sentence: str) -> list[Phrase]:
    """Return the clauses between commas of a Chinese sentence, each with one of its commas."""
    stop = END_MARKS.search(sentence)
    end = stop.start() if stop else len(sentence)
    marks = [found.start() for found in CLAUSE_MARK.finditer(sentence, 0, end)]
    edges = [-1, *marks, end]
    found = []
    for place, (before, after) in enumerate(pairwise(edges)):
        clause = sentence[before + 1 : after]
        next_clause = sentence[after + 1 : edges[place + 2]] if place + 2 < len(edges) else ""
        if len(edges) < 3 or len(clause.strip()) < FEWEST_CHARACTERS or _denies(clause, "zh"):
            continue
        if CONNECTIVES.match(clause) or CONNECTIVES.match(next_clause):
            continue
        found.append(Phrase("clause", *((0, after + 1) if before < 0 else (before, after))))
    return found


def _denies(text: str, language: str) -> bool:
    return any(is_negation(word, language) for word in slots(text, language)[1::2])
