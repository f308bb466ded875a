"""The way in: a mail from the world is judged, kept and answered for.

Standards: RFC 5321 §6.1 (responsibility for the mail begins with the 250), §6.3 (loops).
Fails: StorageTrouble when the mail could not be kept; then the sender still holds it.
"""

from gatepost.flow.clean import clean
from gatepost.flow.house import House
from gatepost.flow.judge import judge
from gatepost.flow.take_out import Subject
from gatepost.flow.trace import build_trace
from gatepost.message.lowered import count_lowered
from gatepost.model.envelope import Arrival
from gatepost.model.finding import Finding, Severity
from gatepost.model.verdict import Action, Decision, Screening, Verdict

HELD_ACTIONS = frozenset({Action.DELIVER, Action.FLAG, Action.CLEAN, Action.QUARANTINE})


async def receive(arrival: Arrival, house: House) -> Verdict:
    """Take one mail in; when this returns an accepting verdict, the mail is durable."""
    if is_looping(arrival.raw, house.max_received_count):
        verdict = _refuse_loop(arrival)
    else:
        verdict = await judge(arrival, house.judging)
    if verdict.action in HELD_ACTIONS:
        trace = build_trace(arrival, verdict, house.hostname)
        subject = Subject(arrival, verdict.screening, trace, house.hostname)
        verdict, cleaning = await clean(subject, verdict, house.judging)
        await house.vault.keep(arrival, verdict, trace, cleaning)
    else:
        house.vault.note_refused(arrival, verdict)
    return verdict


def is_looping(raw: bytes, max_received_count: int) -> bool:
    """Say whether the mail has passed more hosts than any honest route has."""
    head_end = raw.find(b"\r\n\r\n")
    begins_so = raw[: len(b"received:")].lower() == b"received:"
    count = count_lowered(raw, b"\r\nreceived:", 0, len(raw) if head_end < 0 else head_end)
    return begins_so + count > max_received_count


def _refuse_loop(arrival: Arrival) -> Verdict:
    says = "This mail has passed too many hosts: it runs in a loop."
    says_zh = "此邮件经过的主机过多：它在循环转发。"
    finding = Finding("mail_loop.received", Severity.DANGER, says, says_zh)
    decisions = tuple(
        Decision(recipient, Action.REJECT, "mail_loop", says, says_zh) for recipient in arrival.envelope.recipients
    )
    return Verdict(Screening(findings=(finding,)), decisions)
