"""English phrases that a sentence can lose and still stand: a light chunker over part-of-speech tags.

Noun phrases after a preposition are found with a tag grammar, as in Abney (1991, "Parsing by Chunks"). It would rather
miss a phrase than find one whose loss leaves a stump, so of what is ambiguous it takes nothing.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.text.protected import LITERAL_OR_NUMBER, has_signs, is_negation
from core.text.tagging import tagger

PREPOSITIONS = frozenset(
    {
        *("about", "above", "across", "after", "against", "along", "among", "around", "at", "before", "behind"),
        *("below", "beneath", "beside", "between", "beyond", "by", "despite", "during", "for", "from", "in"),
        *("inside", "into", "near", "off", "on", "onto", "outside", "over", "past", "since", "through"),
        *("throughout", "to", "toward", "towards", "under", "until", "upon", "via", "with", "within"),
    }
)
BEFORE_CLAUSES = frozenset({"after", "before", "since", "until"})  # "after the man left" is no prepositional phrase
NEEDED_BEFORE = frozenset({"such", "more", "less", "only", "even", "out", "up", "due", "according", "so", "as", "than"})
RELATIVES = frozenset({"who", "whom", "whose", "which"})
FOLLOWERS = RELATIVES | {"that", "where", "when", "to", "'s", "’s", "of"}

ADVERBS = frozenset(
    {
        *("very", "really", "quite", "just", "also", "still", "always", "often", "sometimes", "again", "already"),
        *("soon", "now", "perhaps", "maybe", "indeed", "anyway", "altogether", "somewhat", "pretty", "thus"),
    }
)
NOT_DROPPED = frozenset(
    {"only", "early", "likely", "nearly", "mostly", "partly", "daily", "family", "friendly", "lovely"}
)
DEGREES = frozenset({"as", "so", "too", "how", "more", "most", "less", "least", "no", "that", "this"})
AFTER_DEGREES = frozenset({"much", "many", "few", "little", "well", "best", "same", "first", "last", "as", "that"})
FINITE = frozenset({"VBZ", "VBD", "VBP", "MD"})
VOWELS = frozenset("aeiou")
BREAKS = frozenset(',;:.!?…()[]"“”—–')


@dataclass(frozen=True)
class Phrase:
    """Where a phrase stands in a text, with the commas that go with it, and what it is."""

    kind: str  # "prepositional", "adverbial", "relative"; elsewhere also "parenthesis", "clause"
    start: int
    stop: int


class Token(NamedTuple):
    """A word or a mark: where it stands, in lower case, and its Penn tag."""

    start: int
    stop: int
    word: str
    tag: str


def english_phrases(sentence: str) -> list[Phrase]:
    """Return the phrases of `sentence` that can be dropped, each at a time. None has a negation in it or beside it."""
    tokens = _tokens(sentence)
    found = [*_prepositional(tokens), *_adverbial(tokens), *_relative(tokens)]
    return [
        Phrase(kind, tokens[first].start, tokens[last].stop)
        for kind, first, last in (_with_commas(tokens, *each) for each in found)
        if not any(is_negation(token.word, "en") for token in tokens[max(0, first - 1) : last + 2])
    ]


Found = tuple[str, int, int]  # kind, first and last token


def _tokens(sentence: str) -> list[Token]:
    pattern = _with_literals() if has_signs(sentence) else _WORD_OR_MARK
    spans = [found.span() for found in pattern.finditer(sentence)]
    words = [sentence[start:stop] for start, stop in spans]
    tags = [_own_tag(word) or given for word, given in zip(words, tagger().tags(words), strict=True)]
    return [Token(*span, word.lower(), own) for span, word, own in zip(spans, words, tags, strict=True)]


_WORD = r"[^\W_]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|[^\W_]+(?:['’-][^\W_]+)*(?<!n['’]t)|[^\w\s]|_"
_WORD_OR_MARK = re.compile(_WORD, re.I)


@functools.cache
def _with_literals() -> re.Pattern[str]:
    return re.compile(f"{LITERAL_OR_NUMBER.pattern}|{_WORD}", re.I)


def _own_tag(word: str) -> str | None:
    """Return the tag of what the tagger does not know as one word: an HTML tag, a number, an address."""
    if word.isalpha():
        return None
    if len(word) > 1 and word[0] in "<&":
        return "SYM"
    if any(map(str.isdigit, word)):
        return "CD"
    return "NN" if len(word) > 1 and word[0] in "@#" else None


def _word_at(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _tag_at(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].tag if 0 <= place < len(tokens) else ""


def _is_end(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether no word of the sentence stands at `place` or after it."""
    return all(not token.word[0].isalnum() for token in tokens[place : place + 3]) and place >= len(tokens) - 3


