"""Synonym replacement: what changes, what stays, and that nothing else about the text does."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.augmentation import tokens
from core.augmentation.operator import Context, Made, Operator, Row
from core.augmentation.synonym_replacement import SynonymReplacement
from core.errors import MissingResource
from core.randomness import Draws


@pytest.fixture(scope="module")
def context(synonyms: Path) -> Context:
    found = Context("en", synonyms / "train.parquet", synonyms)
    try:
        SynonymReplacement().build(found)
    except MissingResource as error:
        pytest.skip(str(error))
    return found


@pytest.fixture(scope="module")
def build(context: Context) -> Callable[..., Operator]:
    return lambda **settings: SynonymReplacement(**settings).build(context)


@pytest.fixture(scope="module")
def every(build: Callable[..., Operator]) -> Callable[..., set[str]]:
    """A function that returns all outcomes of a text under many seeds; the text itself where there is none."""

    def outcomes(text: str, seeds: int = 40, **settings: object) -> set[str]:
        operator = build(**{"rate": 1.0, **settings})
        made = operator([Row("r", text)] * seeds, [Draws(seed, "r") for seed in range(seeds)])
        return {one.text if one else text for one in made}

    return outcomes


def texts(made: Sequence[Made | None]) -> list[str | None]:
    return [one.text if one else None for one in made]


def test_inflection_is_kept(every: Callable[..., set[str]]) -> None:
    assert every("the movies") == {"the films"}
    assert "we viewed it" in every("we watched it")
    assert every("a bigger one") == {"a larger one"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Movies", "Films"), ("MOVIES!", "FILMS!"), ('the "movies,"', 'the "films,"'), ("the movie's end", "the film's")],
)
def test_case_and_marks_are_kept(every: Callable[..., set[str]], text: str, expected: str) -> None:
    assert all(outcome.startswith(expected) for outcome in every(text))


def test_the_article_is_repaired(every: Callable[..., set[str]]) -> None:
    assert every("a strange movie", protected=("movie",), seeds=200) & {"an odd movie", "an unusual movie"}
    for outcome in every("an attempt") | every("An effort"):
        article, word = outcome.lower().split()
        assert article == ("an" if word[0] in "aeiou" else "a")


def test_the_part_of_speech_follows_from_the_neighbours(every: Callable[..., set[str]]) -> None:
    assert every("they want to film") <= {"they desire to film"}  # no "to movie"
    assert every("the watch") == {"the watch"}  # the noun has no good synonym, the verb's do not fit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "it is not that",
        "he never had a hundred or 300",
        "Brad Pitt in Hollywood",
        "Mr. Smith , Film Director",
        "Brown was there . Baker too",
        "NASA",
        "https://movie.com/films movies@film.com @movie #film movie_film",
        '<img alt="great movie">',
        "μια ταινία 电影很好 فيلم",
        "don't can't won't ca n't wo n't",
        "👍 !!! ... --",
        "world war",
        "a soap opera",
    ],
)
def test_what_is_protected_stays(build: Callable[..., Operator], text: str) -> None:
    assert build(rate=1.0)([Row("r", text)], [Draws(0, "r")]) == [None]


def test_the_user_s_words_stay_in_any_form_and_case(every: Callable[..., set[str]]) -> None:
    for text in ("movies", "Movie", "MOVIES"):
        assert every(text, protected=(" Movie ",)) == {text}


def test_everything_between_words_stays(build: Callable[..., Operator]) -> None:
    text = ' A\tmovie,\n\n <b class="film">often</b>  shown — (the  movies) \n'
    made = build(rate=1.0, protected=("shown",))([Row("r", text)], [Draws(0, "r")])[0]
    assert made is not None
    assert made.text == ' A\tfilm,\n\n <b class="film">often</b>  shown — (the  films) \n'
    assert made.details == {"replaced": [["movie", "film"], ["movies", "films"]]}


def test_a_blank_may_come_first(every: Callable[..., set[str]]) -> None:
    assert every(" movies") == {" films"}
    assert every("\n\tmovies ") == {"\n\tfilms "}


def test_rate_and_count(build: Callable[..., Operator]) -> None:
    text = "movies " * 20
    for settings, expected in (({"rate": 0.25}, 5), ({"rate": 0.01}, 1), ({"rate": 1.0}, 20), ({"count": 3}, 3)):
        made = build(**settings)([Row("r", text)], [Draws(0, "r")])[0]
        assert made is not None
        assert made.text.split().count("films") == expected


def test_hypernyms_and_phrases(every: Callable[..., set[str]], hypernyms: Path) -> None:
    assert "the dogs" in every("the puppies", relation="hypernym")
    assert any(len(outcome.split()) > 4 for outcome in every("we watched the characters", phrases=True))
    assert all(len(outcome.split()) == 4 for outcome in every("we watched the characters"))


def test_an_outcome_depends_on_the_row_and_its_draws_alone(build: Callable[..., Operator], shared_data: Path) -> None:
    lines = (shared_data / "sst2" / "dev.tsv").read_text(encoding="utf-8").splitlines()
    rows = [Row(str(i), line.rpartition("\t")[0]) for i, line in enumerate(lines)]
    whole = texts(build()(rows, [Draws(7, row.id) for row in rows]))
    operator = build()
    alone = {row.id: operator([row], [Draws(7, row.id)])[0] for row in reversed(rows)}
    assert whole == texts([alone[row.id] for row in rows])
    assert whole != texts(build()(rows, [Draws(8, row.id) for row in rows]))
    assert sum(made is not None for made in whole) > 0.95 * len(rows)


def test_what_is_kept_in_memory_stays_bounded(build: Callable[..., Operator], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row(str(i), f"a word{i}x and movies (mark{i})") for i in range(300)]
    expected = texts(build()(rows, [Draws(0, row.id) for row in rows]))
    monkeypatch.setattr(tokens, "MOST_KEPT", 10)
    operator = build()
    few = [operator(rows[i : i + 7], [Draws(0, row.id) for row in rows[i : i + 7]]) for i in range(0, 300, 7)]
    assert texts([made for batch in few for made in batch]) == expected


def test_long_rows_and_long_words(build: Callable[..., Operator]) -> None:
    text = "the movies were great , " * 4_200
    made = build()([Row("r", text), Row("s", "x" * 100_000)], [Draws(0, "r"), Draws(0, "s")])
    assert made[0] is not None
    assert made[1] is None
    assert len(made[0].text.split()) == len(text.split())


@pytest.mark.slow
def test_the_gate_keeps_the_meaning(build: Callable[..., Operator]) -> None:
    from core.text.encoder import SentenceEncoder

    originals = ["an awful story about a lonely girl and her dog", "movies", "the plot of this movie is dreadful"]
    rows = [Row(str(i), text) for i, text in enumerate(originals)]
    gated = build(rate=1.0, min_cosine=0.9)(rows, [Draws(0, row.id) for row in rows])
    free = build(rate=1.0)(rows, [Draws(0, row.id) for row in rows])
    encoder = SentenceEncoder.load()
    for row, kept, all_changes in zip(rows, gated, free, strict=True):
        assert all_changes is not None
        if kept:
            assert np.dot(*encoder.encode([row.text, kept.text])) >= 0.9
            assert len(kept.details["replaced"]) <= len(all_changes.details["replaced"])
    strict = build(rate=1.0, min_cosine=0.999)(rows, [Draws(0, row.id) for row in rows])
    assert strict == [None, None, None]


def test_importing_it_loads_nothing_heavy() -> None:
    program = "import sys, core.augmentation.synonym_replacement; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"nltk", "torch", "gensim", "textblob", "lemminflect", "transformers"} & set(loaded)
