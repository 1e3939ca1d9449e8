"""Settings and templates are checked before anything is read, and all that is wrong is told."""

import pytest

from sentilora.errors import ConfigError
from sentilora.labels import Labels
from sentilora.monitoring.replies.replies_file import (
    default_never,
    read_replies,
    read_send,
    sample_fields,
)
from sentilora.monitoring.replies.reply_files import write_reply_files
from sentilora.monitoring.replies.reply_templates import MOST_REPLY, TemplateKey

LABELS = Labels(("negative", "neutral", "positive"))


@pytest.fixture
def own(tmp_path):
    """Write a file with one template; return what reads them."""

    def read(template="Hello", settings="", rules=()):
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        (folder / "other.warm.en.txt").write_text(template, encoding="utf-8")
        path = tmp_path / "replies.toml"
        none = "" if "[[reasons]]" in settings else "reasons = []\n"
        path.write_text(f'folder = "mine"\n{none}{settings}\n', encoding="utf-8")
        return read_replies(path, rules, LABELS)

    return read


def refusal(own, *given, **more):
    with pytest.raises(ConfigError, match="replies templates") as caught:
        own(*given, **more)
    return str(caught.value)


def test_what_ships_is_polite_in_two_languages_and_promises_nothing():
    replies = read_replies("default", labels=LABELS)
    names = replies.templates.templates
    reasons = {one.name for one, _ in replies.reasons} | {"other"}
    assert set(names) == {
        TemplateKey(reason, tone, language)
        for reason in reasons
        for tone in ("warm", "formal")
        for language in ("en", "de")
    }
    for key in names:
        fields = {**sample_fields(replies, key, ""), "severity": 0.9}
        reply = replies.templates.render(key, fields)
        assert replies.never.marks(reply) == [], key
        assert "> It broke.\n> Twice." in reply
        assert reply.endswith(replies.fields(key.language)["team"])
    assert len({replies.templates.render(k, sample_fields(replies, k, "")) for k in names}) == 24


def test_what_is_written_out_is_what_ships(tmp_path):
    path = write_reply_files(tmp_path / "replies")
    assert path.name == "replies.toml"
    mine, ships = read_replies(path, labels=LABELS), read_replies("default", labels=LABELS)
    assert mine.settings.folder == "templates"
    assert mine.settings.model_copy(update={"folder": None}) == ships.settings
    assert set(mine.templates.templates) == set(ships.templates.templates)
    with pytest.raises(ConfigError, match=r"holds replies\.toml and templates already"):
        write_reply_files(tmp_path / "replies")


def test_a_section_that_is_left_out_is_as_it_ships(own):
    replies = own("Hello {{ team }}", "[never.en]\nwords = ['always']")
    assert replies.settings.urgent == read_replies("default").settings.urgent
    assert replies.reasons == ()
    assert [one.words for one in replies.never.marks("always a refund")] == ["always"]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("a\n{{ text", "other.warm.en.txt, line 2: unexpected end of template"),
        ("a\nb\n{{ customer }}", "line 3: unknown field 'customer'; known: conversation_id, "),
        ("{{ text.__class__.__mro__ }}", "line 1: '__mro__' reaches into a value"),
        ("{{ text['upper'] }}", "'upper' reaches into a value"),
        ("{{ segments.items }}", "unknown segment 'items'"),
        ("{{ segments[text] }}", "None reaches into a value"),
        ("{{ segments }}", "unknown field 'segments'"),
        ("{{ ''.__class__ }}", "'__class__' reaches into a value"),
        ("{{ text.upper() }}", "line 1: a call is not allowed"),
        ("{{ cycler.__init__.__globals__.os.popen('id') }}", "a call is not allowed"),
        ("{{ lipsum }}", "unknown field 'lipsum'"),
        ("\n{% for n in range(9) %}{{ n }}{% endfor %}", "line 2: a loop is not allowed"),
        ("{% set x = text ~ text %}", "'set' is not allowed"),
        ("{{ 'a' * 9 }}", "line 1: this is not allowed"),
        ("{{ 9 ** 9 }}", "this is not allowed"),
        ("{{ '%9d' % 1 }}", "this is not allowed"),
        ("{% include 'other.warm.en.txt' %}", "'include' is not allowed"),
        ("{% macro m() %}{% endmacro %}", "'macro' is not allowed"),
        ("{% autoescape true %}{% endautoescape %}", "this is not allowed"),
        ("{{ text | center(9) }}", "unknown filter 'center'; known: capitalize"),
        ("{{ text | quoted('9') }}", "template other.warm.en, line 1: "),
        ("a\n{% if severity > 'a' %}{% endif %}", "template other.warm.en, line 2: '>'"),
        ("{% if segments.product %}{{ severity > text }}{% endif %}", "line 1: "),
        ("{{ " + "(" * 3000 + "1", "too deeply nested"),
        ("{{ " + " or ".join(["text"] * 99) + " }}", "too deeply nested"),
        ("{{ " + "9" * 5000 + " }}", "too deeply nested, or a number that is none"),
        ("a" * 20_001, "20,001 characters; 20,000 at most"),
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_refused_with_its_line(own, template, told):
    settings = 'segments = ["product"]' if "product" in template else ""
    assert told in refusal(own, template, settings)


