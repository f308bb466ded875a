import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.origin.author import MAX_FROM_BYTES, Author, NoAuthor, find_author
from paths import SHARED, needs_shared

MOX = SHARED / "suites" / "addresses" / "mox-from.json"


def read(*values: bytes) -> Author | NoAuthor:
    head = b"".join(b"From: " + value + b"\r\n" for value in values)
    return find_author(parse_message(head + b"Subject: s\r\n\r\nbody\r\n"))


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        (b"joe@example.com", "example.com"),
        (b"<joe@EXAMPLE.com.>", "example.com"),
        (b'"Doe, Joe" <joe@example.com>', "example.com"),
        (b"=?utf-8?Q?J=C3=B6e=2C_x=40y?= <joe@example.com>", "example.com"),
        (b'"ceo@bank.example" <joe@example.com>', "example.com"),  # what is shown is for the checks to tell
        (b"Joe (a (nested) @home comment, of mail.example.com) <joe@example.com>", "example.com"),
        (b"joe@example.com (<joe@mail.example.com>)", "example.com"),
        (b"Team @ Example <joe@example.com>", "example.com"),
        (b"Team @ Example.com <joe@example.com>", "example.com"),
        (b'"A \\"quoted\\" name" <joe@example.com>', "example.com"),
        (b'"Joe" (he said "hi") <joe@example.com>', "example.com"),
        (b"Joe\r\n <joe@example.com>", "example.com"),
        (b"joe@example.com <joe@example.com>", "example.com"),
        (b'"odd local"@example.com', "example.com"),
        ("Jö <jö@bücher.example>".encode(), "xn--bcher-kva.example"),
        (b"J\xf6rg <joerg@example.com>", "example.com"),
    ],
)
def test_one_address_has_its_domain_read(value: bytes, domain: str) -> None:
    found = read(value)
    assert isinstance(found, Author)
    assert found.domain == domain


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (b"a@one.example, b@two.example", "more than one"),
        (b"a@one.example <b@two.example>", "more than one"),
        (b"<a@one.example> <b@two.example>", "more than one"),
        (b"<a@one.example>b@two.example", "more than one"),
        (b"Friends: a@one.example;", "group"),
        (b"undisclosed-recipients:;", "group"),
        (b"<@relay.example,@other.example:a@one.example>", "group or a route"),
        (b"a@one.example\x00<b@two.example>", "NUL"),
        (b"a@one.example\x0b", "control"),
        (b"a@one.example\r<b@two.example>", "bare line end"),
        (b'"Joe <a@one.example>', "does not end"),
        (b"(Joe <a@one.example>", "does not end"),
        (b"Joe) <a@one.example>", "does not end"),
        (b"a@one.example (,<b@two.example>)", "also names two.example"),
        (b"<a@one.example> (<b@two.example>)", "also names two.example"),
        (b"Joe (ceo@two.example) <a@one.example>", "also names two.example"),
        (b"Joe (a (nested (b@two.example))) <a@one.example>", "also names two.example"),
        (b"Joe (\\) b@two.example) <a@one.example>", "also names two.example"),
        (b"(=?utf-8?Q?b=40two.example?=) a@one.example", "also names two.example"),
        (b"(=?utf-8?B?YkB0d28uZXhhbXBsZQ==?=) a@one.example", "also names two.example"),
        (b'"a\\" <b@two.example>, \\"" <a@one.example>', "also names two.example"),
        (b'(") "b@two.example" (") <a@one.example>', "also names two.example"),
        (b"b @ two.example <a@one.example>", "also names two.example"),
        (b"b @two.example <a@one.example>", "also names two.example"),
        ("(b@bücher.example) <a@one.example>".encode(), "also names b"),
        (b'"b@two.example"@one.example', "second @"),
        (b'"b@two.example> "@one.example', "second @"),
        (b"<a@one.example(>, <@two.example)>", "malformed|alike|one address|sender"),
        (b"=?utf-8?Q?a=40one.example?=", "no address"),
        (b"<=?utf-8?Q?a=40one.example?=@two.example>", "malformed"),
        (b"Joe", "no address"),
        (b"", "no address"),
        (b"a@", "malformed"),
        (b"<a@one.example@two.example>", "malformed|more than one"),
        (b"<a b@one.example>", "malformed"),
        (b"<a@one .example>", "malformed"),
        (b"<a@[192.0.2.1]>", "malformed|IP address"),
        (b"<a@-.example>", "domain in From"),
        (b"<a@b\xfccher.example>", "UTF-8|domain"),
        ("<a\u202e@one.example>".encode(), "malformed"),
        (b"a" * MAX_FROM_BYTES + b"@one.example", "longer"),
    ],
)
def test_what_two_readers_may_read_differently_has_no_author(value: bytes, word: str) -> None:
    found = read(value)
    assert isinstance(found, NoAuthor), found
    assert any(part in found.reason for part in word.split("|")), found.reason


def test_a_missing_or_repeated_from_has_no_author() -> None:
    assert read() == NoAuthor("The mail has no From header.")
    assert read(b"a@one.example", b"a@one.example") == NoAuthor("The mail has 2 From headers.")
    spaced = parse_message(b"From: a@one.example\r\nFrom : b@two.example\r\n\r\n")
    assert isinstance(find_author(spaced), NoAuthor)


def test_a_from_behind_more_headers_than_are_read_is_not_overlooked() -> None:
    mail = b"From: a@one.example\r\n" + b"X: y\r\n" * 20_000 + b"From: b@two.example\r\n\r\n"
    assert isinstance(find_author(parse_message(mail)), NoAuthor)


@needs_shared
def test_the_cases_of_mox_are_read_as_mox_reads_them() -> None:
    cases = json.loads(MOX.read_text("utf-8"))
    assert len(cases) == 7
    for case in cases:
        found = find_author(parse_message(case["headers"].encode() + b"\n"))
        assert (found.address if isinstance(found, Author) else None) == case["address"], case


@given(st.binary(max_size=200) | st.text(alphabet='<>@,;:"()\\=?Qq a.\n\r\t', max_size=60).map(str.encode))
def test_any_value_gives_one_sender_or_a_reason(value: bytes) -> None:
    found = read(value)
    assert found.domain.isascii() if isinstance(found, Author) else found.reason


def test_a_hostile_from_is_read_in_linear_time() -> None:
    started_s = time.process_time()
    for piece in (b"(", b'"', b"=?u?q?", b"<", b"a@", b"\\", b"=", b"()", b'"" ', b"a@<", b",a", b"a"):
        read(piece * (MAX_FROM_BYTES // len(piece) - 10) + b"<a@one.example>")
    assert time.process_time() - started_s < 0.5
