"""Inflected forms of English words, by lemminflect, kept by word: one of its calls takes 190 microseconds.

Only forms in lemminflect's dictionary (NIH's Specialist Lexicon) are used, none made up by its rules, since
"beneficialer" is not a word.
"""

import functools

MOST_KEPT = 1 << 16  # words

TAGS = {  # Penn Treebank tags by part of speech; the first is the dictionary form's
    "n": ("NN", "NNS"),
    "v": ("VB", "VBZ", "VBG", "VBD", "VBN"),
    "a": ("JJ", "JJR", "JJS"),
    "r": ("RB", "RBR", "RBS"),
}
UNIVERSAL = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}


@functools.lru_cache(MOST_KEPT)
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
    from lemminflect import getAllInflections

    found = getAllInflections(lemma, UNIVERSAL[part])
    if part == "v" and "VBN" not in found and "VBD" in found:
        found["VBN"] = found["VBD"]  # the dictionary tells them apart only where they differ
    return {base: lemma} | {tag: found[tag][0] for tag in others if found.get(tag)}


def inflected(lemma: str, tag: str) -> str | None:
    """Return the form of `lemma` for a Penn Treebank tag of a noun, verb, adjective or adverb; None without one."""
    part = {"N": "n", "V": "v", "J": "a", "R": "r"}[tag[0]]
    return forms(lemma, part).get("VB" if tag == "VBP" else tag)