def test_all_that_is_wrong_is_told_at_once(own, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "odd.txt").write_text("a")
    (tmp_path / "mine" / "other.warm.de.txt").write_bytes(b"\xff")
    told = refusal(
        own,
        "{{ a }}\n{{ b }}",
        """labels = ["angry"]
tones = { mail = "formal" }
[[reasons]]
name = "down"
rule = "app is down"
[[reasons]]
name = "down"
send_without_approval = true
[[reasons]]
name = "other"
words = ["x"]
""",
    )
    assert told.startswith("12 problems in ")


def test_settings_that_are_wrong_are_told_at_once(tmp_path):
    path = tmp_path / "replies.toml"
    path.write_text(
        """least = 2
tone = "so so"
urgent = ["*"]
wrods = []
[fields]
text = "mine"
[[reasons]]
name = "a"
patterns = ["("]
[[reasons]]
name = "b"
patterns = ["x*"]
[send]
"""
    )
    with pytest.raises(ConfigError, match="8 problems in ") as caught:
        read_replies(path)
    for told in (
        "least = 2: must be at most 1",
        "wrods = []: unknown setting",
        "'*' has no letter and no digit",
        "'text': expected a name of small letters that is not taken",
        "'(' is no regular expression",
        "'x*' finds something in every text",
        "send.to = ",
    ):
        assert told in str(caught.value)


def test_what_is_sent_unread_may_not_hold_what_must_not_be_promised(own, tmp_path):
    settings = """[send]
to = "out.jsonl"
[[reasons]]
name = "down"
rule = "silent"
send_without_approval = true
"""
    told = refusal(own, "You get a refund.", settings, ["silent"])
    assert "sent without approval, and says 'refund'" in told
    found = own("We look into it.", settings, ["silent"])
    assert found.settings.reasons[0].send_without_approval
    assert read_send(tmp_path / "replies.toml")[0].to == "out.jsonl"
    without = settings.replace('[send]\nto = "out.jsonl"\n', "")
    told = refusal(own, "We look into it.", without)
    assert "send_without_approval needs [send]" in told
    assert "rule = 'silent'; the rules are none" in told


def test_a_long_reply_is_cut_off(own):
    replies = own("{{ text }}" * 50)
    key = TemplateKey("other", "warm", "en")
    fields = {**sample_fields(replies, key, ""), "text": "words" * 900}
    assert len(replies.templates.render(key, fields)) == MOST_REPLY


def test_what_the_customer_wrote_is_data(own):
    replies = own("{{ text }}|{{ text | quoted }}")
    key = TemplateKey("other", "warm", "en")
    text = "{{ 7 * 7 }} {% for x in y %} <b>&amp; \\n"
    fields = {**sample_fields(replies, key, ""), "text": text}
    assert replies.templates.render(key, fields) == f"{text}|> {text}"


def test_default_lists_find_promises_of_both_languages():
    never = default_never()
    for said in (
        "You will be refunded in full",
        "we send a new one within 24 hours",
        "by friday",
        "It arrives on 3 March",
        "you get 20 €",
        "That was our fault.",
        "Sie bekommen einen Gutschein",
        "Das Geld wird erstattet",
        "bis Montag",
        "innerhalb von zwei Tagen",
        "am 3.4.2026",
    ):
        assert never.marks(said), said
    for said in ("We read your message.", "Wir lesen Ihre Nachricht.", "May we ask you something?"):
        assert never.marks(said) == [], said
