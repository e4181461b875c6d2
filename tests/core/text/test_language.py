import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.text.language import LANGUAGES, MAX_TEXTS, detect_language

SENTENCES = {
    "en": "The weather is fine today, so we went for a walk in the park.",
    "zh": "今天天气很好，所以我们去公园散步了。",
    "ja": "今日は天気がいいので、公園へ散歩に行きました。",
    "ko": "오늘은 날씨가 좋아서 공원에 산책하러 갔습니다.",
    "ru": "Сегодня хорошая погода, и мы пошли гулять в парк.",
    "ar": "الطقس جميل اليوم لذلك ذهبنا إلى الحديقة للتنزه",
    "he": "מזג האוויר יפה היום ולכן הלכנו לפארק",
    "el": "Ο καιρός είναι καλός σήμερα και πήγαμε στο πάρκο.",
    "th": "วันนี้อากาศดีเราเลยไปเดินเล่นที่สวน",
    "hi": "आज मौसम अच्छा है इसलिए हम पार्क में टहलने गए।",
    "de": "Heute ist das Wetter schön und wir sind im Park spazieren gegangen.",
    "fr": "Aujourd’hui il fait beau et nous sommes allés nous promener dans le parc.",
    "es": "Hoy hace buen tiempo y hemos ido a pasear por el parque con los niños.",
    "it": "Oggi fa bel tempo e siamo andati a passeggiare nel parco con i bambini.",
    "pt": "Hoje o tempo está bom e nós fomos passear no parque com as crianças.",
    "nl": "Vandaag is het mooi weer en we zijn in het park gaan wandelen.",
}

OTHERS = {
    "Ukrainian": "Сьогодні гарна погода, і ми пішли гуляти в парк, бо її всі люблять.",
    "Bulgarian": "Днес времето е хубаво и отидохме на разходка в парка с децата. " * 7,
    "Persian": "امروز هوا خوب است و ما برای قدم زدن به پارک رفتیم و گفتیم",
    "Swedish": "I dag är det fint väder och vi gick en promenad i parken med barnen för att de var glada.",
    "Polish": "Dzisiaj jest ładna pogoda i poszliśmy na spacer do parku z dziećmi, bo one to lubią.",
    "Turkish": "Bugün hava güzel ve biz parkta yürüyüşe çıktık, çocuklar da çok mutlu oldu.",
    "Vietnamese": "Hôm nay thời tiết đẹp và chúng tôi đi dạo trong công viên.",
    "Hungarian": "Ma szép az idő, és elmentünk sétálni a parkba a gyerekekkel.",
}


def test_every_language_is_found_from_one_sentence() -> None:
    assert {language: detect_language([text]) for language, text in SENTENCES.items()} == {c: c for c in SENTENCES}
    assert set(LANGUAGES) == {*SENTENCES, "mul", "und"}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_a_language_that_is_not_among_them_is_not_determined(text: str) -> None:
    assert detect_language([text]) == "und"


@pytest.mark.parametrize("texts", [[], [""], ["  \n"], ["12345 3.14", "😀😀 !!! 7/10"], ["http://www.the.com/and/of"]])
def test_no_language_without_words(texts: list[str]) -> None:
    assert detect_language(texts) == "und"


def test_words_of_another_language_that_look_english_do_not_add_up() -> None:
    # "do" and "to" are Polish too. Here they are 20 of 78 words (0.26, enough), but 2 of 60 different ones, and English
    # would show 60 / 25 = 2.4; of 42 different words 2 are enough.
    words = [f"słowo{number}" for number in range(58)]
    assert detect_language([" ".join([*words, *["do", "to"] * 10])]) == "und"
    assert detect_language([" ".join([*words[:40], *["do", "to"] * 10])]) == "en"


def test_chinese_with_some_english_is_chinese_and_english_with_some_chinese_is_english() -> None:
    assert detect_language(["酒店的 wifi 很好，早餐 buffet 也不错，check in 很快。"]) == "zh"
    assert detect_language(["We stayed at 如家 for the night, and it was the best hotel that we have seen."]) == "en"


def test_real_corpora(shared_data: Path) -> None:
    with (shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv").open(encoding="utf-8") as file:
        assert detect_language(row["review"] for row in csv.DictReader(file)) == "zh"
    for name in ("sst2/train.tsv", "sst2/dev.tsv", "wikitext-2/valid.txt", "wikitext-2/test.txt"):
        assert detect_language((shared_data / name).read_text(encoding="utf-8").splitlines()) == "en"


def test_only_the_beginning_of_a_long_dataset_is_read() -> None:
    read = itertools.count()

    def texts() -> Iterator[str]:
        while True:
            next(read)
            yield SENTENCES["de"]

    assert detect_language(texts()) == "de"
    assert next(read) == MAX_TEXTS
