"""Packings that are seldom seen have their file in them, too."""

import lzma
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import EICAR, NOTE, find_traits, give_prefixes, has_eicar, open_file
from gatepost.message.attachments.openers.rare_packing import MAX_MEMBERS
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind


def squeeze(content: bytes) -> bytes:
    """Pack as COMPRESS.EXE does, with literals alone."""
    blocks = (content[at : at + 8] for at in range(0, len(content), 8))
    return b"SZDD\x88\xf0\x27\x33AM" + struct.pack("<I", len(content)) + b"".join(b"\xff" + block for block in blocks)


def squeeze_otherwise(content: bytes, method: int) -> bytes:
    packed = content if method == 0 else bytes(255 - value for value in content)
    return b"KWAJ\x88\xf0\x27\xd1" + struct.pack("<HHH", method, 14, 0) + packed


def write_lzip(content: bytes) -> bytes:
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    return b"LZIP\x01\x10" + lzma.compress(content, lzma.FORMAT_RAW, filters=filters) + bytes(20)


def write_rpm(payload: bytes) -> bytes:
    signature = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 1, 5) + bytes(16 + 5) + bytes(7)
    header = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 2, 8) + bytes(32 + 8)
    lead = b"\xed\xab\xee\xdb" + bytes(92)
    gap = -(len(lead) + len(signature) - 7) % 8
    return lead + signature[: len(signature) - 7 + gap] + header + payload


PACKED = {
    "a.co_": squeeze(EICAR),
    "b.co_": squeeze_otherwise(EICAR, 0),
    "c.co_": squeeze_otherwise(EICAR, 1),
    "a.com.lzma": lzma.compress(EICAR, lzma.FORMAT_ALONE),
    "a.com.lz": write_lzip(EICAR),
    "a.rpm": write_rpm(pack("cpio_newc", {"a.com": EICAR})),
}


@pytest.mark.parametrize("name", PACKED)
def test_the_file_inside_is_opened(name: str) -> None:
    opened = open_file(PACKED[name], name)
    assert (opened.opening, has_eicar(opened)) == (Opening.OPENED, True)


def test_the_name_inside_is_the_one_before_it_was_packed() -> None:
    names = {name: open_file(content, name).files[0].name for name, content in PACKED.items()}
    assert names == {
        "a.co_": "a.com", "b.co_": "b.co", "c.co_": "c.co", "a.com.lzma": "a.com", "a.com.lz": "a.com", "a.rpm": "a",
    }  # fmt: skip


def test_all_members_of_an_lzip_file_are_one_file() -> None:
    whole = write_lzip(EICAR[:30]) + write_lzip(EICAR[30:])
    assert open_file(whole, "a.com.lz").files[0].content == EICAR
    assert open_file(whole + b"junk", "a.com.lz").files[0].content == EICAR
    assert open_file(whole[:-40], "a.com.lz").opening is Opening.BROKEN


def test_more_members_than_are_looked_at_are_told() -> None:
    opened = open_file(write_lzip(b"a") * (MAX_MEMBERS + 1), "a.lz")
    assert (opened.opening, opened.files[0].content) == (Opening.LIMIT, b"a" * MAX_MEMBERS)


@pytest.mark.parametrize("name", ["a.co_", "a.com.lzma", "a.rpm"])
def test_damage_is_told_and_breaks_nothing(name: str) -> None:
    openings = {open_file(content, name).opening for content in give_prefixes(PACKED[name])}
    assert Opening.BROKEN in openings
    assert openings <= {Opening.BROKEN, Opening.OPENED, Opening.LEAF, Opening.LIMIT}


def test_a_form_that_is_not_undone_is_told() -> None:
    opened = open_file(squeeze_otherwise(NOTE, 3))
    assert (opened.kind, opened.opening, find_traits(opened)) == (
        FileKind.MS_COMPRESS, Opening.LIMIT, ["not_opened"],
    )  # fmt: skip


def test_much_out_of_little_is_a_bomb() -> None:
    opened = open_file(lzma.compress(bytes(20_000_000), lzma.FORMAT_ALONE), "a.lzma")
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["bomb"])


@given(st.binary(max_size=200), st.sampled_from([content[:20] for content in PACKED.values()]))
def test_any_bytes_behind_a_head_are_opened_or_not(rest: bytes, head: bytes) -> None:
    assert open_file(head + rest).opening in Opening
