"""Reads and writes the part of a 7z header that says how data is packed, so that one coder can be taken out of it.

Source: 7zFormat.txt of the LZMA SDK (public domain).
Trust: the archive comes from a stranger; what is nonsense raises ValueError or IndexError.
"""

import struct
import zlib
from dataclasses import dataclass, field
from itertools import accumulate

MARK = b"7z\xbc\xaf\x27\x1c"
HEADER, MAIN_STREAMS, FILES, PACK_INFO, UNPACK_INFO, SUBSTREAMS = 0x01, 0x04, 0x05, 0x06, 0x07, 0x08
SIZES, DIGESTS, FOLDER, UNPACK_SIZES, FILE_COUNTS, ENCODED_HEADER = 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x17
AES, LZMA, LZMA2, COPY = b"\x06\xf1\x07\x01", b"\x03\x01\x01", b"\x21", b"\x00"
START_BYTES = 32
_NAMES = 0x11
MAX_COUNT = 10_000  # of folders, of streams
_IS_COMPLEX, _HAS_PROPERTIES, _ID_BYTES = 0x10, 0x20, 0x0F


@dataclass(slots=True)
class Coder:
    """One step of packing; the indexes of its streams count over all coders of its folder."""

    method: bytes
    properties: bytes
    inputs: int
    outputs: int


@dataclass(slots=True)
class Folder:
    """What is packed together: coders, which of them feeds which, and the sizes of what comes out of each."""

    coders: list[Coder]
    pairs: list[tuple[int, int]]  # (input, output)
    packed: list[int]  # inputs that are fed by packed streams, in the order of these
    sizes: list[int] = field(default_factory=list)  # of the outputs
    crc: int | None = None

    def find_reader(self, place: int) -> Coder:
        """Give the coder that reads a packed stream, by its place among those of the folder."""
        ends = accumulate(coder.inputs for coder in self.coders)
        return next(coder for coder, end in zip(self.coders, ends, strict=True) if self.packed[place] < end)


@dataclass(slots=True)
class Streams:
    """The packed streams of an archive, or of its header."""

    packed_at: int
    packed_sizes: list[int]
    folders: list[Folder]


