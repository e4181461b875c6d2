"""Inflected forms of English words, out of lemminflect's dictionary (NIH's Specialist Lexicon).

None is made up by its rules, since "beneficialer" is not a word. The dictionary is looked into directly: lemminflect's
getAllInflections copies what it finds, which takes ten times as long.
"""

import functools

Dictionary = dict[str, dict[str, tuple[str, ...]]]  # spellings by lemma and tag, the best first

TAGS = {  # Penn Treebank tags by part of speech; the first is the dictionary form's
    "n": ("NN", "NNS"),
    "v": ("VB", "VBZ", "VBG", "VBD", "VBN"),
    "a": ("JJ", "JJR", "JJS"),
    "r": ("RB", "RBR", "RBS"),
}


def forms(lemma: str, part: str) -> dict[str, str]:
    """Return the forms of `lemma` (in lower case) by Penn Treebank tag: view, v -> VB view, VBD viewed, ...

    Of a phrase the verb is its first word and the noun its last ("take in": took in). Forms that the dictionary does
    not have are left out; the dictionary form itself is always there.
    """
    base, *others = TAGS[part]
    head, blank, rest = lemma.partition(" ")
    if blank:
        if part == "v":
            return {tag: f"{form} {rest}" for tag, form in forms(head, part).items()}
        start, _, last = lemma.rpartition(" ")
        return {tag: f"{start} {form}" for tag, form in forms(last, part).items()} if part == "n" else {base: lemma}
    dictionary, overrides = _dictionaries()
    found = {**dictionary.get(lemma, {}), **overrides.get(lemma, {})}
    if part == "v" and "VBN" not in found and "VBD" in found:
        found["VBN"] = found["VBD"]  # the dictionary tells them apart only where they differ
    return {base: lemma} | {tag: found[tag][0].lower() for tag in others if found.get(tag)}


@functools.cache
def _dictionaries() -> tuple[Dictionary, Dictionary]:
    """Return lemminflect's dictionary and the words that it corrects in it."""
    from lemminflect import config
    from lemminflect.codecs.InflectionLUCodec import InflectionLUCodec
    from lemminflect.codecs.OverridesCodec import OverridesCodec

    return InflectionLUCodec.load(config.inflection_lu_fn), OverridesCodec.load(config.infl_overrides_fn)


def inflected(lemma: str, tag: str) -> str | None:
    """Return the form of `lemma` for a Penn Treebank tag of a noun, verb, adjective or adverb; None without one."""
    part = {"N": "n", "V": "v", "J": "a", "R": "r"}[tag[0]]
    return forms(lemma, part).get("VB" if tag == "VBP" else tag)
