"""Makes cases of what programs show as the mail itself though it lies in a file: a signed mail, winmail.dat.

Each is a mail with the headers of the one that came, and with the parts and files of the other. What is seen in it is
told of the file that it lies in.
Trust: everything is a stranger's; the process that took it out of its file may have been taken over.
Fails: never. How much there may be is bounded where the files are opened (net/sandbox/frames.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gatepost.message.ambiguity.read import put_in_place, read_otherwise
from gatepost.message.attachments.shown import list_files
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.finding import Evidence, Finding, Span
from gatepost.model.verdict import Screening
from gatepost.screen.case import Case


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file shows as the mail itself, and where that is told to stand in the mail that came."""

    case: Case
    path: str  # of the file
    place: Span  # of the part that the file lies in
    files: Mapping[str, str]  # paths of files inside by those of their parts

    def tell_places(self, screening: Screening) -> Screening:
        """Give what was seen as it is told of the mail that came."""
        headers = frozenset(header.span for header in self.case.message.headers)
        findings = tuple(self._tell_places(finding, headers) for finding in screening.findings)
        return replace(screening, findings=findings, parts=())

    def _tell_places(self, finding: Finding, headers: frozenset[Span]) -> Finding:
        evidence = (one if one.span in headers else self._tell_place(one) for one in finding.evidence)
        return replace(finding, evidence=tuple(evidence))

    def _tell_place(self, evidence: Evidence) -> Evidence:
        is_inside = ":" in evidence.file  # of a file; all others are parts
        file = evidence.file if is_inside else self.files.get(evidence.file, self.path)
        return replace(evidence, span=self.place, file=file)


def count_shown_bytes(contents: Contents) -> int:
    """Say how much is to be judged besides the mail."""
    return sum(len(entity) for file in contents.walk() for entity in file.shown)


def list_shown(case: Case) -> Iterator[Shown]:
    """Give what the files of a mail show as its own, unless the mail says the same itself."""
    if not any(file.shown for file in case.contents.walk()):
        return
    message = case.message
    places = {part.path: part.body_span for each in (message, *read_otherwise(message)) for part in each.walk()}
    known = {_squeeze(message)}
    for file in case.contents.walk():
        place = places.get(file.path.partition(":")[0], message.root.body_span)
        for inner in map(parse_message, file.shown):
            if not _is_known(inner, known):
                yield _build(case, inner, file, place)


def _is_known(inner: Message, known: set[str]) -> bool:
    """Say whether there is nothing in it but a text that was read already; it counts as such from now on."""
    text = _squeeze(inner)
    is_known = text in known and inner.root.content_type == "text/plain"
    known.add(text)
    return is_known


def _squeeze(message: Message) -> str:
    return " ".join(message.text.split())


def _build(case: Case, inner: Message, file: OpenedFile, place: Span) -> Shown:
    """Give the files of the other mail, as far as they are its parts, the paths of those."""
    pairs = tuple(zip(list_files(inner, read_otherwise), file.files, strict=False))
    files = (*(replace(one, path=part.path) for part, one in pairs), *file.files[len(pairs) :])
    message = put_in_place(inner, case.message)
    return Shown(
        case=replace(case, message=message, contents=Contents(files)),
        path=file.path,
        place=place,
        files={part.path: one.path for part, one in pairs},
    )
