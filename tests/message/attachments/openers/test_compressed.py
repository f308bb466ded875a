"""What is packed as one stream has one file in it."""

import bz2
import gzip
import io
import lzma
import struct
import zlib
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import EICAR, NOTE, find_contents, find_traits, give_prefixes, has_eicar, open_file
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from message.attachments.archives.test_dictionaries import CONTENT, write_alone, write_xz
from opened_files import codes
from zip_builder import Piece, write_zip

TAR = pack("ustar", {"a.com": EICAR})
PACKED = {
    "a.tar.gz": gzip.compress(TAR, mtime=0),
    "a.tar.bz2": bz2.compress(TAR),
    "a.tar.xz": lzma.compress(TAR),
    "a.tar.zst": zstandard.compress(TAR),
    "a.tar.lz4": pack("ustar", {"a.com": EICAR}, filter_name="lz4"),
    "a.tar.Z": pack("ustar", {"a.com": EICAR}, filter_name="compress"),
}


@pytest.mark.parametrize("name", PACKED)
def test_the_file_inside_is_opened_further(name: str) -> None:
    opened = open_file(PACKED[name], name)
    assert (opened.files[0].name, has_eicar(opened), opened.opening) == ("a.tar", True, Opening.OPENED)
    assert find_traits(opened) == []


@pytest.mark.parametrize("name", sorted(PACKED.keys() - {"a.tar.Z"}))  # that one does not know its end
def test_damage_is_told(name: str) -> None:
    opened = open_file(PACKED[name][: len(PACKED[name]) // 2], name)
    assert opened.opening is Opening.BROKEN
    assert "damaged" in find_traits(opened)


def test_gzip_may_hold_the_name() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile("invoice.js", "wb", fileobj=packed) as file:
        file.write(NOTE)
    assert find_contents(open_file(packed.getvalue(), "scan.pdf.gz")) == {"invoice.js": NOTE}


def test_short_endings_are_undone() -> None:
    assert open_file(PACKED["a.tar.xz"], "a.txz").files[0].name == "a.tar"
    assert open_file(PACKED["a.tar.xz"], "scan").files[0].name == "scan"


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_one_behind_the_other_are_joined_and_the_first_is_opened_alone(compress) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    opened = open_file(compress(NOTE) + compress(EICAR), "a.gz")
    assert [file.content for file in opened.files] == [NOTE, NOTE + EICAR]
    assert "several_streams" in find_traits(opened)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_what_stands_behind_the_stream_is_opened(compress) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    opened = open_file(compress(NOTE) + EICAR, "a.gz")
    assert (has_eicar(opened), find_traits(opened)) == (True, ["data_behind"])
    assert find_traits(open_file(compress(NOTE) + bytes(512), "a.gz")) == []


@pytest.mark.parametrize("kind", ["zst", "lz4"])
def test_frames_that_are_passed_over_hide_nothing(kind: str) -> None:
    skipped = struct.pack("<II", 0x184D2A50, 4) + b"note"
    opened = open_file(skipped * 2 + PACKED[f"a.tar.{kind}"], f"a.tar.{kind}")
    assert (has_eicar(opened), opened.opening) == (True, Opening.OPENED)
    assert open_file(skipped, "a.bin").kind is FileKind.UNKNOWN


@pytest.mark.parametrize("zeros", [0, 4, 8])
def test_zeros_between_streams_of_xz_are_passed_over(zeros: int) -> None:
    opened = open_file(lzma.compress(TAR[:700]) + bytes(zeros) + lzma.compress(TAR[700:]), "a.tar.xz")
    assert opened.files[-1].content == TAR


def test_a_stream_that_asks_for_very_much_memory_is_undone_with_less() -> None:
    assert find_contents(open_file(write_xz(36), "a.xz")) == {"a": CONTENT}
    alone = write_alone(1 << 30)
    assert find_contents(open_file(alone, "a.lzma")) == {"a": CONTENT}
    entry = Piece(b"a", bytes((9, 20, 5, 0)) + alone[:5] + alone[13:], 0)
    said = {"method": 14, "size": len(CONTENT), "crc": zlib.crc32(CONTENT)}
    assert find_contents(open_file(write_zip([replace(entry, local=said, central=said)]))) == {"a": CONTENT}


def test_a_later_stream_that_asks_for_very_much_memory_is_told() -> None:
    opened = open_file(lzma.compress(NOTE) + write_xz(36), "a.xz")
    assert (opened.opening, codes(opened)) == (Opening.LIMIT, {"opening.exhausted"})


@pytest.mark.parametrize("pack_zeros", [
    lambda: gzip.compress(bytes(12 << 20)),
    lambda: bz2.compress(bytes(12 << 20)),
    lambda: lzma.compress(bytes(12 << 20)),
    lambda: zstandard.compress(bytes(12 << 20)),
])  # fmt: skip
def test_a_bomb_is_told_and_its_beginning_looked_at(pack_zeros) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    opened = open_file(pack_zeros(), "a.gz")
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["bomb"])
    assert opened.files[0].size_bytes == 1 << 20


@pytest.mark.parametrize("name", PACKED)
def test_what_a_cut_or_a_changed_byte_leaves_is_opened_without_breaking(name: str) -> None:
    for changed in give_prefixes(PACKED[name]):
        assert "opening.broken" not in {trait.code for trait in open_file(changed, name).traits}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 100), st.sampled_from(sorted(PACKED)))
def test_any_bytes_are_opened_or_told(noise: bytes, at: int, name: str) -> None:
    opened = open_file(PACKED[name][:at] + noise + PACKED[name][at + len(noise) :], name)
    assert "opening.broken" not in {trait.code for trait in opened.traits}
