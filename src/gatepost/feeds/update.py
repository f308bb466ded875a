"""Brings one list up to date: fetch, verify, build the table in a process of its own, swap.

Whatever goes wrong, the table in use stays in use: a server that is gone, slow or hostile, a list that is empty,
broken or absurdly short, a crash at any moment.
Trust: what comes from the server is opened by the building process only.
Fails: never; the Outcome says what happened.
"""

import asyncio
import enum
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from gatepost.feeds.build import Built, Job
from gatepost.feeds.files import FeedFiles, FeedState, load_salt, open_folder
from gatepost.feeds.guard import Guard
from gatepost.feeds.settings import TOKEN_PLACE, FeedSettings
from gatepost.feeds.table import Table, TableInfo
from gatepost.feeds.trouble import FeedTrouble
from gatepost.model.errors import GatepostError
from gatepost.model.ports import Clock, Fetched, Fetcher, FetchOrder

MAX_PROOF_BYTES = 1_048_576  # of a checksum or signature file
BUILD_TIMEOUT_S = 600.0
MIN_GUARDED_ENTRIES = 20  # a list that was as short as this may shrink as it likes
FORMAT = "1"  # of tables; raised when a new version would read a list otherwise

_SECRETS = re.compile(r"(?<=//)[^/?#]*@|[?#].*")


class Result(enum.StrEnum):
    """How an update ended."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one update; `says` is one sentence."""

    name: str
    result: Result
    says: str
    entry_count: int = 0


