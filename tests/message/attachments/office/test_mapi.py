"""Text that Outlook packs, and addresses in it."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.mapi import note_text_links, unpack_rtf

# The two examples of MS-OXRTFCP 4.1.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_the_examples_of_the_standard_are_unpacked() -> None:
    assert unpack_rtf(SIMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_is_not_packed_is_taken_as_it_is() -> None:
    assert unpack_rtf(struct.pack("<II4sI", 20, 8, b"MELA", 0) + b"{\\rtf1 }") == b"{\\rtf1 }"
    assert unpack_rtf(b"anything else at all") == b""


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_unpack_within_the_limit(data: bytes) -> None:
    assert len(unpack_rtf(bytes(8) + b"LZFu" + bytes(4) + data, 1_000)) <= 1_000


def test_addresses_are_found_in_both_widths() -> None:
    insides = Insides()
    note_text_links(b"see https://a.example/x\r\n", insides)
    note_text_links("see https://b.example/y ".encode("utf-16-le"), insides)
    assert [link.url for link in insides.links] == ["https://a.example/x", "https://b.example/y"]
