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
class Proof:
    """One result for each standard."""

    spf: AuthResult = AuthResult.UNKNOWN
    dkim: AuthResult = AuthResult.UNKNOWN
    dmarc: AuthResult = AuthResult.UNKNOWN
    arc: AuthResult = AuthResult.UNKNOWN

    @property
    def sender_is_proven(self) -> bool:
        """Say whether the envelope sender may be sent a bounce without hitting a stranger."""
        return AuthResult.PASS in (self.spf, self.dmarc)


UNPROVEN = Proof()
