"""Rich text, also where it is written to be read otherwise."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.office.rtf_reader import read_rtf


def objects(text: bytes) -> list[bytes]:
    return read_rtf(b"{\\rtf1 " + text + b"}").objects


@pytest.mark.parametrize(
    "text",
    [
        b"{\\object{\\*\\objdata 0105000002000000}}",
        b"{\\object{\\objdata 0105000002000000}}",
        b"{\\object{\\*\\objdata 01 05\r\n00\t00zz020000 00}}",
        b"{\\object{\\*\\objdata 0105{\\*\\foo ff}0000{\\bar }02000000}}",
        b"{\\object{\\*\\objdata 01050000\\bin4 \x02\x00\x00\x00}}",
        b"{\\object{\\*\\objdata\\objupdate 0105{0000}02000000}}",
        b"{\\object{\\*\\objdata 0105000002000000",
    ],
)
def test_the_data_of_an_object_is_put_together(text: bytes) -> None:
    assert objects(text) == [b"\x01\x05\x00\x00\x02\x00\x00\x00"]


@pytest.mark.parametrize(
    "text",
    [
        b"{\\object{\\*\\objdata 0{\\pict 1}0105000002000000}}",
        b"{\\object{\\*\\objdata 0105{\\pict 9999}000002000000}}",
        b"{\\object{\\*\\objdata 0{\\object 1}05000002000000}}",
        b"{\\object{\\*\\objdata 0105\\*\\foo 000002000000}}",
        b"{\\object{\\*\\objdata 0105000002000000\\objclass x}}",
    ],
)
def test_data_that_may_be_read_in_two_ways_is_read_in_both(text: bytes) -> None:
    assert b"\x01\x05\x00\x00\x02\x00\x00\x00" in objects(text)


def test_groups_deeper_than_any_are_told() -> None:
    assert read_rtf(b"{\\rtf1 " + b"{" * 6_000).is_cut


def test_words_of_objects_their_classes_and_templates_are_told() -> None:
    parts = read_rtf(
        b"{\\rtf1{\\*\\template https://a.example/\\u120 ?x.dotm}{\\object\\objautlink\\objupdate{\\*\\objclass Word}}}"
    )
    assert parts.words == {"objautlink", "objupdate"}
    assert parts.classes == ["Word"]
    assert parts.templates == ["https://a.example/xx.dotm"]


def test_instructions_of_fields_are_put_together() -> None:
    parts = read_rtf(b"{\\rtf1{\\field{\\*\\fldinst {\\b DDE}AUTO c:\\\\cmd.exe \\'22/k\\'22}{\\fldrslt x}}}")
    assert "".join(parts.fields) == '\x13DDEAUTO c:\\cmd.exe "/k"\x15'


@pytest.mark.parametrize(
    "text",
    [
        rb"\u-65432?\u-65420?\u116 ?\u112?://a.example",
        rb"{\uc0\u104\u116 t\u112 ://}a.example",
        rb"\uc3\u104 abc\u116\'41\'42\'43tp://\u97 a" + b"\r\n" + rb"\~\'41.example",
    ],
)
def test_letters_that_stand_in_for_others_are_passed_over(text: bytes) -> None:
    assert read_rtf(rb"{\rtf1{\*\template " + text + rb"}}").templates == ["http://a.example"]


def test_ordinary_text_has_nothing_to_tell() -> None:
    parts = read_rtf(b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\pard Hello \\'fc \\b x\\b0 {\\pict 0102030405060708}}")
    assert (parts.objects, parts.fields, parts.templates, parts.words) == ([], [], [], set())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"\\objdata", b"\\*", b"\\bin", b"\\bin9 ", b"0105", b"\\'41", b"\\u-7 ", b"\\fldinst ", b"\\"]
        ),
        max_size=40,
    )
)
def test_any_text_is_read(pieces: list[bytes]) -> None:
    parts = read_rtf(b"".join(pieces))
    assert len(parts.objects) <= len(pieces)


@pytest.mark.parametrize(
    "text", [b"{" * 2_000_000, b"}" * 2_000_000, b"\\bin0 " * 400_000, b"{\\objdata 00}" * 200_000, b"\\" * 2_000_000]
)
def test_no_text_takes_long(text: bytes) -> None:
    start = time.process_time()
    read_rtf(b"{\\rtf1 " + text)
    assert time.process_time() - start < 6


def test_what_comes_past_the_limit_is_told_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.message.attachments.office.rtf_reader.MAX_TOKENS", 50)
    assert not read_rtf(b"{\\rtf1 " + b"\\b x" * 100).is_cut
    assert read_rtf(b"{\\rtf1 " + b"\\b x" * 100 + b"{\\objdata 00}").is_cut
