"""Deliver into Maildir folders: exactly once, durable, never half a file.

Standards: the Maildir layout (tmp, new, cur) of Bernstein; RFC 5321 §4.4 (Return-Path at final delivery).
Fails: never raises for the disk; a full disk is FailedForNow 4.3.1, other trouble FailedForNow 4.3.0.

A file's name follows from the mail and the recipient alone. After a crash between delivery and its record the mail
is handed over again, and the name that already stands in new/ or cur/ says that nothing is left to do.
"""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gatepost.deliver.disk_sync import sync_files, sync_folders
from gatepost.deliver.maildir_file import Letter, MailFolder, expand_layout, name_file
from gatepost.deliver.parcel import Delivered, Outcome, Parcel
from gatepost.model.address import Address
from gatepost.model.ports import Clock

FILES_PER_FLUSH = 200  # each is an open file until the flush
PARCELS_PER_BATCH = 1000
MAX_KNOWN_FOLDERS = 10_000


@dataclass(slots=True)
class _Waiting:
    parcel: Parcel
    outcomes: tuple[Outcome, ...] = ()
    error: Exception | None = None


class MaildirTransport:
    """Writes one file for each recipient, into `root` or into each recipient's own folder below it."""

    def __init__(self, root: Path, clock: Clock, layout: str = "") -> None:
        self._root = root
        self._layout = layout
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._turn = asyncio.Lock()
        self._folders: dict[Path, MailFolder] = {}
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="maildir")

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        """Write one mail; one outcome for each recipient. Mails handed over at the same time share their flushes."""
        waiting = _Waiting(parcel)
        self._waiting.append(waiting)
        async with self._turn:
            if not waiting.outcomes and waiting.error is None:  # else the one before has written this mail too
                await asyncio.sleep(0)  # those who come in the same moment join
                await self._write_waiting()
        if waiting.error is not None:
            raise waiting.error
        return waiting.outcomes

    async def deliver_many(self, parcels: Sequence[Parcel]) -> list[tuple[Outcome, ...]]:
        """Write many mails with few flushes; outcomes in the order of the parcels and their recipients."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write_parcels, parcels)

    async def _write_waiting(self) -> None:
        batch, self._waiting = self._waiting[:PARCELS_PER_BATCH], self._waiting[PARCELS_PER_BATCH:]
        try:
            results = await self.deliver_many([waiting.parcel for waiting in batch])
        except asyncio.CancelledError:
            self._waiting = batch + self._waiting  # whoever is next writes them; what was written is found there
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours; everybody whose mail it met hears of it
            for waiting in batch:
                waiting.error = error
            return
        for waiting, outcomes in zip(batch, results, strict=True):
            waiting.outcomes = outcomes

    async def close(self) -> None:
        """Take no more mail; what is being written is finished."""
        self._writer.shutdown(wait=False)

    def _write_parcels(self, parcels: Sequence[Parcel]) -> list[tuple[Outcome, ...]]:
        letters: dict[tuple[Path, str], Letter] = {}  # a recipient named twice gets one letter
        results = [[self._address(parcel, recipient, letters) for recipient in parcel.recipients] for parcel in parcels]
        waiting = list(letters.values())
        for start in range(0, len(waiting), FILES_PER_FLUSH):
            self._write_letters(waiting[start : start + FILES_PER_FLUSH])
        return [tuple(letter.outcome for letter in row) for row in results]

    def _address(self, parcel: Parcel, recipient: Address, letters: dict[tuple[Path, str], Letter]) -> Letter:
        path = self._root / expand_layout(self._layout, recipient) if self._layout else self._root
        name = name_file(parcel.mail_id, recipient, parcel.form)
        return letters.setdefault((path, name), Letter(self._folder(path), name, parcel, recipient))

    def _folder(self, path: Path) -> MailFolder:
        if len(self._folders) > MAX_KNOWN_FOLDERS:
            self._folders.clear()
        return self._folders.setdefault(path, MailFolder(path, self._clock))

    def _write_letters(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            letter.attempt(letter.look_in_new)
        for folder in {letter.folder for letter in letters}:
            folder.look_again()
        for letter in letters:
            letter.attempt(letter.write_to_tmp)
        _flush([letter for letter in letters if letter.is_open])
        for letter in letters:
            letter.attempt(letter.move_to_new)
        _settle([letter for letter in letters if isinstance(letter.outcome, Delivered)])


def _flush(letters: Sequence[Letter]) -> None:
    try:
        sync_files([letter.descriptor for letter in letters])
    except OSError as error:
        _fail(letters, error)
    finally:
        for letter in letters:
            letter.close()


def _settle(letters: Sequence[Letter]) -> None:
    """Make the new names durable, those of an earlier life among them."""
    try:
        sync_folders({letter.folder.new for letter in letters})
    except OSError as error:
        _fail(letters, error)


def _fail(letters: Iterable[Letter], error: OSError) -> None:
    for letter in letters:
        letter.fail(error)
