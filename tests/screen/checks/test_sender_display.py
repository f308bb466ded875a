"""Beyond the corpus cases: the ways in which a sender is written to be read in two ways."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks import sender_display
from screen_cases import find, find_codes, write_mail

CHECK = "sender_display"
PIECES = st.sampled_from(
    [
        *(
            "=?utf-8?q?",
            "=?utf-16?b?",
            "?=",
            "=00",
            "=",
            "?",
            "AAAA",
            "<",
            ">",
            "(",
            ")",
            '"',
            "\\",
            ",",
            ":",
            ";",
            "@",
        ),
        *("a@b.example", "x", " ", "\r\n ", "\n ", "\r", "\0", "\u202e", "\u200b", "\u00a0", "%", "!", "\udcff", "é"),
    ]
)


@pytest.mark.parametrize(
    ("sender", "codes"),
    [
        ("Ann <ann@woodwork.example>", []),
        ("ann@woodwork.example", []),
        ("<ann@woodwork.example>", []),
        ("", []),
        ("Ann <ann@woodwork.example>, Bo <bo@tea-house.example>", []),
        ('"a: b" <ann@woodwork.example>', []),
        ('"Ann <bo@woodwork.example>" <ann@woodwork.example>', []),
        ("=?utf-16?b?/v8AQQBu?= <ann@woodwork.example>", []),  # every other byte is NUL in this charset
        ("=?utf-8?b?YWQAbQ==?= <x@evil.example>", ["control"]),
        ("=?utf-8?q?a=0D=0A?= <x@evil.example>", []),  # a line end in a name is shown as a blank by all
        ("Ad\x7fmin <x@evil.example>", ["control"]),
        ("Admin\r <x@evil.example>", ["control"]),
        ("=?utf-8?q?=3Cadmin=40bank.example=3E?=\r\n <x@evil.example>", []),  # display_name_spoof tells this
        ("<=?utf-8?q?admin=40bank.example?=>", ["encoded_address"]),
        ("Ann <x@evil.example> (=?utf-8?q?admin=40bank.example?=)", ["comment"]),
        ("Ann <x@evil.example> (at work)", []),
        ("undisclosed:;", []),
        ("undisclosed: x@evil.example;", ["group"]),
        ("<<admin@bank.example>x@evil.example>", ["brackets"]),
        ("Ann <ann@woodwork.example>>", ["brackets"]),
        ("<bank.example!admin@evil.example>", ["route"]),
        ("<100%sure@woodwork.example>", []),
        ('"ann@woodwork.example"@mail.woodwork.example', []),
        ("l" * 64 + "@woodwork.example", []),
        ("l" * 65 + "@evil.example", ["long_local_part"]),
        (f'"Admin{" " * 30}" <x@evil.example>', ["padded"]),
        ("Admin\u2066 <x@evil.example>", ["direction"]),
        ("\u05e9\u05dc\u05d5\u05dd\u200f <x@woodwork.example>", []),
        ("\u05e9\u05dc\u05d5\u05dd\u202e <x@evil.example>", ["direction"]),
        ("\u05e9\u05dc\u05d5\u05dd <x\u200f@evil.example>", ["direction"]),
        ("Ad\u200bmin <x@evil.example>", ["invisible"]),
        ("Ann \U0001f469\u200d\U0001f4bb <ann@woodwork.example>", []),
        ("<ad\u00admin@evil.example>", ["invisible"]),
    ],
)
def test_each_way_of_writing_a_sender_is_told_once(sender: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(sender=sender)) == codes


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ("From\x00: admin@bank.example\r\n", ["almost_from"]),
        ("\x0bFrom: admin@bank.example\r\n", ["almost_from"]),
        ("FROM\u00a0: admin@bank.example\r\n", ["almost_from"]),
        ("X-From: admin@bank.example\r\n", []),
        ("DKIM-Signature: h=\r\n\tFrom:Subject; b=x\r\n", []),
        ("Subject: about\r\n From: you\r\n", []),
        ("Reply-To: ann@woodwork.example\r\nReply-To: x@evil.example\r\n", ["repeated"]),
        ("X: here\nY: there\r\n", []),  # a bare LF elsewhere
    ],
)
def test_lines_that_some_programs_take_for_from_are_told(head: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(head=head)) == codes


def test_a_folded_from_in_the_first_line_is_told() -> None:
    assert find_codes(CHECK, b" From: admin@bank.example\r\n" + write_mail()) == ["almost_from"]


def test_a_mail_with_unix_line_ends_throughout_is_ordinary() -> None:
    assert find_codes(CHECK, write_mail().replace(b"\r\n", b"\n")) == []


def test_the_text_of_a_mail_may_speak_of_from() -> None:
    assert find_codes(CHECK, write_mail("--From: you--\r\n>From: me\r\n")) == []


def test_who_is_shown_in_place_of_from_is_named() -> None:
    (finding,) = find(CHECK, b"Reply-To: Admin <admin@bank.example>\r\n\r\nhello\r\n")
    assert finding.code == "sender_display.instead_of_from"
    assert "admin@bank.example" in finding.says


def test_the_evidence_points_at_the_header() -> None:
    mail = write_mail(sender='"admin@bank.example"@evil.example')
    (finding,) = find(CHECK, mail)
    (evidence,) = finding.evidence
    assert evidence.span is not None
    assert mail[evidence.span.start : evidence.span.end] == b'From: "admin@bank.example"@evil.example\r\n'


@given(st.lists(PIECES, max_size=40))
def test_whatever_stands_in_from_is_looked_at_without_breaking(pieces: list[str]) -> None:
    known = {kind.code for kind in sender_display.KINDS}
    assert {finding.code for finding in find(CHECK, write_mail(sender="".join(pieces)))} <= known


@pytest.mark.parametrize(
    "piece", ["(", "<", '"', "=?", "=?a?q?", "a.", "a@", "a!", "a%", "\u00a0", "\\", ">;", ":", "a b "]
)
def test_a_huge_sender_takes_no_long_time(piece: str) -> None:
    mail = write_mail(sender=piece * (200_000 // len(piece)))
    start = time.process_time()
    find(CHECK, mail)
    assert time.process_time() - start < 2
