import re

from core.text.characters import SCRIPTS
from core.text.chinese_characters import HOMOPHONES, LOOKALIKES, homophones, lookalikes

HAN = re.compile(f"[{SCRIPTS['han']}]+")


def test_the_groups_are_chinese_characters_without_repeats() -> None:
    groups = LOOKALIKES.split() + [group.partition(":")[2] for group in HOMOPHONES.split()]
    for group in groups:
        assert HAN.fullmatch(group) and len(set(group)) == len(group) > 1, group
    syllables = [group.partition(":")[0] for group in HOMOPHONES.split()]
    assert len(set(syllables)) == len(syllables) and all(map(str.isalpha, syllables))


def test_being_alike_is_mutual_and_nothing_is_like_itself() -> None:
    for table in (lookalikes(), homophones()):
        assert len(table) > 300
        for character, others in table.items():
            assert character not in others and others
            assert all(character in table[other] for other in others)


def test_the_commonest_mistakes_are_there() -> None:
    assert "未" in lookalikes()["末"] and "己" in lookalikes()["已"]
    assert set("地得") <= set(homophones()["的"]) and "再" in homophones()["在"]
