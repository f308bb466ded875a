"""Our resolver asks a real unbound that validates, over a DNS of our own."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from doubles import FakeClock
from gatepost.model.errors import TryLater
from gatepost.model.ports import DnsAnswer, DnsStatus
from gatepost.net.clock import SystemClock
from gatepost.net.dns_questions import NameServers, build_question
from gatepost.net.local_ca import CertificatePaths, ensure_local_certificate
from gatepost.net.name_servers import parse_server
from gatepost.net.resolver import DnsResolver
from gatepost.net.settings import DnsSettings
from interop.unbound import FORGED, Unbound, start_unbound

LARGE = " ".join(f'"{letter * 200}"' for letter in "abcdefghijkl")  # 2400 bytes: not for UDP
RECORDS = rf"""
a.example. IN A 192.0.2.9
a.example. IN AAAA 2001:db8::9
strings.example. IN TXT "v=spf1 " "ip4:192.0.2.1 " "-all"
strings.example. IN TXT "\200\000\255;\"\\"
large.example. IN TXT {LARGE}
mail.example. IN MX 20 B.mail.example.
mail.example. IN MX 5 a.mail.example.
nomail.example. IN MX 0 .
one.example. IN CNAME two.example.
two.example. IN CNAME three.example.
three.example. IN TXT "end of the chain"
nowhere.example. IN CNAME gone.example.
round.example. IN CNAME about.example.
about.example. IN CNAME round.example.
9.2.0.192.in-addr.arpa. IN PTR Mail.Example.
9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR mail.example.
short.example. 60 IN TXT "short"
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> CertificatePaths:
    return ensure_local_certificate(tmp_path_factory.mktemp("tls"), "ns.example", SystemClock())


@pytest.fixture(scope="module")
def unbound(certificates: CertificatePaths) -> Iterator[Unbound]:
    with start_unbound(RECORDS, certificates) as running:
        yield running


def ask(unbound: Unbound, clock: FakeClock | None = None, **settings: object) -> DnsResolver:
    """Give a resolver with an empty memory."""
    chosen = msgspec.convert({"servers": (unbound.server,)} | settings, DnsSettings)
    return DnsResolver(chosen, clock) if clock else DnsResolver(chosen)


async def test_addresses_of_both_families_are_found(unbound: Unbound) -> None:
    assert sorted(await ask(unbound).lookup_addresses("a.example")) == ["192.0.2.9", "2001:db8::9"]


async def test_the_strings_of_a_record_are_joined_and_may_hold_any_byte(unbound: Unbound) -> None:
    answer = await ask(unbound).lookup_txt("strings.example")
    assert set(answer.records) == {b"v=spf1 ip4:192.0.2.1 -all", b'\xc8\x00\xff;"\\'}


async def test_an_answer_too_large_for_udp_comes_over_tcp(unbound: Unbound) -> None:
    answer = await ask(unbound).lookup_txt("large.example")
    assert answer.records == (b"".join(letter.encode() * 200 for letter in "abcdefghijkl"),)


async def test_mail_exchangers_and_their_absence_are_told(unbound: Unbound) -> None:
    resolver = ask(unbound)
    assert (await resolver.lookup_mx("mail.example")).records == ((5, "a.mail.example"), (20, "b.mail.example"))
    assert (await resolver.lookup_mx("nomail.example")).records == ((0, ""),)
    assert (await resolver.lookup_mx("a.example")).status is DnsStatus.NO_DATA
    assert (await resolver.lookup_mx("none.example")).status is DnsStatus.NO_NAME


async def test_an_address_tells_its_names(unbound: Unbound) -> None:
    resolver = ask(unbound)
    assert (await resolver.lookup_ptr("192.0.2.9")).records == ("mail.example",)
    assert (await resolver.lookup_ptr("2001:db8::9")).records == ("mail.example",)
    assert (await resolver.lookup_ptr("192.0.2.10")).status is DnsStatus.NO_NAME


async def test_aliases_are_followed_to_their_end(unbound: Unbound) -> None:
    resolver = ask(unbound)
    assert (await resolver.lookup_txt("one.example")).records == (b"end of the chain",)
    assert (await resolver.lookup_a("one.example")).status is DnsStatus.NO_DATA
    assert (await resolver.lookup_a("nowhere.example")).status is DnsStatus.NO_NAME
    with pytest.raises(TryLater, match=r"round\.example"):
        await resolver.lookup_a("round.example")


async def test_the_letters_of_a_name_may_be_large_or_small(unbound: Unbound) -> None:
    for name in ("a.example", "A.EXAMPLE", "a.eXample"):
        assert (await ask(unbound).lookup_a(name)).records == ("192.0.2.9",)


async def test_what_is_signed_is_authentic_also_that_it_is_absent(unbound: Unbound) -> None:
    resolver = ask(unbound)
    assert await resolver.lookup_a("good.signed.example") == DnsAnswer(("192.0.2.1",), DnsStatus.FOUND, True)
    assert await resolver.lookup_mx("good.signed.example") == DnsAnswer((), DnsStatus.NO_DATA, True)
    assert await resolver.lookup_a("none.signed.example") == DnsAnswer((), DnsStatus.NO_NAME, True)


