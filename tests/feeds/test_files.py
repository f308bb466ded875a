import os
from pathlib import Path

import pytest

from feed_builders import REPLACED_AT
from gatepost.feeds.files import FeedFiles, FeedState, load_salt, open_folder
from gatepost.feeds.trouble import FeedTrouble


@pytest.fixture
def files(tmp_path: Path) -> FeedFiles:
    return FeedFiles(open_folder(tmp_path), "a")


def test_what_is_known_is_kept(files: FeedFiles) -> None:
    assert files.load_state() == FeedState()
    state = FeedState(etag='"1"', good_at="2030-01-01T00:00:00+00:00", failure_count=3)
    files.keep_state(state)
    assert files.load_state() == state


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"failure_count": "many"}', b"\xff"])
def test_a_broken_state_is_none(files: FeedFiles, content: bytes) -> None:
    (files.folder / "a.json").write_bytes(content)
    assert files.load_state() == FeedState()


def test_only_one_process_updates_a_list(files: FeedFiles) -> None:
    with files.lock(), pytest.raises(FeedTrouble, match="another process"), files.lock():
        pass
    with files.lock():
        pass


def test_a_table_that_is_replaced_keeps_its_bytes_under_its_version(files: FeedFiles) -> None:
    for content, version in ((b"one", ""), (b"two", "v1"), (b"three", "v2"), (b"two", "v3"), (b"four", "v2")):
        files.new_table.write_bytes(content)
        files.take_new_table(version, REPLACED_AT)
    assert files.table.read_bytes() == b"four"
    assert [files.old_table(version).read_bytes() for version in ("v1", "v2", "v3")] == [b"one", b"two", b"three"]
    assert files.old_table("v2").stat().st_mtime == REPLACED_AT.timestamp()


def test_without_hard_links_a_former_table_is_copied(files: FeedFiles) -> None:
    elsewhere = files.folder.parent / "elsewhere"
    elsewhere.write_bytes(b"one")
    files.table.symlink_to(elsewhere)
    files.new_table.write_bytes(b"two")
    files.take_new_table("v1", REPLACED_AT)
    assert (files.table.read_bytes(), files.old_table("v1").read_bytes()) == (b"two", b"one")


def test_the_salt_is_made_once_and_anew_when_it_is_broken(tmp_path: Path) -> None:
    salt = load_salt(tmp_path)
    assert len(salt) == 16
    assert load_salt(tmp_path) == salt
    (tmp_path / "salt").write_bytes(b"short")
    assert len(load_salt(tmp_path)) == 16


def test_nobody_else_can_read_what_is_kept(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        files = FeedFiles(open_folder(tmp_path), "a")
        load_salt(files.folder)
        files.keep_state(FeedState())
        with files.lock():
            pass
    finally:
        os.umask(former)
    assert files.folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in files.folder.iterdir() if path.stat().st_mode & 0o077] == []
