import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import UnknownName
from core.text.tokenizers import (
    ABBREVIATIONS,
    PIECE_CHARACTERS,
    TOKENIZERS,
    Tokenizer,
    available_tokenizers,
    pieces,
    tokenizer_for,
)

TEXT = "It isn't bad (really), \"Mr. Smith\" said. He's right: 3.5!"
CHINESE = "酒店的早餐很好，wifi 2M。"

EXPECTED = {
    "basic_english": "it isn ' t bad ( really ) , mr . smith said . he ' s right 3 . 5 !",
    "words": "It is n't bad ( really ) , `` Mr. Smith '' said . He 's right : 3.5 !",
    "tweet": "It isn't bad ( really ) , \" Mr . Smith \" said . He's right : 3.5 !",
    "wordpiece": "it isn ' t bad ( really ) , \" mr . smith \" said . he ' s right : 3 . 5 !",
    "whitespace": TEXT,
}


def test_the_names_are_those_of_the_issue() -> None:
    assert set(TOKENIZERS) == {*EXPECTED, "jieba", "characters"}
    with pytest.raises(UnknownName, match="basic_english"):
        TOKENIZERS["basic_englsh"]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_cuts_english_in_its_own_way(name: str) -> None:
    if name not in available_tokenizers():
        pytest.skip(str(TOKENIZERS[name].available()))
    assert TOKENIZERS[name].tokenize(TEXT) == EXPECTED[name].split()


@pytest.mark.parametrize("name", available_tokenizers())
def test_many_at_once_gives_the_same_as_one_by_one(name: str) -> None:
    tokenizer = TOKENIZERS[name]
    texts = [TEXT, "", "   ", CHINESE, "😀👍🏽 ok", "مرحبا بالعالم", "<b>x</b>"]
    many = tokenizer.tokenize_many(texts)
    assert many == [tokenizer.tokenize(text) for text in texts]
    assert many[1] == []
    assert all(token for tokens in many for token in tokens)
    assert tokenizer.tokenize_many([]) == []
    assert tokenizer.title and tokenizer.description.endswith(".")


def test_jieba_finds_chinese_words() -> None:
    assert TOKENIZERS["jieba"].tokenize(CHINESE) == ["酒店", "的", "早餐", "很", "好", "，", "wifi", "2M", "。"]


def test_wordpiece_is_neither_truncated_nor_padded_nor_framed() -> None:
    # The model's own settings would give 128 pieces for each of these.
    assert [len(tokens) for tokens in TOKENIZERS["wordpiece"].tokenize_many(["good", "good " * 500])] == [1, 500]


def test_words_ends_sentences_inside_a_text() -> None:
    text = "We saw Mr. Brown in York. He left at 5 p.m. on etc. day. Why? ok. yes."
    cut = "We saw Mr. Brown in York . He left at 5 p.m. on etc. day . Why ? ok. yes ."
    assert " ".join(TOKENIZERS["words"].tokenize(text)) == cut
    assert {"mr", "etc"} <= ABBREVIATIONS


def test_tweet_keeps_hashtags_links_and_emoticons() -> None:
    assert TOKENIZERS["tweet"].tokenize("@bob :-) #nlp https://x.org/a?b <3") == [
        *["@bob", ":-)", "#nlp", "https://x.org/a?b", "<3"]
    ]


@pytest.mark.parametrize("text", [TEXT, CHINESE, "a  b\n\tc ", "", "👩‍💻 שלום"])
def test_characters_join_back_to_the_same_text(text: str) -> None:
    tokenizer = TOKENIZERS["characters"]
    assert tokenizer.join(tokenizer.tokenize(text), "en") == text


def test_join_reads_naturally() -> None:
    english = "It isn't bad (really), Mr. Smith said. He's right: 3.5!"
    for name in ("words", "tweet", "whitespace"):
        assert TOKENIZERS[name].join(TOKENIZERS[name].tokenize(english), "en") == english
    english = ["it", "isn", "'", "t", "bad", ",", "(", "ok", ")", "."]  # as basic_english cuts it
    assert TOKENIZERS["basic_english"].join(english, "en") == "it isn't bad, (ok)."
    assert TOKENIZERS["wordpiece"].join(["un", "##bel", "##iev", "##able", "!"], "en") == "unbelievable!"
    assert TOKENIZERS["words"].join([], "en") == TOKENIZERS["jieba"].join([], "zh") == ""


