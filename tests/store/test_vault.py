"""What the vault has taken can be read back, whatever the mail brought; what does not fit together it refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.message.parse import parse_message
from gatepost.model.cleaning import Cleaning, RemovedPart
from gatepost.model.errors import OurFault
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, PartSummary
from gatepost.store.entries import decode_mail
from gatepost.store.frames import Frame, Kind
from gatepost.store.journal import Journal
from gatepost.store.reader import FrameFile
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import MAX_TEXT_CHARS, JournalVault
from store_builders import build_arrival, build_verdict


def open_vault(folder: Path) -> tuple[JournalVault, Journal]:
    journal = Journal(folder, FakeClock(), StoreSettings(), lambda: None)
    return JournalVault(journal), journal


def read_frames(folder: Path) -> list[Frame]:
    found: list[Frame] = []
    for path in sorted(folder.glob("*.journal")):
        file = FrameFile(path, 0)
        while frames := list(file.read_frames(is_finished=True)):
            found += frames
    return found


async def test_a_mail_is_kept_with_its_envelope_verdict_and_splices(tmp_path: Path) -> None:
    vault, journal = open_vault(tmp_path)
    arrival = build_arrival(raw=b"A: b\r\n\r\nc\r\n")
    await vault.keep(arrival, build_verdict(arrival, Action.FLAG), (Splice(0, 0, b"X: y\r\n"),))
    (frame,) = read_frames(tmp_path)
    entry = decode_mail(frame.meta)
    assert (frame.kind, frame.raw) == (Kind.MAIL, arrival.raw)
    assert (entry.mail_id, entry.received_at, entry.size_bytes) == (arrival.mail_id, arrival.received_at, 11)
    assert (entry.envelope, entry.splices) == (arrival.envelope, (Splice(0, 0, b"X: y\r\n"),))
    assert entry.verdict == build_verdict(arrival, Action.FLAG)
    await journal.close()


async def test_the_cleaned_form_of_a_mail_is_kept_with_it(tmp_path: Path) -> None:
    vault, journal = open_vault(tmp_path)
    removed = RemovedPart("1.2", "x.docm", "ooxml", 9, "", ("office.macro",), "It runs.", "它会运行。")
    cleaning = Cleaning((Splice(3, 1, b"note"),), (removed,))
    arrival = build_arrival()
    await vault.keep(arrival, build_verdict(arrival, Action.CLEAN), (), cleaning)
    await journal.close()
    assert [decode_mail(frame.meta).cleaning for frame in read_frames(tmp_path)] == [cleaning]


async def test_a_refused_mail_leaves_its_verdict_and_no_bytes(tmp_path: Path) -> None:
    vault, journal = open_vault(tmp_path)
    arrival = build_arrival(raw=b"secret")
    vault.note_refused(arrival, build_verdict(arrival, Action.REJECT))
    await journal.close()
    (frame,) = read_frames(tmp_path)
    assert (frame.kind, frame.raw) == (Kind.REFUSED, b"")
    assert decode_mail(frame.meta).size_bytes == 6
    assert b"secret" not in next(tmp_path.glob("*.journal")).read_bytes()


async def test_a_mail_whose_part_names_are_huge_reads_back(tmp_path: Path) -> None:
    """Twenty megabytes of names went into the entry, and no reader took it: a mail was lost after its 250."""
    name = b"x" * 200_000
    part = b'--b\r\nContent-Disposition: attachment; filename="' + name + b'"\r\n\r\nx\r\n'
    raw = (
        b"Subject: "
        + b"s" * 200_000
        + b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * 100
        + b"--b--\r\n"
    )
    message = parse_message(raw)
    parts = tuple(PartSummary(one.path, one.content_type, one.filename, 1) for one in message.walk())
    assert sum(len(one.filename) for one in parts) > 16 * 2**20
    arrival = build_arrival(raw=raw)
    verdict = build_verdict(arrival)
    screening = replace(verdict.screening, parts=parts, subject=message.subject, header_from="f" * 10**6)
    vault, journal = open_vault(tmp_path)
    await vault.keep(arrival, replace(verdict, screening=screening), ())
    await journal.close()
    (frame,) = read_frames(tmp_path)
    assert frame.raw == raw
    assert len(frame.meta) < 2**20
    assert len(decode_mail(frame.meta).verdict.screening.subject) == MAX_TEXT_CHARS


async def test_a_mail_about_whose_recipients_nothing_was_decided_is_not_taken(tmp_path: Path) -> None:
    """Its sender would have been told 250, and nobody would ever have delivered it."""
    vault, journal = open_vault(tmp_path)
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org")
    whole = build_verdict(arrival)
    for decisions in ((), whole.decisions[:1], whole.decisions[::-1], (*whole.decisions, whole.decisions[0])):
        with pytest.raises(OurFault):
            await vault.keep(arrival, replace(whole, decisions=decisions), ())
    await journal.close()
    assert read_frames(tmp_path) == []
