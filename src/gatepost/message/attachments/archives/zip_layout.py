"""Finds every file that any program may see in a ZIP archive, and every place where programs would disagree.

Some programs believe the central directory at the end, some the local headers on their way from the start, some look
for the end from behind, some from the front. All of their readings are given; each disagreement is a trait.

Standards: APPNOTE.TXT 6.3.10 §4.3 (order of the records), §4.1.9 (nothing is assumed of self-extracting archives).
Trust: the archive comes from a stranger, and may be made to be read in two ways.
Fails: never. At most MAX_ENTRIES headers and MAX_ENDS end records are read.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from gatepost.message.attachments.archives.names import decode_name, fold_name
from gatepost.message.attachments.archives.zip_records import (
    CENTRAL,
    DESCRIPTOR,
    ENCRYPTED,
    END,
    HAS_DESCRIPTOR,
    IN_ZIP64,
    LOCAL,
    MASKED,
    STORED,
    STRONG,
    UNICODE_PATH_EXTRA,
    UTF8,
    ZIP64_EXTRA,
    End,
    Header,
    find_descriptor_end,
    read_central,
    read_end,
    read_extras,
    read_local,
    read_unicode_path,
)

MAX_ENTRIES = 10_000
MAX_ENDS = 16
MAX_HIDDEN = 200
_SPANNED = (b"PK\x07\x08", b"PK00")  # what the first of several volumes may begin with
_SIGNATURE_RECORD = b"PK\x05\x05"
_APK_SIGNATURES = b"APK Sig Block 42"
_BLANK = b"\x00 \t\r\n"
_ONCE = (ZIP64_EXTRA, UNICODE_PATH_EXTRA)
_FIRST_FOREIGN = 0x80
_STAND_INS = b"?_#"  # what programs write for a letter that a charset has not
_MAX_TRIES = 20_000
_MAX_MEASURED_BYTES = 1024 * 1024
_PROTECTED = ENCRYPTED | STRONG | MASKED


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as one kind of program reads it."""

    names: tuple[str, ...]  # all that it is called, the one that most programs show first
    header: Header  # whose method, sizes and flags count in this reading
    data_at: int
    is_hidden: bool = False  # the directory does not name it


@dataclass(slots=True)
class Layout:
    """All files of an archive, and what is odd about it as (code, text)."""

    entries: list[Entry] = field(default_factory=list)
    traits: list[tuple[str, str]] = field(default_factory=list)
    rests: list[tuple[int, int]] = field(default_factory=list)  # what belongs to no file
    is_cut: bool = False  # there is more than was read
    comment: bytes = b""  # for people, on the whole archive


@dataclass(slots=True)
class _Directory:
    headers: list[Header]
    at: int
    end: int
    shift: int  # how far everything stands behind where the archive says
    is_as_told: bool  # its length and the number of its entries are what the end record says


def read_layout(content: bytes) -> Layout:
    """Read an archive in every way."""
    ends = _find_ends(content)
    layout = Layout(comment=content[ends[0].comment_at : ends[0].end] if ends else b"")
    if content.startswith(_SPANNED) or (ends and ends[0].disk):
        layout.traits.append(("archive.volumes", ""))
    covered = _Covered(content)
    directory = _read_main_directory(content, ends, layout, covered)
    _read_other_ends(content, ends[1:], layout, covered)
    if directory is not None:
        covered.add(directory.at, ends[0].end)
    if not layout.is_cut:
        _read_gaps(content, layout, covered, is_whole=directory is not None)
    return layout


def _find_ends(content: bytes) -> list[End]:
    """Give the end records, the last one first."""
    ends: list[End] = []
    at = len(content)
    while len(ends) < MAX_ENDS and (at := content.rfind(END, 0, at)) >= 0:
        if end := read_end(content, at):
            ends.append(end)
    return ends


def _read_main_directory(content: bytes, ends: list[End], layout: Layout, covered: "_Covered") -> _Directory | None:
    if not ends:
        layout.traits.append(("archive.no_directory", "there is no end record"))
        return None
    directories = list(_find_directories(content, ends[0]))
    if len(directories) > 1:
        layout.traits.append(("archive.two_directories", f"at {directories[0].at} and at {directories[1].at}"))
    if ends[0].is_odd or not directories or not directories[0].is_as_told:
        layout.traits.append(("archive.end_odd", "the end record does not fit the directory"))
    for directory in directories:
        _read_files(content, directory, layout, covered)
    return directories[0] if directories else None


def _find_directories(content: bytes, end: End) -> Iterator[_Directory]:
    """Give the directory that stands in front of the end, then the one at the place that the end record tells."""
    in_front = end.directory_end - end.directory_bytes
    for at in dict.fromkeys((in_front, end.directory_at)):
        if 0 <= at <= end.directory_end and (content.startswith(CENTRAL, at) or at == end.directory_end):
            directory = _walk_directory(content, at, end, shift=at - end.directory_at)
            if directory.headers or not end.count:
                yield directory


