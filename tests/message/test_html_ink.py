"""What is written in the colour of its ground is told, and nothing where the ground may be another."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.html import read_html
from gatepost.message.html_ink import MAX_FAINT_CHARS, MAX_KEPT_CHARS, read_colour
from gatepost.message.places import Locator
from gatepost.model.finding import Span

PLACE = Span(0, 0)


def read_faint(html: str) -> str:
    return read_html(html, Locator(b"", PLACE, PLACE, is_direct=False)).faint_text


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:#fff">x</p>',
        '<p style="COLOR: White">x</p>',
        '<p style="color:rgb(255, 254, 255)">x</p>',
        '<font color="#FEFEFE">x</font>',
        '<div style="color:#fff"><p><b>x</b></p></div>',
        '<body text="#ffffff">x</body>',
        '<div style="background:#fafafa"><p style="color:#f9f9f9">x</p></div>',
        '<table><tr><td bgcolor="#000"><p style="color:#fff;background-color:#ffffff">x</p>',
    ],
)
def test_text_in_the_colour_of_its_ground_is_faint(html: str) -> None:
    assert read_faint(html) == "x"


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p>",
        '<p style="color:#999">x</p>',
        '<div style="background:#000"><p style="color:#fff">x</p></div>',
        '<table><tr><td bgcolor="black"><font color="white">x</font>',
        '<table><tr><td background="a.png"><font color="white">x</font>',
        '<div style="background:url(a.png)"><p style="color:#fff">x</p></div>',
        '<div style="background:linear-gradient(#000,#111)"><p style="color:#fff">x</p></div>',
        '<div style="background:plum"><p style="color:#fff">x</p></div>',
        '<style>.a{background:#000}</style><div class="a"><p style="color:#fff">x</p></div>',
        '<p style="background-color:#fff">x</p>',
        '<p style="border-color:#fff">x</p>',
        '<p style="color:#fff;display:none">x</p>',
    ],
)
def test_other_text_is_not(html: str) -> None:
    assert read_faint(html) == ""


def test_behind_the_element_text_is_plain_again() -> None:
    assert read_faint('<p style="color:#fff">x</p><p>y</p>') == "x"
    assert read_faint('<p>a<font color="#fff">x<br></font>y</p>') == "x"


def test_faint_text_is_still_text() -> None:
    view = read_html('<p style="color:#fff">x</p>', Locator(b"", PLACE, PLACE, is_direct=False))
    assert (view.text, view.faint_text) == ("x", "x")


def test_much_faint_text_is_cut() -> None:
    assert len(read_faint('<p style="color:#fff">' + "x" * MAX_FAINT_CHARS * 3)) == MAX_FAINT_CHARS


@pytest.mark.parametrize("value", ["", "#", "#12", "#12345", "rgb(", "rgb(1)", "currentcolor"])
def test_what_is_no_colour_is_none(value: str) -> None:
    assert read_colour(value) is None


def test_no_page_takes_long() -> None:
    page = "".join(f'<p style="color:#fff;x:{n}">x' for n in range(9_000))
    start = time.process_time()
    read_faint(page)
    assert time.process_time() - start < 2


@given(st.text(alphabet="<>/=\"':;#()fe0123 colrbackgundpstywi,.", max_size=300))
def test_any_style_can_be_read_and_nothing_is_faint_that_the_page_does_not_hold(text: str) -> None:
    page = f'<p style="color:#fff">{text}<p style="{text}">x'
    assert set(read_faint(page)) <= {*page, " ", "\n"}


@pytest.mark.parametrize("char_count", [MAX_KEPT_CHARS, MAX_KEPT_CHARS + 1])
def test_a_style_is_read_alike_whether_it_is_remembered_or_too_long_for_that(char_count: int) -> None:
    style = "color:#fff".rjust(char_count, " ")
    page = f'<p style="{style}">x</p><p>y</p>'
    assert [read_faint(page), read_faint(page)] == ["x", "x"]
    assert read_faint(page.replace("#fff", "#ddd")) == ""


def test_letters_beyond_ascii_hide_no_colour() -> None:
    assert read_faint('<p>\u4f60\u597d \ud800 \u0130</p><p style="COLOR:#FFF">x</p>') == "x"
