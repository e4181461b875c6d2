"""What changes to a text leave alone: negations, numbers, dates, web and e-mail addresses, @names, #tags, HTML tags.

A changed negation or number makes another statement, and half an address is nothing. Where in doubt more is kept
rather than less, since there are other words to change.
"""

import functools
import re

# The words that deny, by language, and those that come close to denying ("hardly"), which a change must not lose.
NEGATIONS = {
    "en": (
        "no not never none nobody nothing nowhere neither nor cannot without hardly scarcely barely rarely seldom "
        "lack lacks lacked lacking n't nt aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt "
        "wasnt werent wont wouldnt"
    ),
    "de": "nicht nichts nie niemals niemand kein keine keinem keinen keiner keines ohne weder noch kaum",
    "fr": "ne n pas jamais rien aucun aucune personne sans ni non guère",
    "es": "no nunca jamás nada nadie ningún ninguno ninguna sin ni tampoco apenas",
    "it": "no non mai niente nulla nessun nessuno nessuna senza né neanche nemmeno",
    "pt": "não nunca jamais nada ninguém nenhum nenhuma sem nem",
    "nl": "niet niets nooit niemand geen zonder noch nergens",
    "ru": "не нет ни никогда ничего никто без нельзя",
}

# In Chinese they are parts of words (不错, 没有), except in words that deny nothing.
CHINESE_NEGATIONS = "不没無无未别勿莫非否"
CHINESE_NOT_NEGATIONS = frozenset(
    {
        *("非常", "特别", "别人", "别墅", "未来", "分别", "区别", "级别", "性别", "告别", "个别", "类别", "无论"),
        *("不仅", "不但", "不过"),
    }
)

NUMBER_WORDS = frozenset(
    {
        *("zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty"),
        *("forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands"),
        *("million", "millions", "billion", "billions", "dozen", "dozens", "half", "twice"),
    }
)
CHINESE_NUMBER = re.compile(r"第?[零〇一二三四五六七八九十百千万亿两半几]+")

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"

# Each begins where a run of its characters begins and none looks far ahead, so the time is linear in the text.
WEB = r"(?:https?://|\bwww\.)[!#-;=?-~]+|(?<![\w.-])(?:[a-z\d-]{1,63}\.){1,5}(?:com|org|net|edu|gov|io|cn|de|uk)\b(?:/[!#-;=?-~]*)?"
EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
NAMES_AND_TAGS = r"(?<!\w)@\w{1,50}|#[^#\s]{1,30}#|(?<!\w)#\w{1,100}"
HTML = r"</?[a-z!][^<>]{0,300}>|&(?:\#\d{1,7}|\#x[\da-f]{1,6}|[a-z]{2,8});"
DATE = rf"\b{DAY}(?:\s+of)?\s+{MONTH}(?:\s*,?\s+\d{{4}}\b)?|\b{MONTH}\s+(?:{DAY}\b(?:\s*,?\s+\d{{4}}\b)?|\d{{4}}\b)"
NUMBER = (
    r"(?<![a-z\d])[a-z]*\d[a-z\d]*(?:[.,:/'’-][a-z\d]*\d[a-z\d]*)*[%‰]?"
    r"(?:[年月日号點点时時分秒](?:\d{1,4}(?=[年月日号點点时時分秒]))?)*"
)
LITERAL = f"{WEB}|{EMAIL}|{NAMES_AND_TAGS}|{HTML}"
SIGN = re.compile(r"[\d@#<&/]")
DOTTED = re.compile(r"\.\w")
LITERAL_PATTERN = re.compile(LITERAL, re.I)
LITERAL_OR_NUMBER = re.compile(f"{LITERAL}|{DATE}|{NUMBER}", re.I)

MASK = "\0"


def is_negation(word: str, language: str) -> bool:
    """Tell whether `word`, in any case, denies: "not", "Don't", "没有". A language without a list is held to all."""
    lower = word.lower()
    if not lower.isascii() and any(character in CHINESE_NEGATIONS for character in lower):
        return lower not in CHINESE_NOT_NEGATIONS
    return lower in negations(language) or lower.endswith(("n't", "n’t")) or lower.startswith(("n'", "n’"))


def is_number(word: str) -> bool:
    """Tell whether `word` is a number or a date: it has a digit, or is a number written out ("twelve", "三十")."""
    if word.isalpha():  # so it has no digit, in Chinese neither
        return word.lower() in NUMBER_WORDS or CHINESE_NUMBER.fullmatch(word) is not None
    return any(map(str.isdigit, word)) or word.lower() in NUMBER_WORDS


def has_signs(text: str) -> bool:
    """Tell whether numbers, addresses, @names, #tags or HTML tags may be in `text`; quicker than looking for them."""
    return SIGN.search(text) is not None or ("." in text and DOTTED.search(text) is not None)


def is_literal(word: str) -> bool:
    """Tell whether `word` is an address, an @name, a #tag or an HTML tag."""
    return has_signs(word) and LITERAL_PATTERN.match(word) is not None


def is_protected(word: str, language: str) -> bool:
    """Tell whether `word` is one that changes leave alone."""
    return is_number(word) or is_negation(word, language) or is_literal(word)


def masked(text: str, *, numbers: bool = True) -> str:
    """Return `text`, as long as before, with MASK for each character of an address, an @name, a #tag or an HTML tag.

    `numbers` says whether numbers and dates are masked too.
    """
    if not has_signs(text):
        return text
    return (LITERAL_OR_NUMBER if numbers else LITERAL_PATTERN).sub(lambda found: MASK * len(found[0]), text)


@functools.cache
def negations(language: str) -> frozenset[str]:
    """Return the words that deny in `language`, in lower case; those of all languages where there is no list."""
    return frozenset((NEGATIONS.get(language) or " ".join(NEGATIONS.values())).split())
