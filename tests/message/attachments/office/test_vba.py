"""The source of macros is unpacked, whatever hides it, and what was taken away is noticed."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.compound_files import build_compound, build_vba, compress
from built_files.office import DROPPER, build_stomped
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.message.attachments.office.vba import (
    Module,
    Project,
    count_compiled_lines,
    decompress,
    is_altered,
    is_stomped,
    read_projects,
    strip_attributes,
)


def read(content: bytes) -> list[Project]:
    return list(read_projects(CompoundFile(content)))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=9000))
def test_what_is_put_into_a_container_comes_out(source: bytes) -> None:
    assert decompress(compress(source)) == source


def test_repeated_letters_are_copied_from_before() -> None:
    # The third example of MS-OVBA 3.2.3.
    packed = bytes.fromhex("0103b002614500")
    assert decompress(packed) == b"a" * 73


def test_a_chunk_may_be_stored_as_it_is() -> None:
    assert decompress(b"\x01" + struct.pack("<H", 0x3FFF) + b"x" * 4096) == b"x" * 4096


def test_unpacking_ends_at_the_limit() -> None:
    assert len(decompress(b"\x01" + bytes.fromhex("05b0026145ff0f00") * 9000, 10_000)) <= 10_000


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_unpack_to_something(packed: bytes) -> None:
    assert len(decompress(b"\x01" + packed)) <= 4096 * 150


def test_a_copy_from_before_the_beginning_is_nothing() -> None:
    assert decompress(b"\x01\x05\xb0\x01\xff\xffabc") == b"abc"


def test_modules_are_read_by_the_directory_wherever_the_project_lies() -> None:
    (project,) = read(build_compound({"Macros": {"VBA": build_vba({"M": DROPPER, "N": "' nothing\r\n"})}}))
    assert project.path == ("Macros", "VBA")
    assert [module.name for module in project.modules] == ["M", "N"]
    assert strip_attributes(project.modules[0].source) == DROPPER
    assert not project.is_cut


@pytest.mark.parametrize("lost", ["dir", "PROJECT"])
def test_a_project_without_its_directory_is_found_by_what_every_source_begins_with(lost: str) -> None:
    streams = {name: data for name, data in build_vba({"M": DROPPER}).items() if name != lost}
    (project,) = read(build_compound({"VBA": streams}))
    assert [strip_attributes(module.source) for module in project.modules] == [DROPPER]


def test_an_offset_that_leads_nowhere_does_not_hide_the_source() -> None:
    streams = build_vba({"M": DROPPER})
    streams["dir"] = compress(
        decompress(streams["dir"]).replace(struct.pack("<HII", 0x31, 4, 3), struct.pack("<HII", 0x31, 4, 9999))
    )
    (project,) = read(build_compound({"VBA": streams}))
    assert [strip_attributes(module.source) for module in project.modules] == [DROPPER]


def test_a_module_whose_source_was_taken_away_is_noticed() -> None:
    (project,) = read(build_stomped())
    assert [(is_stomped(module), count_compiled_lines(module.compiled)) for module in project.modules] == [(True, 9)]


def test_modules_that_hold_nothing_are_not_hollow() -> None:
    assert not is_stomped(Module("M", 'Attribute VB_Name = "M"\r\n', b"\xfe\xca\x01\x00\x00\x00"))


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('Attribute VB_Name = "M"\r\nSub a()\r\nEnd Sub\r\n', 2),
        ('Attribute VB_Name = "M"\r\nx = 1 + _\r\n2\r\n', 1),
        ('Attribute VB_Name = "M"\r\nx = 1 + _\r\n2\r\n', 2),
        ('Attribute VB_Name = "M"\r\n', 0),
    ],
)
def test_a_module_as_office_writes_it_is_whole(source: str, lines: int) -> None:
    compiled = b"\xfe\xca\x01\x00" + struct.pack("<H", lines)
    assert not is_altered(Module("M", source, compiled))
    assert is_altered(Module("M", source, b"\xfe\xca\x01\x00" + struct.pack("<H", lines + 5)))


def test_too_much_source_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.message.attachments.office.vba.MAX_SOURCE_BYTES", 100)
    (project,) = read(build_compound({"VBA": build_vba({"M": "'" + "x" * 200})}))
    assert project.is_cut
