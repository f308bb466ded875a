"""SPF beside pyspf: whatever a zone holds, both give the same result and the same explanation, or we say why not."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from doubles import TIMEOUT, FakeResolver
from gatepost.model.address import Address, Domain
from gatepost.model.proof import SpfProof
from gatepost.origin.spf import SpfQuestion, evaluate_spf
from interop.spf_oracle import SpfOracle, Zone, start_spf_oracle

pytestmark = pytest.mark.interop

EXAMPLES = max(400, settings.default.max_examples if settings.default else 0)
UNEXPLAINED = "SPF fail - not authorized"  # what pyspf says where the domain's owner says nothing
COUNTS_OTHERWISE = "Void lookup limit"  # it counts questions that lead to nothing, RFC 7208 §4.6.4 and we terms
REFUSES_UNREACHED = "trivial recursion"  # also behind a term that matches, where no check ever comes

CLIENT, OTHER, SIX, OTHER_SIX = "192.0.2.25", "198.51.100.7", "2001:db8::19", "2001:db8:1::1"
NAMES = ("sender.test", "b.test", "c.sender.test", "mail.client.test")
MACROS = (
    *("%{d}", "%{o}", "%{d2}", "%{dr}.test", "%{i}.b.test", "%{ir}.b.test", "%{l1r-}.b.test", "%{h}", "%{h2}"),
    *("%{v}.test", "%{p}.b.test", "%{p}", "%{L}.test", "%{s}.test", "a%_b.test", "a%-b.test", "%%.test"),
)
BROKEN = (
    *("ip4:192.0.2.300", "ip4:1.2.3.4/33", "ip4:1.2.3.4/08", "ip6:zz", "ip6:::/129", "all:x", "foo:x", "a:", "a:x"),
    *("exists", "include", "include:", "a:b.test/33", "mx//129", "exists:b.test/24", "a:%{q}.test", "unknown=%"),
)
QUALIFIERS = st.sampled_from(["", "", "-", "~", "?"])
DOMAINS = st.sampled_from([*NAMES, *NAMES, "absent.test", *MACROS])
PREFIXES = st.sampled_from(["", "", "/24", "//64", "/16//48", "/0", "/32//128"])
TERMS = (
    st.builds("{}{}{}{}".format, QUALIFIERS, st.sampled_from(["a:", "mx:"]), DOMAINS, PREFIXES)
    | st.builds("{}{}{}".format, QUALIFIERS, st.sampled_from(["ptr:", "include:", "exists:"]), DOMAINS)
    | st.builds("{}{}{}".format, QUALIFIERS, st.sampled_from(["a", "mx"]), PREFIXES)
    | st.builds(
        "{}{}".format,
        QUALIFIERS,
        st.sampled_from(
            [
                *("ptr", "all", "ip4:192.0.2.25", "ip4:192.0.2.0/24", "ip4:198.51.100.0/28"),
                *("ip6:2001:db8::/32", "ip6:2001:db8::19"),
            ]
        ),
    )
)
MODIFIERS = st.builds("{}{}".format, st.sampled_from(["redirect=", "exp="]), DOMAINS) | st.sampled_from(["x=%{d}"])
SOUND = st.tuples(st.lists(TERMS, max_size=6), st.lists(MODIFIERS, max_size=1))
FAULTY = st.tuples(
    st.lists(TERMS | st.sampled_from(BROKEN), max_size=4), st.lists(MODIFIERS, max_size=2, unique=True)
)  # pyspf wants unknown ones once, too
RECORDS = (SOUND | SOUND | SOUND | FAULTY).map(lambda parts: " ".join(["v=spf1", *parts[0], *parts[1]]).encode())
ONE_RECORD = st.lists(RECORDS, min_size=1, max_size=1)


def some(values: SearchStrategy[object], most: int = 2) -> SearchStrategy[list[object]]:
    return st.lists(values, max_size=most)


ZONES = st.fixed_dictionaries(
    {
        **{(name, "TXT"): ONE_RECORD | ONE_RECORD | some(RECORDS) for name in NAMES},
        **{(name, "A"): some(st.sampled_from([CLIENT, OTHER, "192.0.2.7"])) for name in NAMES},
        **{(name, "AAAA"): some(st.sampled_from([SIX, OTHER_SIX])) for name in NAMES},
        **{
            (name, "MX"): some(st.tuples(st.integers(0, 9), st.sampled_from([*NAMES, "absent.test"]))) for name in NAMES
        },
        **{(ip, "PTR"): some(st.sampled_from([*NAMES, "absent.test"]), 3) for ip in (CLIENT, SIX)},
        **{(f"{part}.b.test", "A"): some(st.just("127.0.0.2"), 1) for part in (CLIENT, "25.2.0.192", "joe", "x")},
    }
)
SILENCES = st.just(frozenset[tuple[str, str]]()) | st.frozensets(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["A", "AAAA", "MX", "TXT"])), max_size=2
)
QUESTIONS = st.builds(
    lambda ip, helo, sender: SpfQuestion(ip, helo, Address.parse(sender) if sender else None, Domain("mx.ours.test")),
    st.sampled_from([CLIENT, CLIENT, SIX]),
    st.sampled_from(["mail.client.test", "b.test"]),
    st.sampled_from(["joe@sender.test", "joe-x@c.sender.test", None]),
)


@pytest.fixture(scope="module")
def oracle() -> Iterator[SpfOracle]:
    with start_spf_oracle() as running:
        yield running


def show(proof: SpfProof) -> tuple[str, str]:
    return proof.result.value, proof.explanation


def read(said: tuple[str, str]) -> tuple[str, str]:
    """Give what pyspf says as we would: only failures have an explanation, and only their owners'."""
    result, explanation = said
    return result, explanation if result == "fail" and explanation != UNEXPLAINED else ""


