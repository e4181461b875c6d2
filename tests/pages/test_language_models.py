"""The Language models page: n-gram models, a neural one, and the two compared, without a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Version
from core.ngram.model import NgramModel
from core.runs.store import Run, RunStore
from tests.pages.reading import clean, said, widget

Open = Callable[[str], AppTest]
Make = Callable[..., Version]
Wait = Callable[[AppTest], AppTest]

WHO, DOES, WHERE = ("cat", "dog", "bird"), ("sat", "slept", "ran"), ("mat", "roof", "lawn", "bed")
TEXTS = [f"The {who} {does} on the {where}." for who in WHO for does in DOES for where in WHERE]
SPLITS = ["validation" if i % 5 == 4 else "train" for i in range(len(TEXTS))]
HOSTILE = "![x](http://stranger/x.png) <img src=x onerror=alert(1)> and more words"


def rows(app: AppTest, column: str) -> list[dict[str, Any]]:
    """The rows of the first table that has this column."""
    found = [frame.value for frame in app.dataframe if column in frame.value.columns]
    return found[0].to_dict("records")


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def view(app: AppTest, run: Run, name: str) -> AppTest:
    app.session_state[f"lm view {run.id}"] = name
    return clean(app.run())


def show_tab(app: AppTest, tab: str) -> AppTest:
    app.query_params["tab"] = tab
    return clean(app.run())


def query(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


@pytest.fixture
def store(home: Path) -> RunStore:
    return RunStore(home, "local")


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, splits=SPLITS)


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    return clean(open_app("language_models"))


def fit(page: AppTest, until_quiet: Wait) -> AppTest:
    widget(page.button, "Fit").click().run()
    return clean(until_quiet(page))


def test_an_ngram_model_is_fitted_asked_and_taken_home(page: AppTest, until_quiet: Wait, store: RunStore) -> None:
    assert "Press Fit" in said(page)
    app = fit(page, until_quiet)
    [run] = store.runs()
    assert (query(app, "run"), query(app, "tab")) == (run.id, "ngram")
    assert figures(app)["Perplexity"] == f"{run.result['validation']['perplexity']:,.1f}"
    measures = {row["Measure"]: row["Validation"] for row in rows(app, "Measure")}
    assert measures["Tokens"] == "56", "7 rows of 7 tokens, and the end of each"
    assert measures["Words of probability 0"] == "0"
    assert app.get("plotly_chart")[0].proto.alt.startswith("Line chart of Validation perplexity by Order.")

    # "the cat" was seen once in each of the 29 - 10 - 9 training rows about a cat.
    widget(app.text_input, "The words before").set_value("the cat").run()
    widget(app.text_input, "Next word").set_value("slept").run()
    train = [text for text, split in zip(TEXTS, SPLITS, strict=True) if split == "train"]
    cats, slept = (sum(f"The cat{what}" in text for text in train) for what in ("", " slept"))
    said_counts = figures(clean(app))
    assert (said_counts["count(h)"], said_counts["count(h, w)"]) == (str(cats), str(slept))
    assert said_counts["count(h, w) / count(h)"] == f"{slept / cats:.4f}"
    model = NgramModel.load(run.folder / "model")
    first = rows(app, "Next word")[0]
    assert first["Next word"] == "slept"
    assert first["Model"] == pytest.approx(model.probability(["the", "cat"], "slept"))
    assert [row["count(h)"] for row in rows(app, "Words before")] == [cats, cats, model.settings.tokens]
    widget(app.text_input, "The words before").set_value("the zebra").run()
    assert "so read as the unknown word <unk>: zebra" in said(clean(app))
    assert figures(app)["count(h, w) / count(h)"] == "0 / 0"

    app = view(app, run, "Token by token")
    widget(app.text_area, "Any text").set_value("The zebra sat")
    app = view(app, run, "Token by token")  # anew: Streamlit 1.65's AppTest forgets which tab is open
    scored = {row["Token"]: row for row in rows(clean(app), "Token")}
    assert list(scored) == ["the", "zebra", "sat", "</s>"]
    assert scored["zebra"]["Why"] == "Not in the vocabulary: scored as the unknown word."
    assert scored["</s>"]["Why"] == "Never seen after the word before it."
    assert scored["the"]["count(h, w)"] == len(train)

    app = view(app, run, "Write")
    text = app.code[0].value
    assert rows(app, "N-gram")[0]["N-gram"].startswith("<s> ")
    widget(app.text_input, "An n-gram").set_value("dog ran")
    app = view(app, run, "Write")
    assert {row["Text"] for row in rows(app, "Row")} == {text for text in train if "dog ran" in text}
    widget(app.number_input, "Seed", 1).set_value(7)
    widget(app.button, "Write").click()
    assert view(app, run, "Write").code[0].value != text

    tried = rows(view(app, run, "All settings tried"), "Estimator")
    assert {row["Estimator"] for row in tried} >= {"Maximum likelihood", "Modified Kneser-Ney", "Stupid backoff"}
    assert tried[-1]["Adds up to 1"] == "no" or tried[-1]["Probability 0"]
    view(app, run, "Surprising rows")
    view(app, run, "ARPA file")
    arpa = run.folder / "model.arpa"
    assert arpa.read_text("utf-8").startswith("\\data\\")

    widget(app.file_uploader, "An ARPA file, as KenLM, SRILM and this page write it").upload(
        "../m.arpa", arpa.read_bytes()
    ).run()
    widget(app.selectbox, "Tokenizer", 1).select("basic_english")
    widget(app.button, "Import the model").click().run()
    app = clean(until_quiet(app))
    imported = store.runs()[0]
    assert query(app, "run") == imported.id
    assert imported.result["validation"]["perplexity"] == pytest.approx(
        run.result["validation"]["perplexity"], rel=1e-4
    ), "the same model, but for the decimals of the file"
    widget(app.text_input, "The words before").set_value("the cat").run()
    assert "has probabilities but no counts" in said(clean(app))
    view(app, imported, "Token by token")

    app.query_params.clear()
    app.query_params["run"] = run.id
    app.run()
    assert (query(clean(app), "run"), query(app, "tab")) == (run.id, "ngram"), "a link to a run opens its tab"
    assert widget(app.selectbox, "Model").value == run.id
    app.query_params["run"] = "no such run"
    assert query(clean(app.run()), "run") == run.id, "what this session looked at last"
    assert "The language models stand side by side on their page" in said(app.switch_page("pages/overview.py").run())


def test_a_neural_model_learns_beside_the_ngram_models_and_is_compared(
    page: AppTest, until_quiet: Wait, store: RunStore
) -> None:
    assert "There is no finished model" in said(show_tab(page, "compare"))
    app = show_tab(page, "ngram")
    widget(app.selectbox, "Estimator").select("mle")  # the best one on such a text
    app = fit(app, until_quiet)
    assert "There is no neural model yet" in said(show_tab(app, "compare"))
    app = show_tab(app, "neural")
    widget(app.number_input, "Epochs").set_value(2)
    widget(app.number_input, "Width").set_value(16)
    widget(app.button, "Train").click().run()
    app = clean(until_quiet(app))
    neural, ngram = store.runs()
    assert (neural.kind, neural.state) == ("lm", "finished"), neural.message
    assert (query(app, "run"), query(app, "tab")) == (neural.id, "neural")
    assert [row["Epoch"] for row in rows(app, "What the model wrote")] == ["2.0", "1.0"]
    chart = app.get("bidi_component")[0].proto.json
    ratios = [t for t in ngram.result["trials"] if t["estimator"] == "mle" and not t["zero_probability"]]
    best = min(ratios, key=lambda trial: trial["perplexity"])
    assert f"For comparison, Maximum likelihood, order {best['order']}: {best['perplexity']:,.6g}." in chart
    assert app.code[0].value
    widget(app.text_input, "How the text begins").set_value("The cat")
    widget(app.button, "Write").click().run()
    assert clean(app).code[0].value.startswith("the cat")
    app = view(app, neural, "Token by token")
    widget(app.text_area, "Any text").set_value("The zebra sat")
    app = view(app, neural, "Token by token")
    known = {row["Token"]: row["Known"] for row in rows(clean(app), "It expected")}
    assert known["zebra"].startswith("no") and known["sat"] == "yes"

    app = show_tab(app, "compare")
    verdict = app.warning[0].value.replace("\\", "")
    assert "does not beat the best n-gram model at the same vocabulary" in verdict
    assert f"{neural.result['validation']['perplexity']:,.1f} against " in verdict
    assert "With 95% confidence it is between" in verdict
    table = {row["Model"]: row for row in rows(app, "Words known")}
    assert set(table) == {f"Maximum likelihood, order {ngram.result['order']}", "LSTM, width 16"}
    for row in table.values():
        assert row["Tokens"] == 56 and row["Words known"] == 15
        assert row["Size (MB)"] > 0 and row["Tokens per second"] > 0
    assert len(app.code) == 2 and all(code.value.strip() for code in app.code)
    assert "Language models of this dataset: 2." in said(app.switch_page("pages/overview.py").run())


def test_what_cannot_be_learned_from_is_a_sentence(make_version: Make, open_app: Open, until_quiet: Wait) -> None:
    make_version(["One."])
    app = open_app("language_models")
    widget(app.button, "Fit").click().run()
    app = until_quiet(app)
    assert not app.exception
    assert "too few different texts" in said(app)
    upload = widget(app.file_uploader, "An ARPA file, as KenLM, SRILM and this page write it")
    upload.upload("words.txt", b"no ARPA").run()
    widget(app.button, "Import the model").click().run()
    app = until_quiet(app)
    assert not app.exception and app.error


def test_without_a_dataset_the_page_offers_one(open_app: Open) -> None:
    app = clean(open_app("language_models"))
    assert [button.label for button in app.button] == ["Load the sample Python reference"]


def test_rows_are_shown_and_not_obeyed(make_version: Make, open_app: Open, until_quiet: Wait, store: RunStore) -> None:
    make_version([HOSTILE, *TEXTS, HOSTILE], splits=["train", *SPLITS, "validation"], name=HOSTILE)
    app = fit(open_app("language_models"), until_quiet)
    [run] = store.runs()
    widget(app.text_input, "The words before").set_value(HOSTILE).run()
    for name in ("Token by token", "Write", "Surprising rows"):
        app = view(app, run, name)
        shown = [*app.markdown, *app.caption, *app.title, *app.subheader, *app.success]
        assert "![x](" not in "".join(str(element.value) for element in shown)


def test_chinese_is_cut_into_words(make_version: Make, open_app: Open, until_quiet: Wait, store: RunStore) -> None:
    texts = [f"我喜欢{what}，因为它很{how}。" for what in ("苹果", "香蕉", "电影") for how in ("好", "大", "美")]
    make_version(texts, language="zh")
    app = fit(open_app("language_models"), until_quiet)
    assert store.runs()[0].result["validation"]["tokens"] > 0
    widget(app.text_input, "The words before").set_value("我喜欢").run()
    assert figures(clean(app))["count(h)"] != "0"
