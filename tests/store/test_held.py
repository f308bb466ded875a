"""A mail moves with its events and all others of its journal, or stays."""

from pathlib import Path

from doubles import FakeClock
from gatepost.store.entries import Event, State, encode_entry
from gatepost.store.files import append_durably
from gatepost.store.frames import Frame, Kind, build_frame
from gatepost.store.held import (
    clear_leftovers,
    copy_to_held,
    decode_events,
    find_events_path,
    name_held_file,
)
from gatepost.store.journal import Journal
from gatepost.store.reader import FrameFile, read_frame_at
from gatepost.store.rows import Place
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import RECEIVED_AT, build_arrival, build_verdict

IDS = [character * 32 for character in "123"]


async def write_journal(state: Path) -> tuple[str, list[tuple[str, Place]]]:
    folder = state / "journal"
    folder.mkdir()
    (state / "held").mkdir()
    journal = Journal(folder, FakeClock(), StoreSettings(), lambda: None)
    for mail_id in IDS:
        arrival = build_arrival(mail_id, raw=f"Subject: {mail_id}\r\n\r\n".encode())
        await JournalVault(journal).keep(arrival, build_verdict(arrival), ())
    await journal.close()
    (path,) = folder.glob("*.journal")
    name = f"journal/{path.name}"
    frames = list(FrameFile(path, 0).read_frames(is_finished=True))
    places = [Place(name, frame.start, frame.end - frame.start) for frame in frames]
    return name, list(zip(IDS, places, strict=True))


def write_events(path: Path, *events: Event) -> None:
    for event in events:
        append_durably(find_events_path(path), b"".join(build_frame(Kind.EVENT, encode_entry(event))))


def build_event(mail_id: str, says: str) -> Event:
    return Event(mail_id, 0, RECEIVED_AT, State.QUEUED, says)


def read_events(path: Path) -> list[str]:
    frames = list(FrameFile(find_events_path(path), 0).read_frames(is_finished=True))
    return [event.says for event, _ in decode_events(frames)]


async def test_mails_are_copied_with_their_own_events(tmp_path: Path) -> None:
    name, mails = await write_journal(tmp_path)
    write_events(
        tmp_path / name, *(build_event(mail_id, f"{mail_id[0]}{turn}") for turn in "ab" for mail_id in IDS[:2])
    )
    held = copy_to_held(tmp_path, name, mails[1:])
    assert [mail.mail_id for mail in held] == IDS[1:]
    for mail in held:
        path = tmp_path / name_held_file(mail.mail_id)
        frame = read_frame_at(path, mail.place.offset, mail.place.length)
        assert isinstance(frame, Frame)
        assert frame.raw == f"Subject: {mail.mail_id}\r\n\r\n".encode()
        assert path.stat().st_mode & 0o077 == 0
    assert read_events(tmp_path / name_held_file(IDS[1])) == ["2a", "2b"]
    assert held[0].events_bytes == find_events_path(tmp_path / name_held_file(IDS[1])).stat().st_size
    assert not find_events_path(tmp_path / name_held_file(IDS[2])).exists()
    assert held[1].events_bytes == 0


async def test_nothing_moves_when_one_mail_cannot_be_read_back(tmp_path: Path) -> None:
    """Were the records rebuilt, a journal from which some had gone would tell old things about them."""
    name, mails = await write_journal(tmp_path)
    path, content = tmp_path / name, (tmp_path / name).read_bytes()
    path.write_bytes(content[:-1])
    assert copy_to_held(tmp_path, name, mails) == []
    path.write_bytes(content[:60] + b"\0" + content[61:])
    assert copy_to_held(tmp_path, name, mails) == []
    path.unlink()
    assert copy_to_held(tmp_path, name, mails) == []
    assert list(tmp_path.glob("held/*/*")) == []


async def test_what_a_crash_has_left_half_done_is_removed_and_nothing_else(tmp_path: Path) -> None:
    name, mails = await write_journal(tmp_path)
    write_events(tmp_path / name, build_event(IDS[0], "x"))
    copy_to_held(tmp_path, name, mails)
    kept = {path for path in tmp_path.rglob("*") if path.is_file()}
    held = tmp_path / name_held_file("f" * 32)
    held.parent.mkdir()
    for leftover in (held.with_suffix(".journal.new"), find_events_path(held), tmp_path / "journal" / "9.events"):
        leftover.write_bytes(b"somebody's mail")
    clear_leftovers(tmp_path, "journal")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_events_that_are_not_understood_are_passed_over() -> None:
    good = Frame(Kind.EVENT, encode_entry(build_event(IDS[0], "good")), b"", 0, 9)
    assert [event.says for event, _ in decode_events([Frame(Kind.EVENT, b"\x80", b"", 0, 9), good])] == ["good"]
