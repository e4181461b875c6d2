"""Steps that take something out of a text and leave everything else as it was written.

Nothing is tokenized and put together again: what is to go is found where it stands and cut out, so capitals, spacing
and spelling of the rest survive. Blanks around a cut become one; "end.Start" without its full stop becomes "end Start".
"""

import functools
import html
import re
from collections.abc import Iterable, Sequence
from html.entities import html5

from core.text.characters import SCRIPTS, UNSPACED, outside_words, punctuation, spaced_letter, word_pattern
from core.text.tokenizers import TOKENIZERS

Span = tuple[int, int]

NUMBER_PLACEHOLDER = "<num>"

QUOTES = "'\"’”“‘"  # one that touches a cut opens or closes what the cut was in
OPENING, CLOSING = f"([{{«„¿¡{QUOTES}", f".,;:!?…)]}}»%{QUOTES}"


def cut(text: str, spans: Iterable[Span]) -> str:
    """Return `text` without the `spans`, which are in order and do not overlap; no blanks are left at its ends.

    Where something was cut the blanks before and after it become one: none before a closing mark that had none and
    after an opening mark that had none, a new line if there was one. Without any spans the text is returned untouched.
    """
    ordered = list(spans)
    if not ordered:
        return text
    parts: list[str] = []
    after = blanks = ""  # the blanks right after the last kept part; all blanks since it
    start = 0
    for left, right in (*ordered, (len(text), len(text))):
        piece = text[start:left]
        start = right
        kept = piece.strip()
        if not kept:
            blanks += piece
            continue
        before = piece[: len(piece) - len(piece.lstrip())]
        if parts:
            parts.append(_joint(parts[-1][-1], after, blanks + before, before, kept[0]))
        parts.append(kept)
        after = blanks = piece[len(piece.rstrip()) :]
    return "".join(parts)


def _joint(left: str, after: str, blanks: str, before: str, right: str) -> str:
    """Return what stands between the characters `left` and `right` once what was between them is cut."""
    if not blanks:
        letter = spaced_letter()
        return " " if letter.match(left) and letter.match(right) else ""
    if (right in CLOSING and not before) or (left in OPENING and not after):
        return ""
    return "\n" if "\n" in blanks else " "


# HTML. Only elements that exist, so that "<unk>", "<3" and "a < b" stay.
BLOCKS = (
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol option p pre section select summary table tbody td tfoot th thead title tr ul"
)
INLINE = (
    "a abbr acronym area audio b base bdi bdo big body button canvas center cite code col colgroup data del dfn em "
    "embed font head html i iframe img input ins kbd label link map mark meta noscript object param picture q s samp "
    "small source span strike strong sub sup svg textarea tt u var video wbr"
)
# Opening and closing of what is dropped with all that is in it.
UNSEEN = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b", re.I), re.compile(r"</script\s*>", re.I)),
    (re.compile(r"<style\b", re.I), re.compile(r"</style\s*>", re.I)),
)
ENTITY = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")


def strip_html(text: str) -> str:
    """Return `text` without HTML tags, comments, scripts and styles, with entities as the characters they stand for.

    A tag that ends a line or a block (`<br>`, `</p>`) leaves a blank, any other (`<b>`) nothing.
    """
    if "<" in text:
        for opening, closing in UNSEEN:
            text = _without_enclosed(text, opening, closing)
        block, inline = _tags()
        stripped = block.sub(_blank, inline.sub("", text))
        text = text if stripped == text else stripped.strip()
    return ENTITY.sub(_character, text) if "&" in text else text


@functools.cache
def _tags() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def tag(names: str) -> str:
        return rf"</?(?:{names.replace(' ', '|')})(?=[\s/>])[^<>]*>"

    block = tag(BLOCKS)
    return re.compile(rf"{block}(?:\s*{block})*\s*", re.I), re.compile(rf"<!doctype[^<>]*>|{tag(INLINE)}", re.I)


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0]) if entity[1].startswith("#") else html5.get(entity[1], entity[0])


def _blank(found: re.Match[str]) -> str:
    return "" if found.string[found.start() - 1 : found.start()].isspace() else " "