async def build_in_process(job: Job) -> Built:
    """Run the building process; it ends with us."""
    command = [sys.executable, "-P", "-m", "gatepost.feeds.build"]
    process = await asyncio.to_thread(
        subprocess.Popen,
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ},
    )
    try:
        said, _ = await asyncio.to_thread(process.communicate, msgspec.json.encode(job), BUILD_TIMEOUT_S)
        return msgspec.json.decode(said, type=Built)
    except (subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
        raise FeedTrouble("broke the process that reads it, or kept it busy for too long") from error
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(asyncio.to_thread(process.wait))


@dataclass(frozen=True, slots=True)
class FeedUpdater:
    """Updates the lists of one state folder; `guard` are the names that no list may block."""

    state: Path
    guard: Guard
    fetcher: Fetcher
    clock: Clock
    build: Callable[[Job], Awaitable[Built]] = build_in_process

    async def update(self, name: str, feed: FeedSettings, *, force: bool = False) -> Outcome:
        """Bring one list up to date; with `force` an unchanged list is read anew and a short one is taken."""
        try:
            files = FeedFiles(open_folder(self.state), name)
            with files.lock():
                return await self._update(files, feed, force=force)
        except FeedTrouble as trouble:  # somebody else is at it
            return Outcome(name, Result.FAILED, f"the list {name} {trouble.public}")
        except OSError as error:
            return Outcome(name, Result.FAILED, f"the list {name} cannot be kept: {error.strerror or error}")

    async def _update(self, files: FeedFiles, feed: FeedSettings, *, force: bool) -> Outcome:
        former = files.load_state()
        rules = _digest_rules(feed, self.guard)
        known = former if former.rules == rules and not force else FeedState()
        try:
            files.clear_unfinished()
            table = await asyncio.to_thread(_open_table, files.table)
            if table is None or table.info.sha256 != known.version:
                known = FeedState()
            fetched, proofs = await self._fetch(files, feed, known)
            if not fetched.is_changed:
                return self._conclude_unchanged(files, former, table)
            built = await self.build(self._describe_job(files, feed, proofs))
            info = _judge(built, table, 0.0 if force else feed.min_share)
            former_version = table.info.sha256 if table else ""
            await asyncio.to_thread(_swap, files, info, former_version, self.clock.now())
        except (GatepostError, OSError) as error:
            return self._conclude_failed(files, former, error)
        finally:
            files.clear_unfinished()
        now = self.clock.now().isoformat()
        state = FeedState(
            tried_at=now,
            good_at=now,
            rules=rules,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            version=info.sha256,
            entry_count=info.entry_count,
            bad_count=built.bad_count,
            shielded_count=built.shielded_count,
        )
        files.keep_state(state)
        return Outcome(files.name, Result.UPDATED, f"{info.entry_count} entries", info.entry_count)

    def _conclude_unchanged(self, files: FeedFiles, former: FeedState, table: Table | None) -> Outcome:
        now = self.clock.now().isoformat()
        files.keep_state(msgspec.structs.replace(former, tried_at=now, good_at=now, trouble="", failure_count=0))
        return Outcome(files.name, Result.UNCHANGED, "nothing new", table.info.entry_count if table else 0)

    def _conclude_failed(self, files: FeedFiles, former: FeedState, error: GatepostError | OSError) -> Outcome:
        reason = error.public if isinstance(error, GatepostError) else f"cannot be kept: {error.strerror or error}"
        says = f"the list {files.name} {reason}" if isinstance(error, (FeedTrouble, OSError)) else reason
        state = msgspec.structs.replace(
            former, tried_at=self.clock.now().isoformat(), trouble=says, failure_count=former.failure_count + 1
        )
        files.keep_state(state)
        return Outcome(files.name, Result.FAILED, says)

    async def _fetch(self, files: FeedFiles, feed: FeedSettings, known: FeedState) -> tuple[Fetched, Mapping[str, str]]:
        """Fetch the list and what proves it; give the proofs by the name of their setting."""
        if feed.file:
            return _take_file(Path(feed.file), known), {}
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        if known.etag:
            del conditions["If-Modified-Since"]  # RFC 9110 §13.1.3
        headers = {name: value for name, value in conditions.items() if value}
        with files.fetched.open("wb") as file:
            files.fetched.chmod(0o600)
            fetched = await self.fetcher.fetch(_order(feed, feed.url, feed.max_bytes, headers), file.write)
        proofs: dict[str, str] = {}
        if fetched.is_changed:
            for name in ("checksum_url", "signature_url"):
                if url := getattr(feed, name):
                    proofs[name] = await self._fetch_proof(feed, url)
        return fetched, proofs

    async def _fetch_proof(self, feed: FeedSettings, url: str) -> str:
        text = bytearray()
        await self.fetcher.fetch(_order(feed, url, MAX_PROOF_BYTES, {}), text.extend)
        return text.decode("utf-8", "replace")

    def _describe_job(self, files: FeedFiles, feed: FeedSettings, proofs: Mapping[str, str]) -> Job:
        return Job(
            source=feed.file or str(files.fetched),
            target=str(files.new_table),
            info=TableInfo(
                name=files.name,
                source=feed.file or show_source(feed.url),
                made_at=self.clock.now().isoformat(),
                salt=load_salt(files.folder).hex(),
                threat=feed.threat,
            ),
            layout=feed.layout,
            column=feed.column,
            max_bytes=feed.max_bytes,
            max_entries=feed.max_entries,
            whole_hosts=feed.whole_hosts,
            guard=self.guard,
            checksum=proofs.get("checksum_url", ""),
            checksum_is_asked_for=bool(feed.checksum_url),
            checksum_of=show_source(feed.url).rpartition("/")[2],
            signature=proofs.get("signature_url", ""),
            public_key=feed.public_key,
        )


def show_source(url: str) -> str:
    """Give a URL without what may be secret in it: user, query, token.

    >>> show_source("https://h.example/a/{token}/b.csv?auth-key=1")
    'https://h.example/a/{token}/b.csv'
    """
    return _SECRETS.sub("", url)


def _order(feed: FeedSettings, url: str, max_bytes: int, headers: Mapping[str, str]) -> FetchOrder:
    return FetchOrder(
        url=url.replace(TOKEN_PLACE, feed.token),
        max_bytes=max_bytes,
        deadline_s=feed.deadline_s,
        headers=headers,
        secret_headers={feed.token_header: feed.token} if feed.token_header and feed.token else {},
        allow_http=feed.allow_http,
        allow_private=feed.allow_private,
    )


def _digest_rules(feed: FeedSettings, guard: Guard) -> str:
    """Give a name for everything that a list is read with."""
    rules = (FORMAT, feed.url, feed.file, feed.layout, feed.column, str(feed.whole_hosts), feed.public_key)
    names = (*sorted(guard.shared), "/", *sorted(guard.landlords))
    return hashlib.sha256("\n".join((*rules, *names)).encode()).hexdigest()


def _open_table(path: Path) -> Table | None:
    try:
        return Table.open(path)
    except FeedTrouble:
        return None


def _swap(files: FeedFiles, info: TableInfo, former_version: str, now: datetime) -> None:
    """Read the new table as the workers will, then put it in the place of the old one."""
    if Table.open(files.new_table).info != info:
        raise FeedTrouble("has a table that another process changed while it was made")
    files.take_new_table("" if former_version == info.sha256 else former_version, now)


def _take_file(path: Path, known: FeedState) -> Fetched:
    """Say whether a file on this machine is another than the one that was read."""
    try:
        status = path.stat()
    except OSError as error:
        raise FeedTrouble(f"cannot be read from {path}: {error.strerror}") from error
    version = f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
    return Fetched(is_changed=version != known.etag, etag=version, last_modified="")


def _judge(built: Built, former: Table | None, min_share: float) -> TableInfo:
    if built.info is None:
        raise FeedTrouble(built.trouble)
    count, former_count = built.info.entry_count, former.info.entry_count if former else 0
    if former_count > MIN_GUARDED_ENTRIES and count < former_count * min_share:
        raise FeedTrouble(
            f"has shrunk from {former_count} entries to {count}, so the old one is kept (min_share); "
            f"`gatepost feeds update --force {built.info.name}` takes the new one"
        )
    return built.info