def test_join_puts_no_blanks_between_chinese_words_and_one_between_english_ones() -> None:
    jieba = TOKENIZERS["jieba"]
    assert jieba.join(jieba.tokenize(CHINESE), "zh") == CHINESE
    assert jieba.join(["check", "in", "很", "快"], "zh") == "check in很快"


def test_real_chinese_comes_back_whole(shared_data: Path) -> None:
    with (shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv").open(encoding="utf-8") as file:
        texts = [row["review"] for _, row in zip(range(300), csv.DictReader(file), strict=False)]
    for text, tokens in zip(texts, TOKENIZERS["jieba"].tokenize_many(texts), strict=True):
        assert "".join(tokens) == "".join(text.split())


def test_the_choice_follows_the_language() -> None:
    assert tokenizer_for("zh") == "jieba"
    assert tokenizer_for("ja") == tokenizer_for("th") == "characters"
    assert {tokenizer_for(code) for code in ("en", "de", "ru", "ko", "und")} == {available_tokenizers()[0]}


def test_a_missing_package_is_named_and_the_choice_not_offered() -> None:
    absent = Tokenizer("absent", "Absent", "Not here.", TOKENIZERS["whitespace"].load, needs=("no_such_package",))
    assert absent.available() == "The package no_such_package is not installed."


def test_without_torchtext_words_are_the_default(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; found = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'torchtext' else found(name, *rest); "
        "from core.text.tokenizers import *; "
        "from core.errors import MissingResource\n"
        "print(tokenizer_for('en'), 'basic_english' in available_tokenizers())\n"
        "try: TOKENIZERS['basic_english'].tokenize('a')\n"
        "except MissingResource as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "words False"
    assert done.stdout.splitlines()[1].startswith("The package torchtext is not installed.")


@pytest.mark.parametrize("writable", [True, False])
def test_jieba_is_quiet_and_keeps_its_cache_at_home(tmp_path: Path, writable: bool) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    if not writable:
        home.write_text("a file where the folder should be")
    code = "from core.text.tokenizers import TOKENIZERS; print(len(TOKENIZERS['jieba'].tokenize('早餐很好')))"
    environment = {**os.environ, "CORPUS_LAB_HOME": str(home), "TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "3"
    assert done.stderr == ""
    assert list(temporary.iterdir()) == []
    if writable:
        assert [path.parent for path in home.rglob("*") if path.is_file()] == [home / "cache" / "jieba"]


def test_pieces_join_back_are_short_and_cut_after_blanks() -> None:
    for text in ("word " * 5_000, "酒店很好，" * 5_000, "1" * 25_000, "", "short"):
        found = list(pieces(text))
        assert "".join(found) == text
        assert all(len(piece) <= PIECE_CHARACTERS for piece in found)
    assert all(piece.endswith(" ") for piece in list(pieces("word " * 5_000))[:-1])
    assert all(piece.endswith("，") for piece in list(pieces("酒店很好，" * 5_000))[:-1])


@pytest.mark.parametrize("name", available_tokenizers())
def test_a_megabyte_in_one_row(name: str) -> None:
    text = "The film is good, isn't it? 酒店很好。 " * 27_000
    assert len(text) >= 900_000
    short = TOKENIZERS[name].tokenize("The film is good, isn't it? 酒店很好。 " * 10)
    assert len(TOKENIZERS[name].tokenize(text)) == pytest.approx(len(short) * 2_700, rel=0.01)


def test_a_long_run_of_digits_does_not_stop_the_tweet_tokenizer() -> None:
    # NLTK alone raises TimeoutError on 40,000 digits.
    assert "".join(TOKENIZERS["tweet"].tokenize("1234567890" * 5_000)) == "1234567890" * 5_000
