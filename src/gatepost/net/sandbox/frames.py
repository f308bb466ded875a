"""What is said between the gate, the nursery and its children: small values in msgpack, bytes behind them.

Between the gate and a child runs a stream of frames: a length of four bytes, then the value; behind an order come the
bytes of its file. Between the gate and the nursery each value is one packet.
Trust: what a child answers may have been made by the stranger whose file it opened.
Fails: EOFError when the other side is gone, ValueError for a frame that is too large, TimeoutError past the deadline.
"""

import math
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from gatepost.message.attachments.shown import is_attached

_LENGTH = struct.Struct(">I")
MAX_ORDER_BYTES = 1024 * 1024  # an order without the bytes of its file: a name, a type, passwords
MAX_PACKET_BYTES = 64 * 1024
MAX_VALUES_BYTES = 4 * 1024 * 1024  # of all answers about one mail, without the bytes of files
LEAST_VALUES_BYTES = 64 * 1024  # that each may have in any case
MAX_SHOWN_BYTES = 8 * 1024 * 1024  # that a mail shows as its own text though it lies in files
LEAST_SHOWN_BYTES = 128 * 1024  # that each such text counts as: to judge one costs something however short it is
LEAST_ATTACHED_BYTES = 8 * 1024  # the same of a mail that is attached: all of them are judged together
MAX_FILES = 5_000  # in one file of a mail; the desk opens fewer
ANSWER_FRAME_BYTES = 16 * MAX_FILES  # of an answer, around its values and the bytes of its files
MAX_PIECES = 100_000  # that bytes may come in: who sends them one by one keeps us busy
SHORTEST_WAIT_S = 0.001


class Room(msgspec.Struct, array_like=True, frozen=True):
    """How large an answer may be, by what the other files of the mail have left."""

    values_bytes: int
    content_bytes: int  # of files that it brings back
    shown_bytes: int = 0  # of what is shown as the mail's own text

    @property
    def all_bytes(self) -> int:
        """Give how many bytes the answer may have."""
        return self.values_bytes + self.content_bytes + self.shown_bytes + ANSWER_FRAME_BYTES


class Order(msgspec.Struct, array_like=True, frozen=True):
    """One file that a child is to open; `size_bytes` bytes follow."""

    path: str
    name: str
    declared_type: str
    size_bytes: int
    is_first: bool  # of its mail: what was learned from the mail before is forgotten
    passwords: tuple[str, ...]  # with the first file only
    keep: str  # the name of a Keep
    room: Room
    deadline_s: float  # from now


class Limits(msgspec.Struct, array_like=True, frozen=True):
    """What a child may take."""

    memory_bytes: int
    written_bytes: int  # of one file that it writes, and of all together where they lie in memory
    life_cpu_s: int  # in its whole life


class NurseryPlan(msgspec.Struct, frozen=True):
    """What the nursery is told when it starts."""

    channel: int  # file descriptor
    parent: int  # process
    folder: str  # private, for the folders of the children
    children: int
    limits: Limits
    prepare: str  # `module:function`: loads all that opens files, and gives what makes the desk for one mail


class Kill(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """The gate's order to the nursery: end this child."""

    serial: int


class Born(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """A child is locked down and ready; its end of the stream comes with this packet."""

    serial: int
    pid: int
    measures: tuple[str, ...]


class Died(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """A child has ended."""

    serial: int
    status: int  # as os.waitpid gives it
    most_memory_bytes: int


class Failed(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """A child could not become ready."""

    serial: int
    says: str


NurseryWord = Born | Died | Failed
decode_order = msgspec.msgpack.Decoder(Order).decode
decode_word = msgspec.msgpack.Decoder(NurseryWord).decode
decode_kill = msgspec.msgpack.Decoder(Kill).decode
encode = msgspec.msgpack.Encoder().encode
_Contents = Annotated[list[bytes], msgspec.Meta(max_length=MAX_FILES)]
_Shown = Annotated[list[tuple[int, bytes]], msgspec.Meta(max_length=MAX_SHOWN_BYTES // LEAST_ATTACHED_BYTES)]
_decode_contents = msgspec.msgpack.Decoder(tuple[_Contents, _Shown]).decode


def count_shown(entities: Iterable[bytes]) -> int:
    """Give as how many bytes these texts count."""
    return sum(
        max(len(entity), LEAST_ATTACHED_BYTES if is_attached(entity) else LEAST_SHOWN_BYTES) for entity in entities
    )


def pack_answer(values: bytes, contents: Sequence[bytes], shown: Sequence[tuple[int, bytes]] = ()) -> bytes:
    """Put an answer together: values, the bytes of all files in the order of OpenedFile.walk or none, what is shown.

    What is shown stands with the number of its file, from 0, in the same order.
    """
    return _LENGTH.pack(len(values)) + values + encode((contents, shown))


def unpack_answer(answer: bytes) -> tuple[memoryview, list[bytes], list[tuple[int, bytes]]]:
    """Take it apart; raise ValueError for what is none: values are small, whatever room there is for bytes."""
    view = memoryview(answer)
    if len(view) < _LENGTH.size:
        raise ValueError("no answer")
    end = _LENGTH.size + _LENGTH.unpack_from(view)[0]
    if end > _LENGTH.size + MAX_VALUES_BYTES:
        raise ValueError(f"an answer of {end} bytes")
    return view[_LENGTH.size : end], *_decode_contents(view[end:])


def write_frame(sock: socket.socket, value: bytes, until_s: float = math.inf) -> None:
    """Send one frame."""
    write_bytes(sock, _LENGTH.pack(len(value)) + value, until_s)


def write_bytes(sock: socket.socket, data: bytes, until_s: float = math.inf) -> None:
    """Send bytes as they are, without a copy; raise EOFError when nobody takes them any more."""
    _set_deadline(sock, until_s)
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        raise EOFError from None


def read_frame(sock: socket.socket, max_bytes: int, until_s: float = math.inf) -> bytes:
    """Give the value of the next frame."""
    (length,) = _LENGTH.unpack(read_bytes(sock, _LENGTH.size, until_s))
    if length > max_bytes:
        raise ValueError(f"a frame of {length} bytes")
    return read_bytes(sock, length, until_s)


def read_bytes(sock: socket.socket, count: int, until_s: float = math.inf, most_pieces: int = MAX_PIECES) -> bytes:
    """Give exactly so many bytes; raise ValueError where they come in too many pieces."""
    if not count:
        return b""
    _set_deadline(sock, until_s)
    first = _receive(sock, count)
    if len(first) == count:  # the common case, without a copy
        return first
    whole = bytearray(count)
    whole[: len(first)] = first
    _read_rest(sock, memoryview(whole)[len(first) :], until_s, most_pieces)
    return bytes(whole)


def _read_rest(sock: socket.socket, missing: memoryview, until_s: float, most_pieces: int) -> None:
    for _ in range(most_pieces):
        _set_deadline(sock, until_s)
        got = sock.recv_into(missing)
        if not got:
            raise EOFError
        missing = missing[got:]
        if not missing:
            return
    raise ValueError("in too many pieces")


def _receive(sock: socket.socket, count: int) -> bytes:
    try:
        data = sock.recv(count, socket.MSG_WAITALL)
    except ConnectionResetError:
        raise EOFError from None
    if not data:
        raise EOFError
    return data


def _set_deadline(sock: socket.socket, until_s: float) -> None:
    if until_s != math.inf:
        sock.settimeout(max(until_s - time.monotonic(), SHORTEST_WAIT_S))
