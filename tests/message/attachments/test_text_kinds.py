"""Kinds of text, by their beginning and their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.text_kinds import detect_by_name, detect_text_kind, read_head, read_lead
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
