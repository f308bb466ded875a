"""Writes down who was refused in the dialog, so that a person can be told why a mail did not come.

Trust: whoever is refused may try a thousand names; so one network, and all together, have a budget, and what is above
it is only counted.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile

from gatepost.gates import smtp_replies
from gatepost.gates.limits import Peer, TokenBucket
from gatepost.model.envelope import Envelope
from gatepost.model.ports import Admission, Clock, Counters, Reception
from gatepost.model.verdict import IN_THE_DIALOG, Action, Decision, Screening, Verdict
from gatepost.wire.smtp import answers
from gatepost.wire.smtp.data import Fault
from gatepost.wire.smtp.replies import Reply

MOST_PER_MINUTE = 120  # of all networks together, for one worker
_FIRST_PERMANENT_CODE = 500

SAYS_ZH: Mapping[Reply, str] = {
    smtp_replies.ADMISSION_REPLIES[Admission.NOT_OURS]: "本网关不为此收件人转发邮件",
    smtp_replies.ADMISSION_REPLIES[Admission.UNKNOWN]: "没有此收件人",
    smtp_replies.ADMISSION_REPLIES[Admission.TRY_LATER]: "暂时无法确认此收件人是否存在",
    smtp_replies.NEEDS_TLS: "必须先使用 STARTTLS 加密",
    smtp_replies.NO_MEMORY: "同时到达的邮件过多",
    answers.TOO_LARGE: "邮件超过本服务器接收的大小上限",
    answers.CONTENT_FAULTS[Fault.BARE_LINE_END]: "邮件中有单独的 CR 或 LF：行只能以 CRLF 结束",
    answers.CONTENT_FAULTS[Fault.NUL]: "邮件中有 NUL 字节",
    answers.CONTENT_FAULTS[Fault.LONG_LINE]: "邮件中有超过 65536 字节的行",
}


class Refusals:
    """What one gate writes down of refusals."""

    def __init__(self, reception: Reception, clock: Clock, counters: Counters) -> None:
        self._reception = reception
        self._clock = clock
        self._counters = counters
        self._budget = TokenBucket(MOST_PER_MINUTE, clock.monotonic_s())

    def note(self, envelope: Envelope, reply: Reply, peer: Peer) -> None:
        """Write one down; the envelope has no recipients where none was told yet.

        Each recipient is a line in the history, and counts as one against the budgets.
        """
        recipients = envelope.recipients or (None,)
        count = sum(1 for _ in takewhile(lambda _: self._may_note(peer), recipients))
        if count < len(recipients):
            self._counters.add("refusals_not_noted_total", len(recipients) - count)
        if count:
            noted = replace(envelope, recipients=envelope.recipients[:count])
            self._reception.note_refused(noted, build_verdict(noted, reply))

    def _may_note(self, peer: Peer) -> bool:
        return peer.spend_refusal() and self._budget.take(1, MOST_PER_MINUTE, self._clock.monotonic_s())


def build_verdict(envelope: Envelope, reply: Reply) -> Verdict:
    """Say for each recipient why nothing was taken; a reply for now puts off."""
    action = Action.REJECT if reply.code >= _FIRST_PERMANENT_CODE else Action.DEFER
    answer = f"{reply.code} {reply.status}"
    says = f"{reply.lines[0]} ({answer})."
    says_zh = f"{SAYS_ZH.get(reply, '在 SMTP 会话中未被接收')}（{answer}）。"
    recipients = envelope.recipients or (None,)
    return Verdict(Screening(), tuple(Decision(each, action, IN_THE_DIALOG, says, says_zh) for each in recipients))