def _walk_directory(content: bytes, at: int, end: End, shift: int) -> _Directory:
    headers: list[Header] = []
    place = at
    while len(headers) < MAX_ENTRIES and (header := read_central(content, place)):
        headers.append(header)
        place = header.end
    if content.startswith(_SIGNATURE_RECORD, place):
        place += 6 + int.from_bytes(content[place + 4 : place + 6], "little")
    is_whole = place == end.directory_end == at + end.directory_bytes and len(headers) == end.count
    return _Directory(headers, at, place, shift, is_whole or len(headers) == MAX_ENTRIES)


def _read_other_ends(content: bytes, ends: list[End], layout: Layout, covered: "_Covered") -> None:
    """Read what programs see that take another end record for the right one; an archive in an archive is none."""
    for end in ends:
        if covered.holds(end.at):
            continue
        layout.traits.append(("archive.several_ends", f"one more at {end.at}"))
        for directory in _find_directories(content, end):
            _read_files(content, directory, layout, covered)


def _read_files(content: bytes, directory: _Directory, layout: Layout, covered: "_Covered") -> None:
    layout.is_cut = layout.is_cut or len(directory.headers) >= MAX_ENTRIES
    for header in directory.headers:
        name = _decode(header)
        places = dict.fromkeys((header.local_at + directory.shift, header.local_at))
        locals_ = [local for at in places if at >= 0 and (local := read_local(content, at))]
        if not locals_:
            layout.traits.append(("archive.no_local_header", name))
        elif len(locals_) > 1:
            layout.traits.append(("archive.two_directories", name))
        for local in locals_:
            _read_file(content, header, local, layout, covered)


def _read_file(content: bytes, header: Header, local: Header, layout: Layout, covered: "_Covered") -> None:
    if not covered.is_new(local.at, header):
        layout.traits.append(("archive.overlap", _decode(header)))
        return
    names = _find_names(header, local, layout)
    layout.entries.append(Entry(names, header, local.end))
    differences = list(_compare(header, local))
    if differences:
        layout.traits.append(("archive.header_differs", f"{names[0]}: {', '.join(differences)}"))
        layout.entries.append(Entry(names, replace(local, name=header.name), local.end, is_hidden=True))
    layout.traits.extend(_find_oddities(header, local, names[0]))
    data_end = local.end + header.packed_bytes
    descriptor_end = find_descriptor_end(content, data_end, header) if local.flags & HAS_DESCRIPTOR else data_end
    if descriptor_end is None:
        layout.traits.append(("archive.descriptor_differs", names[0]))
        descriptor_end = data_end + (16 if content.startswith(DESCRIPTOR, data_end) else 0)
    covered.add(local.at, descriptor_end)
    if data_end > len(content):
        layout.traits.append(("archive.cut_off", names[0]))
    covered.follow(local, header)


def _compare(header: Header, local: Header) -> Iterator[str]:
    """Tell in what the two headers of one file contradict each other; who streams leaves numbers out (§4.4.4)."""
    if header.flags & MASKED or _is_left_empty(local):
        return
    streams = local.flags & HAS_DESCRIPTOR
    if local.method != header.method:
        yield f"method {local.method} or {header.method}"
    if local.flags & _PROTECTED != header.flags & _PROTECTED:
        yield "encrypted or not"
    for what, mine, other in (
        ("size", local.size_bytes, header.size_bytes),
        ("packed size", local.packed_bytes, header.packed_bytes),
        ("checksum", local.crc, header.crc),
    ):
        if mine != other and not (streams and mine in (0, IN_ZIP64)):
            yield f"{what} {mine} or {other}"


def _is_left_empty(local: Header) -> bool:
    """Say whether a writer left all numbers out that it did not know, and did not say so."""
    return not (local.crc or local.packed_bytes or local.size_bytes or local.flags & HAS_DESCRIPTOR)


def _find_oddities(header: Header, local: Header, name: str) -> Iterator[tuple[str, str]]:
    if _is_left_empty(local) and header.packed_bytes:
        yield "archive.header_empty", name
    if header.is_zip64_odd or local.is_zip64_odd:
        yield "archive.zip64_odd", name
    for extra in (header.extra, local.extra):
        parts, left = read_extras(extra)
        kinds = [kind for kind, _ in parts]
        if left.strip(b"\x00") or len(left) >= struct.calcsize("<HH") or any(kinds.count(kind) > 1 for kind in _ONCE):
            yield "archive.extra_odd", name
        elif left:
            yield "archive.extra_padded", name


def _find_names(header: Header, local: Header, layout: Layout) -> tuple[str, ...]:
    """Give all names of one file; tell where they are not the same."""
    name, other = _decode(header), _decode(local)
    names = [name]
    if fold_name(name) != fold_name(other) and not header.flags & MASKED:
        layout.traits.append(("archive.name_differs", f"{name} | {other}"))
        names.append(other)
    for each in (header, local):
        if found := read_unicode_path(each):
            path, belongs = decode_name(found[0], is_utf8=True), found[1]
            if not belongs or not _may_stand_for(each.name, path):
                code = "archive.unicode_name" if belongs else "archive.unicode_stale"
                layout.traits.append((code, f"{name} | {path}"))
            names.insert(0 if belongs else len(names), path)
    return tuple(dict.fromkeys(names))


