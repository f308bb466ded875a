"""Mails that wait for long (deferred, quarantined) get a file of their own, so that their journal can be freed.

Such a file is a journal of one mail, with the events so far in a companion, like any other.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from gatepost.store.entries import Event, decode_event
from gatepost.store.files import UNFINISHED_SUFFIX, write_files_durably
from gatepost.store.frames import Frame, Kind, build_frame
from gatepost.store.reader import EVENTS_SUFFIX, FrameFile, read_frame_at
from gatepost.store.rows import HeldMail, Place

HELD_FOLDER = "held"
JOURNAL_SUFFIX = ".journal"


def name_held_file(mail_id: str) -> str:
    """Give the path below the state folder; the last two characters are random and spread the folders evenly."""
    return f"{HELD_FOLDER}/{mail_id[-2:]}/{mail_id}{JOURNAL_SUFFIX}"


def find_events_path(path: Path) -> Path:
    """Give the companion of a journal file, where the keeper writes what became of its mails."""
    return path.with_suffix(EVENTS_SUFFIX)


def copy_to_held(state: Path, name: str, open_mails: Sequence[tuple[str, Place]]) -> list[HeldMail]:
    """Copy mails out of a journal file with their events so far: all of them, or none when one cannot be read back.

    A journal from which some had gone would tell of them what is no longer true, were the records rebuilt from it.
    """
    try:
        told = _read_events(state / name, {mail_id for mail_id, _ in open_mails})
        frames = [read_frame_at(state / name, place.offset, place.length) for _, place in open_mails]
    except OSError:
        return []
    copies: dict[Path, bytes] = {}
    held: list[HeldMail] = []
    for (mail_id, place), frame in zip(open_mails, frames, strict=True):
        if not isinstance(frame, Frame):
            return []
        path = state / name_held_file(mail_id)
        events = b"".join(told[mail_id])
        if events:
            copies[find_events_path(path)] = events
        copies[path] = b"".join(build_frame(Kind.MAIL, frame.meta, frame.raw))
        held.append(HeldMail(mail_id, Place(name_held_file(mail_id), 0, place.length), len(events)))
    write_files_durably(copies)
    return held


def clear_leftovers(state: Path, journal_folder: str) -> None:
    """Remove what a crash can leave: unfinished copies, and companions whose mails are gone. Raises OSError."""
    for unfinished in (state / HELD_FOLDER).glob(f"*/*{UNFINISHED_SUFFIX}"):
        unfinished.unlink()
    for pattern in (f"{HELD_FOLDER}/*/*{EVENTS_SUFFIX}", f"{journal_folder}/*{EVENTS_SUFFIX}"):
        for companion in state.glob(pattern):
            if not companion.with_suffix(JOURNAL_SUFFIX).exists():
                companion.unlink()


def _read_events(path: Path, mail_ids: set[str]) -> dict[str, list[bytes]]:
    told: dict[str, list[bytes]] = {mail_id: [] for mail_id in mail_ids}
    file = FrameFile(find_events_path(path), 0)
    while frames := list(file.read_frames(is_finished=True)):
        for event, frame in decode_events(frames):
            if event.mail_id in told:
                told[event.mail_id] += build_frame(Kind.EVENT, frame.meta)
    return told


def decode_events(frames: Iterable[Frame]) -> list[tuple[Event, Frame]]:
    """Give the events that this gatepost understands."""
    found = []
    for frame in frames:
        try:
            found.append((decode_event(frame.meta), frame))
        except msgspec.MsgspecError:  # written by a newer gatepost, or damaged with a matching checksum
            continue
    return found
