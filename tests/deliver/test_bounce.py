"""Who is told that a mail was lost, and what the notice says."""

import email.parser
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.deliver.bounce import MAX_RETURNED_HEADER_BYTES, Failure, build_bounce, find_bounce_obstacle
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.wire.smtp.client import has_bare_line_end

SENDER = Address.parse("joe@sender.example")
LOST = Address.parse("b@example.org")
PROVEN = Proof(spf=AuthResult.PASS)
RAW = b"From: joe@sender.example\r\nSubject: secret\r\nMessage-ID: <1@sender.example>\r\n\r\nbody text\r\n"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MAIL_ID = "0" * 32


def obstacle(
    raw: bytes = RAW, sender: Address | None = SENDER, proof: Proof = PROVEN, *, local: bool = False
) -> str | None:
    envelope = Envelope(sender, (LOST,), "192.0.2.1", "h", "ESMTP")
    return find_bounce_obstacle(envelope, proof, raw, sender_is_local=local)


def bounce(*failures: Failure, raw: bytes = RAW, sender: Address = SENDER) -> bytes:
    told = failures or (Failure(LOST, "5.1.1", "10.0.0.5:25 said: 550 5.1.1 no such user (in reply to RCPT TO)"),)
    return build_bounce(raw, sender, told, Domain.parse("gate.example"), MAIL_ID, NOW)


def parse(raw: bytes) -> email.message.EmailMessage:
    parsed = email.parser.BytesParser(policy=email.policy.default).parsebytes(raw)
    assert isinstance(parsed, email.message.EmailMessage)
    return parsed


def status_of(raw: bytes) -> list[email.message.Message]:
    payload = list(parse(raw).iter_parts())[1].get_payload()
    assert isinstance(payload, list)
    return [block for block in payload if isinstance(block, email.message.Message)]


def test_a_proven_sender_is_told() -> None:
    assert obstacle() is None


def test_a_local_sender_is_told_without_proof() -> None:
    assert obstacle(proof=UNPROVEN, local=True) is None


@pytest.mark.parametrize("proof", [UNPROVEN, Proof(dkim=AuthResult.PASS), Proof(spf=AuthResult.SOFTFAIL)])
def test_a_sender_who_may_be_forged_is_not_told(proof: Proof) -> None:
    assert "not proven" in str(obstacle(proof=proof))


def test_nobody_is_told_about_a_notice() -> None:
    assert "null sender" in str(obstacle(sender=None, local=True))
    assert "program" in str(obstacle(sender=Address.parse("MAILER-DAEMON@sender.example"), local=True))


@pytest.mark.parametrize(
    "header",
    [b"Auto-Submitted: auto-replied", b"auto-submitted:auto-generated; x", b"Precedence: bulk", b"PRECEDENCE:  list",
     b"Precedence: junk",
     b"Content-Type: multipart/report; report-type=delivery-status", b"Content-Type:\r\n multipart/report"],
)  # fmt: skip
def test_nobody_is_told_about_automatic_mail(header: bytes) -> None:
    assert obstacle(b"From: x\r\n" + header + b"\r\n\r\nbody\r\n", local=True) is not None


@pytest.mark.parametrize(
    "raw",
    [b"Auto-Submitted: no\r\n\r\n", b"Precedence: first-class\r\n\r\n", b"X: Precedence: bulk\r\n\r\n",
     b"From: x\r\n\r\nPrecedence: bulk\r\n", b""],
)  # fmt: skip
def test_mail_that_only_looks_automatic_is_told_about(raw: bytes) -> None:
    assert obstacle(raw) is None


def test_a_notice_of_ours_is_never_answered_with_another() -> None:
    assert obstacle(bounce(), local=True) is not None


def test_the_notice_is_a_delivery_report() -> None:
    found = parse(bounce())
    assert found["To"] == "joe@sender.example"
    assert found["From"] == "Mail Delivery System <MAILER-DAEMON@gate.example>"
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert found["Message-ID"] == f"<{MAIL_ID}@gate.example>"
    assert found.get_content_type() == "multipart/report"
    assert found.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in found.iter_parts()] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers"
    ]  # fmt: skip
    assert not found.defects


def test_each_lost_recipient_has_a_block_of_its_own() -> None:
    other = Failure(Address.parse("c@example.org"), "4.4.1", "10.0.0.5:25 cannot be reached: refused")
    head, first, second = status_of(bounce(Failure(LOST, "5.2.2", "mx said: 552 5.2.2 full"), other))
    assert head["Reporting-MTA"] == "dns; gate.example"
    assert (first["Final-Recipient"], first["Action"], first["Status"]) == ("rfc822; b@example.org", "failed", "5.2.2")
    assert first["Diagnostic-Code"] == "smtp; 552 5.2.2 full"
    assert (second["Final-Recipient"], second["Status"]) == ("rfc822; c@example.org", "4.4.1")


def test_where_our_servers_stand_is_not_told() -> None:
    unreachable = Failure(LOST, "4.4.1", "10.0.0.5:25 cannot be reached: refused")
    assert b"10.0.0.5" not in bounce() + bounce(unreachable)


def test_the_explanation_is_in_english_and_chinese() -> None:
    body = parse(bounce()).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "The mailbox does not exist." in text
    assert "该邮箱不存在。" in text
    assert "<b@example.org>" in text


def test_the_header_goes_back_and_the_body_does_not() -> None:
    returned = list(parse(bounce()).iter_parts())[2].get_content()
    assert "Subject: secret" in returned
    assert b"body text" not in bounce()


def test_a_header_without_end_goes_back_shortened_at_a_line() -> None:
    raw = bounce(raw=b"X-Line: 1234567890\r\n" * 10_000)
    assert MAX_RETURNED_HEADER_BYTES < len(raw) < MAX_RETURNED_HEADER_BYTES + 4_000
    assert raw.split(b"\r\n--=_gatepost")[-2].endswith(b"X-Line: 1234567890\r\n")


def test_an_internationalised_recipient_is_written_in_ascii() -> None:
    (_, block) = status_of(bounce(Failure(Address.parse("用户@example.org"), "5.6.7", "mx takes none")))
    assert block["Final-Recipient"] == r"utf-8; \x{7528}\x{6237}@example.org"


@given(
    st.binary(max_size=400),
    st.text(max_size=100),
    st.sampled_from(['"a b"@x.org', '"a\\"b"@x.org', "a@x.org", '"--=_gatepost"@x.org']),
)
def test_nothing_of_the_mail_or_the_next_hop_breaks_out_of_its_place(header: bytes, says: str, recipient: str) -> None:
    raw = bounce(Failure(Address.parse(recipient), "5.0.0", f"mx said: {says}"), raw=header)
    assert raw.isascii()
    assert not has_bare_line_end(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert [part.get_content_type() for part in parse(raw).iter_parts()] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers"
    ]  # fmt: skip
    assert len(status_of(raw)) == 2
