"""Takes files out of a mail: a note stands in the place of each, nothing else changes.

What comes out is a function of the mail and of what was found in it, so that it can be done when the mail comes, when
a person asks for it, and when it is delivered.

Trust: the mail is a stranger's.
Fails: CannotCleanError with a sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gatepost.flow.note import NoteFacts, write_note
from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.clean import Note, find_replaceable, has_plain_header, reads_as_before, replace_parts
from gatepost.message.message import Message, Part
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.cleaning import Cleaning, RemovedPart
from gatepost.model.envelope import Arrival
from gatepost.model.finding import Finding, Severity
from gatepost.model.splice import Splice, apply_splices, merge_splices
from gatepost.model.verdict import Screening
from gatepost.store.entries import StoredMail

MAX_REASONS = 3
MAX_REMOVED = 200  # notes in one mail
MAX_NAME_CHARS = 500
_IS_COPY = "It is the same as another file that was taken out.", "它与另一个被移除的文件相同。"
ANY_HOST = Domain("unknown")  # where a cleaned form is only tried, whose name stands in its notes is of no account


class CannotCleanError(Exception):
    """This mail cannot be delivered without the files in question; the sentences say why."""

    def __init__(self, says: str, says_zh: str) -> None:
        super().__init__(says)
        self.says = says
        self.says_zh = says_zh


@dataclass(frozen=True, slots=True)
class Subject:
    """The mail that something is taken out of."""

    arrival: Arrival
    screening: Screening
    edits: tuple[Splice, ...]  # that are made in any case
    hostname: Domain


def lies_in(file: str, paths: Iterable[str]) -> bool:
    """Say whether a file, by its path inside the mail, stands in one of the parts."""
    return any(f"{_top(file)}.".startswith(f"{path}.") for path in paths)


def find_suspects(screening: Screening) -> frozenset[str]:
    """Give the parts in which something was seen that is more often seen in unwanted mail."""
    grave = (finding for finding in screening.findings if finding.severity >= Severity.SUSPECT)
    return frozenset(_top(evidence.file) for finding in grave for evidence in finding.evidence if evidence.file)


def find_cleaning(mail: StoredMail, hostname: Domain) -> Cleaning:
    """Give how a kept mail is cleaned: as the verdict on it says, else of all in which something suspect was seen."""
    entry = mail.entry
    if entry.cleaning.removed:
        return entry.cleaning
    screening = entry.verdict.screening
    paths = find_suspects(screening)
    if not paths:
        raise CannotCleanError("nothing suspect was found in a file of this mail", "该邮件的文件中未发现可疑内容")
    arrival = Arrival(entry.mail_id, entry.received_at, entry.envelope, mail.raw)
    return take_out(Subject(arrival, screening, entry.splices, hostname), paths)


def take_out(subject: Subject, paths: Iterable[str]) -> Cleaning:
    """Put notes in the place of parts; raise CannotCleanError where that cannot be done, or not surely."""
    message = parse_message(subject.arrival.raw)
    named = set(paths)
    named |= _find_copies(message, named)
    if len(named) > MAX_REMOVED:
        raise CannotCleanError("it has too many of such files", "此类文件过多")
    parts = dict(sorted(_find_parts(message, subject.screening, named)))
    removed = tuple(_describe(part, subject.screening) for part in parts.values())
    notes = {
        part.path: Note(f"removed-{number}.txt", write_note(part, _tell_mail(subject)))
        for number, part in enumerate(removed, 1)
    }
    cleaning = Cleaning(replace_parts(message, notes), removed)
    _look_again(subject, message, parts, notes, cleaning)
    return cleaning


def _find_copies(message: Message, paths: set[str]) -> set[str]:
    """Give the parts that hold, byte for byte, what one of these holds."""
    files = [part for part in message.walk() if part.size_bytes and not part.children and part.message is None]
    digests = {part.path: part.hash_content() for part in files}
    gone = {digest for path, digest in digests.items() if path in paths}
    return {path for path, digest in digests.items() if digest in gone}


def _find_parts(message: Message, screening: Screening, paths: Iterable[str]) -> Iterator[tuple[str, Part]]:
    """Give what has to be replaced, by its path; each file must be the one that was looked at."""
    known = {part.path: part for part in message.walk()}
    for path in sorted(set(paths)):
        digests = {file.sha256 for file in screening.contents.files if file.path == path and file.sha256}
        part = find_replaceable(message, path)
        if path not in known or part is None or any(digest != known[path].hash_content() for digest in digests):
            raise CannotCleanError(
                "a file shows only where the mail is read in another way", "有文件仅在以其他方式解读邮件时出现"
            )
        yield part.path, part


def _look_again(
    subject: Subject, before: Message, parts: dict[str, Part], notes: Mapping[str, Note], cleaning: Cleaning
) -> None:
    """Read what was made: nothing else may have changed, and nothing of what is gone may be there a second time."""
    try:
        edits = merge_splices(subject.edits, cleaning.splices)
    except ValueError:
        raise CannotCleanError("its header cannot be told from its files", "无法区分其邮件头与附件") from None
    after = parse_message(apply_splices(before.raw, cleaning.splices))
    outer = [path for path in parts if not any(path.startswith(f"{other}.") for other in parts)]
    if not reads_as_before(before, after, outer):
        raise CannotCleanError("the rest would read otherwise then", "移除后其余部分的解读会改变")
    gone = {part.hash_content() for part in parts.values() if part.size_bytes}
    readings = (after, *read_otherwise(after))
    if gone & {part.hash_content() for reading in readings for part in reading.walk()}:
        raise CannotCleanError("a file is in it more than once", "有文件在邮件中不止一份")
    delivered = {part.path: part for part in parse_message(apply_splices(before.raw, edits)).walk()}
    are_seen = all(path in delivered and delivered[path].text == notes[path].text for path in outer)
    if not are_seen or not all(parts[path].parent_type or has_plain_header(parts[path]) for path in outer):
        raise CannotCleanError("some mail programs would not show the note", "部分邮件程序将无法显示移除说明")


def _describe(part: Part, screening: Screening) -> RemovedPart:
    findings = [one for one in screening.findings if _is_about(one, part.path)]
    kinds = (file.kind.value for file in screening.contents.files if file.path == part.path)
    reasons = list(dict.fromkeys((one.says, one.says_zh) for one in findings))[:MAX_REASONS] or [_IS_COPY]
    return RemovedPart(
        path=part.path,
        name=part.filename[:MAX_NAME_CHARS],
        kind=next(kinds, part.content_type)[:MAX_NAME_CHARS],
        size_bytes=part.size_bytes,
        sha256=part.hash_content(),
        findings=tuple(dict.fromkeys(one.code for one in findings)),
        says=" ".join(says for says, _ in reasons),
        says_zh="".join(says_zh for _, says_zh in reasons),
    )


def _is_about(finding: Finding, path: str) -> bool:
    return any(lies_in(evidence.file, {path}) for evidence in finding.evidence if evidence.file)


def _top(file: str) -> str:
    """Give the part that a file stands in."""
    return file.partition(":")[0]


def _tell_mail(subject: Subject) -> NoteFacts:
    return NoteFacts(subject.arrival.mail_id, subject.arrival.received_at, subject.hostname.name)
