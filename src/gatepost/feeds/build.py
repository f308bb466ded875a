"""Makes a table from what was fetched, in a process of its own: no event loop waits, and limits hold.

Called by update.py as `python -m gatepost.feeds.build` with a Job as JSON on standard input; says a Built as JSON.
Trust: the file comes from a list's server. Memory, time and output are limited by the system.
Fails: a Built with `trouble`; whatever else ends the process leaves nothing but an unfinished file.
"""

import hashlib
import os
import resource
import sys
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from gatepost.feeds.guard import Guard
from gatepost.feeds.layouts import read_entries
from gatepost.feeds.names import Name, NameKind, ReadUrl, read_entry
from gatepost.feeds.proofs import check_checksum, check_signature
from gatepost.feeds.settings import Layout
from gatepost.feeds.table import TableInfo, write_table
from gatepost.feeds.trouble import FeedTrouble
from gatepost.feeds.unpack import read_pieces

MAX_BAD_SHARE = 0.1  # of the lines; a list with more is not what its settings say
MAX_SOME_BAD = 5  # are forgiven in a short list, too
MAX_MEMORY_BYTES = 2 * 2**30
MAX_CPU_S = 300
NICENESS = 10


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done."""

    source: str  # the file that was fetched
    target: str  # the file to write
    info: TableInfo
    layout: Layout
    column: str
    max_bytes: int
    max_entries: int
    whole_hosts: bool
    guard: Guard
    checksum_is_asked_for: bool = False
    checksum: str = ""  # the text that says it
    checksum_of: str = ""  # the name of the list in that text
    signature: str = ""  # minisign's file
    public_key: str = ""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What has come of it."""

    info: TableInfo | None = None
    bad_count: int = 0  # lines that hold no entry
    shielded_count: int = 0  # entries that would have blocked what belongs to many
    trouble: str = ""


class _Digests:
    """Hashes what passes."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def watch(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._sha256.update(piece)
            yield piece

    def tell(self) -> str:
        return self._sha256.hexdigest()


class _Sorter:
    """Sorts entries into keys by their kind, and counts what is left out."""

    def __init__(self, job: Job) -> None:
        self.keys: dict[NameKind, array[int]] = {kind: array("Q") for kind in NameKind}
        self.entry_count = self.bad_count = self.shielded_count = 0
        self._job = job
        self._salt = bytes.fromhex(job.info.salt)

    def take(self, text: str) -> None:
        """Take one entry, "" for a line that holds none."""
        self.entry_count += 1
        if self.entry_count > self._job.max_entries:
            raise FeedTrouble(f"has more than {self._job.max_entries} entries (max_entries)")
        if (entry := read_entry(text) if text else None) is None:
            self.bad_count += 1
        elif (name := self._job.guard.name_entry(entry, whole_hosts=self._job.whole_hosts)) is None:
            self.shielded_count += 1
        else:
            self._keep(name)
            if isinstance(entry, ReadUrl) and name.kind is not NameKind.HOST:
                self._keep(Name(NameKind.SITE, entry.host))

    def _keep(self, name: Name) -> None:
        self.keys[name.kind].append(name.make_key(self._salt))

    def judge(self) -> None:
        """Refuse a list that is not what its settings say."""
        if not self.entry_count:
            raise FeedTrouble("is empty")
        if self.bad_count > max(MAX_SOME_BAD, self.entry_count * MAX_BAD_SHARE) or self.bad_count == self.entry_count:
            raise FeedTrouble(f"has {self.bad_count} lines of {self.entry_count} that hold no URL, domain or SHA-256")
        if not any(self.keys.values()):
            raise FeedTrouble("holds nothing but whole sites that belong to many")


def build(job: Job) -> Built:
    """Do the job; the target is whole when the Built has an info."""
    digests, sorter = _Digests(), _Sorter(job)
    source = Path(job.source)
    try:
        if job.public_key:
            check_signature(source, job.signature, job.public_key)
        with source.open("rb") as file:
            pieces = digests.watch(read_pieces(file, job.max_bytes))
            for text in read_entries(pieces, job.layout, job.column):
                sorter.take(text)
        sorter.judge()
        if job.checksum_is_asked_for:
            check_checksum(source, digests.tell(), job.checksum, job.checksum_of)
        info = write_table(Path(job.target), job.info, sorter.keys)
    except FeedTrouble as trouble:
        return Built(trouble=trouble.public)
    return Built(info=info, bad_count=sorter.bad_count, shielded_count=sorter.shielded_count)


def limit_process() -> None:
    """Leave this process little more than the job needs."""
    os.nice(NICENESS)
    for limit, value in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_S),
        (resource.RLIMIT_FSIZE, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def main() -> None:
    """Read the job from standard input, do it, say what has come of it."""
    limit_process()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(build(job)))


if __name__ == "__main__":
    main()
