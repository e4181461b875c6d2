"""Where sentences end. Needs no download: rules for abbreviations, initials, decimals, ellipses, quotes; Chinese marks.

A full stop that may belong to an abbreviation ends a sentence only before a word that often begins one, after Kiss and
Strunk (2006, "Unsupervised Multilingual Sentence Boundary Detection", section 4), here with lists instead of counts.
"""

import re

from core.text.characters import SCRIPTS

HAN = SCRIPTS["han"]
CLOSERS = "\"'”’»)\\]}」』）】》"
OPENERS = "\"'“‘«(\\[{「『（【《"

# Where a sentence might end: marks with what closes after them, then a blank, the end, or a Chinese character; a mark
# that stands alone, as in texts cut into tokens, with closers that stand alone; or an empty line.
CANDIDATE = re.compile(
    rf"(?P<chinese>[。！？；｡]+[!?.。！？；…]*[{CLOSERS}]*|(?<![!?])[!?]+[{CLOSERS}]*(?=[{HAN}])|(?<=[{HAN}])[.;](?=[{HAN}]))"
    rf"|(?P<western>(?:(?<=\s)\.(?: \.)+|(?<![.!?…؟۔।॥])[.!?…؟۔।॥]+)(?P<closed>[{CLOSERS}]*)(?=\s|$))"
    r"|(?P<gap>\n[^\S\n]*\n\s*)"
)
AFTER = re.compile(rf"\s*[{OPENERS}]*")
BLANKS = re.compile(r"\s*")
SAYING = re.compile(r"[^\W_]")
WORD_BEFORE = re.compile(r"[\w.&'’-]*\Z")
FIRST_IDEOGRAPH = "\u2e80"
REACH = 40  # characters looked back for the word before a full stop

# Never at the end of a sentence, since something always follows.
TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "messrs", "mme", "mlle", "dr", "prof", "rev", "fr", "st", "gen", "col", "maj", "capt"),
        *("cmdr", "lt", "sgt", "cpl", "sen", "rep", "gov", "pres", "hon", "vs", "v", "e.g", "i.e", "eg", "ie", "cf"),
        *("viz", "fig", "figs", "eq", "eqs", "sec", "ch", "pp", "vol", "nos", "art", "mt", "ft", "approx", "ca"),
    }
)
# Before a number only.
NUMBERED = frozenset({"no", "nr", "p", "pg", "op", "chap"})
# Inside a sentence or at its end.
ABBREVIATIONS = frozenset(
    {
        *(
            "inc",
            "ltd",
            "co",
            "corp",
            "bros",
            "llc",
            "plc",
            "jr",
            "sr",
            "esq",
            "phd",
            "ph.d",
            "etc",
            "al",
            "est",
            "dept",
        ),
        *("univ", "assn", "ave", "blvd", "rd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct"),
        *("nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "hr", "hrs"),
        *("oz", "lb", "lbs", "cm", "mm", "km", "kg", "misc", "ed", "eds", "min", "max"),
    }
)
STARTERS = frozenset(
    {
        *("a", "after", "all", "also", "an", "and", "another", "any", "as", "at", "because", "before", "both", "but"),
        *("by", "despite", "did", "do", "does", "each", "even", "every", "for", "from", "had", "has", "have", "he"),
        *("her", "here", "his", "how", "however", "i", "if", "in", "is", "it", "it's", "its", "just", "many", "maybe"),
        *("most", "my", "no", "not", "now", "of", "on", "once", "one", "only", "or", "our", "perhaps", "she", "since"),
        *("so", "some", "still", "such", "that", "the", "their", "then", "there", "these", "they", "this", "those"),
        *("though", "to", "two", "under", "unfortunately", "until", "was", "we", "were", "what", "when", "where"),
        *("which", "while", "who", "why", "with", "yes", "yet", "you", "your"),
    }
)
FIRST_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, each with the blanks after it: joined they are `text`.

    Blanks before the first sentence belong to it. What has no letter and no digit, such as ":)", belongs to the
    sentence before it. A text without an end of a sentence is one sentence; only "" has none.
    """
    found: list[str] = []
    start = cut = 0  # where the sentence began, and where the last possible end was
    says = False  # whether there is a letter or a digit between the two
    is_small = text == text.lower()
    for candidate in CANDIDATE.finditer(text):
        if candidate["western"] and not _ends(text, candidate, cut, is_small):
            continue
        stop = _match_end(BLANKS, text, candidate.end())
        if SAYING.search(text, cut, stop):
            if says:
                found.append(text[start:cut])
                start = cut
            says = True
        cut = stop
    if says and SAYING.search(text, cut):
        found.append(text[start:cut])
        start = cut
    return [*found, text[start:]] if text else []


def _match_end(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place


def _ends(text: str, mark: re.Match[str], start: int, is_small: bool) -> bool:
    """Tell whether the western `mark` ends a sentence that began at `start`; `is_small`: there are no capitals."""
    place = _match_end(AFTER, text, mark.end())
    following = text[place : place + 1]
    marks = mark["western"].removesuffix(mark["closed"])
    stands_alone = text[mark.start() - 1 : mark.start()].isspace()
    if not following:
        return True
    if following.islower() and not is_small:
        # "What?" he said. Yahoo! is. Well... no. A mark that stands alone is a token of its own, as in cut texts.
        return (stands_alone and marks == ".") or (set(marks) <= {"!", "?"} and not mark["closed"])
    if marks != ".":
        return not (following.islower() and ("." in marks or "…" in marks or mark["closed"]))
    if stands_alone:
        return True
    return not _is_abbreviated(text, mark.start(), start, place)


def _is_abbreviated(text: str, stop: int, start: int, place: int) -> bool:
    """Tell whether the full stop at `stop` belongs to the word before it; the next word is at `place`."""
    found = WORD_BEFORE.search(text, max(start, stop - REACH), stop)
    word = found[0].lower() if found else ""
    if word in TITLES:
        return True
    if word in NUMBERED:
        return text[place].isdigit()
    if word.isdigit() and not text[start : stop - len(word)].strip():
        return True  # "1. First"
    is_initial = len(word) == 1 and word.isalpha() and word < FIRST_IDEOGRAPH
    if not (is_initial or word in ABBREVIATIONS or _is_acronym(word)):
        return False
    first = FIRST_WORD.match(text, place)
    return not (first and first[0].lower() in STARTERS and (first[0][0].isupper() or not is_initial))


def _is_acronym(word: str) -> bool:
    """Tell whether `word` is letters with full stops between them: "u.s", "a.m"."""
    letters = word.split(".")
    return len(letters) > 1 and all(len(letter) == 1 and letter.isalpha() for letter in letters)
