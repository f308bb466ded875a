"""Finds every file that any program may see in a tar archive, and every place where programs would disagree.

Standards: POSIX.1-2017 pax (ustar, extended headers); the long names and large numbers of GNU tar.
Trust: the archive comes from a stranger, and may be made to be read in two ways.
Fails: never. At most MAX_ENTRIES headers are read.
"""

from dataclasses import dataclass, field

from gatepost.message.attachments.archives.names import decode_name

MAX_ENTRIES = 10_000
MAX_WAYS = 100  # places from which some program might go on
MAX_PAX_BYTES = 64 * 1024
_BLOCK = 512
_NAME_BYTES = 100
_MAGIC = b"ustar"
_MOST_DIGITS = 16
_BASE_256 = 0x80
_HARDLINK, _SYMLINK, _FOLDER = b"1", b"2", b"5"
_SPECIAL = (b"3", b"4", b"6")
_SPARSE = b"S"
_WITHOUT_DATA = (_HARDLINK, _SYMLINK, _FOLDER, *_SPECIAL)
_DECISIVE = ("path", "size", "linkpath")
_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"
_ABOUT_NEXT = (_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK)


@dataclass(frozen=True, slots=True)
class TarEntry:
    """One entry as some program reads it."""

    name: str
    kind: bytes  # the type flag
    link: str
    data_at: int
    size_bytes: int

    @property
    def is_folder(self) -> bool:
        """Say whether it is a folder."""
        return self.kind == _FOLDER

    @property
    def is_symlink(self) -> bool:
        """Say whether it is a symbolic link."""
        return self.kind == _SYMLINK

    @property
    def is_hardlink(self) -> bool:
        """Say whether it is a hard link."""
        return self.kind == _HARDLINK

    @property
    def is_special(self) -> bool:
        """Say whether it is a device or a pipe."""
        return self.kind in _SPECIAL


@dataclass(slots=True)
class TarLayout:
    """All entries of an archive, and what is odd about it as (code, text)."""

    entries: list[TarEntry] = field(default_factory=list)
    traits: list[tuple[str, str]] = field(default_factory=list)
    behind: bytes = b""  # what is no entry, behind the end
    is_cut: bool = False  # there is more than was read


@dataclass(slots=True)
class _Told:
    """What headers in front of an entry say about it."""

    pax: dict[str, str] = field(default_factory=dict)
    for_all: dict[str, str] = field(default_factory=dict)  # of a global pax header
    name: str = ""
    link: str = ""

    def find(self, key: str) -> str:
        """Give what pax says."""
        return self.pax.get(key) or self.for_all.get(key, "")


def read_tar(content: bytes) -> TarLayout:
    """Read an archive in every way: on from each place where some program would go on."""
    layout = TarLayout()
    walk = _Walk(content, layout)
    while walk.places:
        walk.go(walk.places.pop())
    return layout


