"""Put a note in the place of a part: edits that touch the bytes of that part alone.

Standards: RFC 2046 §5.1 (the lines between parts stay as they are), RFC 2045 §6.8 (base64), RFC 2183 (disposition).
Trust: the mail is a stranger's; a note is in base64, so that none of its lines can be taken for a boundary.
Fails: never; a path that leads to no part is passed over. In a mail that breaks the rules for headers an edit may
change how the lines around it are read: `reads_as_before` tells.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gatepost.message.message import Message, Part
from gatepost.model.finding import Span
from gatepost.model.splice import Splice

_ODD_LINE = re.compile(rb"^(?![!-9;-~]+[ \t]*:|[ \t]+[^ \t\r\n]|\r?$)|\r(?!\n)", re.MULTILINE)
_MBOX_LINE = re.compile(rb"\A>?From [^\n]*\n")


@dataclass(frozen=True, slots=True)
class Note:
    """What stands in the place of a part."""

    file_name: str  # ASCII, without quotes
    text: str


def find_replaceable(message: Message, path: str) -> Part | None:
    """Give the part that has to go so that the one of this path is gone; None where there is no such part.

    It is another one where the part stands in a message that came encoded, or whose header is not told from the one
    around it: that message is replaced as a whole.
    """
    part: Part | None = message.root
    while part is not None and part.path != path:
        below = _step_towards(part, path)
        if below is not None and part.message is not None and not _stands_apart(below, part):
            return part
        part = below
    return part


def has_plain_header(part: Part) -> bool:
    """Say whether every program finds the end of a header where we do: each line is a field, or goes on with one.

    Else some end the header before the fields of a note, and show base64 in its place.
    """
    return _ODD_LINE.search(_MBOX_LINE.sub(b"", part.buffer[part.whole.start : part.extent.start], count=1)) is None


def reads_as_before(before: Message, after: Message, replaced: Iterable[str]) -> bool:
    """Say whether all parts but those that were replaced, and what lies in these, are what and where they were."""
    gone = tuple(replaced)
    return list(_describe(before, gone)) == list(_describe(after, gone))


def _describe(message: Message, gone: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for part in message.walk():
        headers = [(header.name, header.value) for header in part.headers]
        if part.path in gone:
            kept = [] if part.parent_type else [header for header in headers if _stays(header[0])]
            yield part.path, kept
        elif not any(part.path.startswith(f"{path}.") for path in gone):
            is_around = any(path.startswith(f"{part.path}.") for path in gone)
            yield part.path, part.content_type, headers, b"" if is_around else part.body


def _stays(name: str) -> bool:
    return not name.startswith("content-") and name != "mime-version"


def _step_towards(part: Part, path: str) -> Part | None:
    below = part.children if part.message is None else (part.message.root,)
    return next((each for each in below if f"{path}.".startswith(f"{each.path}.")), None)


def _stands_apart(root: Part, outer: Part) -> bool:
    """Say whether a message within the mail begins in the mail's own bytes, behind a blank line."""
    start = root.whole.start
    return root.buffer is outer.buffer and root.buffer.endswith((b"\n\n", b"\n\r\n"), max(0, start - 3), start)


def replace_parts(message: Message, notes: Mapping[str, Note]) -> tuple[Splice, ...]:
    """Give the edits that put each note in the place of the part with its path; in order, none within another."""
    eol = _find_line_end(message.raw)
    found = {path: find_replaceable(message, path) for path in notes}
    parts = {part.path: (part, notes[path]) for path, part in found.items() if part is not None}
    splices: list[Splice] = []
    for path in _leave_out_inner(parts):
        part, note = parts[path]
        splices += _replace_root(part, note, eol) if not part.parent_type else _replace_section(part, note, eol)
    return tuple(sorted(splices, key=lambda splice: (splice.offset, splice.removed_bytes > 0)))


def _leave_out_inner(paths: Iterable[str]) -> list[str]:
    known = set(paths)
    return [path for path in sorted(known) if not any(path.startswith(f"{outer}.") for outer in known)]


def _find_line_end(raw: bytes) -> bytes:
    if b"\r\n" in raw:
        return b"\r\n"
    return b"\n" if b"\n" in raw else b"\r" if b"\r" in raw else b"\r\n"


def _replace_section(part: Part, note: Note, eol: bytes) -> Iterator[Splice]:
    """Replace header and body of a part between two boundaries."""
    names = f'; name="{note.file_name}"', f'attachment; filename="{note.file_name}"'
    lines = [*_build_header(names[0]), f"Content-Disposition: {names[1]}", ""]
    content = eol.join([*(line.encode("ascii") for line in lines), *_encode(note.text)])
    yield Splice(part.whole.start, part.whole.end - part.whole.start, content + _close(part, eol))


def _replace_root(part: Part, note: Note, eol: bytes) -> Iterator[Splice]:
    """Replace the body of a message and the headers that are about it; its other headers stay."""
    blank = _find_blank_line(part)
    removed = [header.span for header in part.headers if header.name.startswith("content-")]
    yield from (Splice(span.start, span.end - span.start, b"") for span in removed)
    kept_end = removed[-1].start if removed and removed[-1].end == blank.start else blank.start
    is_open = kept_end > part.whole.start and part.buffer[kept_end - 1 : kept_end] != b"\n"
    lines = [*_build_header(""), *(() if part.header("mime-version") else ("MIME-Version: 1.0",))]
    fields = (eol if is_open else b"") + b"".join(line.encode("ascii") + eol for line in lines)
    end = eol if part.whole.end == len(part.buffer) else _close(part, eol)
    body = eol.join(_encode(note.text)) + end
    if part.buffer[blank.start : blank.end].endswith(b"\n"):
        yield Splice(blank.start, 0, fields)
        yield Splice(blank.end, part.whole.end - blank.end, body)
    else:
        yield Splice(blank.start, part.whole.end - blank.start, fields + eol + body)


def _find_blank_line(part: Part) -> Span:
    """Give the place of the line that ends the header; an empty one where the body follows at once."""
    start, end = part.whole.start, part.extent.start
    line = max(start, part.buffer.rfind(b"\n", start, max(start, end - 1)) + 1)
    return Span(end if part.buffer[line:end].strip(b"\r\n") else line, end)


def _build_header(name: str) -> Iterator[str]:
    yield f"Content-Type: text/plain; charset=utf-8{name}"
    yield "Content-Transfer-Encoding: base64"


def _encode(text: str) -> list[bytes]:
    return base64.encodebytes(text.encode("utf-8", "replace")).splitlines()


def _close(part: Part, eol: bytes) -> bytes:
    """End the last line where the boundary follows at once: an empty part has no line end of its own."""
    return eol if part.buffer.startswith(b"--", part.whole.end) else b""
