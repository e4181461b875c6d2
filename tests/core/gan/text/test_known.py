from core.gan.text.known import Known, four_grams, same


def test_the_share_of_copied_four_grams_worked_out_by_hand():
    known = Known()
    known.add(["the", "old", "cat", "drinks", "milk"], is_train=True)
    known.add(["a", "fox", "runs", "far", "away"], is_train=False)
    # "The old cat drinks", "old cat drinks tea", "cat drinks tea now": one of three, whatever the case.
    assert known.copied(["The", "old", "cat", "drinks", "tea", "now"]) == 1 / 3
    assert known.copied(["a", "fox", "runs", "far", "away"]) == 0, "of the training rows only"
    assert known.copied(["too", "short"]) == 0
    assert len(list(four_grams(["a"] * 6))) == 3


def test_texts_are_known_without_case_blanks_and_punctuation():
    known = Known()
    known.add(["The", "cat", "."], is_train=True)
    known.add(["A", "fox"], is_train=False)
    assert known.has(["the", "cat"]) and not known.holds_out(["the", "cat"])
    assert known.holds_out(["a", "fox", "!"])
    assert not known.has(["the", "fox"])
    known.add(["the", "cat"], is_train=False)
    assert known.holds_out(["The", "cat"]), "one row of this text is held out"
    assert same(["!"]) != same(["?"]), "of nothing else, punctuation counts"
