"""A link is what a telephone would open; accounts, networks and numbers are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.code_texts import find_urls


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("HTTPS://A.EXAMPLE/X", ["HTTPS://A.EXAMPLE/X"]),
        ("see https://a.example/ and http://b.example", ["https://a.example/", "http://b.example"]),
        ("www.a.example", ["http://www.a.example"]),
        ("MEBKM:TITLE:x;URL:https://a.example/;;", ["https://a.example/"]),
        ("BEGIN:VCARD\nURL:https://a.example/\nEND:VCARD", ["https://a.example/"]),
        ("mailto:ann@a.example", ["mailto:ann@a.example"]),
        ("SPC\n0200\n1\nCH4431999123000889012", []),
        ("BCD\n002\n1\nSCT\n\nAnn\nDE89370400440532013000\nEUR12.30", []),
        ("4006381333931", []),
        ("", []),
    ],
)
def test_what_a_telephone_would_open_is_a_link(text: str, urls: list[str]) -> None:
    assert find_urls(text) == urls


@given(st.text(max_size=100))
def test_any_text_gives_a_value(text: str) -> None:
    find_urls(text)
