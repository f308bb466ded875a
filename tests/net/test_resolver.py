"""Asking a name server, and remembering what it said."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dns.flags
import msgspec
import pytest

from doubles import FakeClock
from gatepost.model.errors import TryLater
from gatepost.model.ports import Clock, DnsAnswer, DnsStatus
from gatepost.net.clock import SystemClock
from gatepost.net.dns_cache import FAILURE_KEPT_S
from gatepost.net.dns_health import RECHECK_S
from gatepost.net.resolver import DnsResolver
from gatepost.net.settings import DnsSettings
from name_server import NameServer, serve_names, serve_names_in_a_thread


@contextlib.asynccontextmanager
async def serving(clock: Clock | None = None, **settings: float) -> AsyncIterator[tuple[NameServer, DnsResolver]]:
    async with serve_names() as (server, port):
        chosen = {"servers": (f"127.0.0.1:{port}",), "timeout_s": 0.5} | settings
        yield server, DnsResolver(msgspec.convert(chosen, DnsSettings), clock or SystemClock())


async def test_both_families_are_found() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1", "192.0.2.2")
        server.table["mx.example.", "AAAA"] = ("2001:db8::1",)
        assert sorted(await resolver.lookup_addresses("mx.example")) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


async def test_answers_and_absences_are_remembered() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        for _ in range(3):
            assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]
            assert await resolver.lookup_addresses("none.example") == []
        assert set(server.asked.values()) == {1}


async def test_a_failure_is_remembered_for_some_seconds() -> None:
    clock = FakeClock()
    async with serving(clock) as (server, resolver):
        server.fails.add("mx.example.")
        for _ in range(3):
            with pytest.raises(TryLater, match=r"do not answer for mx\.example"):
                await resolver.lookup_addresses("mx.example")
        assert set(server.asked.values()) == {1}
        server.fails.clear()
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        clock.advance(FAILURE_KEPT_S)
        assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]


async def test_a_domain_whose_servers_hang_costs_the_time_out_once() -> None:
    async with serving(timeout_s=0.3) as (server, resolver):
        server.is_silent = True
        started_s = asyncio.get_running_loop().time()
        for _ in range(20):
            with pytest.raises(TryLater, match=r"do not answer for hangs\.example"):
                await resolver.lookup_txt("hangs.example")
        assert 0.25 < asyncio.get_running_loop().time() - started_s < 3


async def test_answers_are_remembered_as_long_as_they_say() -> None:
    clock = FakeClock()
    async with serving(clock) as (server, resolver):
        server.ttl_s = 60
        server.table["a.example.", "A"] = ("192.0.2.1",)
        for seconds, count in ((0, 1), (59, 1), (2, 2)):
            clock.advance(seconds)
            await resolver.lookup_a("a.example")
            assert server.asked["a.example.", "A"] == count


async def test_an_absence_is_remembered_as_long_as_the_zone_says() -> None:
    clock = FakeClock()
    async with serving(clock) as (server, resolver):  # its SOA says 300 s
        for seconds, count in ((0, 1), (299, 1), (2, 2)):
            clock.advance(seconds)
            assert (await resolver.lookup_txt("none.example")).status is DnsStatus.NO_NAME
            assert server.asked["none.example.", "TXT"] == count


async def test_equal_questions_at_the_same_time_are_asked_once() -> None:
    async with serving() as (server, resolver):
        server.delay_s = 0.05
        server.table["a.example.", "A"] = ("192.0.2.1",)
        names = ["a.example", "A.Example"] * 20
        answers = await asyncio.gather(*(resolver.open_for_mail().lookup_a(name) for name in names))
        assert {answer.records for answer in answers} == {("192.0.2.1",)}
        assert server.asked["a.example.", "A"] + server.asked["A.Example.", "A"] == 1


async def test_the_mail_that_asked_first_may_go_and_the_others_get_their_answer() -> None:
    async with serving() as (server, resolver):
        server.delay_s = 0.1
        server.table["a.example.", "A"] = ("192.0.2.1",)
        first = asyncio.ensure_future(resolver.lookup_a("a.example"))
        second = asyncio.ensure_future(resolver.lookup_a("a.example"))
        await asyncio.sleep(0.02)
        first.cancel()
        assert (await second).records == ("192.0.2.1",)
        assert first.cancelled()
        assert server.asked["a.example.", "A"] == 1


async def test_a_mail_at_the_end_of_its_time_does_not_spoil_an_answer_for_the_next() -> None:
    async with serving(mail_deadline_s=0.1) as (server, resolver):
        server.delay_s = 0.2
        server.table["a.example.", "A"] = ("192.0.2.1",)
        with pytest.raises(TryLater, match="within"):
            await resolver.open_for_mail().lookup_a("a.example")
        await asyncio.sleep(0.15)
        assert (await resolver.open_for_mail().lookup_a("a.example")).records == ("192.0.2.1",)
        assert server.asked["a.example.", "A"] == 1


async def test_a_stranger_cannot_make_us_open_sockets_without_end() -> None:
    async with serving(timeout_s=0.3) as (server, resolver):
        server.is_silent = True
        resolver.max_under_way = 20
        names = [f"{number}.example" for number in range(25)]
        told = await asyncio.gather(*map(resolver.lookup_a, names), return_exceptions=True)
        assert sum("too many questions" in str(error) for error in told) == 5
        assert all(isinstance(error, TryLater) for error in told)
        server.is_silent = False
        assert (await resolver.lookup_a("later.example")).status is DnsStatus.NO_NAME


def test_questions_leave_most_of_the_open_files_to_the_mails() -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert 0 < DnsResolver(DnsSettings(servers=("127.0.0.1",))).max_under_way <= allowed / 4


def test_threads_with_loops_of_their_own_may_share_a_resolver() -> None:
    with contextlib.ExitStack() as stack:
        port, asked = stack.enter_context(serve_names_in_a_thread({("a.example.", "A"): ("192.0.2.1",)}))
        resolver = DnsResolver(DnsSettings(servers=(f"127.0.0.1:{port}",)))
        pool = stack.enter_context(ThreadPoolExecutor(8))
        names = ["a.example"] * 40 + [f"{number % 7}.example" for number in range(40)]
        answers = list(pool.map(lambda name: asyncio.run(resolver.lookup_a(name)), names))
        assert {answer.records for answer in answers[:40]} == {("192.0.2.1",)}
        assert {answer.status for answer in answers[40:]} == {DnsStatus.NO_NAME}
        assert asked["a.example.", "A"] <= 8


async def test_when_the_name_servers_are_gone_mails_do_not_wait_for_them() -> None:
    clock = FakeClock()
    async with serving(clock, timeout_s=0.2) as (server, resolver):
        server.is_silent = server.root_is_silent = True
        with pytest.raises(TryLater, match=r"^the name servers do not answer; see \[dns\] servers$"):
            await resolver.lookup_a("a.example")
        count = server.asked.total()
        started_s = asyncio.get_running_loop().time()
        for number in range(50):
            with pytest.raises(TryLater, match=r"see \[dns\] servers"):
                await resolver.lookup_a(f"{number}.example")
        assert asyncio.get_running_loop().time() - started_s < 5
        assert server.asked.total() == count


async def test_name_servers_that_come_back_are_asked_again() -> None:
    clock = FakeClock()
    async with serving(clock, timeout_s=0.2) as (server, resolver):
        server.is_silent = server.root_is_silent = True
        server.table["a.example.", "A"] = ("192.0.2.1",)
        with pytest.raises(TryLater):
            await resolver.lookup_a("a.example")
        server.is_silent = server.root_is_silent = False
        clock.advance(RECHECK_S)
        assert (await resolver.lookup_a("a.example")).records == ("192.0.2.1",)


async def test_a_stranger_whose_servers_are_silent_keeps_nobody_else_from_an_answer() -> None:
    async with serving(timeout_s=0.2) as (server, resolver):
        server.is_silent = True
        with pytest.raises(TryLater, match=r"do not answer for hangs\.example"):
            await resolver.lookup_a("hangs.example")
        server.is_silent = False
        server.table["a.example.", "A"] = ("192.0.2.1",)
        assert (await resolver.lookup_a("a.example")).records == ("192.0.2.1",)


async def test_one_family_is_enough_where_the_other_fails() -> None:
    async with serving() as (server, resolver):
        server.table["mx.example.", "A"] = ("192.0.2.1",)
        server.fails.add("mx.example. AAAA")
        assert await resolver.lookup_addresses("mx.example") == ["192.0.2.1"]


async def test_a_silent_server_is_given_up_in_time() -> None:
    async with serving() as (server, resolver):
        server.is_silent = True
        started_s = asyncio.get_running_loop().time()
        with pytest.raises(TryLater):
            await resolver.lookup_addresses("mx.example")
        assert asyncio.get_running_loop().time() - started_s < 2


async def test_mail_exchangers_come_lowest_preference_first() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "MX"] = ("20 B.example.", "5 a.example.")
        answer = await resolver.lookup_mx("example")
        assert answer == DnsAnswer(((5, "a.example"), (20, "b.example")), DnsStatus.FOUND)


async def test_a_null_mx_says_that_there_is_no_mail() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "MX"] = ("0 .",)
        assert (await resolver.lookup_mx("example")).records == ((0, ""),)


async def test_the_strings_of_one_txt_record_are_joined() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "TXT"] = ('"v=spf1 " "-all"', '"other \\255"')
        assert set((await resolver.lookup_txt("example")).records) == {b"v=spf1 -all", b"other \xff"}


async def test_an_absent_type_is_told_from_an_absent_name() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        assert (await resolver.lookup_a("example")).records == ("192.0.2.1",)
        assert (await resolver.lookup_aaaa("example")).status is DnsStatus.NO_DATA
        assert (await resolver.lookup_a("nowhere.example")).status is DnsStatus.NO_NAME


async def test_an_address_is_asked_for_its_names() -> None:
    async with serving() as (server, resolver):
        server.table["1.2.0.192.in-addr.arpa.", "PTR"] = ("Mail.Example.",)
        assert (await resolver.lookup_ptr("192.0.2.1")).records == ("mail.example",)
        assert (await resolver.lookup_ptr("2001:db8::1")).status is DnsStatus.NO_NAME


@pytest.mark.parametrize("says_so", [True, False])
async def test_an_answer_is_authentic_when_a_resolver_on_this_machine_says_so(says_so: bool) -> None:
    async with serving() as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        server.flags = dns.flags.AD if says_so else dns.flags.Flag(0)
        assert (await resolver.lookup_a("example")).is_authentic is says_so


async def test_the_word_of_a_resolver_elsewhere_is_no_proof() -> None:
    async with serving() as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        server.flags = dns.flags.AD
        assert resolver.can_prove
        assert not DnsResolver(DnsSettings(servers=("192.0.2.53",))).can_prove
        assert (await resolver.lookup_a("none.example")).is_authentic


async def test_without_any_server_the_error_names_the_setting(tmp_path: Path) -> None:
    resolver = DnsResolver(DnsSettings(), system_file=str(tmp_path / "none"))
    assert not resolver.can_prove
    with pytest.raises(TryLater, match=r"set \[dns\] servers"):
        await resolver.lookup_a("example")


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "..", "x." * 130, "\ud800", "ü" * 70])
async def test_a_name_that_cannot_exist_is_absent_and_nobody_is_asked(name: str) -> None:
    async with serving() as (server, resolver):
        assert list(await resolver.lookup_addresses(name)) == []
        assert not server.asked


@pytest.mark.parametrize("name", ["", ".", "a..b", ".a", "ü.example", "a" * 64 + ".example"])
async def test_an_impossible_name_costs_a_mail_nothing(name: str) -> None:
    async with serving(max_questions_for_mail=1) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        assert (await view.lookup_txt(name)).status is DnsStatus.NO_NAME
        assert (await view.lookup_a("example")).records == ("192.0.2.1",)


async def test_a_letter_that_is_small_in_ascii_alone_is_not_taken_for_it() -> None:
    async with serving() as (server, resolver):
        server.table["k.example.", "A"] = ("192.0.2.1",)
        await resolver.lookup_a("k.example")
        assert (await resolver.lookup_a("\u212a.example")).status is DnsStatus.NO_NAME


async def test_a_backslash_in_a_name_is_a_letter_of_it() -> None:
    async with serving() as (server, resolver):
        server.table[r"a\\.b.example.", "A"] = ("192.0.2.1",)
        assert (await resolver.lookup_a(r"a\.b.example")).records == ("192.0.2.1",)


async def test_a_mail_may_ask_so_many_questions_and_what_is_known_is_free() -> None:
    async with serving(max_questions_for_mail=2) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        await view.lookup_a("example")
        await view.lookup_a("one.example")
        with pytest.raises(TryLater, match=r"\[dns\] max_questions_for_mail"):
            await view.lookup_a("two.example")
        assert (await view.lookup_a("Example")).records == ("192.0.2.1",)
        assert (await view.lookup_a("one.example")).status is DnsStatus.NO_NAME
        assert ("two.example.", "A") not in server.asked
        assert (await resolver.open_for_mail().lookup_a("two.example")).status is DnsStatus.NO_NAME


async def test_the_questions_of_a_mail_end_together_by_its_deadline() -> None:
    async with serving(timeout_s=5, mail_deadline_s=0.4) as (server, resolver):
        server.is_silent = True
        view = resolver.open_for_mail()
        started_s = asyncio.get_running_loop().time()
        for name in ("one.example", "two.example", "three.example"):
            with pytest.raises(TryLater, match=r"all questions about the mail within 0\.4 s"):
                await view.lookup_txt(name)
        assert 0.35 < asyncio.get_running_loop().time() - started_s < 4


async def test_past_the_deadline_what_is_known_is_still_told() -> None:
    clock = FakeClock()
    async with serving(clock, mail_deadline_s=8) as (server, resolver):
        server.table["example.", "A"] = ("192.0.2.1",)
        view = resolver.open_for_mail()
        await view.lookup_a("example")
        clock.advance(8)
        assert (await view.lookup_a("example")).records == ("192.0.2.1",)
        with pytest.raises(TryLater, match="within 8 s"):
            await view.lookup_a("two.example")
        assert (await resolver.open_for_mail().lookup_a("two.example")).status is DnsStatus.NO_NAME
