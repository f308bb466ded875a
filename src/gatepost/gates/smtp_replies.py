"""What an SMTP peer is told: the words for each outcome that the corridors give.

Standards: RFC 5321 §4.2.3, RFC 3463. A quarantined mail is answered like any accepted one, so that nobody can
learn by trying what the screening lets through.
"""

from collections.abc import Mapping

from gatepost.model.errors import StorageTrouble
from gatepost.model.ports import Admission
from gatepost.model.verdict import Action, Verdict
from gatepost.wire.smtp.replies import Reply, build_reply, fit_reply_text

TOO_BUSY = build_reply(421, "4.3.2", "Too busy, please try again later")
PEER_TOO_MANY = build_reply(421, "4.7.0", "Too many connections from your network, please try again later")
PEER_TOO_FAST = build_reply(421, "4.7.0", "Too many commands from your network, please try again later")
TOO_EARLY = build_reply(554, "5.5.1", "Wait for the greeting before you talk")
TOO_SLOW = build_reply(421, "4.4.2", "Timeout")
PEER_LEFT = build_reply(421, "4.4.2", "Connection lost")
SHUTTING_DOWN = build_reply(421, "4.3.2", "The server is going down, please try again later")
NEEDS_TLS = build_reply(530, "5.7.0", "Say STARTTLS first")
TLS_NOT_AVAILABLE = build_reply(454, "4.7.0", "TLS is not available now")
NO_MEMORY = build_reply(452, "4.3.1", "Too many mails at once, please try again later")
DISK_FULL = build_reply(452, "4.3.1", "No space left, please try again later")
TRY_LATER = build_reply(451, "4.3.0", "Cannot take the mail now, please try again later")

ADMISSION_REPLIES: Mapping[Admission, Reply] = {
    Admission.ACCEPTED: build_reply(250, "2.1.5", "Recipient OK"),
    Admission.NOT_OURS: build_reply(550, "5.7.1", "No mail is relayed to this recipient"),
    Admission.UNKNOWN: build_reply(550, "5.1.1", "No such recipient"),
    Admission.TRY_LATER: build_reply(451, "4.3.0", "Cannot tell now whether the recipient exists, please try again"),
}


def build_verdict_reply(verdict: Verdict, mail_id: str) -> Reply:
    """Answer a mail that was judged, and that is durable where it was accepted."""
    action = verdict.action
    if action in {Action.REJECT, Action.DEFER}:
        says = next(decision.says for decision in verdict.decisions if decision.action is action)
        code, status = (550, "5.7.1") if action is Action.REJECT else (451, "4.7.1")
        return build_reply(code, status, fit_reply_text(says))
    return build_reply(250, "2.0.0", f"Accepted as {mail_id}")


def choose_trouble_reply(error: Exception) -> Reply:
    """Answer a mail that could not be taken: the sender still holds it and will bring it again."""
    return DISK_FULL if isinstance(error, StorageTrouble) and error.is_full else TRY_LATER
