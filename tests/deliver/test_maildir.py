"""Delivery into a Maildir: once, whole, durable, or for now not at all."""

import asyncio
import mailbox
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.deliver.maildir import FILES_PER_FLUSH, MaildirTransport
from gatepost.deliver.maildir_file import RACY_S, name_file
from gatepost.deliver.parcel import Delivered, FailedForNow, Parcel
from gatepost.model.address import Address
from gatepost.model.mail_id import MailIds

CONTENT = b"Subject: hi\r\n\r\n.hi\r\n"
MAIL_ID = "019aabcdef017000a000000000000000"


def parcel(*recipients: str, mail_id: str = MAIL_ID, sender: str = "a@example.org") -> Parcel:
    to = tuple(map(Address.parse, recipients or ("b@example.com",)))
    return Parcel(mail_id, Address.parse(sender) if sender else None, to, CONTENT)


def many(count: int) -> list[Parcel]:
    ids = MailIds()
    return [parcel(mail_id=ids.make(FakeClock().now())) for _ in range(count)]


def files(root: Path, name: str = "new") -> list[Path]:
    return sorted((root / name).iterdir())


async def test_a_mail_stands_in_new_with_its_envelope_in_front(tmp_path: Path) -> None:
    outcomes = await MaildirTransport(tmp_path / "m", FakeClock()).deliver(parcel())
    assert isinstance(outcomes[0], Delivered)
    (file,) = files(tmp_path / "m")
    assert file.read_bytes() == b"Return-Path: <a@example.org>\r\nDelivered-To: b@example.com\r\n" + CONTENT
    assert files(tmp_path / "m", "tmp") == []


async def test_the_null_sender_leaves_an_empty_return_path(tmp_path: Path) -> None:
    await MaildirTransport(tmp_path, FakeClock()).deliver(parcel(sender=""))
    assert files(tmp_path)[0].read_bytes().startswith(b"Return-Path: <>\r\n")


async def test_nobody_else_may_read_the_mail(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await MaildirTransport(tmp_path / "m", FakeClock()).deliver(parcel())
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "m").rglob("*")}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())


async def test_python_reads_the_maildir(tmp_path: Path) -> None:
    await MaildirTransport(tmp_path / "m", FakeClock()).deliver(parcel("b@example.com", "c@example.com"))
    found = mailbox.Maildir(tmp_path / "m", create=False)
    assert sorted(message["Delivered-To"] for message in found) == ["b@example.com", "c@example.com"]


async def test_a_recipient_named_twice_gets_one_mail(tmp_path: Path) -> None:
    outcomes = await MaildirTransport(tmp_path, FakeClock()).deliver(parcel("b@example.com", "b@EXAMPLE.com"))
    assert len(outcomes) == 2
    assert len(files(tmp_path)) == 1


async def test_a_mail_handed_over_again_is_there_once(tmp_path: Path) -> None:
    for _ in range(2):
        outcomes = await MaildirTransport(tmp_path, FakeClock()).deliver(parcel())
        assert isinstance(outcomes[0], Delivered)
    assert len(files(tmp_path)) == 1


