"""Follows one mail of `gatepost demo` from the sender's reply to the place where it ended."""

from dataclasses import dataclass

import msgspec

from gatepost.cli.demo_gate import DemoGate, recipient_of
from gatepost.cli.demo_mails import Ending, Example
from gatepost.gates.smtp_refusals import SAYS_ZH
from gatepost.model.finding import Finding, Severity
from gatepost.model.verdict import Action
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow

MAX_FINDINGS_TOLD = 2

_ENDINGS = {State.DELIVERED: Ending.DELIVERED, State.QUARANTINED: Ending.QUARANTINED, State.REFUSED: Ending.REFUSED}

_REPLIES_ZH = {reply.lines[0]: says for reply, says in SAYS_ZH.items()}

Sentence = tuple[str, str]  # English, Chinese


@dataclass(frozen=True, slots=True)
class Result:
    """How one example ended."""

    example: Example
    ending: Ending
    found: tuple[Sentence, ...]
    place: str  # a file, the name of a mail in quarantine, or code and status of the refusal

    @property
    def is_as_expected(self) -> bool:
        """Say whether the mail ended as it must."""
        return self.ending in self.example.ends


def follow_example(example: Example, gate: DemoGate) -> Result:
    """Send one example and find out what became of it."""
    reply = gate.send(example)
    refused_with = f"{reply.code} {reply.status}"
    if reply.is_refusal and not reply.is_about_content:
        return Result(example, Ending.REFUSED, ((reply.text, _REPLIES_ZH.get(reply.text, reply.text)),), refused_with)
    row = gate.wait_until_settled(recipient_of(example))
    if row is None:
        return Result(example, Ending.REFUSED if reply.is_refusal else Ending.LOST, (), refused_with)
    findings = msgspec.json.decode(gate.desk.show(row.mail_id).findings, type=list[Finding])
    ending = ending_of(row)
    place = refused_with if ending is Ending.REFUSED else _place_of(row, gate)
    return Result(example, ending, tuple(choose_sentences(findings)), place)


def choose_sentences(findings: list[Finding]) -> list[Sentence]:
    """Give what a person should read first: the gravest findings, and nothing that is only worth a note."""
    grave = sorted((one for one in findings if one.severity > Severity.NOTE), key=lambda one: -one.severity)
    return list(dict.fromkeys((one.says, one.says_zh) for one in grave))[:MAX_FINDINGS_TOLD]


def ending_of(row: DeliveryRow) -> Ending:
    """Name the end of a mail; one that still waits in the queue counts as lost."""
    ending = _ENDINGS.get(row.state, Ending.LOST)
    return Ending.FLAGGED if ending is Ending.DELIVERED and row.action == Action.FLAG else ending


def _place_of(row: DeliveryRow, gate: DemoGate) -> str:
    file = gate.find_delivered(row.mail_id) if row.state is State.DELIVERED else None
    return str(file.relative_to(gate.state)) if file else row.mail_id


def describe_result(result: Result) -> dict[str, object]:
    """Give one result as a program reads it."""
    return {
        "example": result.example.name,
        "about": result.example.about,
        "expected": [ending.value for ending in result.example.ends],
        "ended": result.ending.value,
        "as_expected": result.is_as_expected,
        "found": [english for english, _ in result.found],
        "place": result.place,
    }
