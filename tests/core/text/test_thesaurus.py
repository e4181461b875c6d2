"""The thesaurus: arithmetic on a tiny WordNet, facts on the real one."""

from pathlib import Path

import pytest

from core.errors import FileError, MissingResource
from core.text import thesaurus, wordnet
from core.text.thesaurus import Related, Thesaurus

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


def test_the_share_of_a_sense_is_its_part_of_the_tagged_uses(small: Thesaurus) -> None:
    # Masses: 5 + 1/1 and 1 + 1/2, of 7.5 and the 2 that go to no sense.
    assert [sense.share for sense in small.senses("film", "n")] == pytest.approx([6 / 9.5, 1.5 / 9.5])
    assert [sense.share for sense in small.senses("skin", "n")] == pytest.approx([1 / 3])
    assert [sense.share for sense in small.senses("new", "a")] == pytest.approx([9 / 11])
    assert small.senses("film", "v") == small.senses("absent", "n") == []


def test_synonyms_are_ranked_by_the_probability_of_the_same_sense(small: Thesaurus) -> None:
    # movie: masses 3 + 1 and 0 + 1/2, of 6.5. Its second sense is marked, with a share of 0.5 / 6.5 < 0.1.
    found = small.related("film", "n")
    assert [near.word for near in found] == ["movie", "skin"]
    assert [near.fit for near in found] == pytest.approx([6 / 9.5 * 4 / 6.5, 1.5 / 9.5 * 1 / 3])


def test_names_and_offensive_words_and_the_word_itself_are_never_suggested(small: Thesaurus) -> None:
    assert small.related("movie", "n") == [Related("film", pytest.approx(4 / 6.5 * 6 / 9.5))]  # no flick
    assert small.related("show", "n") == []  # no Broadway


def test_hypernyms_and_hyponyms_are_one_step_away(small: Thesaurus) -> None:
    # show: masses 1 and 1/2 of 3.5.
    assert small.related("movie", "n", "hypernym") == [Related("show", pytest.approx(4 / 6.5 / 3.5))]
    assert [near.word for near in small.related("show", "n", "hyponym")] == ["film", "movie"]


def test_in_memory_it_answers_the_same(small: Thesaurus, tmp_path: Path) -> None:
    whole = Thesaurus.load(tmp_path / "cache", in_memory=True)
    assert list(whole.entries()) == list(small.entries())
    for word, part in small.entries():
        assert whole.related(word, part) == small.related(word, part)


def test_a_damaged_table_is_made_again(small: Thesaurus, tmp_path: Path) -> None:
    expected = small.related("film", "n")
    path = next((tmp_path / "cache").glob("*/words.arrow"))
    path.unlink()  # what is mapped stays whole
    path.write_bytes(b"damaged")
    assert Thesaurus.load(tmp_path / "cache").related("film", "n") == expected
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
    assert real.related("movie", "n")[1].word == "film"
    assert real.related("buy", "v")[0].word == "purchase"
    assert real.related("big", "a")[0].word == "large"
    assert real.related("often", "r")[0].word == "frequently"
    assert "dog" in [near.word for near in real.related("puppy", "n", "hypernym")]
    assert "puppy" in [near.word for near in real.related("dog", "n", "hyponym")]
    assert not {"ass", "arse", "bum"} & {near.word for near in real.related("buttocks", "n")}
