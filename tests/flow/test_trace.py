"""Our headers stand in front; forged ones are cut; every other byte stays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.flow.trace import build_action_header, build_cleaned_header, build_trace, clean_word
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.cleaning import Cleaning, RemovedPart
from gatepost.model.envelope import Arrival
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import AuthResult, Proof
from gatepost.model.splice import apply_splices
from gatepost.model.verdict import Action, Decision
from store_builders import build_arrival, build_verdict

HOST = Domain.parse("mx.example.org")


def trace(arrival: Arrival, proof: Proof | None = None) -> bytes:
    verdict = build_verdict(arrival)
    if proof is not None:
        verdict = replace(verdict, screening=replace(verdict.screening, proof=proof))
    return apply_splices(arrival.raw, build_trace(arrival, verdict, HOST))


def test_received_tells_who_from_where_and_for_whom() -> None:
    head = trace(build_arrival("7" * 32)).split(b"Authentication-Results")[0]
    assert head == (
        b"Received: from client.example ([192.0.2.1])\r\n\tby mx.example.org with ESMTP id " + b"7" * 32 + b"\r\n"
        b"\tfor <you@example.org>;\r\n\tFri, 02 Jan 2026 03:04:05 +0000\r\n"
    )


def test_recipients_are_not_named_to_each_other() -> None:
    assert b"for <" not in trace(build_arrival("1" * 32, "a@example.org", "b@example.org"))


def test_authentication_results_name_only_what_was_asked() -> None:
    assert b"Authentication-Results: mx.example.org; none\r\n" in trace(build_arrival())
    proof = Proof(spf=AuthResult.PASS, dkim=AuthResult.FAIL)
    assert b"Authentication-Results: mx.example.org;\r\n\tspf=pass;\r\n\tdkim=fail\r\n" in trace(build_arrival(), proof)


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: mx.example.org; spf=pass\r\n",
        b"authentication-RESULTS:\r\n\tMX.Example.Org ; dkim=pass\r\n",
        b"Authentication-Results: (a (nested) comment) mx.example.org 1; dmarc=pass\r\n",
        b'Authentication-Results: "mx.example.org"; spf=pass\r\n',
        b"Authentication-Results: mx.example.org.; spf=pass\r\n",
        b"Authentication-Results: ; spf=pass\r\n",
        b'Authentication-Results: "mx\\.example.org"; spf=pass\r\n',
        b"Authentication-Results: (a \\) b) mx.example.org; spf=pass\r\n",
        b"Authentication-Results: (;) mx.example.org; spf=pass\r\n",
        b"Authentication-Results: (never closed; spf=pass\r\n",
        b"Authentication-Results : mx.example.org; spf=pass\r\n",
        b"X-Gatepost-Stray: x\r\n",
        b"X-Gatepost-Verdict: score=0.000; nothing found\r\n",
        b"X-Gatepost-Action: flag; trust me\r\n",
    ],
)
def test_forged_headers_with_our_identity_are_cut(forged: bytes) -> None:
    raw = b"From: a@example.com\r\n" + forged + b"Subject: x\r\n\r\nbody\r\n"
    assert trace(build_arrival(raw=raw)).endswith(b"From: a@example.com\r\nSubject: x\r\n\r\nbody\r\n")


def test_our_name_in_letters_of_another_script_is_ours() -> None:
    raw = "Authentication-Results: mx.Bücher.example; spf=pass\r\n\r\n".encode()
    arrival = build_arrival(raw=raw)
    host = Domain.parse("mx.xn--bcher-kva.example")
    assert apply_splices(raw, build_trace(arrival, build_verdict(arrival), host)).endswith(b"nothing found\r\n\r\n")


@pytest.mark.parametrize(
    "before",
    [b"A: b\r\n" * 20_000, b"no colon\r\n", b"no colon\r\nnor here\r\n", b"--b\r\n", b"From x\r\n", b": x\r\n"],
    ids=["many", "junk", "more junk", "boundary", "mbox", "no name"],
)
def test_forged_headers_are_cut_even_where_our_parser_sees_none(before: bytes) -> None:
    """Another reader may still find a header there, and believe what it says in our name."""
    raw = before + b"Authentication-Results: mx.example.org; spf=pass\r\nSubject: x\r\n\r\nbody\r\n"
    delivered = trace(build_arrival(raw=raw))
    assert delivered.count(b"spf=pass") == 0
    assert delivered.endswith(before + b"Subject: x\r\n\r\nbody\r\n")


@pytest.mark.parametrize("first_line", [b" ; spf=pass; dmarc=pass\r\n", b"\tmx.example.org; spf=pass\r\n", b" \r\n"])
def test_the_first_line_of_a_mail_cannot_go_on_with_our_headers(first_line: bytes) -> None:
    """A blank at its start made it the end of our Authentication-Results, in the sender's words."""
    raw = first_line + b"Subject: x\r\n\r\nbody\r\n"
    arrival = build_arrival(raw=raw)
    verdict = build_verdict(arrival)
    unjudged = replace(verdict, screening=replace(verdict.screening, was_judged=False))
    for each in (verdict, unjudged):
        delivered = apply_splices(raw, build_trace(arrival, each, HOST))
        assert delivered.endswith(raw)
        told = {header.name: header.value for header in parse_message(delivered).headers}
        assert told["authentication-results"].strip() == b"mx.example.org; none"
        assert b"pass" not in told.get("x-gatepost-verdict", b"")


