"""Small mails for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime

from gatepost.model.address import Address
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.model.verdict import Action, Decision, Screening, Verdict

RECEIVED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def build_arrival(mail_id: str = "a" * 32, *recipients: str, raw: bytes = b"Subject: hi\r\n\r\nhello\r\n") -> Arrival:
    to = tuple(map(Address.parse, recipients or ("you@example.org",)))
    envelope = Envelope(Address.parse("me@example.com"), to, "192.0.2.1", "client.example", "ESMTP")
    return Arrival(mail_id, RECEIVED_AT, envelope, raw)


def build_verdict(arrival: Arrival, *actions: Action) -> Verdict:
    chosen = actions or (Action.DELIVER,) * len(arrival.envelope.recipients)
    decisions = tuple(
        Decision(recipient, action, "test", "because", "因为")
        for recipient, action in zip(arrival.envelope.recipients, chosen, strict=True)
    )
    return Verdict(replace(Screening(), subject="hi", header_from="me@example.com"), decisions)


def build_proof(
    *,
    result: AuthResult = AuthResult.FAIL,
    policy: str = "reject",
    record: str = "v=DMARC1; p=reject",
    domain: str = "mail.example.com",
) -> Proof:
    """Give a proof for a mail that says it comes from a name of example.com."""
    return Proof(
        spf=AuthResult.SOFTFAIL,
        dkim=AuthResult.FAIL,
        dmarc=result,
        arc=AuthResult.NONE,
        spf_details=(
            SpfProof(AuthResult.NONE, "helo", "mx.test"),
            SpfProof(AuthResult.SOFTFAIL, "mailfrom", "example.com", "192.0.2.1 matches ~all."),
        ),
        dkim_details=(DkimProof(AuthResult.FAIL, "a.test", "s", reason="the body was changed"),),
        dmarc_details=DmarcProof(result, domain, policy=policy, policy_domain="example.com", record=record),
    )
