"""The files of one list in the state folder, and how they are replaced: whole or not at all.

    NAME.table   the table in use (table.py); replaced by rename, so that whoever has it open reads on undisturbed
    NAME.json    what is known about fetching it
    NAME.lock    held while somebody updates it
    salt         the salt of all keys, made once
    old/         former tables as NAME.VERSION.table: mail that is still held can be judged by them again

The table is renamed before the JSON is: a crash in between costs one more fetch, never a list.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from gatepost.feeds.names import SALT_BYTES
from gatepost.feeds.trouble import FeedTrouble

FEEDS_FOLDER = "feeds"  # below the state folder
OLD_FOLDER = "old"  # below that one
TABLE_SUFFIX = ".table"


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about fetching one list."""

    tried_at: str = ""  # ISO 8601, UTC; "" means never
    good_at: str = ""  # when the server last gave the list, or said that it is unchanged
    trouble: str = ""  # what was wrong at the last try, "" when it went well
    failure_count: int = 0  # tries in a row
    rules: str = ""  # what the list was read with; when it changes, the list is fetched anew
    etag: str = ""
    last_modified: str = ""
    version: str = ""  # of the table that etag and last_modified belong to
    entry_count: int = 0
    bad_count: int = 0
    shielded_count: int = 0


@dataclass(frozen=True, slots=True)
class FeedFiles:
    """Where the files of one list lie."""

    folder: Path
    name: str

    @property
    def table(self) -> Path:
        """Give the table in use."""
        return self.folder / f"{self.name}{TABLE_SUFFIX}"

    @property
    def new_table(self) -> Path:
        """Give the place where the next table is written."""
        return self.folder / f"{self.name}{TABLE_SUFFIX}.new"

    @property
    def fetched(self) -> Path:
        """Give the place where the list lies while it is read."""
        return self.folder / f"{self.name}.fetched"

    def load_state(self) -> FeedState:
        """Give what is known; nothing where the file is missing or broken."""
        try:
            return msgspec.json.decode((self.folder / f"{self.name}.json").read_bytes(), type=FeedState)
        except (OSError, msgspec.MsgspecError):
            return FeedState()

    def keep_state(self, state: FeedState) -> None:
        """Replace what is known."""
        path = self.folder / f"{self.name}.json"
        unfinished = path.with_suffix(".json.new")
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            file.write(msgspec.json.encode(state))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def old_table(self, version: str) -> Path:
        """Give the place of a former table."""
        return self.folder / OLD_FOLDER / f"{self.name}.{version}{TABLE_SUFFIX}"

    def take_new_table(self, former_version: str = "", replaced_at: datetime | None = None) -> None:
        """Put the new table in the place of the old one, durably; that one is kept where its version is told.

        The time of a former table's file is the moment when it was replaced.
        """
        if former_version:
            if replaced_at:  # first: from the moment it has its second name, the keeper may find it too old to keep
                os.utime(self.table, (replaced_at.timestamp(), replaced_at.timestamp()))
            _keep_former(self.table, self.old_table(former_version))
        self.new_table.replace(self.table)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def clear_unfinished(self) -> None:
        """Remove what a try has left behind."""
        self.fetched.unlink(missing_ok=True)
        self.new_table.unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let nobody else update this list meanwhile; raise FeedTrouble when somebody does."""
        handle = os.open(self.folder / f"{self.name}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise FeedTrouble("is being updated by another process") from error
        try:
            yield
        finally:
            os.close(handle)


def _keep_former(table: Path, old: Path) -> None:
    """Give a table a second name, so that its bytes stay when the first is taken by another; copy where none can be."""
    old.parent.mkdir(mode=0o700, exist_ok=True)
    old.unlink(missing_ok=True)
    try:
        old.hardlink_to(table)
    except OSError:  # a file system without hard links
        unfinished = old.with_suffix(".new")
        shutil.copyfile(table, unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(old)


def open_folder(state: Path) -> Path:
    """Make the folder of the lists where it is missing."""
    folder = state / FEEDS_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def load_salt(folder: Path) -> bytes:
    """Give the salt of this installation; made the first time."""
    path = folder / "salt"
    try:
        salt = path.read_bytes()
    except FileNotFoundError:
        salt = b""
    if len(salt) != SALT_BYTES:
        salt = secrets.token_bytes(SALT_BYTES)
        unfinished = folder / "salt.new"
        unfinished.write_bytes(salt)
        unfinished.chmod(0o600)
        unfinished.replace(path)
    return salt
