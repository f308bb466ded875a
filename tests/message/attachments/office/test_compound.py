"""Streams are found wherever they lie, and read within a budget."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.compound_files import Tree, build_compound
from gatepost.message.attachments.desk import LimitReachedError
from gatepost.message.attachments.office import compound
from gatepost.message.attachments.office.compound import CompoundFile, Storage

EQUATION = "0002CE02-0000-0000-C000-000000000046"
TREE: Tree = {"Workbook": b"w" * 5000, "Macros": {"VBA": {"dir": b"d", "Module1": b"m" * 70}}}


def test_streams_are_read_from_small_and_from_large_sectors() -> None:
    file = CompoundFile(build_compound(TREE))
    assert file.read(("Workbook",)) == b"w" * 5000
    assert file.read(("Macros", "VBA", "Module1")) == b"m" * 70
    assert file.measure(("Workbook",)) == 5000


def test_names_are_found_at_any_depth_and_in_any_case() -> None:
    file = CompoundFile(build_compound(TREE))
    assert list(file.find("DIR")) == [("Macros", "VBA", "dir")]
    assert file.has("Macros", "VBA", "dir")
    assert not file.has("dir")


def test_the_classes_of_storages_are_told() -> None:
    file = CompoundFile(build_compound(TREE, EQUATION))
    assert list(file.storages) == [Storage((), EQUATION), Storage(("Macros",), ""), Storage(("Macros", "VBA"), "")]


def test_a_table_of_small_sectors_that_claims_more_than_the_file_is_read_as_far_as_it_goes() -> None:
    content = bytearray(build_compound(TREE))
    content[64:68] = struct.pack("<I", 89_000_000)  # of MS-CFB §2.2: number of mini FAT sectors
    file = CompoundFile(bytes(content))
    assert file.is_damaged
    assert file.read(("Macros", "VBA", "Module1")) == b"m" * 70


def test_a_table_of_sectors_that_claims_more_than_the_file_is_not_gathered() -> None:
    content = bytearray(build_compound(TREE))
    content[44:48] = struct.pack("<I", len(content) // 512 + 1)
    with pytest.raises(LimitReachedError):
        CompoundFile(bytes(content))


def test_streams_that_claim_more_than_the_budget_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compound, "BUDGET_FLOOR_BYTES", 0)
    monkeypatch.setattr(compound, "BUDGET_FACTOR", 0)
    with pytest.raises(LimitReachedError):
        CompoundFile(build_compound(TREE)).read(("Workbook",))


def test_a_stream_that_cannot_be_read_is_empty_and_damage() -> None:
    file = CompoundFile(build_compound(TREE))
    assert (file.read(("absent",)), file.is_damaged) == (b"", True)


@pytest.mark.parametrize(
    ("size", "last", "is_circle"),
    [(150, 0, True), (150, 2, True), (150, 0xFFFFFFFE, False), (150, 77, False), (5_000, 3, True), (5_000, 77, False)],
)
def test_a_chain_of_sectors_that_leads_back_into_itself_is_told(size: int, last: int, is_circle: bool) -> None:
    content = build_compound({"Workbook": b"w" * size, "Workbook too": b"o" * 70})
    assert not CompoundFile(content).runs_in_circles()
    sectors = -(-size // (64 if size < 4_096 else 512))
    chain = struct.pack(f"<{sectors}I", *range(1, sectors), 0xFFFFFFFE)
    assert content.count(chain) == 1
    led = content.replace(chain, chain[:-4] + struct.pack("<I", last))
    assert CompoundFile(led).runs_in_circles() is is_circle


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40))
def test_damage_anywhere_is_an_error_or_a_file(place: int, damage: bytes) -> None:
    content = build_compound(TREE)
    broken = content[:place] + damage + content[place + len(damage) :]
    try:
        file = CompoundFile(broken)
        read = [file.read(path) for path in file.paths]
    except (OSError, LimitReachedError):
        return
    assert sum(map(len, read)) <= 3 * len(broken) + compound.BUDGET_FLOOR_BYTES
