import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.authres import (
    MAX_HEADER_BYTES,
    AuthenticationResults,
    MethodResult,
    build_authentication_results,
    parse_authentication_results,
)
from paths import SHARED, needs_shared

SUITE = SHARED / "suites" / "authentication-results"
HOST = Domain.parse("mx.example")


def parse(value: bytes) -> AuthenticationResults:
    parsed = parse_authentication_results(value)
    assert parsed is not None
    return parsed


def test_results_are_read_with_comments_folding_and_quotes() -> None:
    parsed = parse(
        b' (c (nested)) mx.example (v) 1 ; spf=pass (a;b) reason="all; \\"well\\""\r\n\tsmtp.mailfrom=joe@example.com;'
        b' DKIM/1=Fail header . d = example.com header.i=@example.com header.b="a/b+c"'
    )
    assert parsed.identity == "mx.example"
    assert parsed.results == (
        MethodResult("spf", "pass", 'all; "well"', (("smtp.mailfrom", "joe@example.com"),)),
        MethodResult(
            "dkim", "fail", "", (("header.d", "example.com"), ("header.i", "@example.com"), ("header.b", "a/b+c"))
        ),
    )
    assert parsed.unreadable_count == 0


@pytest.mark.parametrize("value", [b"", b";", b" spf=pass", b"a/b; spf=pass", b'"a; x=y', b"(a; x=y", b"a b c; x=y"])
def test_a_header_that_does_not_say_who_speaks_is_nothing(value: bytes) -> None:
    assert parse_authentication_results(value) is None


@pytest.mark.parametrize(
    "result", [b"spf", b"spf=", b"=pass", b"dkim/2=pass", b"dkim=pass header.b=/d5r", b"dkim=pass x"]
)
def test_a_result_that_cannot_be_read_proves_nothing(result: bytes) -> None:
    parsed = parse(b"mx.example; " + result + b"; spf=fail")
    assert [each.method for each in parsed.results] == ["spf"]
    assert parsed.unreadable_count == 1


def test_none_says_that_nothing_was_asked() -> None:
    assert parse(b"mx.example; none") == AuthenticationResults("mx.example")
    assert build_authentication_results(Proof(), HOST, "") == b"Authentication-Results: mx.example; none\r\n"


def test_what_is_written_is_read_again() -> None:
    proof = Proof(
        AuthResult.PASS,
        AuthResult.FAIL,
        AuthResult.FAIL,
        AuthResult.NONE,
        (SpfProof(AuthResult.PASS, "mailfrom", "example.com"), SpfProof(AuthResult.NONE, "helo", "mx.example.com")),
        (DkimProof(AuthResult.FAIL, "example.com", "s1", "@example.com", "rsa-sha256", 'the body "changed"'),),
        DmarcProof(AuthResult.FAIL, "example.org", "reject", reason="Nothing is proven."),
    )
    written = build_authentication_results(proof, HOST, "joe@example.com")
    parsed = parse(written.partition(b":")[2])
    assert parsed.unreadable_count == 0
    assert parsed.results == (
        MethodResult("spf", "pass", "", (("smtp.mailfrom", "joe@example.com"),)),
        MethodResult("spf", "none", "", (("smtp.helo", "mx.example.com"),)),
        MethodResult(
            *("dkim", "fail", 'the body "changed"'),
            (
                *(("header.d", "example.com"), ("header.i", "@example.com")),
                *(("header.s", "s1"), ("header.a", "rsa-sha256")),
            ),
        ),
        MethodResult(
            "dmarc", "fail", "Nothing is proven.", (("header.from", "example.org"), ("policy.dmarc", "reject"))
        ),
        MethodResult("arc", "none"),
    )


def test_standards_without_details_are_told_in_one_word() -> None:
    written = build_authentication_results(Proof(AuthResult.PASS, AuthResult.NONE, AuthResult.FAIL), HOST, "")
    told = [(each.method, each.result) for each in parse(written.partition(b":")[2]).results]
    assert told == [("spf", "pass"), ("dkim", "none"), ("dmarc", "fail")]


@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=80))
def test_no_name_that_a_stranger_chose_adds_a_result_or_a_line(reason: str, name: str, sender: str) -> None:
    proof = Proof(
        spf_details=(SpfProof(AuthResult.FAIL, "mailfrom", name, reason),),
        dkim_details=(DkimProof(AuthResult.FAIL, name, name, sender, name, reason),),
    )
    written = build_authentication_results(proof, HOST, sender)
    (header,) = parse_message(written + b"\r\nbody").headers
    assert max(map(len, written.splitlines())) < 998
    parsed = parse(header.value)
    assert [(each.method, each.result) for each in parsed.results] == [("spf", "fail"), ("dkim", "fail")]


@needs_shared
def test_the_samples_of_dkim_verifier_are_read() -> None:
    files = sorted(SUITE.glob("*.eml"))
    assert len(files) == 22
    for file in files:
        for header in parse_message(file.read_bytes()).all_headers("authentication-results"):
            parsed = parse_authentication_results(header.value)
            if b"example/net" in header.value or header.value.split()[0].startswith(b"dkim="):
                assert parsed is None, file.name
            else:
                assert parsed is not None, file.name
                assert parsed.unreadable_count == header.value.count(b"header.b=/"), file.name


@given(st.binary(max_size=300) | st.text(alphabet='ab.=;/@"()\\ 1\r\n', max_size=80).map(str.encode))
def test_any_bytes_are_a_header_or_nothing(value: bytes) -> None:
    parsed = parse_authentication_results(value)
    assert parsed is None or parsed.identity or b'""' in value


def test_a_hostile_header_is_read_in_linear_time() -> None:
    for piece in (b"(", b'"', b";", b"a", b"a=b ", b"a.b=c ", b"a@", b'"" ', b"()", b"\\"):
        parse_authentication_results((b"x; a=b " + piece * MAX_HEADER_BYTES)[:MAX_HEADER_BYTES])
    assert parse_authentication_results(b"x" * (MAX_HEADER_BYTES + 1)) is None


def test_the_action_that_microsoft_tells_without_its_type_hides_nothing() -> None:
    value = b"i=1; mx.microsoft.example 1; dmarc=pass action=none header.from=bank.example"
    told = parse_authentication_results(value.partition(b"; ")[2])
    assert told is not None
    assert told.results == (MethodResult("dmarc", "pass", "", (("header.from", "bank.example"),)),)
