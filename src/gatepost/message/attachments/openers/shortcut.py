"""Looks at shortcuts of every system: what they start, and on whose machine it lies.

Standards: [MS-SHLLINK]; the Desktop Entry Specification; .url and .scf are INI files, .webloc is a property list.
Trust: the shortcut comes from a stranger.
Fails: never.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.shell_link import read_shell_link
from gatepost.message.charset import decode_text
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.SHORTCUT, FileKind.INTERNET_SHORTCUT})
MAX_CHARS = 200_000
MAX_FOUND = 50
MIN_BEHIND_BYTES = 64
MIN_PADDING = 60  # blanks that push arguments out of the window which shows them

_LNK_START = b"\x4c\x00\x00\x00\x01\x14\x02\x00"
_URL = re.compile(r"\b(?:https?|ftp)://[^\s\"'<>|^`\x00]{3,2000}", re.IGNORECASE)
_REMOTE = re.compile(
    r"(?:\\\\|(?<!:)//)(?![?.][\\/])[\w.@-]{2,255}[\\/]|\bfile:/{2,5}[\w.-]{2,255}/|\bsearch-ms:[^\s]{0,500}?location",
    re.IGNORECASE,
)
_PADDING = re.compile(rf"[\s\x00]{{{MIN_PADDING},}}")
_PLACES = re.compile(
    r"^\s{0,9}(?:URL|BASEURL|IconFile|WorkingDirectory|Icon|Path)\s{0,9}=\s{0,9}([^\r\n]{1,2000})"
    r"|<(?:string|url|href|simpleLocation|Uri|MainPackage)\b[^<>]{0,500}>\s{0,9}([^<>]{1,2000})"
    r"|\b(?:Uri|href|codebase)\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,2000})"
    r"|^(?:full address|alternate full address|gatewayhostname):s:([^\r\n]{1,500})",
    re.IGNORECASE | re.MULTILINE,
)
_COMMANDS = re.compile(
    r"^\s{0,9}(?:Exec|TryExec|Command)\s{0,9}=\s{0,9}([^\r\n]{1,4000})"
    r"|^(?:alternate shell|remoteapplicationprogram|remoteapplicationcmdline):s:([^\r\n]{1,1000})"
    r"|<DeepLink>\s{0,9}([^<>]{1,4000})",
    re.IGNORECASE | re.MULTILINE,
)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note what the shortcut starts."""
    if file.content.startswith(_LNK_START):
        _look_at_shell_link(file, insides, desk)
        return
    text = decode_text(file.content[:MAX_CHARS], "")
    for place in _find(_PLACES, text):
        _note_place(place, insides)
    for command in _find(_COMMANDS, text):
        _note_command(command, insides)


def _look_at_shell_link(file: File, insides: Insides, desk: Desk) -> None:
    link = read_shell_link(file.content)
    _note_command(f"{link.target or link.path} {link.arguments}", insides)
    for place in filter(None, (link.target, link.path, link.folder, link.icon)):
        if _REMOTE.search(place):
            insides.note("shortcut.remote", place)
    if _PADDING.search(link.arguments):
        insides.note("shortcut.padded")
    behind = file.content[link.end :].strip(b"\0")
    if len(behind) >= MIN_BEHIND_BYTES:
        insides.note("shortcut.data_behind", str(len(behind)))
        desk.open_inside(file, insides, "", behind)


def _note_place(place: str, insides: Insides) -> None:
    place = html.unescape(place).strip()
    if _REMOTE.search(place) and not _URL.match(place):
        insides.note("shortcut.remote", place)
    elif _URL.match(place):
        insides.note("shortcut.target", place)
        insides.link(place)


def _note_command(command: str, insides: Insides) -> None:
    shown = " ".join(command.replace("\0", " ").split())
    if shown:
        insides.note("shortcut.command", shown)
    if _REMOTE.search(shown):
        insides.note("shortcut.remote", shown)
    for match in islice(_URL.finditer(command), MAX_FOUND):
        insides.link(match[0])


def _find(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (next(filter(None, match.groups()), "") for match in islice(pattern.finditer(text), MAX_FOUND))
