"""Find the files that a page or a script carries in a coding, to hand them to the reader when it runs (smuggling).

Trust: the text comes from a stranger.
Fails: never; at most MAX_HIDDEN files are given, coded MAX_LAYERS times, and besides as many pictures and texts, of
which honest pages hold many: they keep no other file out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gatepost.message.attachments.kinds import detect_kind
from gatepost.message.attachments.web.codings import find_coded, pass_over, spell_out
from gatepost.model.file_kinds import IMAGES, FileKind

MAX_HIDDEN = 60
MAX_LAYERS = 4  # codings within each other
MAX_LAYER_BYTES = 3_000_000  # of a text that is searched again
MIN_TEXT_BYTES = 16

_TEXTS = frozenset({FileKind.TEXT, FileKind.CSV})
_PLAIN = _TEXTS | IMAGES
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
    kind: FileKind


def find_hidden(
    text: str, tell_rest: Callable[[], None] = pass_over, tell_plain: Callable[[], None] = pass_over
) -> Iterator[Hidden]:
    """Give the files in a text, each once; where there are more, one is called: `tell_plain` for pictures and texts."""
    found, plain = 0, 0
    for hidden in _search(text, "", MAX_LAYERS, _Search(tell_rest)):
        if hidden.kind in _PLAIN:
            plain += 1
            if plain > MAX_HIDDEN:
                tell_plain()
                continue
        elif (found := found + 1) > MAX_HIDDEN:
            tell_rest()
            return
        yield hidden


@dataclass(frozen=True, slots=True)
class _Search:
    tell_rest: Callable[[], None]
    seen: set[bytes] = field(default_factory=set)


def _search(text: str, outer: str, layers: int, search: _Search) -> Iterator[Hidden]:
    seen = search.seen
    for coded in find_coded(spell_out(text), search.tell_rest):
        content = coded.content
        if content in seen:
            continue
        kind = detect_kind(content)
        how = f"{outer}{coded.how}"
        if kind in _TEXTS:
            seen.add(content)
            if coded.is_asked and len(content) >= MIN_TEXT_BYTES:
                yield Hidden(how, content, kind)
            if layers > 1:
                inner = content[:MAX_LAYER_BYTES].decode("utf-8", "replace")
                yield from _search(inner, f"{how}, ", layers - 1, search)
        elif kind in _SURE or (coded.is_asked and kind not in _NOTHING):
            seen.add(content)
            yield Hidden(how, content, kind)
