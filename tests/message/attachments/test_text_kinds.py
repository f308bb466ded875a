"""Kinds of text, by their beginning and their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.text_kinds import (
    detect_by_name,
    detect_text_kind,
    find_saved_page,
    is_page_in_xml,
    read_head,
    read_lead,
)
from gatepost.model.file_kinds import FileKind


@pytest.mark.parametrize(
    ("content", "head"),
    [
        (b"plain", "plain"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("weit".encode("utf-16"), "weit"),
        ("without a mark".encode("utf-16-le"), "without a mark"),
        ("without a mark".encode("utf-16-be"), "without a mark"),
        ("四".encode("utf-32"), "四"),
        ("größer".encode("latin-1"), "gr\ufffd\ufffder"),
        (b"tab\tand\x0cpage", "tab\tand\x0cpage"),
        (b"bin\x00ary", None),
        (b"bin\x01ary", None),
    ],
)
def test_a_text_is_read_in_its_charset(content: bytes, head: str | None) -> None:
    assert read_head(content) == head


@pytest.mark.parametrize(
    ("text", "ending", "kind"),
    [
        ("Dear all,", "", FileKind.TEXT),
        ("Dear all,", "txt", FileKind.TEXT),
        ("  <!DOCTYPE html><p>", "txt", FileKind.HTML),
        ("<!-- saved --><html>", "", FileKind.HTML),
        ("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", "", FileKind.HTML),
        ("<script>alert(1)</script>", "", FileKind.HTML),
        ("<a@b.example> wrote:", "", FileKind.TEXT),
        ("<blink>", "", FileKind.TEXT),
        ("<blink>", "html", FileKind.HTML),
        ("<?xml version='1.0'?><!-- drawn --><svg>", "", FileKind.SVG),
        ("<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg:svg>", "", FileKind.SVG),
        ("<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument>", "", FileKind.OFFICE_XML),
        ("<?xml version='1.0'?><note>", "", FileKind.XML),
        ("<?xml version='1.0'?><persistedQuery>", "", FileKind.INTERNET_SHORTCUT),
        ("<?xml version='1.0'?><job id='a'><script>", "", FileKind.SCRIPT),
        ("<?xml version='1.0'?><plist><dict><key>URL</key>", "", FileKind.INTERNET_SHORTCUT),
        ("<?xml version='1.0'?><plist><dict><key>a</key>", "", FileKind.XML),
        ("#!/bin/sh\n", "txt", FileKind.SCRIPT),
        ("@echo off\r\n", "", FileKind.SCRIPT),
        ("echo hello", "bat", FileKind.SCRIPT),
        ("<html>", "hta", FileKind.SCRIPT),
        ("[InternetShortcut]\r\nURL=x", "txt", FileKind.INTERNET_SHORTCUT),
        ("Windows Registry Editor Version 5.00", "txt", FileKind.REGISTRY),
        ("ID;PWXL;N;E", "csv", FileKind.SPREADSHEET_LINK),
        ("WEB\r\n1\r\nhttp://a.example", "", FileKind.SPREADSHEET_LINK),
        ("a,b,c", "csv", FileKind.CSV),
        ("<table><tr>", "csv", FileKind.HTML),
        ("BEGIN:VCALENDAR", "", FileKind.CALENDAR),
        ("BEGIN:VCARD", "", FileKind.CONTACT),
        ("-----BEGIN PGP MESSAGE-----", "", FileKind.PGP),
        ("-----BEGIN CERTIFICATE-----", "", FileKind.CERTIFICATE),
        ("From: a@b.example\nTo: c@d.example\n\nText", "", FileKind.MAIL),
        ("From a@b.example Mon\nSubject: x\n\nText", "", FileKind.MAIL),
        ("From: here on we walk.\n\nText", "", FileKind.TEXT),
        ("From: <Saved by Blink>\nContent-Type: multipart/related\n\nText", "", FileKind.MHTML),
        ("MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n", "eml", FileKind.MAIL),
        ("{\\rtf1", "", FileKind.RTF),
    ],
)
def test_a_text_is_known_by_its_beginning_and_its_name(text: str, ending: str, kind: FileKind) -> None:
    assert detect_text_kind(text, ending) is kind


def test_some_names_decide_whatever_the_text_is() -> None:
    assert [detect_by_name(ending) for ending in ("csv", "eml", "ics", "txt", "html", "")] == [
        FileKind.CSV, FileKind.MAIL, FileKind.CALENDAR, None, None, None,
    ]  # fmt: skip


def test_the_text_in_front_of_other_bytes_is_given() -> None:
    assert read_lead(b"<html>\x00\x01text") == "<html>"
    assert read_lead(b"\x00text") == ""
    assert read_lead(b"only text") == ""


@given(st.text(max_size=300), st.sampled_from(["", "txt", "html", "js", "csv"]))
def test_any_text_has_a_kind(text: str, ending: str) -> None:
    assert detect_text_kind(text, ending) in FileKind


def test_a_prolog_without_end_is_read_in_linear_time() -> None:
    for unit in ("<!--", "<?x ", "<!doctype a[", " \n", "<!-- -->", "<"):
        assert detect_text_kind(unit * 1_000, "") in FileKind


@pytest.mark.parametrize(
    ("text", "is_page"),
    [
        ('<?xml version="1.0"?><r xmlns:h="http://www.w3.org/1999/xhtml"><h:script>go()</h:script></r>', True),
        ('<?xml version="1.0"?><r>' + "<i/>" * 9_000 + '<form xmlns="http://www.w3.org/1999/xhtml"/></r>', True),
        ('<?xml version="1.0"?><r xmlns:s="http://www.w3.org/2000/svg"><s:rect onclick="go()"/></r>', True),
        ('<?xml version="1.0"?><r xmlns="http://www.w3.org/&#49;999/xhtml"><script/></r>', True),
        ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "&#60;h:script>">]><r>&a;</r>', True),
        ('<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#a"?><r><form/></r>', True),
        ('<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="bill.xsl"?><r><form>A7</form></r>', False),
        ('<?xml version="1.0"?><r xmlns="http://www.w3.org/1999/xhtml"><p>Boards</p></r>', False),
        ('<?xml version="1.0"?><bill xmlns="urn:bill"><form>A7</form><script>no</script></bill>', False),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_xml_that_a_browser_shows_as_a_page_is_told_apart(text: str, charset: str, *, is_page: bool) -> None:
    assert is_page_in_xml(text.encode(charset)) is is_page


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"%PDF-1.7\nobj\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n", 13),
        (b"mime-version : 1.0\r\nX-A: b\r\ncontent-type:\r\n Multipart/Related", 0),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n" + b"x" * 3_000 + b"\nContent-Type: multipart/related", -1),
        (b"see MIME-Version: 1.0\nContent-Type: multipart/related", -1),
        (b"MIME-Version: 1.0\n" * 100_000, -1),
    ],
)
def test_a_saved_page_is_found_where_word_finds_it(content: bytes, start: int) -> None:
    assert find_saved_page(content) == start
