"""Looks into pages, SVG pictures, scripts and XML: what they do, where they lead, which files they carry in codings.

Standards: WHATWG HTML, SVG 2.
Trust: the page comes from a stranger; nothing of it is run.
Fails: never; of more than MAX_CHARS the beginning and the end are looked at, and the file counts as not opened to
its end.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.codes import UNREAD_CODES, note_codes, paint
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.web.codings import spell_out
from gatepost.message.attachments.web.hidden import find_hidden
from gatepost.message.attachments.web.signs import (
    find_download_names,
    find_inner_pages,
    leave_out_prefixes,
    note_page,
    note_picture,
    note_script,
)
from gatepost.message.charset import decode_text
from gatepost.message.drawn.modules import find_drawn_codes
from gatepost.message.html import find_meta_charset
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import IMAGES, FileKind

OPENS = frozenset({FileKind.HTML, FileKind.SVG, FileKind.SCRIPT, FileKind.XML})
_SHOWN = frozenset({FileKind.HTML, FileKind.SVG})
_PROLOG = re.compile(r"[\s\ufeff]*+<(?:\?xml|[\w-]{1,60}:)")  # of XML
MAX_CHARS = 8_000_000
MAX_DRAWN_CHARS = 500_000
MAX_DRAWN = 6  # drawings of codes
END_CHARS = 2_000_000  # of them, where there are more: scripts that build a file stand behind the file


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note what the page does, and open what it hides."""
    if file.kind is FileKind.XML and FileKind.HTML in file.also:
        return  # it is looked at as that
    text = decode_text(file.content, find_meta_charset(file.content))
    if len(text) > MAX_CHARS:
        insides.opening = Opening.LIMIT
        if file.kind in _SHOWN:  # by itself, too: what the beginning leaves open could swallow it
            note_page(text[-END_CHARS:], insides)
        text = f"{text[: MAX_CHARS - END_CHARS]}\n{text[-END_CHARS:]}"
    plain = spell_out(text)
    if file.kind is FileKind.SVG:
        note_picture(text, insides)
    if file.kind in _SHOWN:
        desk.told.tell(note_page(leave_out_prefixes(text) if _PROLOG.match(text) else text, insides))
        note_script(plain, insides)
        for rows in islice(find_drawn_codes(text[:MAX_DRAWN_CHARS], is_html=True), MAX_DRAWN):
            note_codes(paint(rows), insides)
    for name, content in _find_files(text, find_download_names(plain), insides):
        desk.open_inside(file, insides, name, content)


def _find_files(text: str, names: list[str], insides: Insides) -> Iterator[tuple[str, bytes]]:
    for page in find_inner_pages(text, insides.leave_unseen):
        insides.note("page.inner_page")
        yield "", html.unescape(page).encode("utf-8", "replace")
    for hidden in find_hidden(text, insides.leave_unseen, lambda: insides.note(UNREAD_CODES)):
        if hidden.kind not in IMAGES:
            insides.note("page.hidden_file", f"{hidden.kind}: {hidden.how}")
        yield names[0] if len(names) == 1 and hidden.kind not in IMAGES else "", hidden.content