def _without_enclosed(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Return `text` without what stands from an `opening` to the next `closing`, in one pass over it."""
    parts: list[str] = []
    start = 0
    while (first := opening.search(text, start)) and (last := closing.search(text, first.end())):
        parts.append(text[start : first.start()])
        start = last.end()
    return "".join(parts) + text[start:]


def without_punctuation(text: str) -> str:
    """Return `text` without punctuation marks, currency and mathematical signs; emoji stay.

    Apostrophes, hyphens and underscores inside a word, and points, commas and colons inside a number, stay ("don't",
    "well-known", "3.14"), as do the placeholders <unk> and <num>.
    """
    return cut(text, (found.span(1) for found in _punctuation_pattern().finditer(text) if found[1]))


@functools.cache
def _punctuation_pattern() -> re.Pattern[str]:
    in_words, in_numbers = "'’_‐‑\\-", ".,:٫٬"
    letter = f"[^{outside_words()}]"
    mark = (
        f"(?![{in_words}{in_numbers}])[{punctuation()}]"
        f"|[{in_words}](?!(?<={letter}.){letter})"
        rf"|[{in_numbers}](?!(?<=\d.)\d)"
    )
    # The look ahead finds the next mark five times as fast as the alternatives would.
    return re.compile(f"(?=[{punctuation()}])(?:<(?:unk|num)>|((?:{mark})+))")


NUMBER = re.compile(r"(?=[-+−\d])(?:(?<!\w)[-+−])?\d+(?:[.,٫٬]\d+)*")


def without_numbers(text: str) -> str:
    """Return `text` without the numbers written in digits ("-3.5", "1,000"); "2nd" and "B2B" are words and stay."""
    return cut(text, (found.span() for found in NUMBER.finditer(text) if _stands_alone(found)))


def with_placeholders(text: str) -> str:
    """Return `text` with <num> for every number written in digits; "2nd" and "B2B" are words and stay."""
    return NUMBER.sub(lambda found: NUMBER_PLACEHOLDER if _stands_alone(found) else found[0], text)


def _stands_alone(number: re.Match[str]) -> bool:
    letter = spaced_letter()
    text, start, stop = number.string, number.start(), number.end()
    return not (start and letter.match(text, start - 1)) and not letter.match(text, stop)


# In French and Italian an article joins the next word ("l'amour"), so there each side of an apostrophe is a word.
LANGUAGES_WITH_ELISION = frozenset({"fr", "it"})


class WordFilter:
    """Takes words out of texts, whatever their case.

    `words` and the plain words among `own` are looked up as whole words; in Chinese these are what jieba finds. What
    else is in `own` ("#ad", "new york", words in other scripts without blanks) is taken out wherever it stands alone.
    Raises MissingResource where Chinese needs jieba and it is not installed.
    """

    def __init__(self, words: Iterable[str], own: Sequence[str], language: str) -> None:
        self._jieba = TOKENIZERS["jieba"].tokenize if language == "zh" else None
        cleaned = {word.strip().lower().replace("’", "'") for word in own} - {""}
        unspaced = re.compile(f"[{UNSPACED}]")
        plain = {w for w in cleaned if word_pattern().fullmatch(w) and (self._jieba or not unspaced.search(w))}
        listed = {word.lower() for word in words} | plain
        self._words = frozenset(listed | {word.replace("'", "’") for word in listed})
        self._literal = _literal_pattern(cleaned - plain)
        inside = f"[^{outside_words()}]+"
        whole = f"{inside}['’]?" if language in LANGUAGES_WITH_ELISION else word_pattern().pattern
        # "'s" at the start or after a blank is one word, as in texts that are cut into tokens already.
        self._pattern = re.compile(rf"(?:(?<!\S)['’])?({whole})")
        self._elision = language in LANGUAGES_WITH_ELISION

    def __call__(self, text: str) -> str:
        """Return `text` without the words."""
        if self._literal:
            text = cut(text, (found.span() for found in self._literal.finditer(text)))
        if self._jieba and HAN.search(text):
            return cut(text, self._chinese_spans(text, self._jieba(text)))
        return cut(text, self._spans(text))

    def _spans(self, text: str) -> list[Span]:
        spans = []
        for found in self._pattern.finditer(text):
            word = found[1].rstrip("'’") if self._elision else found[1]
            if found[0].lower() in self._words:
                spans.append(found.span())
            elif word.lower() in self._words:
                spans.append(found.span(1))
        return spans

    def _chinese_spans(self, text: str, tokens: Sequence[str]) -> list[Span]:
        spans = []
        stop = 0
        for token in tokens:
            start = text.index(token, stop)
            stop = start + len(token)
            if token.lower() in self._words:
                spans.append((start, stop))
        return spans


HAN = re.compile(f"[{SCRIPTS['han']}]")


def _literal_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern of any of `words`, the longest first, with no letter of a script with blanks beside it."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    letter = f"[^{outside_words()}{UNSPACED}]"
    return re.compile(f"(?<!{letter})(?:{listed})(?!{letter})", re.I) if listed else None
