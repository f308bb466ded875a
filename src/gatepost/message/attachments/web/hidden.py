"""Find the files that a page or a script carries in a coding, to hand them to the reader when it runs (smuggling).

Trust: the text comes from a stranger.
Fails: never; at most MAX_HIDDEN files are given, coded MAX_LAYERS times.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.kinds import detect_kind
from gatepost.message.attachments.web.codings import find_coded, spell_out
from gatepost.model.file_kinds import FileKind

MAX_HIDDEN = 60
MAX_LAYERS = 4  # codings within each other
MAX_LAYER_BYTES = 3_000_000  # of a text that is searched again
MIN_TEXT_BYTES = 16

_TEXTS = frozenset({FileKind.TEXT, FileKind.CSV})
_NOTHING = frozenset({FileKind.UNKNOWN, FileKind.EMPTY, FileKind.FONT})
# Known by so many bytes that no chance makes them: of what only looks coded, tokens are the most
_SURE = frozenset(
    {
        FileKind.ZIP, FileKind.JAR, FileKind.APK, FileKind.OOXML, FileKind.OPEN_DOCUMENT, FileKind.EPUB,
        FileKind.APP_PACKAGE, FileKind.SEVEN_ZIP, FileKind.RAR, FileKind.CAB, FileKind.XZ, FileKind.ZSTD,
        FileKind.GZIP, FileKind.ISO, FileKind.UDF, FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG,
        FileKind.PE, FileKind.ELF, FileKind.MACH_O, FileKind.JAVA_CLASS, FileKind.WASM,
        FileKind.WINDOWS_INSTALLER, FileKind.SCRIPT, FileKind.SHORTCUT, FileKind.INTERNET_SHORTCUT,
        FileKind.HELP, FileKind.REGISTRY, FileKind.OLE, FileKind.OUTLOOK_MESSAGE, FileKind.OFFICE_XML,
        FileKind.RTF, FileKind.ONENOTE, FileKind.PDF, FileKind.POSTSCRIPT, FileKind.MAIL, FileKind.MHTML,
        FileKind.HTML, FileKind.SVG, FileKind.PNG, FileKind.GIF, FileKind.JPEG, FileKind.WEBP,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hidden:
    """One file: `how` it is coded, the outermost coding first."""

    how: str
    content: bytes


def find_hidden(text: str) -> Iterator[Hidden]:
    """Give the files in a text, each once."""
    seen: set[bytes] = set()
    for count, hidden in enumerate(_search(text, "", MAX_LAYERS, seen), 1):
        yield hidden
        if count >= MAX_HIDDEN:
            return


def _search(text: str, outer: str, layers: int, seen: set[bytes]) -> Iterator[Hidden]:
    for coded in find_coded(spell_out(text)):
        content = coded.content
        if content in seen:
            continue
        kind = detect_kind(content)
        how = f"{outer}{coded.how}"
        if kind in _TEXTS:
            seen.add(content)
            if coded.is_asked and len(content) >= MIN_TEXT_BYTES:
                yield Hidden(how, content)
            if layers > 1:
                inner = content[:MAX_LAYER_BYTES].decode("utf-8", "replace")
                yield from _search(inner, f"{how}, ", layers - 1, seen)
        elif kind in _SURE or (coded.is_asked and kind not in _NOTHING):
            seen.add(content)
            yield Hidden(how, content)
