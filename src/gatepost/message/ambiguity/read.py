"""What is ambiguous in a mail, and what another mail program may show of it: the door of this folder.

Trust: the bytes come from the mail's author.
Fails: never.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.ambiguity.around import EPILOGUE, PREAMBLE
from gatepost.message.ambiguity.pieces import OTHER, Ambiguity
from gatepost.message.ambiguity.salvage import Salvage, salvage_parts, salvage_texts
from gatepost.message.ambiguity.signs import find_signs
from gatepost.message.ambiguity.texts import BASE, EXTERNAL, NUL, PAGE
from gatepost.message.attachments.kinds import detect_kind
from gatepost.message.message import Message, Part
from gatepost.message.once import give, keep_with
from gatepost.message.parameters import NO_PARAMETERS
from gatepost.message.pieces import Defect
from gatepost.model.file_kinds import ARCHIVES, PROGRAMS, FileKind

MAX_RAW_BYTES = 32 * 1024 * 1024  # of a mail that is read a second time: that takes several times its size of memory
MAX_HIDDEN_TOLD = 5
MAX_DETAIL_CHARS = 100

_READ_ALIKE = frozenset(  # what is odd, but leaves nothing that only some programs show
    {
        "structure.bare_lf", "structure.encoded_message", "structure.footer",
        "structure.no_end", "structure.partial",
    }
)  # fmt: skip
_TEXTS = frozenset(
    (PREAMBLE, EPILOGUE, EXTERNAL, NUL, PAGE, BASE)
)  # where only these are, no header of a part need be sought
_GRAVE = frozenset({*PROGRAMS, *ARCHIVES}) | {
    FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE, FileKind.OOXML, FileKind.OLE,
    FileKind.OUTLOOK_MESSAGE, FileKind.OFFICE_XML, FileKind.RTF, FileKind.ONENOTE, FileKind.PDF, FileKind.TNEF,
    FileKind.SPREADSHEET_LINK, FileKind.MHTML, FileKind.SVG, FileKind.WASM, FileKind.INTERNET_SHORTCUT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readings:
    """What was found in one mail."""

    ambiguities: tuple[Ambiguity, ...] = ()
    others: tuple[Message, ...] = ()  # with nothing in them but what the default reading does not show


_ONE_READING = Readings()


def find_ambiguities(message: Message) -> tuple[Ambiguity, ...]:
    """Give what mail programs read in different ways, and what is hidden by that."""
    return keep_with(message, _read).ambiguities


def read_otherwise(message: Message) -> tuple[Message, ...]:
    """Give other readings: each is a mail with the same headers, and with the parts that only other programs show.

    Spans are places in the whole mail. Where nothing is ambiguous there is none.
    """
    return keep_with(message, _read).others


def put_in_place(inner: Message, mail: Message) -> Message:
    """Give what programs show in the place of a mail as a reading of it: that mail's headers, the parts of the other.

    What is ambiguous in the other one is so in the reading; its spans are places in the other one.
    """
    readings = keep_with(inner, _read)
    others = tuple(_dress(other.root, mail, inner) for other in readings.others)
    for other in others:
        give(other, _read, _ONE_READING)
    shown = _dress(inner.root, mail, inner)
    give(shown, _read, Readings(readings.ambiguities, others))
    return shown


def put_among(root: Part, mail: Message, ambiguities: Iterable[Ambiguity], defects: Iterable[Defect]) -> Message:
    """Give a reading of a mail that has these parts, its own and those of mails in its files among them.

    What is ambiguous there, and the defects, are told besides those of the mail itself.
    """
    shown = Message(mail.raw, mail.span, mail.headers, root, (*mail.structure_defects, *defects))
    give(shown, _read, Readings((*find_ambiguities(mail), *ambiguities)))
    return shown


def gather(message: Message, parts: Iterable[Part], defects: Iterable[Defect] = ()) -> Message:
    """Make another reading of a mail, which has these parts."""
    root = Part(
        path=OTHER,
        headers=message.root.headers,
        content_type="multipart/mixed",
        parameters=NO_PARAMETERS,
        encoding="",
        body_span=message.root.body_span,
        children=tuple(parts),
        message=None,
        parent_type="",
        buffer=message.root.buffer,
        extent=message.root.extent,
        whole=message.root.whole,
    )
    other = Message(message.raw, message.span, message.headers, root, tuple(defects))
    give(other, _read, _ONE_READING)  # nobody reads it otherwise: it is another reading
    return other


def _dress(root: Part, mail: Message, inner: Message) -> Message:
    return Message(mail.raw, mail.span, mail.headers, root, inner.structure_defects)


def _read(message: Message) -> Readings:
    signs = find_signs(message)
    codes = {sign.code for sign in signs if sign.code not in _READ_ALIKE and not sign.code.startswith("charset.")}
    if not codes:
        return Readings(signs) if signs else _ONE_READING
    if len(message.raw) > MAX_RAW_BYTES:
        return Readings((*signs, Ambiguity("hidden.limit", message.span, hides=True)))
    salvage = salvage_texts(message, signs) if codes <= _TEXTS else salvage_parts(message, signs)
    if not salvage.parts:
        return Readings((*signs, *_tell_limit(message, salvage)))
    other = gather(message, salvage.parts)
    return Readings(
        (*signs, *_tell_limit(message, salvage), *_tell_files(salvage), *_tell_links(message, other)), (other,)
    )


def _tell_limit(message: Message, salvage: Salvage) -> Iterator[Ambiguity]:
    if not salvage.is_whole:
        yield Ambiguity("hidden.limit", message.span, hides=True)


def _tell_files(salvage: Salvage) -> Iterator[Ambiguity]:
    grave = (part for part in salvage.hidden if detect_kind(part.content, part.filename) in _GRAVE)
    for part in islice(grave, MAX_HIDDEN_TOLD):
        yield Ambiguity("hidden.file", part.body_span, _name(part), hides=True)


def _tell_links(message: Message, other: Message) -> Iterator[Ambiguity]:
    shown = {link.target_host for link in message.links} | {""}
    for view in other.html:
        if hosts := {link.target_host for link in view.links} - shown:
            yield Ambiguity("hidden.link", view.span, ", ".join(sorted(hosts))[:MAX_DETAIL_CHARS], hides=True)


def _name(part: Part) -> str:
    kind = detect_kind(part.content, part.filename)
    return part.filename or kind.value