HEAD_PIECES = st.sampled_from(
    [
        b"Authentication-Results", b"authentication-results", b"X-Gatepost-Verdict", b"Subject", b":", b" :", b": ",
        b"mx.example.org", b"MX.example.ORG.", b"mx.example.net", b'"', b"(", b")", b"\\", b";", b" spf=pass", b"\t",
        b"\r\n", b"\r\n ", b"\r\n\r\n", b"x",
    ]
)  # fmt: skip


@given(st.lists(HEAD_PIECES, max_size=25).map(b"".join))
def test_whatever_the_head_is_made_of_nothing_in_it_speaks_in_our_name(head: bytes) -> None:
    raw = head + b"\r\n\r\nbody\r\n"
    headers = parse_message(trace(build_arrival(raw=raw))).headers
    ours = [header for header in headers if header.name in ("authentication-results", "x-gatepost-verdict")]
    assert [header.name for header in ours[:2]] == ["authentication-results", "x-gatepost-verdict"]
    for other in ours[2:]:
        assert other.name == "authentication-results"
        assert other.value.lower().split(b";")[0].strip().rstrip(b".") not in (b"", b"mx.example.org")


def test_results_of_other_hosts_stay() -> None:
    raw = b"Authentication-Results: mx.example.net; spf=pass\r\n\r\nX-Gatepost-Verdict: in the body\r\n"
    assert trace(build_arrival(raw=raw)).endswith(raw)


@given(st.binary(max_size=300))
def test_the_original_bytes_are_never_changed_unless_forged(body: bytes) -> None:
    raw = b"From: a@example.com\r\n\r\n" + body
    assert trace(build_arrival(raw=raw)).endswith(raw)


@given(st.text(max_size=50))
def test_no_helo_breaks_out_of_its_header(helo: str) -> None:
    arrival = build_arrival()
    arrival = replace(arrival, envelope=replace(arrival.envelope, helo=helo))
    names = [header.name for header in parse_message(trace(arrival)).headers]
    assert names == ["received", "authentication-results", "x-gatepost-verdict", "subject"]


@given(st.text())
def test_a_cleaned_word_is_one_word(text: str) -> None:
    assert len(clean_word(text).split()) <= 1


@given(st.text(max_size=400) | st.text("ab?", min_size=1000, max_size=1200))
def test_the_reason_of_a_flag_stays_in_its_header(says: str) -> None:
    header = build_action_header(Decision(None, Action.FLAG, "rule", says, ""))
    assert header.isascii()  # a next hop may take no more than that
    assert max(map(len, header.split(b"\r\n"))) <= 998
    assert [each.name for each in parse_message(header + b"\r\n").headers] == ["x-gatepost-action"]


@given(st.text(max_size=2000), st.text(max_size=20))
def test_what_was_taken_out_is_told_in_a_header_that_stays_one(name: str, kind: str) -> None:
    part = RemovedPart("1.2", name, kind, 1, "", (), "", "")
    header = build_cleaned_header(Cleaning((), (part, part)))
    assert header.isascii()
    assert max(map(len, header.split(b"\r\n"))) <= 998
    message = parse_message(header + b"\r\n")
    assert [field.name for field in message.headers] == ["x-gatepost-cleaned"]
    assert message.header_text("x-gatepost-cleaned").startswith("2 taken out: ")


def test_a_cleaned_mail_says_so_where_a_flagged_one_does() -> None:
    header = build_action_header(Decision(None, Action.CLEAN, "rule", "It runs.", ""))
    assert header == b"X-Gatepost-Action: clean; It runs.\r\n"
    assert build_action_header(Decision(None, Action.DELIVER, "rule", "It runs.", "")) == b""


def test_the_findings_are_listed_by_code() -> None:
    arrival = build_arrival()
    verdict = build_verdict(arrival)
    findings = (
        Finding("link_mismatch.host", Severity.DANGER, "a", "b"),
        Finding("html_form.password", Severity.ODD, "", ""),
    )
    verdict = replace(verdict, screening=replace(verdict.screening, findings=findings, score=0.875))
    head = apply_splices(arrival.raw, build_trace(arrival, verdict, HOST))
    assert b"X-Gatepost-Verdict: score=0.875; link_mismatch.host, html_form.password\r\n" in head


@pytest.mark.parametrize("line", [b"From boss@bank.example Fri Jan  2 03:04:05 2026\r\n", b">From boss\r\n"])
def test_a_mailbox_s_line_in_front_becomes_a_header_so_that_nobody_ends_the_header_there(line: bytes) -> None:
    raw = line + b"From: a@example.com\r\n\r\nbody\r\n"
    traced = trace(build_arrival(raw=raw))
    assert b"\r\nX-Mailbox-Line: " + raw in traced
    assert parse_message(traced).from_[0].address == "a@example.com"


def test_a_from_header_with_a_blank_before_its_colon_is_no_mailbox_s_line() -> None:
    assert b"X-Mailbox-Line" not in trace(build_arrival(raw=b"From : a@example.com\r\n\r\nbody\r\n"))