async def test_what_is_not_signed_is_not_authentic(unbound: Unbound) -> None:
    resolver = ask(unbound)
    assert await resolver.lookup_a("a.example") == DnsAnswer(("192.0.2.9",), DnsStatus.FOUND, False)
    assert not (await resolver.lookup_a("none.example")).is_authentic


async def test_a_forged_record_in_a_signed_zone_is_not_believed(unbound: Unbound) -> None:
    with pytest.raises(TryLater, match=r"do not answer for bogus\.signed\.example") as told:
        await ask(unbound).lookup_a("bogus.signed.example")
    assert FORGED not in str(told.value)


async def test_the_same_word_from_a_resolver_elsewhere_is_no_proof(unbound: Unbound) -> None:
    elsewhere = NameServers([parse_server(unbound.server), parse_server("192.0.2.53")], 5)
    question = build_question("good.signed.example", "A")
    assert question is not None
    assert (await elsewhere.ask(question, "A")).told == DnsAnswer(("192.0.2.1",), DnsStatus.FOUND, False)


@pytest.mark.parametrize("name", ["#ns.example", ""])
async def test_a_resolver_over_tls_is_believed_once_its_name_or_address_is_verified(
    unbound: Unbound, certificates: CertificatePaths, name: str
) -> None:
    resolver = DnsResolver(
        DnsSettings(servers=(f"tls://127.0.0.1:{unbound.tls_port}{name}",), trusted_ca=str(certificates.ca))
    )
    assert await resolver.lookup_a("good.signed.example") == DnsAnswer(("192.0.2.1",), DnsStatus.FOUND, True)
    assert len((await resolver.lookup_txt("large.example")).records) == 1


@pytest.mark.parametrize(("name", "trusts"), [("other.example", True), ("192.0.2.53", True), ("ns.example", False)])
async def test_a_resolver_over_tls_that_is_somebody_else_is_not_asked(
    unbound: Unbound, certificates: CertificatePaths, name: str, trusts: bool
) -> None:
    before = unbound.count_questions()
    server = f"tls://127.0.0.1:{unbound.tls_port}#{name}"
    authority = str(certificates.ca) if trusts else ""
    resolver = DnsResolver(DnsSettings(servers=(server,), trusted_ca=authority, timeout_s=2))
    with pytest.raises(TryLater, match=r"see \[dns\] servers") as told:
        await resolver.lookup_a("good.signed.example")
    assert "certificate" in told.value.detail.lower()
    assert unbound.count_questions() == before


async def test_a_domain_whose_servers_are_silent_costs_a_mail_its_deadline_and_no_more(unbound: Unbound) -> None:
    view = ask(unbound, mail_deadline_s=1).open_for_mail()
    started_s = asyncio.get_running_loop().time()
    names = [f"{number}.hangs.example" for number in range(5)]
    told = await asyncio.gather(*map(view.lookup_txt, names), return_exceptions=True)
    elapsed_s = asyncio.get_running_loop().time() - started_s
    assert all(isinstance(error, TryLater) for error in told)
    assert elapsed_s < 4
    with pytest.raises(TryLater):
        await view.lookup_txt("6.hangs.example")
    assert asyncio.get_running_loop().time() - started_s < 4


async def test_while_a_stranger_is_silent_others_are_answered(unbound: Unbound) -> None:
    resolver = ask(unbound, timeout_s=0.5)
    with pytest.raises(TryLater, match=r"do not answer for x\.hangs\.example"):
        await resolver.lookup_txt("x.hangs.example")
    assert (await resolver.lookup_a("a.example")).records == ("192.0.2.9",)


async def test_equal_questions_at_once_are_one_question_to_unbound(unbound: Unbound) -> None:
    before = unbound.count_questions()
    resolver = ask(unbound)
    await asyncio.gather(*(resolver.open_for_mail().lookup_txt("three.example") for _ in range(100)))
    assert unbound.count_questions() - before == 1


@pytest.mark.parametrize(("name", "kept_s"), [("short.example", 60), ("absent.example", 300)])
async def test_answers_and_absences_are_remembered_as_long_as_they_say(
    unbound: Unbound, name: str, kept_s: float
) -> None:
    clock = FakeClock()
    resolver = ask(unbound, clock)
    before = unbound.count_questions()
    for seconds, count in ((0, 1), (kept_s - 10, 1), (11, 2)):
        clock.advance(seconds)
        await resolver.lookup_txt(name)
        assert unbound.count_questions() - before == count


async def test_an_unbound_that_stops_is_noticed_and_asked_again_when_it_is_back() -> None:
    clock = FakeClock()
    with start_unbound(RECORDS) as unbound:
        resolver = ask(unbound, clock, timeout_s=0.5)
        await resolver.lookup_a("a.example")
        unbound.stop()
        with pytest.raises(TryLater, match=r"see \[dns\] servers"):
            await resolver.lookup_txt("strings.example")
        started_s = asyncio.get_running_loop().time()
        for number in range(20):
            with pytest.raises(TryLater, match=r"see \[dns\] servers"):
                await resolver.lookup_txt(f"{number}.example")
        assert asyncio.get_running_loop().time() - started_s < 5
        assert (await resolver.lookup_a("a.example")).records == ("192.0.2.9",)
        unbound.start()
        clock.advance(6)
        assert len((await resolver.lookup_txt("strings.example")).records) == 2
