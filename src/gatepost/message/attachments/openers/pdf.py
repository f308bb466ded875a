"""Looks into PDF: what it does when it is opened, where it leads, what it carries, which codes its pictures show.

Standards: ISO 32000-1; read by qpdf (pikepdf), and as bare bytes beside it (pdf/raw.py).
Trust: the file comes from a stranger.
Fails: a file that qpdf cannot read is BROKEN, and what its bytes say is told all the same.
"""

from io import BytesIO
from itertools import islice

import pikepdf

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.pdf.actions import Observer
from gatepost.message.attachments.pdf.pages import UNREADABLE, Drawings
from gatepost.message.attachments.pdf.pictures import DrawnCodes, note_pictures
from gatepost.message.attachments.pdf.raw import (
    cut_streams,
    find_hidden_names,
    holds_bomb,
    note_raw_actions,
    note_structure,
    unpack_streams,
)
from gatepost.message.attachments.pdf.texts import TEXT_CUT, TextSearch, note_raw_texts
from gatepost.message.attachments.pdf.walk import walk_objects
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.PDF})
MAX_WARNINGS = 100
MAX_TEXT_PAGES = 500
MAX_TEXT_BYTES = 8 * 1024 * 1024  # unpacked, of all pages together
_ODDITIES = frozenset(
    ("pdf.odd_header", "pdf.late_header", "pdf.commented_object", "pdf.table_in_stream", "pdf.repaired")
)
_NO_MEMORY = "bad_alloc"
_MILD = (  # what every reader takes alike: pages without a size or resources, slips of many writers
    "kid ",
    "reported number of objects",
    "object has offset 0",
)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note what the document does."""
    outside, streams = cut_streams(file.content)
    note_structure(file.content, outside, insides)
    for name in sorted(find_hidden_names(outside)):
        insides.note("pdf.hidden_name", name)
    observer = Observer(file, insides, desk)
    if holds_bomb(file.content):
        insides.opening = Opening.LIMIT
        insides.note("pdf.bomb")
        note_raw_actions((outside, *unpack_streams(streams)), observer)
        return
    try:
        _read(observer)
    except pikepdf.PdfError as error:
        insides.opening = Opening.BROKEN
        insides.note("pdf.unreadable", _tell(error))
        pieces = list(unpack_streams(streams))
        note_raw_actions((outside, *pieces), observer)
        note_raw_texts(pieces, insides)
    else:
        if insides.opening is Opening.LIMIT:  # what it does may stand behind what was looked at
            note_raw_actions((outside, *unpack_streams(streams)), observer)
        elif any(trait.code in _ODDITIES for trait in insides.traits):  # another reader may see other objects
            note_raw_actions((outside,), observer)


def _read(observer: Observer) -> None:
    file, insides, desk = observer.file, observer.insides, observer.desk
    for password in ("", *desk.passwords):
        try:
            with pikepdf.open(BytesIO(file.content), password=password, suppress_warnings=True) as pdf:
                if password:
                    desk.note_password(file, insides, password)
                    _open_unlocked(pdf, observer)
                else:
                    _walk(pdf, observer)
                return
        except pikepdf.PasswordError:
            continue
    insides.opening = Opening.LOCKED
    insides.note("pdf.locked")


def _open_unlocked(pdf: pikepdf.Pdf, observer: Observer) -> None:
    """Open the document again without its lock, as a file of its own: other scanners can look at that one."""
    observer.insides.note("pdf.unlocked")
    unlocked = BytesIO()
    pdf.save(unlocked, encryption=False)
    observer.desk.open_unlocked(observer.file, observer.insides, observer.file.name, unlocked.getvalue())


def _walk(pdf: pikepdf.Pdf, observer: Observer) -> None:
    if pdf.is_encrypted:
        observer.insides.note("pdf.encrypted_openly")
    walk_objects(pdf, observer)
    for warning in pdf.get_warnings()[:MAX_WARNINGS]:
        _note_complaint(_tell(warning), observer.insides)
    _look_at_pages(pdf, observer.insides, observer.desk)
    note_pictures(pdf, observer.insides, observer.desk)  # last: damaged pictures are nothing odd


def _look_at_pages(pdf: pikepdf.Pdf, insides: Insides, desk: Desk) -> None:
    """Look for addresses and passwords in what the pages show, and for codes in what they draw."""
    texts, codes, drawings = TextSearch(insides, tell=desk.told.tell), DrawnCodes(insides), Drawings(MAX_TEXT_BYTES)
    for page in islice(pdf.pages, MAX_TEXT_PAGES):
        try:
            drawn = list(drawings.read(page.obj))
        except UNREADABLE:
            continue
        codes.look_at(content for content, _ in drawn)
        for content, resources in drawn:
            texts.look_at(content, resources)
    if drawings.is_cut or len(pdf.pages) > MAX_TEXT_PAGES:
        insides.note(TEXT_CUT)


def _note_complaint(complaint: str, insides: Insides) -> None:
    if _NO_MEMORY in complaint:
        insides.opening = Opening.LIMIT
    if not complaint.startswith(_MILD):
        insides.note("pdf.repaired", complaint)


def _tell(error: object) -> str:
    """Give the complaint of the library without the file's place in memory."""
    place, is_placed, told = str(error).partition(">")
    return (told.partition(": ")[2] if is_placed else place) or type(error).__name__
