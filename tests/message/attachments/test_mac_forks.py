"""The data forks of files of the Mac, with their names."""

import binascii
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.mac_forks import is_mac_binary, read_forks

NOTE = b"Bring the long ladder.\n"


def write_apple(mark: bytes, entries: dict[int, bytes]) -> bytes:
    at, listed = 26 + 12 * len(entries), b""
    for kind, content in entries.items():
        listed += struct.pack(">III", kind, at, len(content))
        at += len(content)
    return mark + b"\x02\x00\x00" + bytes(16) + struct.pack(">H", len(entries)) + listed + b"".join(entries.values())


def write_mac_binary(name: bytes, content: bytes, *, second_head: bytes = b"") -> bytes:
    head = bytearray(128)
    head[1 : 2 + len(name)] = bytes((len(name),)) + name
    head[83:87] = struct.pack(">I", len(content))
    head[120:122] = struct.pack(">H", len(second_head))
    head[124:126] = struct.pack(">H", binascii.crc_hqx(bytes(head[:124]), 0))
    return bytes(head) + second_head + bytes(-len(second_head) % 128) + content + bytes(-len(content) % 128)


@pytest.mark.parametrize(("content", "forks"), [
    (write_apple(b"\x00\x05\x16\x00\x00", {1: NOTE, 3: b"plan"}), [("plan", NOTE)]),
    (write_apple(b"\x00\x05\x16\x00\x00", {2: b"fork", 1: NOTE}), [("", NOTE)]),
    (write_apple(b"\x00\x05\x16\x07\x00", {2: b"fork", 9: b"finder"}), []),
    (write_mac_binary(b"plan.txt", NOTE), [("plan.txt", NOTE)]),
    (write_mac_binary(b"\x8eplan", NOTE, second_head=b"more"), [("éplan", NOTE)]),
    (b"", []),
    (bytes(200), []),
])  # fmt: skip
def test_the_data_fork_is_read(content: bytes, forks: list[tuple[str, bytes]]) -> None:
    assert list(read_forks(content)) == forks


def test_a_header_is_known_by_its_checksum() -> None:
    whole = write_mac_binary(b"plan.txt", NOTE)
    assert is_mac_binary(whole)
    assert not is_mac_binary(whole[:100] + b"\x01" + whole[101:])
    assert not is_mac_binary(whole[:127])


@given(st.binary(max_size=80), st.integers(0, 100))
def test_any_bytes_have_forks_or_none(noise: bytes, at: int) -> None:
    whole = write_apple(b"\x00\x05\x16\x00\x00", {1: NOTE, 3: b"plan"})
    for content in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        assert all(len(data) <= len(content) for _, data in read_forks(content))
