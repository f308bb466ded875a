"""What is odd about the name of a file: how it hides its extension, or leads a system elsewhere than it seems.

Source: the naming rules of Windows (characters at the end that are dropped, reserved names, streams, extensions that
are never shown), UAX 9 (characters that change the reading direction).
Trust: whoever sent the file chose every character of its name.
Fails: never.
"""

import enum
import re
import unicodedata
from collections.abc import Iterator

from gatepost.screen.skeleton import draw_latin
from gatepost.screen.tables import FileEndings

MAX_NAME_CHARS = 255  # more than any file system takes
MAX_READ_CHARS = 1_000
HIDING_BLANKS = 8

_TURNING = re.compile("\u202e")  # turns Latin letters round
_MOVING = re.compile("[\u202b\u2067]")  # these only move them, and belong to names in scripts from right to left
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK = "[\\s\u00a0\u115f\u1160\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u2800\u3000\u3164\ufeff\uffa0]"
_BLANKS = re.compile(f"{_BLANK}{{{HIDING_BLANKS},}}")
_DROPPED = ".\"'\u200b" + "".join(filter(str.isspace, map(chr, range(0x3001))))  # no blank has a higher number
_EXTENSION = re.compile(r"[.．。｡․]([^\s.．。｡․/\\]{1,30})$")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_CLSID = re.compile(r"\.?\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}", re.IGNORECASE)
_STREAM = re.compile(
    r"[^:]{1,200}\.[a-z][a-z0-9]{0,5}:(?:[^\s:/\\]{1,200}\.[a-z0-9]{1,8}(?::\$data)?|:?\$[a-z_]{4,30})", re.IGNORECASE
)
_PATH = re.compile(r"(?:^|[/\\])\.\.[/\\]|^[/\\]{2}")


class NameTrick(enum.StrEnum):
    """What a name does."""

    TURNED = "turned"  # its letters are shown in another order
    PUSHED_AWAY = "pushed-away"  # blanks push its extension out of sight
    TWO_ENDINGS = "two-endings"  # a document's extension stands before one that is obeyed or shown
    CUT = "cut"  # systems end it earlier, and then it has another extension
    ALIKE = "alike"  # the extension is written with letters that only look like others, or holds unseen ones
    CLASS = "class"  # an identity of a Windows class stands as the extension
    STREAM = "stream"  # the second stream of a file
    DEVICE = "device"  # a device of Windows
    CONTROL = "control"  # control characters
    PATH = "path"  # leads out of the folder where it is put
    LONG = "long"


def read_base_name(path: str) -> str:
    """Give the last part of a path: what a reader sees of a file in an archive."""
    return re.split(r"[/\\]", path.rstrip("/\\")[-MAX_READ_CHARS:])[-1]


def read_extension(name: str) -> str:
    """Give the last extension in small letters as Windows takes it: what it drops at the end does not count."""
    return split_extension(name)[1]


def split_extension(name: str) -> tuple[str, str]:
    """Give what stands before the last extension, and the extension; the name and "" where there is none."""
    end = name[-MAX_READ_CHARS:].rstrip(_DROPPED)
    match = _EXTENSION.search(end)
    if match is None or end[match.start()] != "." or not match[1].isascii():
        return end, ""
    return end[: match.start()], match[1].lower()


def is_obeyed_or_shown(extension: str, files: FileEndings) -> bool:
    """Say whether a system or a browser does what is in such a file when it is opened."""
    groups = (files.programs, files.pages, files.shortcuts, files.other_systems, files.disk_images)
    return any(extension in group for group in groups)


def find_name_tricks(name: str, files: FileEndings) -> Iterator[NameTrick]:
    """Give what is odd about the name of one file."""
    read = name[:MAX_READ_CHARS]
    if _TURNING.search(read) or (_MOVING.search(read) and not _RIGHT_TO_LEFT.search(read)):
        yield NameTrick.TURNED
    yield from _find_hidden_endings(name, files)
    yield from _find_windows_tricks(read)
    if _CONTROL.search(read):
        yield NameTrick.CONTROL
    if _PATH.search(read):
        yield NameTrick.PATH
    if len(name) > MAX_NAME_CHARS:
        yield NameTrick.LONG


def _find_hidden_endings(name: str, files: FileEndings) -> Iterator[NameTrick]:
    if _BLANKS.search(name[-MAX_READ_CHARS:].rstrip()) and is_obeyed_or_shown(read_extension(name), files):
        yield NameTrick.PUSHED_AWAY
    if _has_two_endings(name, files):
        yield NameTrick.TWO_ENDINGS
    if _is_cut(name, files):
        yield NameTrick.CUT
    if _has_written_alike(name, files):
        yield NameTrick.ALIKE


def _find_windows_tricks(name: str) -> Iterator[NameTrick]:
    base = read_base_name(name)
    if _CLSID.search(base) and _CLSID.search(base.rstrip(_DROPPED)[-39:]):
        yield NameTrick.CLASS
    if _STREAM.fullmatch(base):
        yield NameTrick.STREAM
    if _DEVICE.fullmatch(base):
        yield NameTrick.DEVICE


def _has_two_endings(name: str, files: FileEndings) -> bool:
    stem, last = split_extension(name)
    if not is_obeyed_or_shown(last, files):
        return False
    before = read_extension(stem)
    return before in files.documents and before != last and not {before, last} <= files.pages


def _is_cut(name: str, files: FileEndings) -> bool:
    """Say whether what is left of a name is obeyed where a NUL ends it, or the greatest length of a name."""
    read = read_extension(name)
    pieces = {name.partition("\x00")[0], name[:MAX_NAME_CHARS], name[: MAX_NAME_CHARS + 5]} - {name}
    return any((left := read_extension(piece)) != read and is_obeyed_or_shown(left, files) for piece in pieces)


def _has_written_alike(name: str, files: FileEndings) -> bool:
    """Say whether the extension looks like one that counts, and is another."""
    end = name[-MAX_READ_CHARS:].rstrip(_DROPPED)
    match = _EXTENSION.search(end)
    if match is None or end[match.start() :].isascii():
        return False
    written = match[1].lower()
    seen = draw_latin(_UNSEEN.sub("", unicodedata.normalize("NFKC", written)))
    is_known = seen in files.documents or is_obeyed_or_shown(seen, files)
    return is_known and (seen != written or end[match.start()] != ".")
