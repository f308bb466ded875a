"""What a server's answer, or its silence, means for a recipient.

Standards: RFC 5321 §4.2.1 (reply classes), §4.5.3.1.10 (552 after RCPT), RFC 3463 (enhanced status codes).
Trust: the text comes from the peer, cleaned by the reply reader; here it is cut to a length.
"""

from gatepost.deliver.parcel import Delivered, FailedForGood, FailedForNow, Outcome, Parcel
from gatepost.deliver.upstream import Upstream
from gatepost.model.address import Address
from gatepost.model.errors import TryLater
from gatepost.model.ports import Admission
from gatepost.wire.smtp.capabilities import Capabilities
from gatepost.wire.smtp.client import Answer, Step, has_bare_line_end

MAX_SAYS_LENGTH = 500

# The mail is not at fault: the dialog is out of step (503), or the server wants TLS or a login (RFC 3207 §4,
# RFC 4954 §6), and an administrator can help while the mail waits.
_NOT_ABOUT_THE_MAIL = frozenset({503, 530, 534, 535, 538})
_STORAGE_EXCEEDED = 552
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})


def explain_answer(answer: Answer, upstream: Upstream) -> Outcome:
    """Give the outcome that follows from the reply that decided."""
    says = f"{upstream} said: {answer}"[:MAX_SAYS_LENGTH]
    reply = answer.reply
    if reply.is_success:
        return Delivered(says)
    if reply.is_permanent and not _may_pass(answer):
        return FailedForGood(reply.status or "5.0.0", says)
    return FailedForNow(f"4{reply.status[1:]}" if reply.status else "4.0.0", says)


def _may_pass(answer: Answer) -> bool:
    """Say whether a permanent code stands for something that passes."""
    has_too_many_recipients = (
        answer.step is Step.RECIPIENT
        and answer.reply.code == _STORAGE_EXCEEDED
        and answer.reply.status in {"", "5.5.3"}  # 5.2.2 is a full mailbox
    )
    return has_too_many_recipients or answer.reply.code in _NOT_ABOUT_THE_MAIL


def explain_trouble(status: str, trouble: TryLater, upstream: Upstream) -> FailedForNow:
    """Give the outcome of a connection that could not be made or broke."""
    says = trouble.public if str(upstream) in trouble.public else f"{upstream}: {trouble.public}"
    return FailedForNow(status, says[:MAX_SAYS_LENGTH])


def explain_admission(answer: Answer | None) -> Admission:
    """Say what an answer to RCPT means for a recipient that a sender of ours wants to reach; None is a yes."""
    if answer is None:
        return Admission.ACCEPTED
    reply = answer.reply
    is_about_mailbox = reply.status.startswith("5.1.") or (not reply.status and reply.code in _NO_SUCH_MAILBOX)
    return Admission.UNKNOWN if answer.step is Step.RECIPIENT and is_about_mailbox else Admission.TRY_LATER


def find_obstacle(parcel: Parcel, upstream: Upstream, capabilities: Capabilities) -> FailedForGood | None:
    """Say why this server cannot take this mail whatever it would answer, None when it can."""
    limit = capabilities.size_limit_bytes
    if limit and len(parcel.content) > limit:
        return FailedForGood("5.3.4", f"{upstream} takes {limit} bytes at most, the mail has {len(parcel.content)}")
    if needs_smtputf8(parcel) and "SMTPUTF8" not in capabilities:
        return FailedForGood("5.6.7", f"{upstream} does not take internationalised addresses (SMTPUTF8)")
    if has_8bit(parcel) and "8BITMIME" not in capabilities and not upstream.takes_8bit_unannounced:
        return FailedForGood(
            "5.6.3", f"{upstream} takes 7-bit mail only; set allow_8bit_unannounced if it takes 8-bit mail in truth"
        )
    if has_bare_line_end(parcel.content):
        return FailedForGood("5.6.0", "the mail has a CR or LF that stands alone, and another server may misread it")
    return None


def has_8bit(parcel: Parcel) -> bool:
    """Say whether the mail has bytes above 127 (RFC 6152)."""
    return not parcel.content.isascii()


def needs_smtputf8(parcel: Parcel) -> bool:
    """Say whether the mail itself, not only its sender's word, needs SMTPUTF8: an address or the header (RFC 6531).

    Header bytes above 127 without the sender's word are old mail in a local charset, which passes as 8-bit mail.
    """
    if any(_is_internationalised(address) for address in (parcel.mail_from, *parcel.recipients)):
        return True
    return parcel.needs_smtputf8 and not parcel.content.partition(b"\r\n\r\n")[0].isascii()


def _is_internationalised(address: Address | None) -> bool:
    return address is not None and address.needs_smtputf8
