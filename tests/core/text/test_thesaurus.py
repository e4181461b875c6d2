"""The thesaurus: arithmetic on a tiny WordNet, facts on the real one."""

from pathlib import Path

import pytest

from core.errors import FileError, MissingResource
from core.text import thesaurus, wordnet
from core.text.thesaurus import Pairs, Thesaurus

SYNSETS = {
    "data.noun": (
        "00000100 03 n 02 film 0 movie 0 001 @ 00000300 n 0000 | a story on a screen\n"
        "00000200 03 n 02 film 0 skin 0 000 | a thin layer\n"
        "00000300 03 n 01 show 0 000 | something to look at\n"
        "00000400 03 n 02 show 0 Broadway 0 000 | a place\n"
        "00000500 03 n 02 movie 0 flick 0 000 | an offensive name of a movie\n"
    ),
    "data.verb": "",
    "data.adj": "00000600 00 s 01 new(a) 0 000 | not old\n",
    "data.adv": "",
}
INDEX = {
    "index.noun": (
        "film n 2 1 @ 2 2 00000100 00000200  \nmovie n 2 1 @ 2 1 00000100 00000500  \nskin n 1 0 1 0 00000200  \n"
        "show n 2 0 2 0 00000300 00000400  \nbroadway n 1 0 1 0 00000400  \nflick n 1 0 1 0 00000500  \n"
    ),
    "index.verb": "",
    "index.adj": "new a 1 0 1 1 00000600  \n",
    "index.adv": "",
}
COUNTS = "film%1:06:00:: 1 5\nfilm%1:17:00:: 2 1\nmovie%1:06:00:: 1 3\nnew%5:00:00:young:00 1 8\n"
LICENCE = "  1 This software and database is being provided to you.\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Thesaurus:
    folder = tmp_path / "dict"
    folder.mkdir()
    for name, lines in (SYNSETS | INDEX).items():
        (folder / name).write_text(LICENCE + lines)
    (folder / "cntlist.rev").write_text(COUNTS)
    monkeypatch.setattr(thesaurus, "wordnet_folder", lambda: folder)
    return Thesaurus.load(tmp_path / "cache")


@pytest.fixture(scope="module")
def real(synonyms: Path) -> Thesaurus:
    try:
        return Thesaurus.load(synonyms)
    except MissingResource as error:
        pytest.skip(str(error))


def near(thesaurus: Thesaurus, pairs: Pairs, word: str, part: str) -> dict[str, float]:
    """The candidates of a word with their fit, in their order."""
    of_word = pairs.word == thesaurus.entries.index((word, part))
    candidates, fits = pairs.candidate[of_word].tolist(), pairs.fit[of_word].tolist()
    return {thesaurus.entries[place][0]: fit for place, fit in zip(candidates, fits, strict=True)}


def test_the_share_of_a_sense_is_its_part_of_the_tagged_uses(small: Thesaurus) -> None:
    def shares(word: str, part: str) -> list[float]:
        found: list[float] = small.share[small.word == small.entries.index((word, part))].tolist()
        return found

    # Masses: 5 + 1/1 and 1 + 1/2, of 7.5 and the 2 that go to no sense.
    assert shares("film", "n") == pytest.approx([6 / 9.5, 1.5 / 9.5])
    assert shares("skin", "n") == pytest.approx([1 / 3])
    assert shares("new", "a") == pytest.approx([9 / 11])


def test_words_stand_in_order_with_their_uses(small: Thesaurus) -> None:
    words = ["broadway", "film", "flick", "movie", "new", "show", "skin"]
    assert small.entries == [(word, "a" if word == "new" else "n") for word in words]
    assert small.uses.tolist() == [0, 6, 0, 3, 8, 0, 0]


def test_synonyms_are_ranked_by_the_probability_of_the_same_sense(small: Thesaurus) -> None:
    # movie: masses 3 + 1 and 0 + 1/2, of 6.5. Its second sense is marked, with a share of 0.5 / 6.5 < 0.1.
    found = near(small, small.related(), "film", "n")
    assert list(found) == ["movie", "skin"]
    assert list(found.values()) == pytest.approx([6 / 9.5 * 4 / 6.5, 1.5 / 9.5 * 1 / 3])


def test_names_and_offensive_words_and_the_word_itself_are_never_suggested(small: Thesaurus) -> None:
    pairs = small.related()
    assert near(small, pairs, "movie", "n") == {"film": pytest.approx(4 / 6.5 * 6 / 9.5)}  # no flick
    assert near(small, pairs, "show", "n") == {}  # no Broadway


def test_hypernyms_and_hyponyms_are_one_step_away(small: Thesaurus) -> None:
    # show: masses 1 and 1/2 of 3.5.
    assert near(small, small.related("hypernym"), "movie", "n") == {"show": pytest.approx(4 / 6.5 / 3.5)}
    assert list(near(small, small.related("hyponym"), "show", "n")) == ["film", "movie"]


def test_words_that_do_not_suit_are_not_suggested(small: Thesaurus) -> None:
    pairs = small.related(suits=lambda word, part: (word, part) != ("movie", "n"))
    assert list(near(small, pairs, "film", "n")) == ["skin"]
    assert list(near(small, pairs, "movie", "n")) == ["film"]


def test_a_damaged_table_is_made_again(small: Thesaurus, tmp_path: Path) -> None:
    expected = near(small, small.related(), "film", "n")
    path = next((tmp_path / "cache").glob("*/words.arrow"))
    path.unlink()  # what is mapped stays whole
    path.write_bytes(b"damaged")
    again = Thesaurus.load(tmp_path / "cache")
    assert near(again, again.related(), "film", "n") == expected
    assert len(list((tmp_path / "cache").iterdir())) == 1  # nothing half-made is left


def test_a_missing_file_is_named(tmp_path: Path, small: Thesaurus, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dict" / "cntlist.rev").unlink()
    with pytest.raises(FileError, match=r"cntlist\.rev is missing"):
        Thesaurus.load(tmp_path / "other")
    assert not list((tmp_path / "other").iterdir())


def test_without_wordnet_it_says_how_to_get_it(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk

    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(MissingResource, match="wordnet-base"):
        Thesaurus.load(tmp_path)


def test_the_real_wordnet(real: Thesaurus) -> None:
    synonyms, hypernyms, hyponyms = map(real.related, ("synonym", "hypernym", "hyponym"))
    assert list(near(real, synonyms, "movie", "n"))[1] == "film"
    assert next(iter(near(real, synonyms, "buy", "v"))) == "purchase"
    assert next(iter(near(real, synonyms, "big", "a"))) == "large"
    assert next(iter(near(real, synonyms, "often", "r"))) == "frequently"
    assert "dog" in near(real, hypernyms, "puppy", "n")
    assert "puppy" in near(real, hyponyms, "dog", "n")
    assert not {"ass", "arse", "bum"} & set(near(real, synonyms, "buttocks", "n"))
