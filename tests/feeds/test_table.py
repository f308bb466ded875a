import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.names import Name, NameKind
from gatepost.feeds.table import Table, TableInfo, write_table
from gatepost.feeds.trouble import FeedTrouble

SALT = b"0123456789abcdef"
INFO = TableInfo(name="a", source="https://a.example/", made_at="2030-01-01T00:00:00+00:00", salt=SALT.hex())
KEYS = st.integers(0, 2**64 - 1)


def write(folder: Path, keys: list[int], kind: NameKind = NameKind.PAGE) -> Path:
    path = folder / "a.table"
    write_table(path, INFO, {kind: keys})
    return path


@given(st.lists(KEYS, max_size=200), st.lists(KEYS, max_size=20))
def test_a_table_holds_its_keys_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, keys: list[int], others: list[int]
) -> None:
    table = Table.open(write(tmp_path_factory.mktemp("t"), keys))
    assert all(table.holds(key) for key in keys)
    edges = [0, 2**64 - 1, *(key ^ 1 for key in keys), *others]
    assert [table.holds(key) for key in edges] == [key in set(keys) for key in edges]
    assert table.info.key_count == len(set(keys))


def test_a_large_table_finds_by_its_index(tmp_path: Path) -> None:
    keys = [Name(NameKind.PAGE, f"{number}.example/").make_key(SALT) for number in range(50_000)]
    table = Table.open(write(tmp_path, keys))
    assert table.info.bits == 13
    assert all(map(table.holds, keys))
    assert not any(table.holds(key + 1) for key in keys)
    assert table.size_bytes < len(keys) * 8 + 2**15 + 1000


def test_entries_are_counted_without_what_only_helps_to_find_them(tmp_path: Path) -> None:
    info = write_table(tmp_path / "a", INFO, {NameKind.PAGE: [1, 2, 2], NameKind.SITE: [3], NameKind.FILE: []})
    assert (info.counts, info.entry_count, info.key_count) == ({"page": 2, "site": 1}, 2, 3)
    assert Table.open(tmp_path / "a").kinds == {NameKind.PAGE, NameKind.SITE}


def test_no_bit_of_a_table_changes_unseen(tmp_path: Path) -> None:
    whole = write(tmp_path, [1, 2**63, 2**64 - 1]).read_bytes()
    start = 12 + int.from_bytes(whole[8:12], "little")
    for place in (0, 8, *range(start, len(whole))):
        (tmp_path / "a.table").write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        with pytest.raises(FeedTrouble):
            Table.open(tmp_path / "a.table")


@given(st.data())
def test_any_bytes_are_a_table_or_trouble(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("t")
    whole = write(folder, [5, 6, 7]).read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    patch = data.draw(st.binary(max_size=12))
    for damaged in (whole[:cut], whole + b"\0" * 8, whole[:cut] + patch + whole[cut + len(patch) :], patch):
        (folder / "b.table").write_bytes(damaged)
        try:
            table = Table.open(folder / "b.table")
        except FeedTrouble:
            continue
        assert damaged[-24:] == whole[-24:]  # only what the table says about itself may differ
        assert table.holds(6)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(FeedTrouble, match="not been fetched"):
        Table.open(tmp_path / "a.table")


def test_a_pipe_in_place_of_a_table_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FeedTrouble):
        Table.open(tmp_path / "pipe")


def test_an_open_table_goes_on_when_its_file_is_replaced_or_removed(tmp_path: Path) -> None:
    table = Table.open(write(tmp_path, [5]))
    write_table(tmp_path / "b", INFO, {NameKind.PAGE: [6]})
    (tmp_path / "b").replace(tmp_path / "a.table")
    (tmp_path / "a.table").unlink()
    assert table.holds(5)
    assert not table.holds(6)


def test_nobody_else_may_read_a_table(tmp_path: Path) -> None:
    assert write(tmp_path, [5]).stat().st_mode & 0o077 == 0
