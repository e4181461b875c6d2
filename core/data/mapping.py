"""Good guesses of which column is the text, the label, the split and the id, from names and the first rows."""

import re
from collections.abc import Iterable, Mapping, Sequence

from core.data.sources.source import ColumnMapping
from core.errors import InputError
from core.registry import unknown_name

# Names as they are written in the datasets people bring, without case, spaces and punctuation; the better the earlier.
TEXT_NAMES = (
    *("text", "sentence", "review", "reviewtext", "reviewbody", "content", "document", "comment", "commenttext"),
    *("tweet", "tweettext", "body", "message", "utterance", "post", "article", "paragraph", "passage", "text1"),
    *("sentence1", "description", "abstract", "question", "query", "story", "headline", "title", "summary", "words"),
    *("文本", "评论", "内容", "句子", "正文", "评论内容", "标题"),
)
LABEL_NAMES = (
    *("label", "labels", "class", "category", "sentiment", "target", "topic", "intent", "emotion", "polarity"),
    *("labeltext", "labelname", "goldlabel", "tag", "genre", "type", "stars", "rating", "score", "y"),
    *("标签", "类别", "情感", "分类", "评分"),
)
SPLIT_NAMES = ("split", "set", "subset", "partition", "fold", "dataset", "splitsetlabel", "数据集")
ID_NAMES = (
    *("id", "uid", "uuid", "guid", "rowid", "docid", "documentid", "textid", "sentenceid", "reviewid"),
    *("commentid", "tweetid", "postid", "idx", "index", "编号", "序号"),
)

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}

LABEL_CHARACTERS = 40
NAMED_LABEL_CHARACTERS = 100  # in a column that is called a label
ID_CHARACTERS = 100


def guess_mapping(columns: Mapping[str, Sequence[object]]) -> ColumnMapping:
    """Return which of `columns` (name to the values of the first rows) is what; there must be one at least.

    The text is the column with a telling name, else the one with the longest values, among those that hold words and
    are not called like something else; where there is none it is the one most like it. The other three are None where
    no column looks like one.
    """
    cells = {name: [_cell(value) for value in values] for name, values in columns.items()}
    scalar = [name for name, values in columns.items() if all(_cell(v) is not None for v in values if v is not None)]
    wordy = [name for name in scalar if looks_like_text(cells[name])]
    free = [name for name in wordy if _bare(name) not in {*LABEL_NAMES, *SPLIT_NAMES, *ID_NAMES}]
    text = (
        _named(wordy, TEXT_NAMES)
        or _longest(free, cells)
        or _named(scalar, TEXT_NAMES)
        or _longest(wordy, cells)
        or _longest(scalar, cells)
        or next(iter(columns))
    )
    rest = [name for name in scalar if name != text]
    split = _guess_split(rest, cells)
    rest = [name for name in rest if name != split]
    unique = [name for name in rest if _is_unique(cells[name])]
    row_id = _named(unique, ID_NAMES)
    label = _guess_label([name for name in rest if _bare(name) not in ID_NAMES], cells)
    return ColumnMapping(text=text, label=label, split=split, id=row_id)


def resolve_mapping(
    samples: Mapping[str, Sequence[object]], guess: ColumnMapping, chosen: Mapping[str, str | None]
) -> ColumnMapping:
    """Return the mapping in which `chosen` (role to column; "" for none, None for not chosen) overrules `guess`.

    `samples` are the columns and their first values. Raises UnknownName for a column that is not there, and
    InputError where one column is to be two things or no column is left for the text.
    """
    picked = {role: name for role, name in chosen.items() if name is not None}
    used = [name for name in picked.values() if name]
    for name in used:
        if name not in samples:
            raise unknown_name("column", name, list(samples))
        if used.count(name) > 1:
            raise InputError(f"The column {name!r} is chosen twice.", "Choose a different column for each.")
    roles = {role: None if name in used else name for role, name in guess}
    roles.update({role: name or None for role, name in picked.items()})
    if not roles["text"]:
        rest = {name: values for name, values in samples.items() if name not in used}
        if not rest:
            raise InputError("No column is left for the text.", "Choose another column as the label, split or id.")
        text = guess_mapping(rest).text
        roles = {role: None if name == text else name for role, name in roles.items()} | {"text": text}
    return ColumnMapping.model_validate(roles)