async def test_a_retry_with_fewer_recipients_keeps_their_names(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    await transport.deliver(parcel("a@example.com", "b@example.com", "c@example.com"))
    await transport.deliver(parcel("c@example.com"))
    assert len(files(tmp_path)) == 3


@pytest.mark.parametrize("flags", ["", ":2,", ":2,S", ":2,FRSab", ",S=12:2,S"])
async def test_a_mail_that_was_read_meanwhile_is_not_delivered_again(tmp_path: Path, flags: str) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    await transport.deliver(parcel())
    (file,) = files(tmp_path)
    file.rename(tmp_path / "cur" / f"{file.name}{flags}")
    await transport.deliver(parcel())
    assert files(tmp_path) == []


async def test_a_change_within_the_same_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    clock = FakeClock()
    transport = MaildirTransport(tmp_path, clock)
    await transport.deliver(parcel())
    stamp = (tmp_path / "cur").stat().st_mtime_ns
    (file,) = files(tmp_path)
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    os.utime(tmp_path / "cur", ns=(stamp, stamp))
    await transport.deliver(parcel())
    assert files(tmp_path) == []


async def test_a_folder_that_rests_is_not_listed_again(tmp_path: Path) -> None:
    clock = FakeClock()
    transport = MaildirTransport(tmp_path, clock)
    await transport.deliver(many(1)[0])
    clock.advance(RACY_S * 2)
    await transport.deliver(many(1)[0])
    stamp = (tmp_path / "cur").stat().st_mtime_ns
    (tmp_path / "cur" / name_file(MAIL_ID, Address.parse("b@example.com"))).touch()
    os.utime(tmp_path / "cur", ns=(stamp, stamp))  # a change that the time stamp hides: only listing would show it
    await transport.deliver(parcel())
    assert len(files(tmp_path)) == 3


async def test_half_a_file_of_an_earlier_life_is_replaced(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    await transport.deliver(many(1)[0])
    (tmp_path / "tmp" / name_file(MAIL_ID, Address.parse("b@example.com"))).write_bytes(b"half")
    await transport.deliver(parcel())
    assert all(file.read_bytes().endswith(CONTENT) for file in files(tmp_path))
    assert files(tmp_path, "tmp") == []


async def test_a_link_laid_in_tmp_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    transport = MaildirTransport(tmp_path / "m", FakeClock())
    await transport.deliver(many(1)[0])
    (tmp_path / "m" / "tmp" / name_file(MAIL_ID, Address.parse("b@example.com"))).symlink_to(victim)
    await transport.deliver(parcel())
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize("blocked", ["", "tmp", "new", "cur"])
async def test_a_maildir_that_cannot_be_written_means_try_later(tmp_path: Path, blocked: str) -> None:
    root = tmp_path / "m"
    if blocked:
        root.mkdir()
    (root / blocked).write_text("in the way")
    transport = MaildirTransport(root, FakeClock())
    (outcome,) = await transport.deliver(parcel())
    assert isinstance(outcome, FailedForNow)
    assert outcome.status == "4.3.0"
    (root / blocked).unlink()
    assert isinstance((await transport.deliver(parcel()))[0], Delivered)
    assert len(files(root)) == 1


async def test_a_maildir_removed_while_we_run_is_made_again(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path / "m", FakeClock())
    await transport.deliver(parcel())
    for name in ("tmp", "new", "cur"):
        (tmp_path / "m" / name).rename(tmp_path / name)
    (tmp_path / "m").rmdir()
    assert isinstance((await transport.deliver(parcel()))[0], FailedForNow)
    assert isinstance((await transport.deliver(parcel()))[0], Delivered)


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from doubles import FakeClock
from gatepost.deliver.maildir import MaildirTransport
from gatepost.deliver.parcel import Parcel
from gatepost.model.address import Address
async def run():
    transport = MaildirTransport(Path({root!r}), FakeClock())
    to = (Address.parse("b@example.com"),)
    small, big = (Parcel(id, None, to, b"x" * size) for id, size in (("0" * 32, 10), ("1" * 32, 10_000)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
    print(*(type(one).__name__ for (one,) in await transport.deliver_many([big, small])))
asyncio.run(run())
"""


def test_a_file_that_does_not_fit_leaves_nothing_behind_and_the_others_arrive(tmp_path: Path) -> None:
    root = tmp_path / "m"
    script = FULL_DISK.format(tests=str(Path(__file__).parents[1]), root=str(root))
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["FailedForNow", "Delivered"]
    assert len(files(root)) == 1
    assert files(root, "tmp") == []


async def test_many_mails_at_once_all_arrive(tmp_path: Path) -> None:
    parcels = many(FILES_PER_FLUSH * 2 + 10)
    outcomes = await MaildirTransport(tmp_path, FakeClock()).deliver_many(parcels)
    assert all(isinstance(one, Delivered) for (one,) in outcomes)
    assert len(files(tmp_path)) == len(parcels)


async def test_mails_handed_over_one_by_one_at_the_same_time_all_arrive(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    outcomes = await asyncio.gather(*map(transport.deliver, many(100)))
    assert all(isinstance(one, Delivered) for (one,) in outcomes)
    assert len(files(tmp_path)) == 100


async def test_a_cancelled_delivery_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    async with asyncio.TaskGroup() as tasks:
        deliveries = [tasks.create_task(transport.deliver(one)) for one in many(20)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        deliveries[0].cancel()
    assert deliveries[0].cancelled()
    assert all(isinstance(delivery.result()[0], Delivered) for delivery in deliveries[1:])
    assert len(files(tmp_path)) == 20


async def test_a_bug_of_ours_is_told_to_everybody_it_met_and_to_nobody_later(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock())
    bad = parcel(mail_id="no hex digits")
    told = await asyncio.gather(transport.deliver(bad), transport.deliver(parcel()), return_exceptions=True)
    assert [type(one) for one in told] == [ValueError, ValueError]
    assert isinstance((await transport.deliver(parcel()))[0], Delivered)


async def test_each_recipient_may_have_a_folder(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path, FakeClock(), "{domain}/{local_part}")
    await transport.deliver(parcel("B.c@example.com", "d@example.net"))
    assert len(files(tmp_path / "example.com" / "b%2ec")) == 1
    assert len(files(tmp_path / "example.net" / "d")) == 1
