"""What gatepost concludes about a mail: one screening, and one decision for each recipient."""

import enum
from dataclasses import dataclass

from gatepost.model.address import Address
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.facts import NO_FACTS, Facts
from gatepost.model.finding import Finding
from gatepost.model.proof import UNPROVEN, Proof


class Action(enum.StrEnum):
    """What happens to a mail for one recipient, mildest first."""

    DELIVER = "deliver"
    FLAG = "flag"  # deliver, with a header that says why
    CLEAN = "clean"  # deliver without the files that are named, and keep the mail as it came in quarantine
    QUARANTINE = "quarantine"
    DEFER = "defer"  # 451: the sender keeps it and tries again
    REJECT = "reject"


_MILDEST_FIRST = tuple(Action)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one piece of evidence moved the score by, in log-odds: above 0 towards unwanted."""

    name: str  # code of a finding, name of a feature, "words"
    log_odds: float
    value: float  # how often it was found, or what was measured


@dataclass(frozen=True, slots=True)
class Screening:
    """What was seen in one mail, the same for all its recipients.

    `score` is the probability (0..1) that the mail is unwanted. `was_judged` is False where screening is
    switched off or broke down; then `findings` says so.
    """

    findings: tuple[Finding, ...] = ()
    score: float = 0.0
    bias: float = 0.0  # log-odds of the score before anything was seen; with `contributions` they add up to the score
    contributions: tuple[Contribution, ...] = ()  # what moved most comes first
    model: str = ""  # version of the model that made the score, "" when it was made of weights alone
    feeds: tuple[tuple[str, str], ...] = ()  # the lists that could be asked, each with the version of its table
    says: str = ""  # what spoke most for the score, in plain words; "" where nothing did
    says_zh: str = ""
    proof: Proof = UNPROVEN
    facts: Facts = NO_FACTS
    parts: tuple["PartSummary", ...] = ()
    contents: Contents = NO_CONTENTS  # what was found in its files, shortened
    was_judged: bool = True
    elapsed_ms: float = 0.0
    subject: str = ""  # as a reader sees it, for the lists that people look at
    header_from: str = ""


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One MIME part as shown to an analyst."""

    path: str  # "1", "1.2": position in the tree, from 1
    content_type: str
    filename: str  # "" when it has none
    size_bytes: int  # decoded


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do for one recipient, and why in one sentence. `rule` names the setting that decided.

    `would_be` is what would have been done without shadow mode. `removes` names the parts that are taken out.
    """

    recipient: Address | None  # None: a scan without envelope recipients
    action: Action
    rule: str
    says: str
    says_zh: str
    would_be: Action | None = None
    removes: tuple[str, ...] = ()  # paths, where the action is CLEAN


IN_THE_DIALOG = "smtp"  # the rule of a decision that was made by what the dialog says, before any content came


@dataclass(frozen=True, slots=True)
class Verdict:
    """One screening and the decisions that follow from it; `decisions` is never empty.

    `gatepost` and `settings` say who judged, so that the same can be asked to judge again; "" and () in old journals.
    """

    screening: Screening
    decisions: tuple[Decision, ...]
    gatepost: str = ""  # version of the program
    settings: tuple[tuple[str, str], ...] = ()  # what was set for judging: name of the part, digest of what it says

    @property
    def action(self) -> Action:
        """Give the one answer for the whole mail: the mildest action that any recipient gets.

        SMTP has one reply for all recipients: refuse only if all refuse.
        """
        return min((decision.action for decision in self.decisions), key=_MILDEST_FIRST.index)
