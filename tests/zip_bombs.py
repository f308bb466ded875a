"""ZIP archives that are made to become far larger than any honest file."""

import zlib
from collections.abc import Callable, Mapping

from endless_zip import write_endless_zip
from zip_builder import Piece, write_central, write_data, write_end, write_local, write_zip


def deflate_zeros(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)) + packer.flush()


PACKED_ZEROS = deflate_zeros(4)


def write_packed(names: list[bytes], packed: bytes, size: int) -> bytes:
    """Write an archive in which all names stand for the same packed data, each with its own copy of it."""
    body, directory = bytearray(), b""
    for name in names:
        piece = Piece(name, packed, 0, local={"method": 8, "size": size}, central={"method": 8, "size": size})
        directory += write_central(piece, len(body))
        body += write_local(piece) + write_data(piece)
    return bytes(body) + directory + write_end(len(names), len(directory), len(body))


def write_overlap(count: int) -> bytes:
    """Write an archive whose files are all the same bytes, as the densest bombs do."""
    said = {"method": 8, "size": 4 << 20}
    kernels = [Piece(b"k%d" % number, PACKED_ZEROS, 0, local=said, central=said) for number in range(count)]
    body = write_local(kernels[0]) + write_data(kernels[0])
    directory = b"".join(write_central(kernel, 0) for kernel in kernels)
    return body + directory + write_end(count, len(directory), len(body))


def write_nested(levels: int) -> bytes:
    content = write_packed([b"0.dll"], deflate_zeros(64), 64 << 20)
    for level in range(levels):
        content = write_zip([Piece(b"lib %d %d.zip" % (level, number), content) for number in range(16)])
    return content


def write_deep(levels: int) -> bytes:
    content = b"Nothing else."
    for _ in range(levels):
        content = write_zip([Piece(b"a.zip", content, 0)])
    return content


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "much from little": lambda: write_packed([b"a"], deflate_zeros(64), 64 << 20),
    "much from little that says otherwise": lambda: write_packed([b"a"], deflate_zeros(64), 5),
    "sixteen in sixteen in sixteen": lambda: write_nested(4),
    "many files of the same bytes": lambda: write_overlap(5_000),
    "ten thousand empty files": lambda: write_zip([Piece(b"%d" % number, b"", 0) for number in range(11_000)]),
    "two hundred archives deep": lambda: write_deep(200),
    "an archive that holds itself": write_endless_zip,
}
