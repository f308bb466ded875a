"""Makes cases of what programs show as the mail itself though it lies in a file: a signed mail, winmail.dat.

Each is a mail with the headers of the one that came, and with the parts and files of the other. What is seen in it is
told of the file that it lies in.
Trust: everything is a stranger's; the process that took it out of its file may have been taken over.
Fails: never. How much there may be is bounded where the files are opened (net/sandbox/frames.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gatepost.message.ambiguity.pieces import OTHER, Ambiguity
from gatepost.message.ambiguity.read import find_ambiguities, gather, put_among, put_in_place, read_otherwise
from gatepost.message.attachments.shown import ATTACHED_TYPE, is_attached, list_files
from gatepost.message.message import Message, Part
from gatepost.message.parse import parse_message
from gatepost.message.pieces import Defect
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.finding import Evidence, Finding, Span
from gatepost.model.verdict import Screening
from gatepost.screen.case import Case

LEAST_BYTES = 8 * 1024
MAX_HIDDEN_APART = 16
MAX_FIELDS = 50_000  # of mails that are attached, each part counting as one more; a mail by itself has 12,000
_INSIDE = "="  # begins the paths of parts of what is shown


@dataclass(frozen=True, slots=True)
class Shown:
    """What files show as the mail itself, and where that is told to stand in the mail that came."""

    case: Case
    files: Mapping[str, str]  # paths of files by those of the parts of what is shown
    places: Mapping[Span, str] = field(default_factory=dict)  # paths of files by their places in the mail
    path: str = ""  # of the file of all else
    place: Span | None = None  # of all else, None where every span is a place in the mail already

    def tell_places(self, screening: Screening) -> Screening:
        """Give what was seen as it is told of the mail that came."""
        headers = frozenset(header.span for header in self.case.message.headers)
        findings = tuple(self._tell_places(finding, headers) for finding in screening.findings)
        return replace(screening, findings=findings, parts=())

    def _tell_places(self, finding: Finding, headers: frozenset[Span]) -> Finding:
        evidence = (one if one.span in headers else self._tell_place(one) for one in finding.evidence)
        return replace(finding, evidence=tuple(evidence))

    def _tell_place(self, evidence: Evidence) -> Evidence:
        file = evidence.file
        if not file or file.startswith((_INSIDE, OTHER)):
            by_place = self.places.get(evidence.span, "") if evidence.span else ""
            file = self.files.get(file) or by_place or self.path
        return replace(evidence, span=self.place or evidence.span, file=file)


@dataclass(frozen=True, slots=True)
class _Attached:
    """A mail in a file that is attached, though not by its type."""

    file: OpenedFile
    place: Span
    inner: Message  # spans are places in itself
    root: Part  # of the same; every span is the place of the file


def count_shown_bytes(contents: Contents) -> int:
    """Say how much is to be judged besides the mail; each text counts as LEAST_BYTES, for a short one costs, too."""
    return sum(max(len(entity), LEAST_BYTES) for file in contents.walk() for entity in file.shown)


def list_shown(case: Case) -> Iterator[Shown]:
    """Give what the files of a mail show as its own, unless the mail says the same itself.

    What stands in the place of the mail is a case for each file; mails that are attached to it are one together.
    """
    if not any(file.shown for file in case.contents.walk()):
        return
    message = case.message
    places = {part.path: part.body_span for each in (message, *read_otherwise(message)) for part in each.walk()}
    known, attached, unseen, fields_left = {_squeeze(message)}, list[_Attached](), dict[Span, str](), MAX_FIELDS
    for file, entity in [(one, entity) for one in case.contents.walk() for entity in one.shown]:
        path = f"{_INSIDE}{len(attached)}.1"
        place = places.get(file.path.partition(":")[0], message.root.body_span)
        if fields_left < 0 and is_attached(entity):
            unseen[place] = file.path
            continue
        inner = parse_message(entity, path)
        if inner.root.content_type == ATTACHED_TYPE:
            attached.append(_Attached(file, place, inner, parse_message(entity, path, place).root))
            fields_left -= sum(1 + len(part.headers) for part in inner.walk())
        elif not _is_known(inner, known):
            yield _build(put_in_place(inner, message), case, file, place)
    if attached:
        yield _build_together(case, attached, unseen)
        yield from _list_hidden(case, attached)


def _is_known(inner: Message, known: set[str]) -> bool:
    """Say whether there is nothing in it but a text that was read already; it counts as such from now on.

    What some programs show otherwise, as a page, is not known by its text.
    """
    text = _squeeze(inner)
    is_known = text in known and inner.root.content_type == "text/plain" and not read_otherwise(inner)
    known.add(text)
    return is_known


def _squeeze(message: Message) -> str:
    return " ".join(message.text.split())


def _build(shown: Message, case: Case, file: OpenedFile, place: Span) -> Shown:
    pairs = _pair(shown, file)
    files = (*(replace(one, path=part) for part, one in pairs), *file.files[len(pairs) :])
    paths = {part: one.path for part, one in pairs}
    return Shown(replace(case, message=shown, contents=Contents(files)), paths, path=file.path, place=place)


def _pair(message: Message, file: OpenedFile) -> list[tuple[str, OpenedFile]]:
    """Give the files in a mail that were opened with the paths of the parts that they are."""
    parts = list_files(message, read_otherwise)
    return [(part.path, one) for part, one in zip(parts, file.files, strict=False)]


def _build_together(case: Case, attached: Sequence[_Attached], unseen: Mapping[Span, str]) -> Shown:
    """Give the mail with those attached to it in the places of their files, as if their types told the truth.

    That there are more, and where, is told like parts that nobody has read.
    """
    roots = {one.file.path: one.root for one in attached}
    root = _put_in(case.message.root, roots)
    if roots:  # those in other files, or in another reading
        root = replace(
            root, path=_INSIDE, content_type="multipart/mixed", message=None, children=(root, *roots.values())
        )
    pairs = [pair for one in attached for pair in _pair(one.inner, one.file)]
    gone = {one.file.path for one in attached}
    own = (file for file in case.contents.files if file.path not in gone and not file.path.startswith(OTHER))
    files = (*own, *(replace(one, path=part) for part, one in pairs))
    ambiguities = (replace(sign, span=one.place) for one in attached for sign in find_ambiguities(one.inner))
    more = (Ambiguity("hidden.limit", place, hides=True) for place in unseen)
    message = put_among(root, case.message, (*ambiguities, *more), _list_defects(attached))
    return Shown(
        case=replace(case, message=message, contents=Contents(files)),
        files={
            **{part.path: one.file.path for one in attached for part in one.root.walk()},
            **{part: one.path for part, one in pairs},
        },
        places={**unseen, **{one.place: one.file.path for one in attached}},
    )


def _list_defects(attached: Iterable[_Attached]) -> Iterator[Defect]:
    return (replace(defect, span=one.place) for one in attached for defect in one.inner.structure_defects)


def _put_in(part: Part, roots: dict[str, Part]) -> Part:
    """Put mails in the places of the parts with these paths, and take them out of the table."""
    if (root := roots.pop(part.path, None)) is not None:
        return replace(root, parent_type=part.parent_type)
    children = tuple(_put_in(child, roots) for child in part.children)
    message = part.message and replace(part.message, root=_put_in(part.message.root, roots))
    return replace(part, children=children, message=message)


def _list_hidden(case: Case, attached: Sequence[_Attached]) -> Iterator[Shown]:
    """Give what only some programs show of the mails that are attached: some each by itself, the rest together.

    Each would cost a whole look at a mail, and thousands of them are soon written.
    """
    hiding = [one for one in attached if read_otherwise(one.inner)]
    groups = [*([one] for one in hiding[:MAX_HIDDEN_APART]), hiding[MAX_HIDDEN_APART:]]
    return (_build_hidden(case, group) for group in groups if group)


def _build_hidden(case: Case, hiding: Sequence[_Attached]) -> Shown:
    """Give one reading of all that these hide; their files are known."""
    found = [(part, one) for one in hiding for other in read_otherwise(one.inner) for part in other.root.children]
    parts = [_move(part, f"{OTHER}{number}", one.place) for number, (part, one) in enumerate(found, 1)]
    message = gather(case.message, parts, _list_defects(hiding))
    return Shown(
        case=replace(case, message=message, contents=Contents()),
        files={moved.path: one.file.path for moved, (_, one) in zip(parts, found, strict=True)},
        places={one.place: one.file.path for one in hiding},
    )


def _move(part: Part, path: str, place: Span) -> Part:
    """Give a part without children as it is told of another place."""
    headers = tuple(replace(header, span=place) for header in part.headers)
    return replace(part, path=path, body_span=place, headers=headers)