def _may_stand_for(raw: bytes, path: str) -> bool:
    """Say whether a name in an old charset can be the same name: what is ASCII in it stands in both, in order."""
    letters = iter(path)
    if not all(chr(byte) in letters for byte in raw if byte < _FIRST_FOREIGN and byte not in _STAND_INS):
        return False
    ending = raw.rpartition(b".")[2]
    is_plain = ending.isascii() and not any(byte in _STAND_INS for byte in ending)
    return not is_plain or ending.decode("ascii") == path.rpartition(".")[2]


def _decode(header: Header) -> str:
    return decode_name(header.name, is_utf8=bool(header.flags & UTF8))


class _Covered:
    """Which bytes belong to files that a directory names."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._pieces: list[tuple[int, int]] = []
        self._seen: set[tuple[object, ...]] = set()
        self.local_ats: set[int] = set()
        self.followers: list[int] = []  # where programs go on that believe local sizes, and others do not
        self._is_sorted = True

    def is_new(self, local_at: int, header: Header) -> bool:
        """Say whether this reading of the file at `local_at` was not met before."""
        key = (local_at, header.name, header.method, header.packed_bytes, header.size_bytes, header.crc)
        if key in self._seen:
            return False
        self._seen.add(key)
        self.local_ats.add(local_at)
        return True

    def add(self, start: int, end: int) -> None:
        """Take up a piece."""
        self._pieces.append((start, end))
        self._is_sorted = False

    def follow(self, local: Header, header: Header) -> None:
        """Remember where a program goes on that believes the local header."""
        if local.packed_bytes != header.packed_bytes and not local.flags & HAS_DESCRIPTOR:
            self.followers.append(local.end + local.packed_bytes)

    def holds(self, place: int) -> bool:
        """Say whether a place lies in a piece."""
        self._sort()
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]

    def _sort(self) -> None:
        """Join pieces that touch."""
        if self._is_sorted:
            return
        self._starts, self._ends = [], []
        for start, end in sorted(self._pieces):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)
        self._is_sorted = True

    def overlaps(self) -> bool:
        """Say whether any two pieces share bytes."""
        pieces = sorted(self._pieces)
        return any(start < end for (_, end), (start, _) in pairwise(pieces))

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Give what lies between, before and behind the pieces."""
        self._sort()
        place = 0
        for start, end in zip([*self._starts, len(self._content)], [*self._ends, len(self._content)], strict=True):
            if start > place:
                yield place, min(start, len(self._content))
            place = max(place, end)


def _read_gaps(content: bytes, layout: Layout, covered: _Covered, *, is_whole: bool) -> None:
    if covered.overlaps():
        layout.traits.append(("archive.overlap", "files share their bytes"))
    for start, end in covered.gaps():
        hidden = _find_hidden(content, start, end)
        layout.entries += hidden
        if hidden and is_whole:
            layout.traits.append(("archive.hidden_entry", hidden[0].names[0]))
        elif not hidden and end - start < len(content) and content[start:end].strip(_BLANK):
            layout.traits += _name_gap(content, start, end)
            layout.rests.append((start, end))
    for place in covered.followers[:MAX_HIDDEN]:
        local = read_local(content, place)
        if local and place not in covered.local_ats:
            layout.entries.append(Entry((_decode(local),), local, local.end, is_hidden=True))
            layout.traits.append(("archive.hidden_entry", _decode(local)))


def _name_gap(content: bytes, start: int, end: int) -> Iterator[tuple[str, str]]:
    if start == 0:
        yield "archive.data_before", f"{end} bytes"
    elif end == len(content):
        yield "archive.data_behind", f"{end - start} bytes"
    elif not content.endswith(_APK_SIGNATURES, start, end):
        yield "archive.data_between", f"{end - start} bytes"


def _find_hidden(content: bytes, start: int, end: int) -> list[Entry]:
    """Give the files whose local headers stand in a gap."""
    found: list[Entry] = []
    place = start
    for _ in range(_MAX_TRIES):
        place = content.find(LOCAL, place, end)
        if place < 0 or len(found) == MAX_HIDDEN:
            break
        local = read_local(content, place)
        place += len(LOCAL)
        if local and local.name and local.end <= len(content):
            local = _measure(content, local, end)
            found.append(Entry((_decode(local),), local, local.end, is_hidden=True))
            place = max(place, min(local.end + local.packed_bytes, end) if local.method == STORED else local.end)
    return found


def _measure(content: bytes, local: Header, end: int) -> Header:
    """Find out how long the data of a header is that leaves its size to a descriptor."""
    if local.packed_bytes or not local.flags & HAS_DESCRIPTOR:
        return local
    if local.method != STORED:
        return replace(local, packed_bytes=end - local.end)
    last = min(end, local.end + _MAX_MEASURED_BYTES)
    marks = (content.find(mark, local.end, last) for mark in (DESCRIPTOR, LOCAL, CENTRAL))
    return replace(local, packed_bytes=min((at for at in marks if at >= 0), default=last) - local.end)
