"""What is known about the origin of a mail: the results of SPF, DKIM, DMARC and ARC.

Standards: RFC 8601 §2.7 (result words). UNKNOWN is ours: nobody asked, and that must weigh nothing.
"""

import enum
from dataclasses import dataclass


class AuthResult(enum.StrEnum):
    """The result words of RFC 8601 §2.7, and UNKNOWN where the question was not asked."""

    UNKNOWN = "unknown"
    NONE = "none"
    PASS = "pass"  # noqa: S105 - a result word, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class SpfProof:
    """SPF for one identity (RFC 7208 §2.3, §2.4): who was checked, and in words why it ended so."""

    result: AuthResult
    identity: str  # "mailfrom" or "helo"
    domain: str  # A-labels, "" when there was none to check
    reason: str = ""  # one short sentence for an analyst
    explanation: str = ""  # of the domain's owner (exp=), cleaned, for a reply to the sender


@dataclass(frozen=True, slots=True)
class DkimProof:
    """One DKIM signature (RFC 6376 §3.9, §6): who signed, and whether it holds."""

    result: AuthResult
    domain: str  # d=, A-labels in lower case
    selector: str
    identity: str = ""  # i=, "" when absent
    algorithm: str = ""
    reason: str = ""
    covers_whole_body: bool = True  # False where l= leaves a tail that anyone may have written


@dataclass(frozen=True, slots=True)
class DmarcProof:
    """DMARC for the one visible sender (RFC 7489 §6.6, RFC 9989)."""

    result: AuthResult
    domain: str  # of RFC5322.From, "" when there is not exactly one sender
    policy: str = ""  # what the domain asks for a failing mail: none, quarantine, reject; "" without a record
    policy_domain: str = ""  # where the record was found
    spf_is_aligned: bool = False
    dkim_is_aligned: bool = False
    reason: str = ""
    record: str = ""  # as the domain publishes it, for the reports that its owner asks for


@dataclass(frozen=True, slots=True)
class ArcProof:
    """The ARC chain (RFC 8617 §5.2): whether it holds and who sealed last."""

    result: AuthResult  # none, pass, fail, or temperror when the DNS does not answer
    sealers: tuple[str, ...] = ()  # d= of each seal, oldest first
    reason: str = ""
    vouched_by: str = ""  # the trusted sealer who saw DMARC pass for the visible sender before others changed the mail


class AuthorDomain(enum.StrEnum):
    """Whether an answer to the visible sender could arrive."""

    UNKNOWN = "unknown"  # not asked, no answer, or no one visible sender
    TAKES_MAIL = "takes_mail"
    ABSENT = "absent"  # the DNS knows no such name
    NULL_MX = "null_mx"  # it says that it takes no mail (RFC 7505)
    NO_HOST = "no_host"  # the name exists, but neither MX nor address records (RFC 5321 §5.1)


@dataclass(frozen=True, slots=True)
class Proof:
    """One result for each standard, with its details where the question was asked."""

    spf: AuthResult = AuthResult.UNKNOWN
    dkim: AuthResult = AuthResult.UNKNOWN
    dmarc: AuthResult = AuthResult.UNKNOWN
    arc: AuthResult = AuthResult.UNKNOWN
    spf_details: tuple[SpfProof, ...] = ()
    dkim_details: tuple[DkimProof, ...] = ()
    dmarc_details: DmarcProof | None = None
    arc_details: ArcProof | None = None
    author_domain: AuthorDomain = AuthorDomain.UNKNOWN

    @property
    def author_is_proven(self) -> bool:
        """Say whether the visible sender's domain stands for this mail, by DMARC or by a trusted sealer's word."""
        return self.dmarc is AuthResult.PASS or bool(self.arc_details and self.arc_details.vouched_by)

    @property
    def sender_is_proven(self) -> bool:
        """Say whether the envelope sender may be sent a bounce without hitting a stranger."""
        return AuthResult.PASS in (self.spf, self.dmarc)


UNPROVEN = Proof()
