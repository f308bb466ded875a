"""Names of files in archives: read them from bytes, and tell what a name may do to whoever unpacks it.

Standards: APPNOTE.TXT 6.3.10 Appendix D (names are code page 437, or UTF-8 where bit 11 says so).
Trust: whoever made the archive chose every byte of its names.
Fails: never.
"""

import re
import unicodedata
from collections.abc import Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"^[A-Za-z]:")
_SEPARATORS = re.compile(r"[/\\]+")


def decode_name(raw: bytes, *, is_utf8: bool = False) -> str:
    """Read a name as most programs would: UTF-8 where it is, Chinese where it is, else code page 437."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace") if is_utf8 else _decode_old_name(raw)


def _decode_old_name(raw: bytes) -> str:
    """Read simplified Chinese by its common characters only: what else may be read so is more often western."""
    try:
        return raw.decode("gb2312")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def find_name_tricks(name: str) -> Iterator[tuple[str, str]]:
    """Give the code and the text of each trait of one name."""
    parts = _SEPARATORS.split(name)
    if ".." in parts or _DRIVE.match(name) or name.startswith(("\\\\", "//")):
        yield "archive.path_escape", name
    elif name.startswith(("/", "\\")):
        yield "archive.path_absolute", name
    if _CONTROL.search(name):
        code = "archive.name_nul" if "\x00" in name else "archive.name_control"
        yield code, _CONTROL.sub("\ufffd", name)
    if "\\" in name and not name.startswith("\\"):
        yield "archive.name_backslash", name


def leads_outside(place: str, target: str) -> bool:
    """Say whether a link that stands at `place` leads out of the folder that an archive is unpacked in."""
    if target.startswith(("/", "\\")) or _DRIVE.match(target):
        return True
    depth = len([part for part in _SEPARATORS.split(place)[:-1] if part not in ("", ".")])
    for part in _SEPARATORS.split(target):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return True
    return False


def fold_name(name: str) -> str:
    """Give what file systems take for one name: case, forms of Unicode, dots and blanks at the end do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "/".join(part.rstrip(" .") or part for part in _SEPARATORS.split(folded))


class NameBook:
    """The names of one archive: tells names that are taken again, with the same content or with another."""

    def __init__(self) -> None:
        self._contents: dict[str, int] = {}
        self._folded: dict[str, str] = {}

    def enter(self, name: str, content: bytes) -> Iterator[tuple[str, str]]:
        """Write one file down; give a trait where its name was there before."""
        before = self._contents.setdefault(name, hash(content))
        if before != hash(content):
            yield "archive.name_twice", name
        other = self._folded.setdefault(fold_name(name), name)
        if other != name:
            yield "archive.name_alike", f"{other} | {name}"
