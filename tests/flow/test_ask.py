"""What is learned of a mail besides its bytes: whom we ask, in which order, and what their silence means."""

import asyncio
import base64
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from doubles import FakeAntivirus, FakeClock, FakeContactBook, FakeCounters, FakeOpener, FakeResolver
from gatepost.flow.ask import OPENER_PATIENCE_S
from gatepost.flow.judge import judge, judge_at_once
from gatepost.flow.judging import Holding, Judging, give_antivirus, give_history, give_opener
from gatepost.model.address import Address, Domain
from gatepost.model.contents import OpenedFile
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Contact, History, Scanned, Way
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep
from gatepost.model.verdict import Action
from gatepost.screen.lookups.contact_keys import ContactKeys
from gatepost.screen.lookups.history import HistoryDesk
from gatepost.screen.settings import ScreenSettings
from gatepost.screen.tables import load_tables
from judging_cases import RAW, arrive, build, with_dns
from screen_cases import write_attachment


def with_history(judging: Judging, book: FakeContactBook) -> Judging:
    own = frozenset({Domain.parse("mill-street.example")})
    desk = HistoryDesk(ContactKeys(b"k" * 32), book, FakeCounters(), own, (), load_tables())
    return give_history(replace(judging, own_domains=own), desk)


@pytest.mark.parametrize("inline_max_bytes", [0, 100_000])
async def test_the_history_of_a_mail_small_or_large_is_asked_for_after_its_proof(inline_max_bytes: int) -> None:
    proven: dict[tuple[str, str], Sequence[Any]] = {("woodwork.example", "TXT"): [b"v=spf1 ip4:192.0.2.9 -all"]}
    judging = with_dns(build(ScreenSettings(inline_max_bytes=inline_max_bytes)), FakeResolver(proven))
    arrival = arrive()
    sender = Address.parse("ann@woodwork.example")
    envelope = replace(arrival.envelope, mail_from=sender, client_ip="192.0.2.9", helo="x.example")
    book = FakeContactBook()
    verdict = await judge(replace(arrival, envelope=envelope), with_history(judging, book))
    facts = verdict.screening.facts
    assert len(book.asked) == 1
    assert facts.history == History(ways=(Way.SPF,), readers=(Contact(),), domain=Contact())
    assert facts.imprint is not None
    assert [line.recipient_number for line in facts.imprint.lines] == [0, 0]


async def test_without_a_book_or_with_one_that_is_silent_a_mail_is_judged_all_the_same() -> None:
    silent = await judge(arrive(), with_history(build(), FakeContactBook(is_closed=True)))
    without = await judge(arrive(), build())
    assert without.screening.facts == NO_FACTS
    assert silent.screening.facts.history is None
    assert (silent.action, silent.screening.score) == (without.action, without.screening.score)


async def test_a_mail_that_is_not_screened_asks_nobody() -> None:
    book = FakeContactBook()
    await judge(arrive(), with_history(build(ScreenSettings(enabled=False)), book))
    assert book.asked == []


async def test_the_antivirus_is_asked_about_the_mail_as_it_came_and_its_answer_is_recorded() -> None:
    antivirus = FakeAntivirus({b"Beech": "Test.Wood"})
    verdict = await judge(arrive(), give_antivirus(build(), antivirus))
    assert antivirus.asked == [RAW]
    assert verdict.action is Action.REJECT
    facts = verdict.screening.facts
    assert facts.antivirus == (AntivirusAnswer(Scanned.FOUND, "Test.Wood"),)
    assert judge_at_once(arrive(), build(), facts=facts).action is Action.REJECT


