"""Read Windows shortcuts (.lnk): what they start, with which arguments, and what is hidden behind them.

Standards: [MS-SHLLINK] §2.1 (header), §2.2 (target), §2.3 (LinkInfo), §2.4 (strings), §2.5 (extra data).
Trust: the shortcut comes from a stranger.
Fails: never; what is cut off is left out.
"""

import re
import struct
from dataclasses import dataclass

MAX_STRING_CHARS = 8_192
MAX_BLOCKS = 50
HEADER_BYTES = 76

_FLAGS_AT = 20
_HAS_TARGET, _HAS_INFO, _HAS_NAME, _HAS_PATH, _HAS_FOLDER, _HAS_ARGUMENTS, _HAS_ICON, _IS_WIDE = (
    1 << bit for bit in range(8)
)
_STRINGS = (
    (_HAS_NAME, "name"), (_HAS_PATH, "path"), (_HAS_FOLDER, "folder"), (_HAS_ARGUMENTS, "arguments"),
    (_HAS_ICON, "icon"),
)  # fmt: skip
_ENVIRONMENT, _ICON_ENVIRONMENT = 0xA0000001, 0xA0000007
_BLOCK = struct.Struct("<II")
_ANSI_BYTES, _WIDE_BYTES = 260, 520
_WORDS = re.compile(rb"(?:[\x20-\x7e]\x00){3,260}|[\x20-\x7e]{4,260}")


@dataclass(slots=True)
class ShellLink:
    """What a shortcut says; "" for what it does not say."""

    target: str = ""  # from the environment block, LinkInfo, or the item list
    path: str = ""  # relative
    folder: str = ""
    arguments: str = ""
    icon: str = ""
    name: str = ""
    end: int = 0  # where the shortcut ends in its file


def read_shell_link(content: bytes) -> ShellLink:
    """Read a shortcut."""
    link = ShellLink(end=HEADER_BYTES)
    flags = _read_number(content, _FLAGS_AT, 4)
    if flags & _HAS_TARGET:
        size = _read_number(content, link.end, 2)
        link.target = _find_target(content[link.end + 2 : link.end + 2 + size])
        link.end += 2 + size
    if flags & _HAS_INFO:
        size = _read_number(content, link.end, 4)
        link.target = _read_info(content[link.end : link.end + size]) or link.target
        link.end += max(size, 4)
    for flag, name in _STRINGS:
        if flags & flag:
            _read_string(content, link, name, is_wide=bool(flags & _IS_WIDE))
    _read_blocks(content, link)
    link.end = min(link.end, len(content))
    return link


def _read_number(content: bytes, place: int, size: int) -> int:
    return int.from_bytes(content[place : place + size], "little")


def _read_string(content: bytes, link: ShellLink, name: str, *, is_wide: bool) -> None:
    count = _read_number(content, link.end, 2)
    size = count * 2 if is_wide else count
    raw = content[link.end + 2 : link.end + 2 + size]
    setattr(link, name, raw.decode("utf-16-le" if is_wide else "cp1252", "replace")[:MAX_STRING_CHARS].rstrip("\0"))
    link.end += 2 + size


def _find_target(items: bytes) -> str:
    """Give the names in an item list as a path; the items of the shell have many shapes, so their words are taken."""
    words = [match[0].replace(b"\0", b"").decode("ascii") for match in _WORDS.finditer(items[:MAX_STRING_CHARS])]
    return "\\".join(dict.fromkeys(word.strip("\\") for word in words))[:MAX_STRING_CHARS]


def _read_info(info: bytes) -> str:
    """Give the local path, or the path on another machine (§2.3.2)."""
    local, network, suffix = (_read_number(info, place, 4) for place in (16, 20, 24))
    base = _cut(info, local) if local else ""
    if network:
        share = _read_number(info, network + 8, 4)
        base = _cut(info, network + share)
    end = _cut(info, suffix) if suffix else ""
    return f"{base}\\{end}" if base and end and not base.endswith("\\") else base + end


def _cut(content: bytes, place: int) -> str:
    """Give the text up to the next NUL."""
    return content[place : place + MAX_STRING_CHARS].partition(b"\0")[0].decode("cp1252", "replace")


def _read_blocks(content: bytes, link: ShellLink) -> None:
    for _ in range(MAX_BLOCKS):
        size = _read_number(content, link.end, 4)
        if size < _BLOCK.size:
            link.end += 4
            return
        kind = _read_number(content, link.end + 4, 4)
        wide = content[link.end + 8 + _ANSI_BYTES : link.end + 8 + _ANSI_BYTES + _WIDE_BYTES]
        text = wide.decode("utf-16-le", "replace").partition("\0")[0] or _cut(content, link.end + 8)
        if kind == _ENVIRONMENT:
            link.target = text
        elif kind == _ICON_ENVIRONMENT:
            link.icon = text
        link.end += size
