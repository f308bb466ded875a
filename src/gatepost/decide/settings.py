"""The settings of the policy: which findings and scores lead to which action, and who is exempt."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from gatepost.model.verdict import Action

Score = Annotated[float, Meta(ge=0, le=1)]


def _refuse_cleaning(actions: Mapping[str, Action]) -> None:
    """Only a finding names the files that are to be taken out."""
    for name, action in actions.items():
        if action is Action.CLEAN:
            raise ValueError(f"{name} cannot be clean: only a finding names a file that could be taken out")


class SeverityActions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a finding leads to by its severity alone."""

    malware: Annotated[Action, Meta(description="Action for a finding known to do harm when opened.")] = Action.REJECT
    danger: Annotated[Action, Meta(description="Action for a finding that is by itself a reason to keep the mail.")] = (
        Action.QUARANTINE
    )
    suspect: Annotated[
        Action, Meta(description="Action for a finding seen far more often in unwanted mail than in honest mail.")
    ] = Action.DELIVER
    odd: Annotated[Action, Meta(description="Action for a finding that is unusual in honest mail.")] = Action.DELIVER
    note: Annotated[Action, Meta(description="Action for a finding that is no reason for distrust.")] = Action.DELIVER


class DmarcActions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happens to a mail whose visible sender is not proven, by what the sender's domain asks for (DMARC)."""

    reject: Annotated[Action, Meta(description="Action where the domain asks to refuse such mail.")] = Action.REJECT
    quarantine: Annotated[Action, Meta(description="Action where the domain asks to keep such mail apart.")] = (
        Action.QUARANTINE
    )
    none: Annotated[Action, Meta(description="Action where the domain only asks for reports.")] = Action.DELIVER
    unsure: Annotated[
        Action,
        Meta(
            description="Action where mail that the domain did not send is kept away, and the DNS does not say now"
            " whether it sent this one; defer lets it come again."
        ),
    ] = Action.DEFER
    temperror: Annotated[
        Action,
        Meta(description="Action while the DNS does not say what the domain asks for; defer lets it come again."),
    ] = Action.DELIVER
    domains: Annotated[
        dict[str, Action],
        Meta(
            description="Action for single domains, whatever they ask: a.example (that domain), .a.example (it and all"
            " below)."
        ),
    ] = {}

    def __post_init__(self) -> None:
        """Refuse cleaning: what DMARC says is about no file."""
        for name in ("reject", "quarantine", "none", "unsure", "temperror"):
            _refuse_cleaning({name: getattr(self, name)})
        _refuse_cleaning(self.domains)


class ExceptionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the list of exceptions; the first line that matches a mail and a recipient decides.

    `deliver` and `flag` lift what the findings say (never malware, never a mail that could not be judged, unless
    allowed here); `quarantine`, `defer` and `reject` add to it.
    """

    name: Annotated[
        str, Meta(description="Short name, shown with every decision that it makes.", min_length=1, max_length=60)
    ]
    action: Annotated[Action, Meta(description="What happens to the mail.")]
    sender: Annotated[
        str,
        Meta(
            description="Envelope sender: ann@a.example, a.example (that domain), .a.example (it and all below), "
            "<> (the null sender), empty for anyone."
        ),
    ] = ""
    recipient: Annotated[
        str, Meta(description="Recipient: bob@b.example, b.example, .b.example, or empty for anyone.")
    ] = ""
    networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks (192.0.2.0/24, 2001:db8::/32) that the client must be in; empty for any."),
    ] = ()
    allow_unproven: Annotated[
        bool,
        Meta(description="Believe the sender's name though neither SPF nor DMARC nor a network proves it."),
    ] = False
    allow_malware: Annotated[bool, Meta(description="Lift the findings of malware, too.")] = False

    def __post_init__(self) -> None:
        """Refuse cleaning: an exception names no file."""
        _refuse_cleaning({"action": self.action})


class DecideSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How findings and the score become an action."""

    flag_at: Annotated[
        Score, Meta(description="Score (0 to 1) from which a mail is delivered with a header that warns.")
    ] = 0.8
    quarantine_at: Annotated[Score, Meta(description="Score (0 to 1) from which a mail is kept in quarantine.")] = 0.95
    reject_at: Annotated[Score, Meta(description="Score (0 to 1) from which a mail is refused; 1 means never.")] = 1.0
    severities: Annotated[
        SeverityActions, Meta(description="Action for each severity, where `findings` does not name the finding.")
    ] = SeverityActions()
    findings: Annotated[
        dict[str, Action],
        Meta(
            description="Action for a finding's code, or for all codes of a check as `link_mismatch.*`. `clean` (here"
            " and in `severities`) delivers the mail without the files that the finding is about, and keeps the mail"
            " as it came in quarantine; where no file can be taken out, all of it is kept."
        ),
    ] = {}
    dmarc: Annotated[
        DmarcActions, Meta(description="Action for a mail whose visible sender's domain did not send it.")
    ] = DmarcActions()
    not_judged: Annotated[
        Action, Meta(description="Action for a mail that could not be judged, wholly or in part.")
    ] = Action.QUARANTINE
    not_scanned: Annotated[
        Action, Meta(description="Action for a mail about which the antivirus, where one is set, does not answer.")
    ] = Action.DEFER
    shadow: Annotated[
        bool, Meta(description="Judge and record everything, deliver everything: for trying gatepost out.")
    ] = False
    exceptions: Annotated[
        tuple[ExceptionSettings, ...], Meta(description="Exceptions by sender and recipient, first match first.")
    ] = ()

    def __post_init__(self) -> None:
        """Refuse thresholds in an order that could never make sense, and cleaning where no file is named."""
        _refuse_cleaning({"not_judged": self.not_judged, "not_scanned": self.not_scanned})
        if not self.flag_at <= self.quarantine_at <= self.reject_at:
            raise ValueError("flag_at, quarantine_at and reject_at must not fall")
