"""What pages, pictures and their scripts are seen to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.web.signs import (
    find_download_names,
    find_inner_pages,
    note_page,
    note_picture,
    note_script,
)
from gatepost.message.html import MAX_HTML_CHARS
from gatepost.model.contents import LinkSource


def read(note: object, text: str) -> tuple[set[str], list[str]]:
    insides = Insides()
    note(text, insides)  # type: ignore[operator]
    return {trait.code for trait in insides.traits}, [link.url for link in insides.links]


def test_a_page_tells_its_forms_scripts_and_links() -> None:
    page = (
        "<form action='https://a.example/in'><input type=password></form><script>go()</script><img src='https://x.example'>"
        "<a href='https://b.example/'>b</a><meta http-equiv=refresh content='0;url=https://c.example/'>"
    )
    assert read(note_page, page) == (
        {"page.password_form", "page.script", "page.refresh"},
        ["https://a.example/in", "https://b.example/", "https://c.example/"],
    )
    insides = Insides()
    note_page(page, insides)
    assert insides.links[0].source is LinkSource.FORM


def test_a_plain_page_has_nothing_to_tell() -> None:
    assert read(note_page, "<html><p>Bring the long ladder.</p></html>") == (set(), [])
    assert read(note_page, "<form><input name=q></form>") == ({"page.form"}, [])


@pytest.mark.parametrize(
    ("script", "signs"),
    [
        ("b = new Blob([Uint8Array.from(atob(d))]); a.download = 'x.zip'", {"page.builds"}),
        ("document.write(unescape('%3C'))", {"page.builds"}),
        ("eval(String.fromCharCode(97))", {"page.builds"}),
        ("document.write('<p>hello</p>')", set()),
        ("parent.location = 'https://a.example/'", {"page.jumps"}),
        ("if (location.href == '/') { location.hash = 'top' }", set()),
    ],
)
def test_a_script_that_builds_or_jumps_is_seen(script: str, signs: set[str]) -> None:
    assert read(note_script, script)[0] == signs


@pytest.mark.parametrize(
    "script",
    [
        "window.location.href = 'https://a.example/'",
        'location.replace("https://a.example/")',
        "window.open(`https://a.example/`)",
        "top.location='https://a.example/'",
    ],
)
def test_where_a_script_jumps_to_is_a_link(script: str) -> None:
    assert read(note_script, script) == ({"page.jumps"}, ["https://a.example/"])


@pytest.mark.parametrize(
    ("picture", "signs"),
    [
        ("<svg><script>go()</script></svg>", {"svg.script"}),
        ("<svg:svg><svg:script/></svg:svg>", {"svg.script"}),
        ("<svg onload='go()'/>", {"svg.handler"}),
        ("<svg><a xlink:href='javascript:go()'/></svg>", {"svg.script_link"}),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", {"svg.entities"}),
        ("<svg><text>on = off</text><use xlink:href='#a'/></svg>", set()),
    ],
)
def test_what_a_picture_has_no_need_of_is_seen(picture: str, signs: set[str]) -> None:
    assert read(note_picture, picture)[0] == signs


def test_links_of_a_picture_are_given_on() -> None:
    assert read(note_picture, "<svg><a xlink:href='https://a.example/'><use xlink:href='#b'/></a></svg>")[1] == [
        "https://a.example/"
    ]


def test_names_for_downloads_are_found() -> None:
    script = "a.download = 'a.iso'; a.setAttribute('download', \"b.zip\"); navigator.msSaveOrOpenBlob(blob, 'c.exe')"
    assert find_download_names(f"<a download='d.js'>{script}") == ["d.js", "a.iso", "b.zip", "c.exe"]
    assert find_download_names("new File([b], 'e.lnk')") == ["e.lnk"]


def test_pages_in_attributes_are_found() -> None:
    assert list(find_inner_pages("<iframe srcdoc='<p>a</p>'></iframe><iframe srcdoc=\"b\">")) == ["<p>a</p>", "b"]


@given(st.text(alphabet="<svgon=load'\" >/script:href", max_size=200))
def test_any_text_gives_a_value(text: str) -> None:
    for note in (note_page, note_picture, note_script):
        note(text, Insides())


@pytest.mark.parametrize("filling", ["<p>Bring the long ladder.</p>", "A", "+", "a b "])
def test_what_stands_behind_any_filling_is_seen(filling: str) -> None:
    page = (
        filling * (MAX_HTML_CHARS // len(filling) + 9) + "<form action=https://a.example/><input type=password></form>"
    )
    assert read(note_page, page) == ({"page.password_form"}, ["https://a.example/"])


def test_a_form_across_the_end_of_a_piece_is_seen() -> None:
    page = "x " * ((MAX_HTML_CHARS - 20) // 2) + "<form><input name=a type=password></form>"
    assert "page.password_form" in read(note_page, page)[0]


@pytest.mark.parametrize("back", [100, 10_000, 19_000])
def test_a_long_tag_across_the_end_of_a_piece_is_seen(back: int) -> None:
    field = f"<form><input title='{'< b ' * 5_000}' type=password></form>"
    page = "<p>Hello</p>" + "x " * ((MAX_HTML_CHARS - back) // 2) + field + "<p>Bye</p>" * 9_000
    assert "page.password_form" in read(note_page, page)[0]


def test_a_tag_that_is_too_long_to_be_read_is_told() -> None:
    page = f"<form><input title='{'b ' * MAX_HTML_CHARS}' type=password></form>"
    assert "opening.unseen" in read(note_page, page)[0]


def test_a_site_within_a_page_is_seen() -> None:
    assert read(note_page, "<iframe src='//a.example/'></iframe>") == ({"page.frame"}, ["//a.example/"])
    assert read(note_page, "<iframe src='next.html'></iframe><img src='https://a.example/b.png'>") == (set(), [])
