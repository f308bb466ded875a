"""What the bytes of a PDF say by themselves: what readers may take otherwise, and what no library gets to see.

Standards: ISO 32000-1 §7.5 (file structure), §7.3.5 (names: `/J#61vaScript`), §7.5.6 (incremental updates).
Trust: the bytes come from a stranger. Readers mend broken files, each in its own way; a library that gives up, or
that mends otherwise, must not be the end of it.
Fails: never; each byte is looked at a few times at most.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.pdf.actions import ELSEWHERE, Observer, decode_string
from gatepost.message.attachments.pdf.streams import inflate, unescape

MAX_STREAMS = 20_000
MAX_INFLATED_BYTES = 16 * 1024 * 1024  # of all streams of a file that the library cannot read
MAX_PIECE_BYTES = 2 * 1024 * 1024
MAX_OBJECT_BYTES = 48 * 1024 * 1024  # of all packed objects of a file; images and the like are no objects
MAX_DICTIONARY_BYTES = 2_000
MAX_FOUND = 200
MAX_HEADER_OFFSET = 1024  # readers look so far (Acrobat implementation note 13)
_HONEST_EDGE = b"\xef\xbb\xbf\0\t\r\n "  # a mark of the coding, empty lines
MAX_TRAIL_BYTES = 1024  # of honest junk behind the end
TELLING_NAMES = frozenset(
    (
        "JS",
        "JavaScript",
        "Launch",
        "SubmitForm",
        "ImportData",
        "RichMedia",
        "OpenAction",
        "EmbeddedFile",
        "GoToE",
        "GoToR",
    )
)
_STREAM, _END_STREAM = b"stream", b"endstream"
_HEADER = re.compile(rb"%PDF-(?:1\.[0-9]|2\.0)[\s%]")
_NAME = re.compile(rb"/((?:[A-Za-z]|#[0-9A-Fa-f]{2}){2,40})(?![A-Za-z#])")
_CODED = re.compile(rb"#([0-9A-Fa-f]{2})")
_SCRIPT = re.compile(rb"/JS\s{0,20}\(((?:[^()\\]|\\.){1,4000})", re.DOTALL)
_LAUNCH = re.compile(rb"/(?:F|P|Win)\s{0,20}\(((?:[^()\\]|\\.){1,500})", re.DOTALL)
_URI = re.compile(rb"/URI\s{0,20}\(((?:[^()\\]|\\.){1,2000})", re.DOTALL)
_PACKED_OBJECTS = re.compile(rb"/(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])\b|/XRef\b")
_START = re.compile(rb"startxref\s{1,20}([0-9]{1,12})")
_COMMENTED = re.compile(rb"(?:^|[\r\n])[^\S\r\n]{0,20}%[^\S\r\n]{0,20}[0-9]{1,7} [0-9]{1,5} obj\b")


def cut_streams(content: bytes) -> tuple[bytes, list[bytes]]:
    """Give what stands outside of streams, and the streams."""
    outside, streams, position = [], [], 0
    for _ in range(MAX_STREAMS):
        start = content.find(_STREAM, position)
        end = content.find(_END_STREAM, start) if start >= 0 else -1
        if end < 0:
            break
        outside.append(content[position:start])
        streams.append(content[start + len(_STREAM) : end].removeprefix(b"\r").removeprefix(b"\n"))
        position = end + len(_END_STREAM)
    outside.append(content[position:])
    return b" ".join(outside), streams


def holds_bomb(content: bytes) -> bool:
    """Say whether the objects of a file are packed so that whoever reads them runs out of memory."""
    left = MAX_OBJECT_BYTES
    for match in islice(_PACKED_OBJECTS.finditer(content), MAX_STREAMS):
        start = content.find(_STREAM, match.end(), match.end() + MAX_DICTIONARY_BYTES)
        end = content.find(_END_STREAM, start) if start >= 0 else -1
        if end > start:
            packed = content[start + len(_STREAM) : end].removeprefix(b"\r").removeprefix(b"\n")
            left -= len(inflate(packed, left))
        if left <= 0:
            return True
    return False


def note_structure(content: bytes, outside: bytes, insides: Insides) -> None:
    """Note what lets readers see different documents, or none, in one file."""
    header = _HEADER.search(content[: MAX_HEADER_OFFSET + 10])
    if header is None:
        insides.note("pdf.odd_header", content[:20].decode("latin-1"))
    elif content[: header.start()].strip(_HONEST_EDGE):
        insides.note("pdf.late_header", str(header.start()))
    if _COMMENTED.search(outside):
        insides.note("pdf.commented_object")
    if any(_is_in_stream(content, int(match[1])) for match in islice(_START.finditer(outside), MAX_FOUND)):
        insides.note("pdf.table_in_stream")
    revisions = content.count(b"%%EOF")
    if revisions > 1:
        insides.note("pdf.revisions", str(revisions))
    trail = content[content.rfind(b"%%EOF") + 5 :].strip(_HONEST_EDGE) if revisions else b""
    if len(trail) > MAX_TRAIL_BYTES:
        insides.note("pdf.data_behind", str(len(trail)))


def find_hidden_names(outside: bytes) -> set[str]:
    """Give the telling names that are written in code: honest programs write them as they are."""
    return {name for name, is_coded in _find_names(outside) if is_coded}


def note_raw_actions(pieces: Iterable[bytes], observer: Observer) -> None:
    """Note the actions that stand in the bytes of a file which the library cannot read."""
    for piece in pieces:
        plain = _CODED.sub(lambda match: bytes([int(match[1], 16)]), piece)
        trigger = "open" if b"/OpenAction" in plain or b"/Names" in plain else ELSEWHERE
        for match in islice(_SCRIPT.finditer(plain), MAX_FOUND):
            observer.note_script(_unescape(match[1]), trigger)
        for match in islice(_URI.finditer(plain), MAX_FOUND):
            observer.note_url(_unescape(match[1]))
        names = {name for name, _ in _find_names(plain)}
        if "Launch" in names:
            words = (_unescape(match[1]) for match in islice(_LAUNCH.finditer(plain), MAX_FOUND))
            observer.tell("pdf.launch", trigger, " ".join(words))
        for name in sorted(names & TELLING_NAMES):
            observer.insides.note("pdf.raw_name", name)


def unpack_streams(streams: list[bytes]) -> Iterator[bytes]:
    """Give each stream unpacked where it can be, as far as all of them together may go."""
    left = MAX_INFLATED_BYTES
    for stream in streams:
        piece = inflate(stream, min(left, MAX_PIECE_BYTES)) or stream[:MAX_PIECE_BYTES]
        left -= len(piece)
        if left <= 0:
            return
        yield piece


def _find_names(text: bytes) -> Iterator[tuple[str, bool]]:
    for match in _NAME.finditer(text):
        is_coded = b"#" in match[1]
        name = _CODED.sub(lambda code: bytes([int(code[1], 16)]), match[1]) if is_coded else match[1]
        if (found := name.decode("latin-1")) in TELLING_NAMES:
            yield found, is_coded


def _is_in_stream(content: bytes, place: int) -> bool:
    """Say whether a place lies in a stream: the last such word in front of it opens one."""
    last = content.rfind(_STREAM, 0, place)
    if place >= len(content) or last < 0:
        return False
    return content[max(0, last - 3) : last] != b"end" and content.find(_END_STREAM, last) > place


def _unescape(text: bytes) -> str:
    return decode_string(unescape(text))
