"""A crash between any two lines of the books' code: nothing open is lost, nothing settled comes back."""

import gc
import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from doubles import FakeClock
from gatepost.model.verdict import Action
from gatepost.store.database import DATABASE_NAME
from gatepost.store.entries import Event, MailEntry, State, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.ledger import LOCK_NAME, Ledger
from gatepost.store.settings import StoreSettings
from store_builders import RECEIVED_AT, build_arrival, build_verdict

SETTINGS = StoreSettings(move_after_s=0)
TRACED = ("ledger.py", "held.py", "files.py", "records.py")
CRASHES = 12  # of about two thousand places; others at each run
DELIVERED, TWICE, HELD, CANCELLED, BOUNCED, WAITING = MAILS = [character * 32 for character in "abcdef"]
RECIPIENTS = {mail_id: 2 if mail_id == TWICE else 1 for mail_id in MAILS}
Turn = tuple[str, int]


class Crash(BaseException):
    """The power went."""


@dataclass
class Promises:
    """What the first life had begun and ended to settle when it broke off."""

    begun: set[Turn] = field(default_factory=set)
    kept: set[Turn] = field(default_factory=set)


def run_until(crash_at: int, work: Callable[[], None]) -> int:
    """Run with a crash before the line of this number; give the number of lines that were run."""
    count = 0

    def look_at_line(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
            if count == crash_at:
                raise Crash
        return look_at_line

    def look_at_call(frame: FrameType, _: str, __: Any) -> Any:
        folder, _, name = frame.f_code.co_filename.rpartition("/")
        return look_at_line if folder.endswith("gatepost/store") and name in TRACED else None

    sys.settrace(look_at_call)
    try:
        work()
    except Crash:
        pass
    finally:
        sys.settrace(None)
    return count


def write_journals(state: Path) -> None:
    (state / "journal").mkdir(parents=True)
    for number, mail_ids in enumerate([MAILS[:4], MAILS[4:]]):
        content = b""
        for mail_id in mail_ids:
            arrival = build_arrival(mail_id, *(f"{each}@example.org" for each in range(RECIPIENTS[mail_id])))
            action = Action.QUARANTINE if mail_id == HELD else Action.DELIVER
            verdict = build_verdict(arrival, *[action] * RECIPIENTS[mail_id])
            entry = MailEntry(mail_id, RECEIVED_AT, 9, arrival.envelope, verdict)
            content += b"".join(build_frame(Kind.MAIL, encode_entry(entry), raw_of(mail_id)))
        (state / "journal" / f"{number}.journal").write_bytes(content)


def raw_of(mail_id: str) -> bytes:
    return f"Subject: {mail_id}\r\n\r\n".encode()


def live(state: Path, promises: Promises) -> None:
    """Take up, deliver, move, release, cancel, retry: every way that leads through the books."""
    ledger = Ledger(state, FakeClock(), SETTINGS)

    def settle(mail_id: str, new: State, number: int = 0, by: str = "") -> None:
        is_end = new not in (State.QUEUED, State.QUARANTINED)
        if is_end:
            promises.begun.add((mail_id, number))
        ledger.settle([Event(mail_id, number, RECEIVED_AT, new, "says", by=by, next_attempt_at=RECEIVED_AT)])
        if is_end:
            promises.kept.add((mail_id, number))

    ledger.recover()
    ledger.take_up()
    settle(DELIVERED, State.DELIVERED)
    settle(WAITING, State.QUEUED)
    settle(BOUNCED, State.BOUNCED)
    ledger.tidy()
    settle(TWICE, State.DELIVERED, 1)
    settle(HELD, State.QUEUED, by="anna")
    settle(HELD, State.DELIVERED)
    settle(CANCELLED, State.CANCELLED, by="anna")
    settle(WAITING, State.QUEUED)
    ledger.expire()
    ledger.tidy()
    ledger.close()


def drop_locks(state: Path) -> None:
    """Do what the end of a process does."""
    for link in Path("/proc/self/fd").iterdir():
        if link.exists() and link.readlink() == state / LOCK_NAME:
            os.close(int(link.name))


def check_second_life(state: Path, promises: Promises) -> None:
    ledger = Ledger(state, FakeClock(), SETTINGS)
    ledger.recover()
    assert ledger.take_up() == 0
    rows = {(row.mail_id, row.recipient_number): row.state for row in ledger.records.load_deliveries()}
    everybody = {(mail_id, number) for mail_id in MAILS for number in range(RECIPIENTS[mail_id])}
    still_open = {turn for turn, each in rows.items() if each in (State.QUEUED, State.QUARANTINED)}
    assert everybody - promises.begun <= still_open, "a mail is lost"
    assert not promises.kept & still_open, "a mail comes back"
    assert {mail_id for mail_id, _ in still_open} <= ledger.records.load_places(MAILS).keys()
    for turn in ledger.load_due(100):
        mail = ledger.load_mail(turn.mail_id, turn.place)
        assert mail is not None
        assert mail.raw == raw_of(turn.mail_id)
    for mail_id, number in still_open:
        ledger.settle([Event(mail_id, number, RECEIVED_AT, State.DELIVERED, "at last")])
    ledger.tidy()
    ledger.close()
    leftovers = [path for path in state.rglob("*") if path.suffix in (".journal", ".events", ".new")]
    assert leftovers == [], "a mail that is settled is still on the disk"
    assert not (state / "aside").exists()


@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")  # crashes close nothing
@pytest.mark.parametrize("records_are_lost", [False, True])
def test_a_crash_anywhere_loses_nothing_and_repeats_nothing(tmp_path: Path, *, records_are_lost: bool) -> None:
    write_journals(tmp_path / "0")
    lines = run_until(-1, lambda: live(tmp_path / "0", Promises()))
    assert lines > 500
    seed = random.randrange(2**32)
    for crash_at in sorted(random.Random(seed).sample(range(1, lines + 1), CRASHES)):
        state, promises = tmp_path / str(crash_at), Promises()
        write_journals(state)
        run_until(crash_at, lambda: live(state, promises))  # noqa: B023 - called at once
        gc.collect()  # Python 3.13 tells of open databases where they are found: let that be here
        drop_locks(state)
        if records_are_lost:
            for path in state.glob(f"{DATABASE_NAME}*"):
                path.unlink()
        try:
            check_second_life(state, promises)
        except BaseException as error:
            error.add_note(f"the crash came before line {crash_at} of {lines}")
            raise
