"""Read the source of VBA macros: the modules of a project, decompressed.

Standards: MS-OVBA 2.4.1 (compression), 2.3.4.2 (dir stream), 2.3.4.3 (module streams).
Trust: the project is a stranger's; offsets may lie, and a stream may unpack to two thousand times its size.
Fails: never; what cannot be read is left out, and `is_cut` says that there was more than is looked at.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.attachments.office.compound import CompoundFile, Path

MAX_SOURCE_BYTES = 4 * 1024 * 1024  # of one project
MAX_PROJECTS = 50
MAX_MODULES = 1_000
MAX_DIR_BYTES = 1024 * 1024
_CONTAINER, _CHUNK_BYTES = 0x01, 4096
_START_OF_SOURCE = b"\x00Attribut"  # eight letters that nothing before them allows to pack
_CODEPAGE, _VERSION, _STREAM, _STREAM_UNICODE, _OFFSET = 0x03, 0x09, 0x1A, 0x32, 0x31
_VERSION_BYTES = 6  # its record tells a size of 4
_RECORD = struct.Struct("<HI")
_ATTRIBUTE = re.compile(r"^[ \t]*Attribute\b[^\n]*\n?", re.IGNORECASE | re.MULTILINE)
_PCODE_MARK = b"\xfe\xca\x01\x00"


@dataclass(frozen=True, slots=True)
class Module:
    """One module; `compiled` is what Office ran last and runs again if its version fits, whatever the source says."""

    name: str
    source: str
    compiled: bytes


@dataclass(frozen=True, slots=True)
class Project:
    """The macros of one document."""

    path: Path  # of the storage that holds `dir`
    modules: tuple[Module, ...]
    is_cut: bool


def decompress(container: bytes, limit: int = MAX_SOURCE_BYTES) -> bytes:
    r"""Unpack a compressed container as far as it is whole, and not past `limit` bytes.

    >>> decompress(b"\x01\x19\xb0\x00abcdefgh\x00ijklmnop\x00qrstuv.")
    b'abcdefghijklmnopqrstuv.'
    """
    unpacked = bytearray()
    if not container or container[0] != _CONTAINER:
        return b""
    position = 1
    while position + 2 < len(container) and len(unpacked) < limit:
        header = int.from_bytes(container[position : position + 2], "little")
        end = min(position + (header & 0xFFF) + 3, len(container))
        if (header >> 12) & 7 != 3:  # noqa: PLR2004 - the signature of a chunk
            break
        chunk = container[position + 2 : end]
        unpacked += _unpack_chunk(chunk) if header >> 15 else chunk[:_CHUNK_BYTES]
        position = end
    return bytes(unpacked[:limit])


def _unpack_chunk(chunk: bytes) -> bytes:
    unpacked = bytearray()
    position = 0
    while position < len(chunk) and len(unpacked) < _CHUNK_BYTES:
        flags = chunk[position]
        position += 1
        if not flags:
            unpacked += chunk[position : position + 8]
            position += 8
            continue
        for bit in range(8):
            if flags >> bit & 1:
                _copy(unpacked, int.from_bytes(chunk[position : position + 2], "little"))
                position += 2
            else:
                unpacked += chunk[position : position + 1]
                position += 1
    return bytes(unpacked[:_CHUNK_BYTES])


def _copy(unpacked: bytearray, token: int) -> None:
    offset_bits = max(4, (len(unpacked) - 1).bit_length())
    length = (token & (0xFFFF >> offset_bits)) + 3
    offset = (token >> (16 - offset_bits)) + 1
    if offset <= len(unpacked):
        piece = bytes(unpacked[-offset:])
        unpacked += (piece * (length // offset + 1))[:length]


def read_projects(compound: CompoundFile) -> Iterator[Project]:
    """Give every VBA project of a compound file, however deep it lies; also one whose directory was taken away."""
    folders = {path[:-1]: path for path in compound.find("dir")}
    for folder, directory in islice(folders.items(), MAX_PROJECTS):
        offsets, codepage = _read_directory(decompress(compound.read(directory), MAX_DIR_BYTES))
        yield _read_project(compound, folder, offsets, f"cp{codepage}")
    for folder in islice(dict.fromkeys(path[:-1] for path in compound.find("_VBA_PROJECT")), MAX_PROJECTS):
        if folder not in folders:
            yield _read_project(compound, folder, {}, "cp1252")


def _read_project(compound: CompoundFile, folder: Path, offsets: dict[str, int], codec: str) -> Project:
    modules: list[Module] = []
    left = MAX_SOURCE_BYTES
    streams = [path for path in compound.paths if path[:-1] == folder]
    for path in streams[:MAX_MODULES]:
        packed = compound.read(path)
        source, start = _read_source(packed, offsets.get(path[-1].casefold(), -1), left)
        left -= len(source)
        if start >= 0:
            modules.append(Module(path[-1], _decode(source, codec), packed[:start]))
    return Project(folder, tuple(modules), left <= 0 or len(streams) > MAX_MODULES)


def _read_source(packed: bytes, told: int, limit: int) -> tuple[bytes, int]:
    """Unpack the source from where the directory tells, or from where one begins; -1: this stream is no module."""
    source = decompress(packed[told:], limit) if told >= 0 else b""
    found = packed.find(_START_OF_SOURCE) - 3
    if not source and found >= 0:
        return decompress(packed[found:], limit), found
    return source, min(told, len(packed))


def _read_directory(directory: bytes) -> tuple[dict[str, int], int]:
    """Give the offset of the source in each module's stream, by the folded name of the stream, and the code page."""
    offsets: dict[str, int] = {}
    names: list[bytes] = []
    codepage = 1252
    for kind, value in _find_records(directory):
        if kind == _CODEPAGE:
            codepage = int.from_bytes(value, "little")
        elif kind in (_STREAM, _STREAM_UNICODE):
            names.append(value)
        elif kind == _OFFSET:
            for name in names:
                offsets[_decode(name, f"cp{codepage}").casefold()] = int.from_bytes(value, "little")
                offsets[name.decode("utf-16-le", "replace").casefold()] = int.from_bytes(value, "little")
            names = []
    return offsets, codepage


def _find_records(directory: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + _RECORD.size <= len(directory):
        kind, size = _RECORD.unpack_from(directory, position)
        position += _RECORD.size
        end = position + (_VERSION_BYTES if kind == _VERSION else size)
        yield kind, directory[position:end]
        position = end


def _decode(text: bytes, codec: str) -> str:
    try:
        return text.decode(codec, "replace")
    except LookupError:
        return text.decode("latin-1")


def is_stomped(module: Module) -> bool:
    """Say whether Office has compiled lines for this module, and its source was taken away."""
    return not strip_attributes(module.source).strip() and count_compiled_lines(module.compiled) > 1


def is_altered(module: Module) -> bool:
    """Say whether Office has compiled another number of lines for this module than its source has."""
    lines = [line for line in module.source.splitlines() if not _ATTRIBUTE.match(line)]
    continued = sum(line.rstrip().endswith(" _") for line in lines)
    compiled = count_compiled_lines(module.compiled)
    return bool(compiled) and not len(lines) - continued <= compiled <= len(lines)


def count_compiled_lines(compiled: bytes) -> int:
    """Give how many lines the compiled form has, 0 where that is not to be found."""
    mark = compiled.rfind(_PCODE_MARK)
    return int.from_bytes(compiled[mark + 4 : mark + 6], "little") if mark >= 0 else 0


def strip_attributes(source: str) -> str:
    """Give what a person wrote: the lines without those that Office puts before and between them."""
    return _ATTRIBUTE.sub("", source)