class _Walk:
    """The way over the headers of one archive."""

    def __init__(self, content: bytes, layout: TarLayout) -> None:
        self._content = content
        self._layout = layout
        self._seen: set[int] = set()
        self._ways_left = MAX_WAYS
        self.places = [0]  # where to go on

    def go(self, at: int) -> None:
        """Read entries from one place until the end."""
        told, start = _Told(), at
        while at not in self._seen and at + _BLOCK <= len(self._content):
            if len(self._seen) >= MAX_ENTRIES:
                self._layout.is_cut = True
                return
            block = self._content[at : at + _BLOCK]
            if not self._is_header(block, is_first=not self._seen):
                if at > start:
                    self._look_behind(at)
                return
            self._seen.add(at)
            at, told = self._read_entry(at, block, told)
        if at not in self._seen:
            self._end_without_end(at)

    def _end_without_end(self, at: int) -> None:
        """Look at what is left where there is no room for a header."""
        if at > len(self._content):
            self._note("archive.cut_off", self._layout.entries[-1].name if self._layout.entries else "")
        elif self._content[at:].strip(b"\x00"):
            self._layout.behind = self._content[at:]

    def _note(self, code: str, text: str) -> None:
        self._layout.traits.append((code, text))

    def _add_place(self, place: int) -> None:
        if self._ways_left and place not in self._seen:
            self._ways_left -= 1
            self.places.append(place)

    def _is_header(self, block: bytes, *, is_first: bool) -> bool:
        """Check the sum over the header; some programs added signed bytes once."""
        stored, rest = _read_number(block[148:156]), block[:148] + b" " * 8 + block[156:]
        total = sum(rest)
        if stored == total:
            return True
        if not block.strip(b"\x00"):
            return False
        if stored == total - 256 * sum(byte >= _BASE_256 for byte in rest):
            self._note("archive.wrong_checksum", "a sum of signed bytes")
            return True
        if block[257:262] == _MAGIC:
            self._note("archive.wrong_checksum", decode_name(block[:100].split(b"\x00")[0]))
        return is_first

    def _look_behind(self, at: int) -> None:
        """Look behind the end, which is a block of zeros: some programs go on there, or skip what is damaged."""
        rest = self._content[at:].lstrip(b"\x00")
        if not rest:
            return
        at += (len(self._content) - len(rest) - at) // _BLOCK * _BLOCK
        found = self._content.find(_MAGIC, at + 257) - 257
        while found >= 0 and (found - at) % _BLOCK and self._ways_left:
            self._ways_left -= 1
            found = self._content.find(_MAGIC, found + 258) - 257
        if found >= 0 and not (found - at) % _BLOCK:
            self._note("archive.hidden_entry", decode_name(self._content[found : found + 100].split(b"\x00")[0]))
            self._add_place(found)
        else:
            self._layout.behind = self._content[at:]

    def _read_entry(self, at: int, block: bytes, told: _Told) -> tuple[int, _Told]:
        """Read one header; give where the next one stands, and what was told about it."""
        kind, size = block[156:157], _read_number(block[124:136])
        data_at = at + _BLOCK
        if kind in _ABOUT_NEXT:
            data = self._content[data_at : data_at + min(size, MAX_PAX_BYTES)]
            self._layout.traits += _read_told(data, kind, told)
            return _next(data_at, size), told
        if kind == _SPARSE:
            data_at = self._skip_sparse_map(block, data_at)
        name, link = self._find_names(block, told)
        sizes = _find_sizes(kind, size, told.find("size"))
        if len(sizes) > 1:
            self._note("archive.header_differs", f"{name}: size {' or '.join(map(str, sizes))}")
            for each in sizes[1:]:
                self._add_place(_next(data_at, each))
        self._layout.entries += [TarEntry(name, kind, link, data_at, each) for each in sizes]
        return _next(data_at, sizes[0]), _Told(for_all=told.for_all)

    def _skip_sparse_map(self, block: bytes, at: int) -> int:
        """Pass over the further blocks in which GNU tar says where a sparse file has its holes."""
        goes_on = block[482:483]
        while goes_on not in (b"", b"\x00"):
            goes_on = self._content[at + 504 : at + 505]
            at += _BLOCK
        return at

    def _find_names(self, block: bytes, told: _Told) -> tuple[str, str]:
        """Give name and link; tell where the header itself gives another name that was not merely cut."""
        field_ = block[:_NAME_BYTES].split(b"\x00")[0]
        prefix = block[345:500].split(b"\x00")[0] if block[257:263] == _MAGIC + b"\x00" else b""
        own = decode_name(prefix + b"/" + field_ if prefix else field_)
        name = told.find("path") or told.name or own
        if name.isascii() and len(field_) < _NAME_BYTES - 1 and name.rstrip("/") != own.rstrip("/"):
            self._note("archive.name_differs", f"{name} | {own}")
        return name, told.find("linkpath") or told.link or decode_name(block[157:257].split(b"\x00")[0])


def _next(data_at: int, size: int) -> int:
    return data_at + -(-size // _BLOCK) * _BLOCK


def _find_sizes(kind: bytes, size: int, told: str) -> list[int]:
    """Give how many bytes follow, by the pax header first; programs that do not know it believe the other."""
    is_told = told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS
    sizes = (int(told), size) if is_told else (size,)
    return list(dict.fromkeys((0, *sizes) if kind in _WITHOUT_DATA else sizes))


def _read_told(data: bytes, kind: bytes, told: _Told) -> list[tuple[str, str]]:
    """Take up what a header says about the next one, or about all; give what is odd about it."""
    if kind == _LONG_NAME:
        told.name = decode_name(data.split(b"\x00")[0])
    elif kind == _LONG_LINK:
        told.link = decode_name(data.split(b"\x00")[0])
    else:
        return _read_pax(data, told.pax if kind == _PAX else told.for_all)
    return []


def _read_pax(data: bytes, pax: dict[str, str]) -> list[tuple[str, str]]:
    """Read records of a length, a key and a value; the last of two counts."""
    at, own, traits = 0, set[str](), []
    while at < len(data):
        length, _, _ = data[at : at + _MOST_DIGITS].partition(b" ")
        if not length.isdigit() or int(length) <= len(length):
            break
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        name = decode_name(key)
        if name in own and name in _DECISIVE:
            traits.append(("archive.extra_odd", f"{name} is told twice"))
        own.add(name)
        pax[name] = decode_name(value)
        at += int(length)
    return traits


def _read_number(raw: bytes) -> int:
    """Read an octal number, or one of GNU's with base 256; 0 for nonsense."""
    if raw and raw[0] & _BASE_256:
        return int.from_bytes(raw[1:], "big") if raw[0] == _BASE_256 else 0
    digits = raw.strip(b" \x00")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0
