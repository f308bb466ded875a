"""What a reader sees of rich text, in every way that Outlook writes it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.office import rtf_text
from gatepost.message.attachments.office.rtf_text import name_codec, read_shown_text

PAGE = rb"""{\rtf1\ansi\ansicpg1252\fromhtml1 \fbidis \deff0{\fonttbl
{\f0\fswiss Arial;}{\f1\fnil\fcharset134 SimSun;}}
{\colortbl\red0\green0\blue0;\red0\green0\blue255;}
{\*\generator Microsoft Exchange Server;}
\uc1\pard\plain\deftab360 \f0\fs24
{\*\htmltag18 <html>}{\*\htmltag50 <body>}\htmlrtf \lang1033 \htmlrtf0 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0
Hello {\*\htmltag84 &lt;}Bo{\*\htmltag84 &gt;}{\*\mhtmltag84 <a href="unknown">}{\*\htmltag84 <a href="https://a.example/?x=1&amp;y=2">}
\htmlrtf {\field{\*\fldinst{HYPERLINK "https://b.example/"}}{\fldrslt\cf1\ul
\htmlrtf0 click\htmlrtf }\htmlrtf0 \htmlrtf }\htmlrtf0
{\*\htmltag92 </a>}\htmlrtf\par}\htmlrtf0
{\*\htmltag72 </p>}{\*\htmltag58 </body>}}"""


def show(text: bytes) -> str:
    shown = read_shown_text(rb"{\rtf1\ansi\ansicpg1252 " + text + b"}")
    assert not shown.is_cut
    return shown.text


def test_html_in_rich_text_is_taken_out() -> None:
    shown = read_shown_text(PAGE)
    assert shown.is_html
    assert shown.text == (
        '<html><body><p>Hello &lt;Bo&gt;<a href="https://a.example/?x=1&amp;y=2">click</a></p></body>'
    )


def test_without_links_it_is_a_text() -> None:
    shown = read_shown_text(rb"{\rtf1 Hello\par World\tab x <b>\{\}\\}")
    assert (shown.text, shown.is_html) == ("Hello\nWorld\tx <b>{}\\", False)


def test_what_leads_on_becomes_a_link_around_what_is_shown() -> None:
    target = rb'{\*\fldinst {HYPERLINK \\l "http://192.0.2.7/?a=1&b=<2>" }}'
    assert show(rb"{\field" + target + rb"{\fldrslt {\ul www.bank.example}}} <now>\par end") == (
        '<a href="http://192.0.2.7/?a=1&amp;b=&lt;2&gt;">www.bank.example</a> &lt;now&gt;<br>\nend'
    )
    assert show(rb"{\field{\*\fldinst HYPERLINK http://a.example/}{\fldrslt x}}") == '<a href="http://a.example/">x</a>'
    assert show(rb"{\field{\*\fldinst PAGE}{\fldrslt 3}}") == "3"


def test_tags_of_html_mean_nothing_where_there_is_no_html() -> None:
    assert show(rb"{\*\htmltag64 <p>}Hello \htmlrtf Bo\htmlrtf0") == "Hello Bo"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (rb"\u8364?\u-10179?\u-8704?", "€\N{GRINNING FACE}"),
        (rb"\uc2\u8364?!x\uc0\u8364 y", "€x€y"),
        (rb"\uc1 \u8364\'80x", "€x"),
        (rb"\'80\lquote\emdash\~", "€\N{LEFT SINGLE QUOTATION MARK}\N{EM DASH}\N{NO-BREAK SPACE}"),
        (rb"{\fonttbl{\f7\fcharset204 Arial;}{\f8\fcharset134 SimSun;}}\f7\'cf\'f0{\f8 \'c4\'e3}\'e8", "Пр你и"),
        (rb"\ansicpg936 \'c4\'e3\ansicpg77777 \'c4\'e3", "你你"),
        (b"a{\\v hidden}b\\v c\\v0 d\\v e\\plain f", "abdf"),
        (rb"a{\info{\title b}}{\*\unknown c}{\pict d}e", "ae"),
        (b"a\\bin3 }{\\b", "ab"),
        (b"a\r\nb\0c", "abc"),
    ],
)
def test_letters_are_read_as_they_are_meant(text: bytes, seen: str) -> None:
    assert show(text) == seen


def test_what_is_too_long_or_too_deep_is_told() -> None:
    for text in (b"x" * (rtf_text.MAX_CHARS + 1), b"\\b" * (rtf_text.MAX_TOKENS + 1), b"{" * (rtf_text.MAX_DEPTH + 1)):
        assert read_shown_text(text).is_cut


@pytest.mark.parametrize(
    "text", [b"{\\field{\\*\\fldinst HYPERLINK ", b"{\\uc9 \\u5 ", b"\\'41", b'HYPERLINK "', b"{\\v"]
)
def test_no_text_takes_long(text: bytes) -> None:
    start = time.process_time()
    read_shown_text((text * 200_000)[:1_000_000])
    assert time.process_time() - start < 5


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"\\*",
                b"\\fldinst ",
                b"HYPERLINK a",
                b"\\u",
                b"\\u55357 ",
                b"\\v ",
                b"\\bin9",
                b"\\'e4",
                b"\\f1 ",
                b"\\fcharset128 ",
                b"\\fonttbl",
                b"\\fromhtml1 ",
                b"\\htmltag ",
            ]
        )
        | st.binary(max_size=5)
    )
)
def test_any_text_is_read_and_can_be_written(pieces: list[bytes]) -> None:
    read_shown_text(b"{\\rtf1" + b"".join(pieces)).text.encode("utf-8")


def test_code_pages_have_names() -> None:
    assert [name_codec(page) for page in (1251, 936, 65001, 4711)] == ["cp1251", "gb18030", "utf-8", ""]
