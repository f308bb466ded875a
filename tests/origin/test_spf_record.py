from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.proof import AuthResult
from gatepost.origin.spf_macros import SpfPermError
from gatepost.origin.spf_record import (
    MAX_QUOTED_CHARS,
    MAX_RECORD_BYTES,
    MatchAll,
    MatchExchange,
    MatchExists,
    MatchHost,
    MatchInclude,
    MatchNetwork,
    MatchPointer,
    Mechanism,
    SpfRecord,
    choose_record,
    parse_record,
)

WORDS = [
    "v=spf1",
    " ",
    "a",
    "mx",
    ":",
    "/",
    "//",
    "24",
    "ip4",
    "ip6",
    "1.2.3.4",
    "::1",
    "include",
    "all",
    "-",
    "~",
    "?",
]
WORDS += ["exp=", "redirect=", "x=", "%{d}", "%", "example.com", "ptr", "exists", "\xff", "\0", "=", "033", "0"]
RECORDS = st.one_of(
    st.binary(max_size=80),
    st.binary(max_size=80).map(lambda tail: b"v=spf1 " + tail),
    st.lists(st.sampled_from(WORDS), max_size=20).map(lambda words: "".join(["v=spf1 ", *words]).encode("latin-1")),
)


@pytest.mark.parametrize(
    ("term", "mechanism"),
    [
        (b"all", MatchAll()),
        (b"ALL", MatchAll()),
        (b"ip4:192.0.2.77/24", MatchNetwork(IPv4Network("192.0.2.0/24"))),
        (b"ip4:192.0.2.77", MatchNetwork(IPv4Network("192.0.2.77/32"))),
        (b"ip6:2001:DB8::1/32", MatchNetwork(IPv6Network("2001:db8::/32"))),
        (b"ip6:::", MatchNetwork(IPv6Network("::/128"))),
        (b"a", MatchHost(None, 32, 128)),
        (b"a/24", MatchHost(None, 24, 128)),
        (b"a//64", MatchHost(None, 32, 64)),
        (b"A:b.example/0//0", MatchHost(("b.example",), 0, 0)),
        (b"mx:b.example//64", MatchExchange(("b.example",), 32, 64)),
        (b"ptr", MatchPointer(None)),
        (b"ptr:b.example", MatchPointer(("b.example",))),
        (b"include:b.example", MatchInclude(("b.example",))),
        (b"exists:b.example", MatchExists(("b.example",))),
    ],
)
def test_each_mechanism_is_read_with_all_its_parts(term: bytes, mechanism: Mechanism) -> None:
    (directive,) = parse_record(b"v=spf1 " + term).directives
    assert directive.mechanism == mechanism


@pytest.mark.parametrize(
    "term",
    [
        *(b"all:x.example", b"all/8", b"moo", b"-", b"--all", b"a:", b"a/", b"a/33", b"a//129", b"a/032", b"a/24/64"),
        *(b"a:b.example/", b"a:b.example:80", b"mx:", b"ptr/24", b"ptr:", b"include", b"include:", b"exists"),
        *(
            b"include:b.example/24",
            b"ip4",
            b"ip4:",
            b"ip4:1.2.3",
            b"ip4:1.2.3.04",
            b"ip4:1.2.3.4/33",
            b"ip4:1.2.3.4//32",
        ),
        *(
            b"ip4:::1",
            b"ip6:1.2.3.4",
            b"ip6:::1/129",
            b"ip6:fe80::1%eth0",
            b"ip4:1.2.3.4/255.255.255.0",
            b"ip4=1.2.3.4%",
        ),
        *(b"redirect=", b"exp=", b"exp=com", b"redirect:b.example", b"1x=y", b"=y", b"-x=y", b"x=%{d"),
        *(b"redirect=a.example redirect=a.example", b"exp=a.example EXP=b.example"),
        *(b"a\tall", b"a\x00", b"a\r\n", b"\xc3\xa9", b"a:b\xa0.example"),
    ],
)
@pytest.mark.parametrize("ahead", [b"v=spf1 ", b"v=spf1 +all "])
def test_a_fault_anywhere_spoils_the_whole_record(ahead: bytes, term: bytes) -> None:
    with pytest.raises(SpfPermError):
        parse_record(ahead + term)


def test_qualifiers_say_the_result() -> None:
    results = [directive.result for directive in parse_record(b"v=spf1 a +a -a ~a ?a").directives]
    assert results == [AuthResult.PASS, AuthResult.PASS, AuthResult.FAIL, AuthResult.SOFTFAIL, AuthResult.NEUTRAL]


def test_modifiers_may_stand_anywhere_and_unknown_ones_are_ignored() -> None:
    record = parse_record(b"V=SPF1  Redirect=a.example x.y-z_=%{d}/:  exp=b.example a ")
    assert (record.redirect, record.explanation, len(record.directives)) == (("a.example",), ("b.example",), 1)


def test_a_record_may_be_empty() -> None:
    assert parse_record(b"v=spf1") == parse_record(b"v=spf1  ") == SpfRecord()


def test_a_record_beyond_measure_is_an_error() -> None:
    assert parse_record(b"v=spf1".ljust(MAX_RECORD_BYTES)) == SpfRecord()
    with pytest.raises(SpfPermError, match="longer"):
        parse_record(b"v=spf1".ljust(MAX_RECORD_BYTES + 1))


def test_a_reason_quotes_only_the_beginning_of_a_term() -> None:
    with pytest.raises(SpfPermError) as caught:
        parse_record(b"v=spf1 \x1b[31m" + b"x" * 500)
    assert len(caught.value.public) < 2 * MAX_QUOTED_CHARS + 20
    assert caught.value.public.isprintable()


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        ([], None),
        ([b"v=spf10", b"v=spf1mx", b" v=spf1", b"\xffv=spf1", b"spf2.0/pra", b"v=spf1\x00"], None),
        ([b"hello", b"v=SPF1 -all"], b"v=SPF1 -all"),
        ([b"v=spf1"], b"v=spf1"),
    ],
)
def test_only_what_begins_with_the_whole_version_is_a_record(texts: list[bytes], chosen: bytes | None) -> None:
    assert choose_record(texts) == chosen


def test_two_records_are_an_error_even_when_equal() -> None:
    with pytest.raises(SpfPermError):
        choose_record([b"v=spf1 -all", b"v=spf1 -all"])


@given(RECORDS)
def test_any_bytes_give_a_record_or_the_one_error(raw: bytes) -> None:
    try:
        record = parse_record(raw)
    except SpfPermError as error:
        assert error.public.isprintable()  # noqa: PT017 - either outcome is right
        return
    assert len(record.directives) <= raw.count(b" ")
