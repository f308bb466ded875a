"""What one mail adds to the aggregate reports that the owner of the visible sender's domain asks for.

Standards: RFC 7489 §7.2 and Appendix C, RFC 9990 §3.1 (what a report tells); RFC 8617 §7.2 (a chain that was believed).
Trust: names and records hold what strangers chose. Nobody is named: domains only, no local parts, no subjects.
Fails: never.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from gatepost.model.proof import ArcProof, AuthorDomain, AuthResult, DmarcProof, Proof
from gatepost.model.verdict import Action, Verdict
from gatepost.origin.dmarc_record import BadRecord, Policy, parse_dmarc_record
from gatepost.store.entries import MailEntry
from gatepost.store.rows import to_ms

_DMARC_RULES = "dmarc."  # keys inside [decide]
_APPLIED = {Action.REJECT: Policy.REJECT, Action.QUARANTINE: Policy.QUARANTINE}
_MILDEST_FIRST = list(Policy)
_OPEN_TAIL = "the end of the body is not signed"
_ALL = 100  # per cent
_SCOPES = {"mailfrom": "mfrom", "helo": "helo"}


@dataclass(frozen=True, slots=True)
class Override:
    """Why the domain's policy was not applied (RFC 7489 Appendix C, RFC 9990 §3.1.6)."""

    type: str  # sampled_out, policy_test_mode, trusted_forwarder, local_policy, other
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DkimOutcome:
    """One signature as a report tells it."""

    domain: str
    selector: str
    result: AuthResult
    human_result: str = ""


@dataclass(frozen=True, slots=True)
class SpfOutcome:
    """SPF for one identity as a report tells it."""

    domain: str
    scope: str  # mfrom, helo
    result: AuthResult


@dataclass(frozen=True, slots=True)
class AuthOutcomes:
    """What SPF and DKIM said by themselves, whoever the visible sender is."""

    dkim: tuple[DkimOutcome, ...] = ()
    spf: tuple[SpfOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class DmarcRow:
    """Mails that are alike in all that a report tells, and how many they are."""

    count: int
    policy_domain: str  # where the record was found
    record: str  # as published
    source_ip: str
    header_from: str
    envelope_from: str  # domain, "" for the null sender
    envelope_to: tuple[str, ...]  # domains
    disposition: Policy  # what became of the mail by this policy
    dkim_is_aligned: bool
    spf_is_aligned: bool
    overrides: tuple[Override, ...]
    auth: AuthOutcomes


def build_dmarc_rows(entry: MailEntry) -> list[dict[str, Any]]:
    """Give the row of one mail; none where no record asks, or where the mail was put off and comes again."""
    proof, envelope = entry.verdict.screening.proof, entry.envelope
    dmarc = proof.dmarc_details
    if dmarc is None or not dmarc.record or not entry.verdict.decisions:
        return []
    if entry.verdict.action is Action.DEFER:
        return []
    disposition = find_disposition(proof, entry.verdict)
    row = {
        "mail_id": entry.mail_id,
        "received_ms": to_ms(entry.received_at),
        "policy_domain": dmarc.policy_domain,
        "record": dmarc.record,
        "source_ip": envelope.client_ip,
        "header_from": dmarc.domain,
        "envelope_from": envelope.mail_from.domain.name if envelope.mail_from else "",
        "envelope_to": _encode(sorted({recipient.domain.name for recipient in envelope.recipients})),
        "disposition": disposition.value,
        "dkim_is_aligned": dmarc.dkim_is_aligned,
        "spf_is_aligned": dmarc.spf_is_aligned,
        "overrides": _encode(list(find_overrides(proof, disposition))),
        "auth": _encode(_gather_outcomes(proof)),
    }
    return [row]


def read_dmarc_row(row: Any, count: int) -> DmarcRow:
    """Give what a row of the table holds."""
    return DmarcRow(
        count=count,
        policy_domain=row["policy_domain"],
        record=row["record"],
        source_ip=row["source_ip"],
        header_from=row["header_from"],
        envelope_from=row["envelope_from"],
        envelope_to=msgspec.json.decode(row["envelope_to"], type=tuple[str, ...]),
        disposition=Policy(row["disposition"]),
        dkim_is_aligned=bool(row["dkim_is_aligned"]),
        spf_is_aligned=bool(row["spf_is_aligned"]),
        overrides=msgspec.json.decode(row["overrides"], type=tuple[Override, ...]),
        auth=msgspec.json.decode(row["auth"], type=AuthOutcomes),
    )


def find_disposition(proof: Proof, verdict: Verdict) -> Policy:
    """Give what became of a mail because its visible sender is not proven.

    What else we found in a mail, and did to it, is nothing that a stranger who publishes a record is told: then it is
    never more than the record asks for.
    """
    dmarc = proof.dmarc_details
    if dmarc is None or dmarc.result is not AuthResult.FAIL or proof.author_is_proven:
        return Policy.NONE
    action = verdict.action
    applied = _APPLIED.get(action, Policy.NONE)
    if any(one.action is action and one.rule.startswith(_DMARC_RULES) for one in verdict.decisions):
        return applied
    return min(_read_policy(dmarc), applied, key=_MILDEST_FIRST.index)


def find_overrides(proof: Proof, disposition: Policy) -> Iterator[Override]:
    """Say why a failing mail met another fate than the record wants; nothing where it met that one."""
    dmarc = proof.dmarc_details
    if dmarc is None:
        return
    if dmarc.result is AuthResult.TEMPERROR:
        yield Override("other", "the DNS did not answer")
    if dmarc.result is not AuthResult.FAIL:
        return
    if softening := _find_softening(proof, dmarc):
        yield Override(softening)
    if proof.arc_details and proof.arc_details.vouched_by:
        yield Override("trusted_forwarder", _tell_chain(proof.arc_details))
    elif disposition is not _read_policy(dmarc):
        yield Override("local_policy")


def _read_policy(dmarc: DmarcProof) -> Policy:
    return Policy(dmarc.policy) if dmarc.policy in set(Policy) else Policy.NONE


def _find_softening(proof: Proof, dmarc: DmarcProof) -> str:
    """Say what in the record made its policy milder for this mail, "" when nothing did."""
    text = dmarc.record.encode("latin-1", "replace")
    try:
        record = parse_dmarc_record(text)
    except BadRecord:
        return ""
    if dmarc.policy_domain == dmarc.domain:
        published = record.policy
    else:
        published = record.absent_policy if proof.author_domain is AuthorDomain.ABSENT else record.subdomain_policy
    if _MILDEST_FIRST.index(_read_policy(dmarc)) >= _MILDEST_FIRST.index(published):
        return ""
    if record.is_test:
        return "policy_test_mode"
    return "sampled_out" if record.percent < _ALL else ""


def _tell_chain(arc: ArcProof) -> str:
    """Write who sealed, newest first, as RFC 8617 §7.2.2 does."""
    seals = (f"as[{instance}].d={domain}" for instance, domain in enumerate(arc.sealers, 1))
    return " ".join(["arc=pass", *reversed(list(seals))])


def _gather_outcomes(proof: Proof) -> AuthOutcomes:
    dkim = (
        DkimOutcome(one.domain, one.selector, one.result, one.reason if one.covers_whole_body else _OPEN_TAIL)
        for one in proof.dkim_details
        if one.domain
    )
    spf = (
        SpfOutcome(one.domain, _SCOPES.get(one.identity, "mfrom"), one.result)
        for one in proof.spf_details
        if one.domain
    )
    return AuthOutcomes(tuple(dkim), tuple(spf))


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