class Numbers:
    """Reads bytes and 7z's numbers from a header."""

    def __init__(self, content: bytes, at: int = 0) -> None:
        self.content = content
        self.at = at

    def byte(self) -> int:
        """Give the next byte."""
        self.at += 1
        return self.content[self.at - 1]

    def number(self) -> int:
        """Give the next number: the leading ones of its first byte say how many bytes follow."""
        first, mask, value = self.byte(), 0x80, 0
        for shift in range(0, 64, 8):
            if not first & mask:
                return value | (first & (mask - 1)) << shift
            value |= self.byte() << shift
            mask >>= 1
        return value

    def count(self) -> int:
        """Give the next number if it can be a count."""
        if (number := self.number()) > MAX_COUNT:
            raise ValueError(number)
        return number

    def take(self, size: int) -> bytes:
        """Give the next bytes."""
        if size > len(self.content) - self.at:
            raise ValueError(size)
        self.at += size
        return self.content[self.at - size : self.at]

    def digests(self, count: int) -> list[int | None]:
        """Give checksums where they are defined."""
        is_all = self.byte()
        defined = [True] * count
        if not is_all:
            bits = self.take(-(-count // 8))
            defined = [bool(bits[number // 8] & 0x80 >> number % 8) for number in range(count)]
        return [int.from_bytes(self.take(4), "little") if each else None for each in defined]


def read_streams(numbers: Numbers) -> Streams:
    """Read what says how data is packed, as far as it concerns whole folders."""
    streams = Streams(0, [], [])
    if numbers.content[numbers.at] == PACK_INFO:
        numbers.byte()
        _read_packed(numbers, streams)
    if numbers.byte() != UNPACK_INFO or numbers.byte() != FOLDER:
        raise ValueError("no folders")
    count = numbers.count()
    if numbers.byte():
        raise ValueError("folders elsewhere")
    streams.folders = [_read_folder(numbers) for _ in range(count)]
    _read_sizes(numbers, streams.folders)
    return streams


def _read_sizes(numbers: Numbers, folders: list[Folder]) -> None:
    if numbers.byte() != UNPACK_SIZES:
        raise ValueError("no sizes")
    for folder in folders:
        folder.sizes = [numbers.number() for _ in range(sum(coder.outputs for coder in folder.coders))]
    if (kind := numbers.byte()) == DIGESTS:
        for folder, crc in zip(folders, numbers.digests(len(folders)), strict=True):
            folder.crc = crc
        kind = numbers.byte()
    if kind:
        raise ValueError(kind)


def read_first_files(numbers: Numbers, folders: list[Folder]) -> list[tuple[int, int | None]]:
    """Read size and checksum of the first file of each folder; the size is 0 where it is all of the folder."""
    if numbers.byte() != SUBSTREAMS:
        return [(0, folder.crc) for folder in folders]
    counts, kind = [1] * len(folders), numbers.byte()
    if kind == FILE_COUNTS:
        counts, kind = [numbers.count() for _ in folders], numbers.byte()
    if sum(counts) > MAX_COUNT:
        raise ValueError(sum(counts))
    sizes = [0] * len(folders)
    if kind == SIZES:
        listed = [[numbers.number() for _ in range(count - 1)] for count in counts]
        sizes, kind = [each[0] if each else 0 for each in listed], numbers.byte()
    unknown = [count != 1 or folder.crc is None for count, folder in zip(counts, folders, strict=True)]
    untold = [count if is_unknown else 0 for count, is_unknown in zip(counts, unknown, strict=True)]
    told = numbers.digests(sum(untold)) if kind == DIGESTS else [None] * sum(untold)
    starts = accumulate(untold, initial=0)
    firsts = [
        told[start] if count else folder.crc for start, count, folder in zip(starts, untold, folders, strict=False)
    ]
    return list(zip(sizes, firsts, strict=True))


def _read_packed(numbers: Numbers, streams: Streams) -> None:
    streams.packed_at, count = numbers.number(), numbers.count()
    while kind := numbers.byte():
        if kind == SIZES:
            streams.packed_sizes = [numbers.number() for _ in range(count)]
        elif kind == DIGESTS:
            numbers.digests(count)
        else:
            raise ValueError(kind)


def _read_folder(numbers: Numbers) -> Folder:
    coders = [_read_coder(numbers) for _ in range(min(numbers.count(), 32))]
    inputs, outputs = sum(coder.inputs for coder in coders), sum(coder.outputs for coder in coders)
    pairs = [(numbers.count(), numbers.count()) for _ in range(outputs - 1)]
    count = inputs - len(pairs)
    bound = {first for first, _ in pairs}
    if count == 1:
        return Folder(coders, pairs, [next(number for number in range(inputs) if number not in bound)])
    return Folder(coders, pairs, [numbers.count() for _ in range(max(0, count))])


def _read_coder(numbers: Numbers) -> Coder:
    flags = numbers.byte()
    method = numbers.take(flags & _ID_BYTES)
    inputs, outputs = (numbers.count(), numbers.count()) if flags & _IS_COMPLEX else (1, 1)
    return Coder(method, numbers.take(numbers.count()) if flags & _HAS_PROPERTIES else b"", inputs, outputs)


def write_streams(streams: Streams) -> bytes:
    """Write the same, for data that begins right behind the start of the archive."""
    out = bytearray((PACK_INFO,)) + spell(0, len(streams.packed_sizes)) + bytes((SIZES,))
    out += spell(*streams.packed_sizes) + bytes((0, UNPACK_INFO, FOLDER)) + spell(len(streams.folders)) + b"\x00"
    for folder in streams.folders:
        out += _write_folder(folder)
    out.append(UNPACK_SIZES)
    for folder in streams.folders:
        out += spell(*folder.sizes)
    crcs = [folder.crc for folder in streams.folders]
    if any(crc is not None for crc in crcs):
        bits = bytearray(-(-len(crcs) // 8))
        for number, crc in enumerate(crcs):
            bits[number // 8] |= 0x80 >> number % 8 if crc is not None else 0
        out += bytes((DIGESTS, 0)) + bits + b"".join(crc.to_bytes(4, "little") for crc in crcs if crc is not None)
    return bytes(out) + b"\x00"


def _write_folder(folder: Folder) -> bytes:
    out = bytearray(spell(len(folder.coders)))
    for coder in folder.coders:
        is_complex = (coder.inputs, coder.outputs) != (1, 1)
        flags = len(coder.method) | (_IS_COMPLEX if is_complex else 0) | (_HAS_PROPERTIES if coder.properties else 0)
        out += bytes((flags,)) + coder.method
        out += spell(coder.inputs, coder.outputs) if is_complex else b""
        out += spell(len(coder.properties)) + coder.properties if coder.properties else b""
    for pair in folder.pairs:
        out += spell(*pair)
    return bytes(out) + (spell(*folder.packed) if len(folder.packed) > 1 else b"")


def spell(*values: int) -> bytes:
    """Write numbers, each in the long form that any number has."""
    return b"".join(bytes((value,)) if value < 0x80 else b"\xff" + struct.pack("<Q", value) for value in values)  # noqa: PLR2004


def write_archive(data: bytes, header: bytes) -> bytes:
    """Put an archive together: its start, its data, its header."""
    start = struct.pack("<QQI", len(data), len(header), zlib.crc32(header))
    return b"".join((MARK, b"\x00\x04", struct.pack("<I", zlib.crc32(start)), start, data, header))


def write_alone(folder: Folder, packed: list[bytes], first: tuple[int, int | None]) -> bytes:
    """Write an archive of one folder; its files are the first in there, which is told, and the rest."""
    size, crc = first
    told = Folder(folder.coders, folder.pairs, folder.packed, folder.sizes)
    header = bytearray((HEADER, MAIN_STREAMS)) + write_streams(Streams(0, [len(piece) for piece in packed], [told]))
    count = 2 if size else 1
    header += bytes((SUBSTREAMS, FILE_COUNTS, count)) + (bytes((SIZES,)) + spell(size) if size else b"")
    header += (
        bytes((DIGESTS, 0, 0x80 if crc is not None else 0)) + (crc or 0).to_bytes(4, "little")[: 4 * (crc is not None)]
    )
    names = b"\x00" + "a\x00b\x00".encode("utf-16-le")[: 4 * count]
    header += bytes((0, 0, FILES, count, _NAMES, len(names))) + names + bytes(2)
    return write_archive(b"".join(packed), bytes(header))


def find_header(archive: bytes) -> tuple[int, int]:
    """Give where the header of an archive is, and its length."""
    offset, size = struct.unpack_from("<QQ", archive, 12)
    if START_BYTES + offset + size > len(archive):
        raise ValueError(offset)
    return START_BYTES + offset, size


def take_coder_out(folder: Folder, number: int) -> int:
    """Take out a coder that a packed stream feeds; give the place of that stream among those of the folder.

    What it fed is fed by the packed stream; a coder that feeds nobody is replaced by one that copies.
    """
    into = sum(coder.inputs for coder in folder.coders[:number])
    out_of = sum(coder.outputs for coder in folder.coders[:number])
    place = folder.packed.index(into)
    fed = next((first for first, second in folder.pairs if second == out_of), None)
    if fed is None:
        folder.coders[number] = Coder(COPY, b"", 1, 1)
        return place
    folder.packed[place] = fed
    pairs = [pair for pair in folder.pairs if pair[1] != out_of]
    folder.pairs = [(first - (first > into), second - (second > out_of)) for first, second in pairs]
    folder.packed = [first - (first > into) for first in folder.packed]
    del folder.coders[number], folder.sizes[out_of]
    return place