async def test_what_only_we_could_open_is_scanned_apart_from_the_mail() -> None:
    unlocked = OpenedFile("2:1", "a.exe", FileKind.PE, 3, content=b"bad")
    opener, antivirus = FakeOpener(unlocked), FakeAntivirus({b"bad": "Test.Unlocked"})
    judging = give_antivirus(give_opener(build(), opener), antivirus)
    verdict = await judge(arrive(write_attachment("a.zip", b"locked")), judging)
    assert opener.orders[0].keep is Keep.UNLOCKED
    assert AntivirusAnswer(Scanned.FOUND, "Test.Unlocked", "2:1") in verdict.screening.facts.antivirus
    assert verdict.action is Action.REJECT


async def test_no_more_bytes_wait_for_the_antivirus_than_may_lie_in_memory() -> None:
    opener = FakeOpener(OpenedFile("2:1", "a.exe", FileKind.PE, 3, content=b"bad"))
    judging = give_antivirus(give_opener(build(), opener), FakeAntivirus())
    mail = arrive(write_attachment("a.zip", b"locked"))
    holding = Holding(3)
    judging = replace(judging, holding=holding)
    calm = await judge(mail, judging)
    with holding.hold(1):
        assert (await judge(mail, judging)).action is Action.DEFER
    again = await judge(mail, judging)
    assert calm.screening.was_judged
    assert again.screening.was_judged


async def test_while_the_antivirus_is_silent_the_sender_is_asked_to_come_again() -> None:
    silent = give_antivirus(build(), FakeAntivirus(is_down=True))
    assert (await judge(arrive(), silent)).action is Action.DEFER
    large = arrive(RAW + b"x" * 300_000)
    assert (await judge(large, silent)).action is Action.DEFER


async def test_a_file_that_only_another_reading_shows_is_scanned_apart() -> None:
    hidden = (
        RAW.replace(b"\r\n\r\n", b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n', 1)
        + b"--b--\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\nYmFk\r\n--b--\r\n"
    )
    antivirus = FakeAntivirus({b"bad": "Test.Hidden"})
    verdict = await judge(arrive(hidden), give_antivirus(build(), antivirus))
    assert AntivirusAnswer(Scanned.FOUND, "Test.Hidden", "~1") in verdict.screening.facts.antivirus


async def test_a_mail_behind_too_many_others_that_are_being_opened_is_put_off_unopened() -> None:
    clock, may_go_on = FakeClock(), threading.Event()
    opener = FakeOpener()
    judging = replace(give_opener(build(), opener), clock=clock, openers=ThreadPoolExecutor(1))
    judging.openers.submit(may_go_on.wait, 10)
    task = asyncio.ensure_future(judge(arrive(write_attachment("a.zip", b"PK")), judging))
    await asyncio.sleep(0.05)  # now it waits for the thread
    clock.advance(OPENER_PATIENCE_S + 1)
    may_go_on.set()
    verdict = await task
    assert (verdict.action, opener.orders) == (Action.DEFER, [])


async def test_what_is_found_in_the_mail_is_named_by_the_file_that_bears_it() -> None:
    antivirus = FakeAntivirus({base64.b64encode(b"a bad file..")[:-4]: "Test.Bad", b"a bad file": "Test.Bad"})
    raw = write_attachment("a.bin", b"a bad file..")
    verdict = await judge(arrive(raw), give_antivirus(build(), antivirus))
    assert antivirus.asked == [raw, b"a bad file.."]
    assert verdict.screening.facts.antivirus == (AntivirusAnswer(Scanned.FOUND, "Test.Bad", "1.2"),)
    (found,) = (one for one in verdict.screening.findings if one.code == "antivirus.infected")
    assert [one.file for one in found.evidence] == ["1.2"]


async def test_the_sandbox_is_told_from_which_network_a_mail_comes() -> None:
    opener = FakeOpener()
    judging, mail = give_opener(build(), opener), arrive(write_attachment("a.zip", b"PK"))
    mail = replace(mail, envelope=replace(mail.envelope, client_ip="2001:db8::7"))
    await judge(mail, judging)
    judge_at_once(mail, judging)
    assert [order.network for order in opener.orders] == ["2001:db8::/64"] * 2
