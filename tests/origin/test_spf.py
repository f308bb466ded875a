"""SPF: our own cases for what the suites do not reach, a property, and the suites of openspf and mail-auth."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import TIMEOUT, FakeResolver
from gatepost.model.address import Address, Domain
from gatepost.model.errors import TryLater
from gatepost.model.ports import DnsAnswer
from gatepost.model.proof import AuthResult, SpfProof
from gatepost.origin.spf import (
    MAX_EXCHANGES,
    MAX_EXPLANATION_CHARS,
    MAX_LOOKUP_TERMS,
    MAX_POINTERS,
    MAX_VOID_LOOKUPS,
    SpfQuestion,
    evaluate_spf,
)
from gatepost.origin.spf_macros import MAX_LABEL_CHARS, MAX_NAME_CHARS
from paths import SHARED, needs_shared
from spf_suites import SuiteCase, read_mail_auth, read_openspf

SUITES = SHARED / "suites"
PASS, FAIL, NONE, NEUTRAL = AuthResult.PASS, AuthResult.FAIL, AuthResult.NONE, AuthResult.NEUTRAL
TEMPERROR, PERMERROR = AuthResult.TEMPERROR, AuthResult.PERMERROR
CLIENT, OTHER = "192.0.2.25", "198.51.100.7"
MAX_QUESTIONS = 2 * (1 + MAX_LOOKUP_TERMS * (2 + MAX_EXCHANGES) + 1 + MAX_POINTERS + 1)  # of both identities

MAIL_AUTH_DIFFERENCES = {
    "All test:  10.0.0.1 sender@test.org": (
        "RFC 7208 §4.6: an unknown mechanism (ip:) is a syntax error, also behind all; "
        "openspf detect-errors-anywhere asks for that"
    ),
}


Records = dict[tuple[str, str], Sequence[Any]]


def publish(text: str | bytes, **more: str) -> Records:
    """Give the zone of sender.test; other records by names in which __ stands for a dot."""
    records: Records = {("sender.test", "TXT"): [text.encode() if isinstance(text, str) else text]}
    return records | {(f"{name.replace('__', '.')}.test", "TXT"): [other.encode()] for name, other in more.items()}


def ask(sender: str | None = "joe@sender.test", helo: str = "mail.client.test", ip: str = CLIENT) -> SpfQuestion:
    address = Address.parse(sender) if sender else None
    return SpfQuestion(ip, helo, address, Domain("mx.ours.test"), datetime(2026, 11, 24, tzinfo=UTC))


async def check(records: Records, question: SpfQuestion | None = None) -> SpfProof:
    return (await evaluate_spf(question or ask(), FakeResolver(records)))[1]


async def test_the_null_sender_is_who_said_helo() -> None:
    records = publish("v=spf1 -all") | {("mail.client.test", "TXT"): [b"v=spf1 exists:%{l}.%{o} -all"]}
    records["postmaster.mail.client.test", "A"] = ["127.0.0.2"]
    helo, mail_from = await evaluate_spf(ask(None), FakeResolver(records))
    assert (helo.result, helo.identity, helo.domain) == (PASS, "helo", "mail.client.test")
    assert (mail_from.result, mail_from.identity, mail_from.domain) == (PASS, "mailfrom", "mail.client.test")


async def test_helo_and_mail_from_are_proofs_of_their_own() -> None:
    records = publish("v=spf1 -all") | {("mail.client.test", "TXT"): [b"v=spf1 ip4:192.0.2.0/24 -all"]}
    helo, mail_from = await evaluate_spf(ask(), FakeResolver(records))
    assert (helo.result, mail_from.result) == (PASS, FAIL)
    assert (helo.identity, mail_from.identity) == ("helo", "mailfrom")


async def test_a_hanging_helo_is_asked_about_after_the_sender() -> None:
    resolver = FakeResolver(publish("v=spf1 +all") | {("mail.client.test", "TXT"): TIMEOUT})
    helo, mail_from = await evaluate_spf(ask(), resolver)
    assert (helo.result, mail_from.result) == (TEMPERROR, PASS)
    assert resolver.asked == [("sender.test", "TXT"), ("mail.client.test", "TXT")]


@pytest.mark.parametrize(
    "helo",
    [
        *("", "localhost", "[192.0.2.25]", "[IPv6:2001:db8::1]", "192.0.2.25 x", ".", "a..test", "-", "a b.test"),
        *("x" * 64 + ".test", ".".join(["a" * 60] * 5), "a.test\x00", "\u202e.test", "mail@client.test"),
    ],
)
async def test_a_helo_that_is_no_host_name_asks_nothing(helo: str) -> None:
    resolver = FakeResolver()
    helo_proof, mail_from = await evaluate_spf(ask(None, helo), resolver)
    assert (helo_proof.result, helo_proof.domain, mail_from.result, resolver.asked) == (NONE, "", NONE, [])


@pytest.mark.parametrize(
    "domain", ["[192.0.2.25]", "localhost", ".".join(["a" * 62] * 4 + ["b.c"]), ".".join(["a"] * 128)]
)
async def test_a_sender_at_what_the_dns_cannot_know_asks_nothing(domain: str) -> None:
    resolver = FakeResolver()
    proofs = await evaluate_spf(ask(f"joe@{domain}", "x"), resolver)
    assert (proofs[1].result, proofs[1].domain, resolver.asked) == (NONE, "", [])


@pytest.mark.parametrize("ip", ["", "unix:", "192.0.2", "192.0.2.256", "%eth0", "::ffff:192.0.2", "local"])
async def test_without_a_client_address_nothing_is_asked(ip: str) -> None:
    resolver = FakeResolver(publish("v=spf1 +all"))
    proofs = await evaluate_spf(ask(ip=ip), resolver)
    assert [proof.result for proof in proofs] == [NONE, NONE]
    assert resolver.asked == []


@pytest.mark.parametrize(
    ("ip", "text", "result"),
    [
        ("::ffff:192.0.2.25", "v=spf1 ip4:192.0.2.25 -all", PASS),
        ("::ffff:c000:219", "v=spf1 ip6:::ffff:0:0/96 -all", FAIL),
        ("2001:DB8::1", "v=spf1 ip6:2001:db8::/32 -all", PASS),
        ("2001:db8::1", "v=spf1 ip4:0.0.0.0/0 -all", FAIL),
        ("192.0.2.25", "v=spf1 ip6:::/0 ~all", AuthResult.SOFTFAIL),
    ],
)
async def test_an_address_is_of_the_kind_that_it_carries(ip: str, text: str, result: AuthResult) -> None:
    assert (await check(publish(text), ask(ip=ip))).result is result


@pytest.mark.parametrize("sender", ["joe@b\u00fccher.test", "joe@xn--bcher-kva.test", "JOE@XN--BCHER-KVA.TEST"])
async def test_an_internationalised_domain_is_asked_in_a_labels(sender: str) -> None:
    proof = await check({("xn--bcher-kva.test", "TXT"): [b"v=spf1 ip4:192.0.2.25 -all"]}, ask(sender))
    assert (proof.result, proof.domain) == (PASS, "xn--bcher-kva.test")


async def test_a_local_part_outside_ascii_matches_no_macro() -> None:
    records = publish("v=spf1 exists:%{l}.x.test include:%{l}.x.test -all")
    assert (await check(records, ask("j\u00f6@sender.test"))).result is FAIL


@pytest.mark.parametrize(
    ("record", "extra", "result"),
    [
        ("v=spf1" + " a:a.test" * 10 + " -all", 0, FAIL),
        ("v=spf1" + " a:a.test" * 11 + " -all", 0, PERMERROR),
        ("v=spf1" + " a:a.test" * 9 + " include:more.test -all", 1, PERMERROR),
        ("v=spf1" + " a:a.test" * 8 + " include:more.test -all", 1, FAIL),
        ("v=spf1" + " a:a.test" * 9 + " redirect=more.test", 1, PERMERROR),
        ("v=spf1" + " a:a.test" * 10 + " redirect=more.test", 0, PERMERROR),
        ("v=spf1 include:sender.test -all", 0, PERMERROR),
        ("v=spf1 redirect=sender.test", 0, PERMERROR),
        ("v=spf1" + " ip4:10.0.0.1" * 300 + " -all", 0, FAIL),
    ],
)
async def test_terms_that_ask_the_dns_are_counted_over_all_records(record: str, extra: int, result: AuthResult) -> None:
    records = publish(record, more="v=spf1" + " a:a.test" * extra + " ?all")
    proof = await check(records | {("a.test", "A"): [OTHER]})
    assert proof.result is (NEUTRAL if result is FAIL and "redirect" in record else result)


@pytest.mark.parametrize("term", ["a:no{}.test", "exists:no{}.test", "mx:no{}.test"])
async def test_only_so_many_terms_may_lead_to_nothing(term: str) -> None:
    terms = [term.format(number) for number in range(MAX_VOID_LOOKUPS + 1)]
    assert (await check(publish(f"v=spf1 {' '.join(terms[:-1])} -all"))).result is FAIL
    assert (await check(publish(f"v=spf1 {' '.join(terms)} -all"))).result is PERMERROR


async def test_only_so_many_mail_exchangers_are_asked_for() -> None:
    records: Records = publish("v=spf1 mx -all") | {(f"m{n}.test", "A"): [OTHER] for n in range(20)}
    records["m9.test", "A"] = [CLIENT]
    records["sender.test", "MX"] = [(1, f"m{n}.test") for n in range(MAX_EXCHANGES)]
    assert (await check(records)).result is PASS
    records["sender.test", "MX"] = [(1, f"m{n}.test") for n in range(MAX_EXCHANGES + 1)]
    assert (await check(records)).result is PERMERROR


async def test_only_the_first_names_of_a_client_are_believed() -> None:
    records: Records = publish("v=spf1 ptr -all") | {("n.sender.test", "A"): [CLIENT]}
    crowd = [f"n{n}.other.test" for n in range(MAX_POINTERS)]
    records[CLIENT, "PTR"] = [*crowd[1:], "n.sender.test"]
    assert (await check(records)).result is PASS
    records[CLIENT, "PTR"] = [*crowd, "n.sender.test"]
    assert (await check(records)).result is FAIL
    records[CLIENT, "PTR"] = ["notsender.test", "n.sender.test.evil.test"]
    records |= {("notsender.test", "A"): [CLIENT], ("n.sender.test.evil.test", "A"): [CLIENT]}
    assert (await check(records)).result is FAIL


@pytest.mark.parametrize(
    ("term", "asked"),
    [
        ("a:hang.test", ("hang.test", "A")),
        ("mx:hang.test", ("hang.test", "MX")),
        ("mx:with.test", ("hang.test", "A")),
        ("exists:hang.test", ("hang.test", "A")),
        ("include:hang.test", ("hang.test", "TXT")),
    ],
)
async def test_a_term_that_the_dns_does_not_answer_is_temperror(term: str, asked: tuple[str, str]) -> None:
    records = publish(f"v=spf1 {term} +all") | {asked: TIMEOUT, ("with.test", "MX"): [(1, "hang.test")]}
    assert (await check(records)).result is TEMPERROR
    assert (await check(publish("v=spf1 redirect=hang.test") | {("hang.test", "TXT"): TIMEOUT})).result is TEMPERROR


@pytest.mark.parametrize("kind", ["PTR", "A"])
async def test_a_client_whose_names_hang_matches_no_ptr(kind: str) -> None:
    records: Records = publish("v=spf1 ptr exists:%{p}.x.test -all") | {(CLIENT, "PTR"): ["n.sender.test"]}
    records[CLIENT if kind == "PTR" else "n.sender.test", kind] = TIMEOUT
    records["unknown.x.test", "A"] = ["127.0.0.2"]
    assert (await check(records)).result is PASS


async def test_a_failure_is_explained_in_the_owners_words() -> None:
    records = publish("v=spf1 -all exp=e.test", e="%{i} is none of %{d}; ask %{r} about %{s} at %{t}")
    proof = await check(records)
    assert proof.explanation == f"{CLIENT} is none of sender.test; ask mx.ours.test about joe@sender.test at 1795478400"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\x1b[0m", ""),
        ("x" * 1_000, "x" * MAX_EXPLANATION_CHARS),
        ("%{s}" * 2_000, ""),
        ("%{q}", ""),
        ("50%", ""),
        ("caf\u00e9", ""),
    ],
)
async def test_an_explanation_is_one_short_printable_line_or_none(text: str, shown: str) -> None:
    proof = await check(publish("v=spf1 -all exp=e.test", e=text))
    assert (proof.result, proof.explanation) == (FAIL, shown)


async def test_an_explanation_that_cannot_be_had_changes_nothing() -> None:
    for e_records in (TIMEOUT, [b"one", b"two"], []):
        proof = await check(publish("v=spf1 -all exp=e.test") | {("e.test", "TXT"): e_records})
        assert (proof.result, proof.explanation) == (FAIL, "")


async def test_macros_cannot_explode() -> None:
    for term in ("exists:" + "%{s}" * 900 + ".x.test", "exists:" + "%{L-}" * 1_500, "a:" + "%{dr}." * 1_100 + "test"):
        resolver = FakeResolver(publish(f"v=spf1 {term} -all"))
        assert (await evaluate_spf(ask("a-b-c@sender.test"), resolver))[1].result is FAIL
        assert all(len(name) <= MAX_NAME_CHARS for name, _ in resolver.asked)


class MoodyResolver(FakeResolver):
    """Fails at the questions whose number it was told."""

    moods: frozenset[int] = frozenset()

    def _look_up(self, name: str, kind: str) -> DnsAnswer[Any]:
        assert 0 < len(name) <= MAX_NAME_CHARS
        assert all(0 < len(label) <= MAX_LABEL_CHARS for label in name.split(".")) or kind == "PTR"
        if len(self.asked) in self.moods:
            self.asked.append((name, kind))
            raise TryLater("the name servers do not answer")
        return super()._look_up(name, kind)


NAMES = st.sampled_from(["sender.test", "b.test", "c.sender.test", "%{d}", "%{i}.b.test", "%{l1r-}.%{h}", "%{p}.test"])
TERMS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-", "~", "?"]),
    st.sampled_from(["a", "mx", "ptr", "a:", "mx:", "ptr:", "include:", "exists:", "redirect=", "exp=", "x="]),
    NAMES,
) | st.sampled_from(["-all", "a", "mx", "ptr", "ip4:192.0.2.0/24", "ip6:::/0", "a/0", "mx//0", "", "%", "a:%{s}%{s}"])
TEXTS = st.lists(TERMS, max_size=14).map(lambda terms: " ".join(["v=spf1", *terms]).encode()) | st.binary(max_size=90)
HOSTS = st.sampled_from(["sender.test", "b.test", "c.sender.test", "", "x" * 70, ".", "a..b", "\x00.test"])
ZONES = st.fixed_dictionaries(
    {
        **{(name, "TXT"): st.lists(TEXTS, max_size=2) for name in ("sender.test", "b.test", "c.sender.test")},
        **{(name, "MX"): st.lists(st.tuples(st.integers(0, 9), HOSTS), max_size=12) for name in ("sender.test",)},
        **{(name, "A"): st.lists(st.sampled_from([CLIENT, OTHER]), max_size=3) for name in ("sender.test", "b.test")},
        (CLIENT, "PTR"): st.lists(HOSTS, max_size=14),
    }
)


@given(
    ZONES,
    st.frozensets(st.integers(0, 12), max_size=3),
    st.text(max_size=20) | HOSTS,
    st.sampled_from(["joe@sender.test", "a-b@c.sender.test", "\u00f6@b.test", '"a b.c"@sender.test', None]),
    st.sampled_from([CLIENT, f"::ffff:{CLIENT}", "2001:db8::1", "", "x"]),
)
async def test_whatever_is_published_each_check_ends_with_a_result_within_its_limits(
    zone: Records, moods: frozenset[int], helo: str, sender: str | None, ip: str
) -> None:
    resolver = MoodyResolver(zone)
    resolver.moods = moods
    proofs = await evaluate_spf(ask(sender, helo, ip), resolver)
    assert [proof.identity for proof in proofs] == ["helo", "mailfrom"]
    assert AuthResult.UNKNOWN not in {proof.result for proof in proofs}
    assert len(resolver.asked) <= MAX_QUESTIONS
    assert all(len(proof.reason) < 1_000 and proof.reason.isprintable() for proof in proofs)


async def find_differences(cases: list[SuiteCase]) -> dict[str, str]:
    """Give what came out for each case in which something else was right."""
    differences = {}
    for case in cases:
        _, proof = await evaluate_spf(case.question, case.resolver)
        if not is_right(proof, case):
            differences[case.name] = f"{proof} where {case.results} {case.explanation} was right"
    return differences


def is_right(proof: SpfProof, case: SuiteCase) -> bool:
    explanation = "" if case.explanation == "DEFAULT" else case.explanation
    return proof.result in case.results and explanation in (None, proof.explanation)


@needs_shared
@pytest.mark.parametrize(
    ("suite", "count"),
    [
        ("rfc7208-tests", 203),
        ("rfc7208-tests-2014-05", 193),
        ("rfc7208-tests-mailauth", 200),
        ("rfc4408-tests", 191),  # where RFC 7208 decided otherwise, that suite allows both
    ],
)
async def test_every_case_of_the_openspf_suites_comes_out_right(suite: str, count: int) -> None:
    cases = list(read_openspf(SUITES / "spf-openspf" / f"{suite}.yml"))
    assert len(cases) == count
    assert await find_differences(cases) == {}


@needs_shared
async def test_the_suite_of_mail_auth_differs_only_where_it_contradicts_rfc_7208() -> None:
    files = sorted(Path(SUITES / "spf-mail-auth").glob("*.yml"))
    cases = [case for path in files for case in read_mail_auth(path)]
    assert len(cases) == 121
    differences = await find_differences(cases)
    assert differences.keys() == MAIL_AUTH_DIFFERENCES.keys(), differences