def _noun_phrase(tokens: Sequence[Token], first: int) -> int | None:
    """Return the last token of the noun phrase that begins at `first`, None where none does."""
    last: int | None = None
    place = first
    while place < len(tokens):
        own, following = tokens[place].tag, _tag_at(tokens, place + 1)
        if own.startswith("NN") or own == "CD":
            last = place
        elif own == "PRP" and place == first:
            return place
        elif own == "POS" or tokens[place].word in ("'s", "’s"):
            if last is None:
                return None
            last = None
        elif last is not None or not (_may_stand_in_noun_phrase(own, following) or (own == "CC" and place > first + 1)):
            break
        place += 1
    return last


def _may_stand_in_noun_phrase(own: str, following: str) -> bool:
    """Tell whether a word with the tag `own`, before one with the tag `following`, may stand before a noun."""
    if own == "RB":  # "a very old man"
        return following[:2] in ("JJ", "VB", "RB")
    return own in ("DT", "PDT", "PRP$", "VBN", "VBG") or own.startswith("JJ")


def _prepositional(tokens: Sequence[Token]) -> Iterator[Found]:
    for first, token in enumerate(tokens):
        if token.word not in PREPOSITIONS or token.tag not in ("IN", "TO", "RP"):
            continue
        if _tag_at(tokens, first + 1) == "VBG":
            continue  # "in making the film"
        last = _noun_phrase(tokens, first + 1)
        while last is not None and _word_at(tokens, last + 1) == "of":
            last = _noun_phrase(tokens, last + 2)
        if last is None:
            continue
        if token.word == "between" and _tag_at(tokens, last + 1) == "CC":
            last = _noun_phrase(tokens, last + 2)
            if last is None:
                continue
        before, after = _tag_at(tokens, first - 1), _tag_at(tokens, last + 1)
        if before in ("CC", "IN", "TO") or _word_at(tokens, first - 1) in NEEDED_BEFORE | PREPOSITIONS:
            continue
        if after in ("CC", "VBN", "VBG", "POS", "JJ") or _word_at(tokens, last + 1) in FOLLOWERS:
            continue
        is_in_list = _word_at(tokens, last + 1) == "," and _tag_at(tokens, last + 2)[:2] in (
            "NN",
            "JJ",
            "DT",
            "CC",
            "VB",
        )
        if is_in_list and first > 0:
            continue  # "about love, memory and war"
        if _is_verb(after) and (token.word in BEFORE_CLAUSES or first == 0):
            continue
        yield "prepositional", first, last


def _adverbial(tokens: Sequence[Token]) -> Iterator[Found]:
    for place, token in enumerate(tokens):
        if token.tag != "RB" or not (token.word in ADVERBS or token.word.endswith("ly")) or token.word in NOT_DROPPED:
            continue
        before, after = tokens[place - 1] if place else None, _tag_at(tokens, place + 1)
        if (before and before.word in DEGREES) or _word_at(tokens, place + 1) in AFTER_DEGREES or after == "CC":
            continue
        if before and before.tag in ("CC", "IN", "TO") and after[:2] not in ("JJ", "VB", "NN"):
            continue
        if (
            before
            and before.word in ("a", "an")
            and (before.word == "an") != (_word_at(tokens, place + 1)[:1] in VOWELS)
        ):
            continue  # "a very old" would become "a old"
        yield "adverbial", place, place


def _relative(tokens: Sequence[Token]) -> Iterator[Found]:
    for place, token in enumerate(tokens):
        # "that" only before a verb: "a film that works", not "the fact that it works".
        begins = token.word in RELATIVES or (token.word, token.tag) == ("that", "WDT")
        if not begins or place < 2 or (token.word == "that" and not _is_verb(_tag_at(tokens, place + 1))):
            continue
        first = place - 1 if _word_at(tokens, place - 1) in PREPOSITIONS else place  # "in which"
        has_comma = _word_at(tokens, first - 1) == ","
        if not (has_comma or _tag_at(tokens, first - 1).startswith("NN")):
            continue
        stop = next((i for i in range(place + 1, len(tokens)) if tokens[i].word in BREAKS), len(tokens))
        verbs = sum(each.tag in FINITE for each in tokens[place + 1 : stop])
        if _is_end(tokens, stop):
            # With two verbs and none before it may be "the man who sold the world is rich".
            if verbs == 1 or (verbs and any(each.tag in FINITE for each in tokens[:first])):
                yield "relative", first, stop - 1
        elif verbs and has_comma and _word_at(tokens, stop) == "," and _is_verb(_tag_at(tokens, stop + 1)):
            yield "relative", first, stop - 1


def _is_verb(tag: str) -> bool:
    return tag.startswith("VB") or tag == "MD"


def _with_commas(tokens: Sequence[Token], kind: str, first: int, last: int) -> Found:
    """Return the phrase with the commas that would be left without reason."""
    comma_before, comma_after = _word_at(tokens, first - 1) == ",", _word_at(tokens, last + 1) == ","
    if comma_after and (first == 0 or (comma_before and _tag_at(tokens, last + 2) != "CC")):
        last += 1
        comma_after = False
    if comma_before and (comma_after or _word_at(tokens, last) == "," or _is_end(tokens, last + 1)):
        first -= 1
    return kind, first, last