@given(ZONES, SILENCES, QUESTIONS)
@settings(max_examples=EXAMPLES)
def test_both_come_to_the_same_result(
    oracle: SpfOracle, zone: Zone, silences: frozenset[tuple[str, str]], question: SpfQuestion
) -> None:
    zone = {**zone, **dict.fromkeys(silences, TIMEOUT)}
    ours = show(asyncio.run(evaluate_spf(question, FakeResolver(dict(zone))))[1])
    said = oracle.check(question, zone)
    if REFUSES_UNREACHED in said[1] and ours[0] != "permerror":
        event("an include of itself that no check reaches")
        return
    event(said[0])
    if read(said) != ours and said[0] == "temperror":
        said = oracle.check(question, drop_silent_names(zone, question.client_ip))
    if read(said) != ours and COUNTS_OTHERWISE in said[1]:
        event("pyspf counts more void look-ups")
        said = oracle.check(question, drop_silent_names(zone, question.client_ip), max_void_lookups=1_000)
    assert ours == read(said), said


def drop_silent_names(zone: Zone, ip: str) -> Zone:
    """Leave only names of the client that have an answer: others are skipped (RFC 7208 §5.5), pyspf stops at them."""
    kind = "AAAA" if ":" in ip else "A"
    return {**zone, (ip, "PTR"): [name for name in zone[ip, "PTR"] if zone.get((name, kind)) is not TIMEOUT]}


def test_the_second_opinion_knows_each_kind_of_record(oracle: SpfOracle) -> None:
    zone: Zone = {
        ("sender.test", "TXT"): [b"v=spf1 a:a.test mx:m.test ptr:c.test exists:%{l}.e.test -all exp=x.test"],
        ("m.test", "MX"): [(10, "m1.test")],
        ("m1.test", "A"): [OTHER],
        ("a.test", "A"): [OTHER],
        (CLIENT, "PTR"): ["n.c.test"],
        ("n.c.test", "A"): [OTHER],
        ("x.test", "TXT"): [b"not from %{i}"],
    }
    question = SpfQuestion(CLIENT, "b.test", Address.parse("joe@sender.test"), Domain("mx.ours.test"))
    assert oracle.check(question, zone) == ("fail", f"not from {CLIENT}")
    for kind, place in (("A", "a.test"), ("A", "m1.test"), ("A", "n.c.test"), ("A", "joe.e.test")):
        assert oracle.check(question, {**zone, (place, kind): [CLIENT]})[0] == "pass"
    assert oracle.check(question, {**zone, ("a.test", "A"): TIMEOUT})[0] == "temperror"
