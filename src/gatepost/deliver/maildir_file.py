"""One file on its way into a Maildir, and the folder that takes it.

Trust: recipient addresses come from peers; none of their characters reaches a path unescaped.
"""

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gatepost.deliver.disk_sync import sync_folders
from gatepost.deliver.parcel import Delivered, FailedForNow, Outcome, Parcel
from gatepost.model.address import Address
from gatepost.model.cleaning import Form
from gatepost.model.errors import BadSettings
from gatepost.model.ports import Clock

RACY_S = 1.0  # one time stamp may cover several changes that follow each other within a tick of the file system

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_+")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MS_DIGITS = 12  # of a mail's name, model/mail_id.py
_FLAGS = re.compile("[:,]")  # what a reader appends: flags after ":2,", a size after ",S="
_PLACE = re.compile(r"\{(?:domain|local_part)\}")


def name_file(mail_id: str, recipient: Address, form: Form = Form.ORIGINAL) -> str:
    """Give the one name that a form of this mail has for this recipient: seconds.unique.host, as Maildir has it."""
    seconds = int(mail_id[:_MS_DIGITS], 16) // 1000
    owner = hashlib.sha256(str(recipient).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{seconds}.{mail_id}_{owner}{'_cleaned' if form is Form.CLEANED else ''}.gatepost"


def check_layout(layout: str, place: str) -> None:
    """Raise BadSettings unless every recipient's folder stays below the root."""
    rest = _PLACE.sub("x", layout)
    if layout and (rest == layout or not re.fullmatch(r"[A-Za-z0-9_+=@-][A-Za-z0-9_.+=@/-]*", rest) or ".." in rest):
        raise BadSettings(
            f"{place} maildir_layout cannot be {layout!r}; write folders with {{domain}} and {{local_part}},"
            " such as {domain}/{local_part}"
        )


def expand_layout(layout: str, recipient: Address) -> str:
    r"""Give the recipient's folder; what is not plain in an address is written as %XX.

    >>> expand_layout("{domain}/{local_part}", Address.parse("A/b.c@example.org"))
    'example.org/a%2fb%2ec'
    """
    local_part = "".join(_escape(character) for character in recipient.local_part.lower())
    return layout.replace("{local_part}", local_part).replace("{domain}", recipient.domain.name.replace(":", "%3a"))


def _escape(character: str) -> str:
    if character in _PLAIN:
        return character
    return "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


class MailFolder:
    """A Maildir: makes its three folders, and knows which names stand in cur/."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.tmp, self.new, self.cur = path / "tmp", path / "new", path / "cur"
        self._clock = clock
        self.is_made = False
        self._has_looked = False
        self._names_in_cur: frozenset[str] = frozenset()
        self._changed_ns = -1
        self._first_seen_s = 0.0
        self._is_settled = False

    def make(self) -> None:
        """Make what is missing of tmp, new and cur, durably and for the owner alone; raise OSError."""
        if self.is_made:
            return
        for folder in (self.tmp, self.new, self.cur):
            make_private_folder(folder)
        sync_folders([self.path])
        self.is_made = True

    def look_again(self) -> None:
        """Forget how cur/ looked; one look serves all the mails of a batch."""
        self._has_looked = False

    def was_read(self, name: str) -> bool:
        """Say whether a mail of this name stands in cur/ under any flags; raise OSError."""
        if not self._has_looked:
            self._look()
            self._has_looked = True
        return name in self._names_in_cur

    def _look(self) -> None:
        changed_ns = self.cur.stat().st_mtime_ns
        now_s = self._clock.monotonic_s()
        if changed_ns != self._changed_ns:
            self._changed_ns, self._first_seen_s, self._is_settled = changed_ns, now_s, False
        if not self._is_settled:
            self._is_settled = now_s - self._first_seen_s > RACY_S
            with os.scandir(self.cur) as entries:
                self._names_in_cur = frozenset(_FLAGS.split(entry.name, maxsplit=1)[0] for entry in entries)


def make_private_folder(path: Path) -> None:
    """Make a folder and its parents with mode 0700; raise OSError."""
    if path.is_dir():
        return
    make_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folders([path.parent])


@dataclass(slots=True, eq=False)
class Letter:
    """One mail for one recipient, and how far it has come."""

    folder: MailFolder
    name: str
    parcel: Parcel
    recipient: Address
    descriptor: int = -1
    outcome: Outcome = field(default=Delivered("kept in the Maildir"))
    _is_in_new: bool = False
    _is_in_tmp: bool = False
    _tmp_path: Path = field(init=False)
    _new_path: Path = field(init=False)

    def __post_init__(self) -> None:
        self._tmp_path, self._new_path = self.folder.tmp / self.name, self.folder.new / self.name

    @property
    def is_open(self) -> bool:
        """Say whether the file was written and waits for the flush."""
        return self.descriptor >= 0

    def attempt(self, step: Callable[[], None]) -> None:
        """Take one step; an error of the disk becomes the outcome."""
        if isinstance(self.outcome, Delivered):
            try:
                step()
            except OSError as error:
                self.fail(error)

    def look_in_new(self) -> None:
        """See whether the mail was delivered before; whoever moves it to cur/ from now on does not matter."""
        self.folder.make()
        self._is_in_new = os.path.lexists(self._new_path)

    def write_to_tmp(self) -> None:
        """Write the file and leave it open for the flush, unless the mail was delivered before; raise OSError."""
        if self._is_in_new or self.folder.was_read(self.name):
            return
        try:
            self.descriptor = os.open(self._tmp_path, _NEW_FILE, 0o600)
        except FileExistsError:  # half a file of an earlier life
            self._tmp_path.unlink()
            self.descriptor = os.open(self._tmp_path, _NEW_FILE, 0o600)
        self._is_in_tmp = True
        rest = memoryview(self._head() + self.parcel.content)
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]

    def _head(self) -> bytes:
        sender = self.parcel.mail_from or ""
        return f"Return-Path: <{sender}>\r\nDelivered-To: {self.recipient}\r\n".encode("utf-8", "replace")

    def move_to_new(self) -> None:
        """Give the flushed file its place; raise OSError."""
        if self._is_in_tmp:
            self._tmp_path.rename(self._new_path)
            self._is_in_tmp = False

    def fail(self, error: OSError) -> None:
        """Note that the disk did not take the mail, and leave nothing of it behind."""
        status = "4.3.1" if error.errno in _FULL else "4.3.0"
        self.outcome = FailedForNow(status, f"the Maildir did not take the mail: {error.strerror or error}")
        self.close()
        self.folder.is_made = False  # somebody may have removed it
        with contextlib.suppress(OSError):  # a file in tmp/ is not mail yet; the next attempt removes it
            self._tmp_path.unlink(missing_ok=True)
            self._is_in_tmp = False

    def close(self) -> None:
        """Close the file; a letter may be closed twice."""
        if self.is_open:
            os.close(self.descriptor)
            self.descriptor = -1
