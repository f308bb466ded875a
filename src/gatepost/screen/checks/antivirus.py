"""What the antivirus says of the mail: infected, suspicious by a rule of thumb, or not scanned.

Which antivirus is asked is set in `[antivirus]`; what happens while it does not answer, in `[decide] not_scanned`.
"""

from collections.abc import Iterator, Sequence

from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

INFECTED = Kind(
    "antivirus.infected", Severity.MALWARE, 6.0, "The antivirus knows what the mail carries as malware, by a signature."
)
HEURISTIC = Kind(
    "antivirus.heuristic",
    Severity.SUSPECT,
    2.0,
    "The antivirus names a program that is not wanted everywhere (PUA), or something that only its rules of thumb"
    " object to.",
)
UNFINISHED = Kind(
    "antivirus.unfinished",
    Severity.NOTE,
    0.0,
    "The mail, or a file in it, is larger or deeper than the antivirus takes, so that it was not scanned to its end.",
)
UNANSWERED = Kind(
    "antivirus.unanswered",
    Severity.NOTE,
    0.0,
    "The antivirus did not answer in time, so that the mail was not scanned; `not_scanned` says what happens then.",
)
KINDS: tuple[Kind, ...] = (INFECTED, HEURISTIC, UNFINISHED, UNANSWERED)

MAX_TOLD = 50  # as many are told (screen/lookups/antivirus.py)
MAX_SHOWN = 3
_LIMITS = "Heuristics.Limits.Exceeded"
_GUESSES = ("Heuristics.", "PUA.")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Tell each answer that is not "clean"; files that were not scanned together, with their number."""
    beyond = [one for one in case.facts.antivirus if one.file and one.outcome is Scanned.TOO_LARGE]
    if beyond:
        yield _tell_beyond(beyond)
    for answer in case.facts.antivirus:
        if answer.file and answer.outcome is Scanned.TOO_LARGE:
            continue
        match answer.outcome:
            case Scanned.FOUND:
                yield _tell_found(answer)
            case Scanned.TOO_LARGE:
                yield _tell_unfinished(answer)
            case Scanned.UNANSWERED:
                yield _tell_unanswered(answer)
            case Scanned.CLEAN:
                pass


def _tell_unanswered(answer: AntivirusAnswer) -> Finding:
    if answer.file:
        says = "The antivirus did not answer about a file in this mail, so that was not scanned."
        says_zh = "杀毒软件未就该邮件中的一个文件作出响应，因此该文件未经病毒扫描。"
    else:
        says = "The antivirus did not answer, so this mail was not scanned."
        says_zh = "杀毒软件未响应，因此该邮件未经病毒扫描。"
    return UNANSWERED.seen(*_point_at(answer), says=says, says_zh=says_zh)


def _tell_found(answer: AntivirusAnswer) -> Finding:
    if answer.signature.startswith(_LIMITS):
        return _tell_unfinished(answer)
    name = quote(answer.signature)
    if answer.signature.startswith(_GUESSES):
        return HEURISTIC.seen(
            *_point_at(answer),
            says=f"The antivirus objects to this mail, without being sure that it is malware: {name}.",
            says_zh=f"杀毒软件对该邮件提出警告（不能确定为恶意软件）：{name}。",
        )
    return INFECTED.seen(
        *_point_at(answer),
        says=f"The antivirus found malware in this mail: {name}.",
        says_zh=f"杀毒软件在该邮件中发现恶意软件：{name}。",
    )


def _tell_unfinished(answer: AntivirusAnswer) -> Finding:
    return UNFINISHED.seen(
        *_point_at(answer),
        says="This mail is too large for the antivirus, so it was not scanned to its end.",
        says_zh="该邮件超出杀毒软件的限制，未能完整扫描。",
    )


def _tell_beyond(answers: Sequence[AntivirusAnswer]) -> Finding:
    """Say how many files were not scanned; more than MAX_TOLD are not counted."""
    count, is_more = len(answers), len(answers) >= MAX_TOLD
    number = f"{count} or more files" if is_more else f"{count} files" if count > 1 else "a file"
    return UNFINISHED.seen(
        *(Evidence("", file=one.file) for one in answers[:MAX_SHOWN]),
        says=f"The antivirus did not scan {number} in this mail: too large for it, or too many.",
        says_zh=f"杀毒软件未扫描该邮件中的 {count} 个{'以上' if is_more else ''}文件：文件过大或过多。",
    )


def _point_at(answer: AntivirusAnswer) -> Iterator[Evidence]:
    if answer.signature or answer.file:
        yield Evidence(answer.signature, file=answer.file)
