"""A kind of finding: what a check can see, declared once beside the check, and how much it weighs."""

from dataclasses import dataclass

from gatepost.model.finding import Evidence, Finding, Severity

_NAMELESS_ZH = "（无名称）"


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that a check may find.

    `weight` is what it adds to the log-odds that the mail is unwanted (see screen/score.py for its origin);
    `means` says for operators what was seen, in one sentence.
    """

    code: str
    severity: Severity
    weight: float
    means: str

    def seen(self, *evidence: Evidence, says: str, says_zh: str) -> Finding:
        """Make the finding: where it was seen, and one sentence for the reader in each language."""
        if _NAMELESS_ZH in says_zh:  # stands where a name would, which is set off by spaces
            says_zh = _NAMELESS_ZH.join(piece.strip(" ") for piece in says_zh.split(_NAMELESS_ZH))
        return Finding(self.code, self.severity, says, says_zh, evidence)