def other_text(samples: Mapping[str, Sequence[object]], text: str) -> str | None:
    """Return the column of words that may be the text instead of `text`, or None where there is none."""
    rest = {name: values for name, values in samples.items() if name != text}
    other = guess_mapping(rest).text if rest else None
    return other if other and any(samples[other]) and looks_like_text(samples[other]) else None


def looks_like_text(values: Iterable[object]) -> bool:
    """Say whether most of the values that are there hold a letter of any script, so are more than numbers."""
    there = [cell for value in values if (cell := _cell(value))]
    return sum(any(c.isalpha() for c in cell) and not is_number(cell) for cell in there) * 2 > len(there)


def is_number(cell: str) -> bool:
    """Say whether `cell` is written as a number ("-1.5e3", "nan")."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_known_name(name: str) -> bool:
    """Say whether `name` is one that columns of text datasets often have."""
    return _bare(name) in {*TEXT_NAMES, *LABEL_NAMES, *SPLIT_NAMES, *ID_NAMES}


def normal_split(word: str) -> str | None:
    """Return the split ("train", "validation", "test") that `word` means, or None where it means none."""
    return SPLIT_WORDS.get(word.strip().casefold())


def unique_names(names: Iterable[str]) -> list[str]:
    """Return `names` fit to be column names: none empty, none twice (also not in another case), no control characters.

    An empty one becomes "column 3" by its place, the second "name" becomes "name 2".
    """
    taken: set[str] = set()
    result = []
    for place, name in enumerate(names, 1):
        printable = "".join(c if c.isprintable() else " " for c in name)
        wanted = re.sub(r"\s+", " ", printable).strip()[:ID_CHARACTERS] or f"column {place}"
        free, count = wanted, 1
        while free.casefold() in taken:
            count += 1
            free = f"{wanted} {count}"
        taken.add(free.casefold())
        result.append(free)
    return result


def _cell(value: object) -> str | None:
    """Return a scalar as text, and None for what is missing or nested."""
    return str(value) if isinstance(value, str | int | float) else None


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _named(names: Sequence[str], telling: Sequence[str]) -> str | None:
    bare = {_bare(name): name for name in reversed(names)}
    return next((bare[name] for name in telling if name in bare), None)


def _longest(names: Sequence[str], cells: Mapping[str, Sequence[str | None]]) -> str | None:
    return max(names, key=lambda name: sum(len(cell or "") for cell in cells[name]), default=None)


def _is_unique(cells: Sequence[str | None]) -> bool:
    return (
        all(cells) and len(set(cells)) == len(cells) and max(map(len, filter(None, cells)), default=0) <= ID_CHARACTERS
    )


def _guess_split(names: Sequence[str], cells: Mapping[str, Sequence[str | None]]) -> str | None:
    possible = {}
    for name in names:
        words = {cell for cell in cells[name] if cell}
        if words and all(normal_split(word) for word in words):
            possible[name] = len(words)
    return _named(list(possible), SPLIT_NAMES) or next((name for name, count in possible.items() if count > 1), None)


def _guess_label(names: Sequence[str], cells: Mapping[str, Sequence[str | None]]) -> str | None:
    possible = {}
    for name in names:
        there = [cell for cell in cells[name] if cell]
        distinct = len(set(there))
        repeats = distinct * 2 <= len(there) or len(there) < 20
        longest = NAMED_LABEL_CHARACTERS if _named([name], LABEL_NAMES) else LABEL_CHARACTERS
        if repeats and max(map(len, there), default=0) <= longest:
            possible[name] = (distinct, len(there))
    named = _named(list(possible), LABEL_NAMES)
    if named or len(cells) == 2:
        return named or next((name for name, (distinct, there) in possible.items() if distinct < there), None)
    few = [name for name, (distinct, there) in possible.items() if 2 <= distinct <= max(2, min(50, there / 5))]
    return few[0] if len(few) == 1 else None
