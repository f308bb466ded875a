"""Lines in the header of a mail at which programs part ways: one skips them, one reads a field, one begins the body.

Standards: RFC 5322 §2.2 (what a field is), RFC 6376 §3.8 (signatures are defined for well-formed mail only).
Trust: the bytes come from the mail's author, or from somebody who sends a signed mail again.
Fails: never. Linear in the size of the header.
"""

import re

from gatepost.message.message import Message

_MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\n]*\n")
_BARE_CR = re.compile(rb"\r(?!\r|\n|\Z)")


def find_stray_line(message: Message) -> str:
    """Say what in the header is no field, "" when every line belongs to one.

    Whoever adds such a line to a signed mail breaks no signature, but may put a sender, or text above the body, into
    the sight of some readers. Only the line that mailboxes on disk begin with may stand first.
    """
    position = message.span.start
    if mbox := _MBOX_LINE.match(message.raw, position):
        position = mbox.end()
    for header in message.headers:
        if header.span.start != position:
            return "The header holds a line that is no field, which programs read differently."
        if not header.name.isascii():
            return "The header holds a field whose name is not ASCII, which programs read differently."
        if _BARE_CR.search(header.value):
            return "The header holds a bare CR, which some programs take for a line end."
        position = header.span.end
    rest = message.raw[position : position + 2]
    if rest[:1] in (b"", b"\n") or rest == b"\r\n":
        return ""
    return "The header ends at a line that is neither empty nor a field, which programs read differently."
