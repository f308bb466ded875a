"""DMARC: our own cases, and the vectors of mailauth and mox straight from their file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import TIMEOUT, FakeResolver
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.errors import TryLater
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, SpfProof
from gatepost.origin.author import Author
from gatepost.origin.dmarc import MAX_RECORD_CHARS, begin_dmarc, evaluate_dmarc
from gatepost.origin.dmarc_alignment import MAX_IDENTIFIERS
from gatepost.origin.dmarc_discovery import DmarcDirectory
from gatepost.origin.dmarc_record import BadRecord, DmarcMethod, DmarcRecord, is_dmarc_record, parse_dmarc_record
from paths import SHARED, needs_shared

VECTORS = SHARED / "suites" / "dmarc-vectors" / "vectors.json"
PASS, FAIL, NONE = AuthResult.PASS, AuthResult.FAIL, AuthResult.NONE
TEMPERROR, PERMERROR = AuthResult.TEMPERROR, AuthResult.PERMERROR

DIFFERENCES = {  # where another implementation wants something else, and why we do not
    ("mailauth-record-lookup-10", "pct"): "pct=invalid: mailauth says 0 (policy off), RFC 7489 §6.3 the default, 100",
    ("mox-lookup-04", "record_found"): "`p=none; bogus;`: RFC 7489 §6.3 passes over errors behind v, mox refuses all",
    ("mox-evaluate-07", "policy"): "pct=0 turns reject into quarantine (RFC 7489 §6.6.4); mox then applies nothing",
    ("mox-evaluate-13", "status"): "`p=none; bogus`: as mox-lookup-04",
}
NOT_OURS = {  # assertions about the shape of mailauth's object
    *("v", "rr", "(expr)", "error", "isOrgRecord", "tagonly", "false", "status.comment"),
    *("alignment.dkim.underSized", "status.header.d"),
}


def mail(sender: str = "joe@example.com", body: str = "") -> Message:
    return parse_message(f"From: {sender}\r\nSubject: s\r\n\r\n{body}\r\n".encode())


def dns(text: str = "v=DMARC1; p=reject", name: str = "example.com") -> FakeResolver:
    return FakeResolver({(f"_dmarc.{name}", "TXT"): [text.encode()]})


def spf(domain: str, result: AuthResult = PASS, identity: str = "mailfrom") -> SpfProof:
    return SpfProof(result, identity, domain)


UNSENT = spf("", NONE)  # SPF was asked, and there was nothing to check


def dkim(domain: str, result: AuthResult = PASS, *, covers_whole_body: bool = True) -> DkimProof:
    return DkimProof(result, domain, "s", covers_whole_body=covers_whole_body)


@pytest.mark.parametrize(
    ("spf_proofs", "dkim_proofs", "result"),
    [
        ([UNSENT], [], FAIL),
        ([spf("example.com")], [], PASS),
        ([spf("bounce.example.com")], [], PASS),
        ([spf("EXAMPLE.com.")], [], PASS),
        ([spf("example.com", FAIL)], [], FAIL),
        ([spf("example.com", AuthResult.SOFTFAIL)], [], FAIL),
        ([spf("other.example")], [dkim("third.example")], FAIL),
        ([UNSENT], [dkim("example.com")], PASS),
        ([UNSENT], [dkim("other.example"), dkim("example.com")], PASS),
        ([UNSENT], [dkim("com")], FAIL),
        ([UNSENT], [dkim("")], FAIL),
        ([UNSENT], [dkim("notexample.com")], FAIL),
        ([UNSENT], [dkim("example.com.evil.test")], FAIL),
        ([UNSENT], [dkim("example.com", covers_whole_body=False)], FAIL),
        ([UNSENT], [dkim("example.com", PERMERROR)], FAIL),
        ([UNSENT], [dkim("example.com", TEMPERROR)], TEMPERROR),
        ([UNSENT], [dkim("evil.test", TEMPERROR)], FAIL),  # a stranger's silent DNS saves nobody
        ([spf("example.com")], [dkim("example.com", TEMPERROR)], PASS),
        ([spf("example.com", identity="helo"), spf("example.com")], [], PASS),  # a null sender
        ([spf("example.com", identity="helo"), UNSENT], [], FAIL),  # a sender at an address literal
        ([spf("example.com", identity="helo")], [], FAIL),
        ([spf("evil.test"), spf("example.com", identity="helo")], [], FAIL),
        ([spf("evil.test", FAIL), spf("example.com", identity="helo")], [], FAIL),
        ([UNSENT], [dkim(f"d{n}.test") for n in range(MAX_IDENTIFIERS * 5)] + [dkim("example.com")], PASS),
    ],
)
@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_only_what_is_proven_for_the_visible_sender_counts(
    spf_proofs: list[SpfProof], dkim_proofs: list[DkimProof], result: AuthResult, method: DmarcMethod
) -> None:
    proof = await evaluate_dmarc(mail(), spf_proofs, dkim_proofs, dns(), method)
    assert (proof.result, proof.domain, proof.policy, proof.policy_domain) == (
        *(result, "example.com"),
        *("reject", "example.com"),
    )
    assert (proof.spf_is_aligned or proof.dkim_is_aligned) is (result is PASS)
    assert proof.reason.endswith(".")


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_strict_alignment_wants_the_very_name(method: DmarcMethod) -> None:
    resolver = dns("v=DMARC1; p=reject; adkim=s; aspf=s")
    near = await evaluate_dmarc(mail(), [spf("a.example.com")], [dkim("a.example.com")], resolver, method)
    same = await evaluate_dmarc(mail(), [spf("example.com")], [dkim("a.example.com")], resolver, method)
    assert (near.result, same.result, same.spf_is_aligned, same.dkim_is_aligned) == (FAIL, PASS, True, False)


@pytest.mark.parametrize(
    "head", ["", "From: a@one.example\r\nFrom: b@two.example\r\n", "From: a@b.example, c@d.example\r\n"]
)
async def test_a_mail_without_one_sender_is_never_authenticated(head: str) -> None:
    message = parse_message(f"{head}Subject: s\r\n\r\n".encode())
    resolver = dns()
    proof = await evaluate_dmarc(message, [spf("one.example")], [dkim("two.example")], resolver)
    assert (proof.result, proof.domain, resolver.asked) == (PERMERROR, "", [])
    assert proof.reason


async def test_names_below_are_asked_by_sp_and_names_that_do_not_exist_by_np() -> None:
    resolver = dns("v=DMARC1; p=reject; sp=none; np=quarantine")
    resolver.records["real.example.com", "MX"] = [(10, "mx.example.com")]
    resolver.records["mute.example.com", "A"] = TIMEOUT
    policies = [
        (await evaluate_dmarc(mail(f"a@{name}.example.com"), [], [], resolver)).policy
        for name in ("real", "no", "mute")
    ]
    assert policies == ["none", "quarantine", "none"]


async def test_pct_falls_on_the_same_side_for_the_same_mail() -> None:
    resolver = dns("v=DMARC1; p=reject; pct=30")
    asked = [(await evaluate_dmarc(mail(body=str(n)), [], [], resolver)).policy for n in range(300)]
    again = [(await evaluate_dmarc(mail(body=str(n)), [], [], resolver)).policy for n in range(300)]
    assert asked == again
    assert set(asked) == {"reject", "quarantine"}
    assert 60 < asked.count("reject") < 120


@pytest.mark.parametrize(
    ("tags", "method", "policy"),
    [
        ("p=reject; pct=0", DmarcMethod.PUBLIC_SUFFIX, "quarantine"),
        ("p=quarantine; pct=0", DmarcMethod.PUBLIC_SUFFIX, "none"),
        ("p=reject; pct=0", DmarcMethod.TREE_WALK, "reject"),
        ("p=reject; t=y", DmarcMethod.TREE_WALK, "quarantine"),
        ("p=none; t=y", DmarcMethod.TREE_WALK, "none"),
        ("p=reject; t=y", DmarcMethod.PUBLIC_SUFFIX, "reject"),
    ],
)
async def test_each_standard_has_its_own_way_to_try_a_policy(tags: str, method: DmarcMethod, policy: str) -> None:
    assert (await evaluate_dmarc(mail(), [], [], dns(f"v=DMARC1; {tags}"), method)).policy == policy


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_a_silent_dns_ends_as_temperror(method: DmarcMethod) -> None:
    proof = await evaluate_dmarc(mail(), [spf("example.com")], [], FakeResolver(fails=True), method)
    assert (proof.result, proof.domain, proof.policy) == (TEMPERROR, "example.com", "")


async def test_a_walk_that_stays_unanswered_for_a_signer_is_temperror_unless_another_proves() -> None:
    resolver = dns()
    resolver.records["_dmarc.sub.example.com", "TXT"] = TIMEOUT
    undecided = await evaluate_dmarc(mail(), [UNSENT], [dkim("sub.example.com")], resolver, DmarcMethod.TREE_WALK)
    proven = await evaluate_dmarc(
        mail(), [UNSENT], [dkim("sub.example.com"), dkim("example.com")], resolver, DmarcMethod.TREE_WALK
    )
    assert (undecided.result, proven.result) == (TEMPERROR, PASS)


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_a_strangers_hanging_dns_never_turns_fail_into_temperror(method: DmarcMethod) -> None:
    resolver = dns()
    strangers = ["evil.com", "a.evil.com", "com", "notexample.com", "example.com.evil.com", "evil.test"]
    resolver.records |= {(f"_dmarc.{name}", "TXT"): TIMEOUT for name in strangers if name != "com"}
    for result in (PASS, TEMPERROR):
        sent = [spf(strangers[0], result), spf("example.com", result, identity="helo")]
        proof = await evaluate_dmarc(mail(), sent, [dkim(name, result) for name in strangers], resolver, method)
        assert (proof.result, proof.policy) == (FAIL, "reject")
    asked = {name for name, _ in resolver.asked}
    assert asked <= {"_dmarc.example.com", "_dmarc.com"}


STRANGERS = st.sampled_from(
    ["evil.com", "a.evil.com", "com", "co.uk", "notexample.com", "example.com.evil.test", "x", ""]
)
RESULTS = st.sampled_from(list(AuthResult))
TEXTS = st.sampled_from([b"v=DMARC1; p=none; psd=y", b"v=DMARC1; p=none; psd=n", b"v=DMARC1; p=none", b"v=DMARC1"])


@given(
    st.lists(st.tuples(STRANGERS, RESULTS), max_size=5),
    st.lists(st.tuples(STRANGERS, RESULTS), max_size=5),
    st.dictionaries(STRANGERS, st.lists(TEXTS, max_size=2) | st.just(TIMEOUT), max_size=5),
    st.sampled_from(["joe@example.com", "joe@absent.example.com"]),
    st.sampled_from(list(DmarcMethod)),
)
async def test_whatever_strangers_prove_or_publish_a_forged_mail_fails(
    sent: list[tuple[str, AuthResult]],
    signed: list[tuple[str, AuthResult]],
    published: dict[str, Any],
    sender: str,
    method: DmarcMethod,
) -> None:
    published.pop("com", None)  # the registry above both is nobody's to choose
    resolver = FakeResolver({(f"_dmarc.{name}", "TXT"): records for name, records in published.items()} | dns().records)
    sent_proofs = [UNSENT, *(spf(domain, result) for domain, result in sent)]
    proof = await evaluate_dmarc(mail(sender), sent_proofs, [dkim(*each) for each in signed], resolver, method)
    assert (proof.result, proof.policy) == (FAIL, "reject")


async def test_a_hanging_top_level_domain_saves_no_stranger() -> None:
    resolver = dns()
    resolver.records["_dmarc.com", "TXT"] = TIMEOUT
    stranger = await evaluate_dmarc(mail(), [spf("evil.com")], [dkim("evil.com")], resolver, DmarcMethod.TREE_WALK)
    relative = await evaluate_dmarc(mail(), [spf("a.example.com")], [], resolver, DmarcMethod.TREE_WALK)
    itself = await evaluate_dmarc(mail(), [spf("example.com")], [], resolver, DmarcMethod.TREE_WALK)
    assert (stranger.result, relative.result, itself.result) == (FAIL, TEMPERROR, PASS)


@pytest.mark.parametrize("method", list(DmarcMethod))
@pytest.mark.parametrize(
    "sender",
    [
        "ceo@absent.example.com",
        "ceo@" + ".".join("abcdefghijklmnop") + ".example.com",
        "ceo@" + ".".join(["a" * 63] * 3 + ["a" * 45]) + ".example.com",  # with _dmarc in front it is no name
        "ceo@xn--caf-dma.example.com",
        "ceo@EXAMPLE.COM.",
    ],
)
async def test_no_name_below_the_organisation_escapes_its_policy(sender: str, method: DmarcMethod) -> None:
    evil = [dkim("evil.test"), dkim("example.com", PERMERROR), dkim("absent.example.com", FAIL)]
    proof = await evaluate_dmarc(mail(sender), [spf("evil.test")], evil, dns(), method)
    assert (proof.result, proof.policy, proof.policy_domain) == (FAIL, "reject", "example.com")


@pytest.mark.parametrize("sender", ["ceo@.example.com", "ceo@example..com", "ceo@exa mple.com", "ceo@example.com.."])
async def test_a_domain_with_empty_labels_has_no_author_and_asks_nothing(sender: str) -> None:
    resolver = dns()
    proof = await evaluate_dmarc(mail(sender), [spf("example.com")], [dkim("example.com")], resolver)
    assert (proof.result, proof.domain, resolver.asked) == (PERMERROR, "", [])


async def test_many_strangers_do_not_crowd_out_the_one_that_proves() -> None:
    resolver = dns()
    crowd = [dkim(f"d{n}.evil.test") for n in range(MAX_IDENTIFIERS * 3)]
    for method in DmarcMethod:
        proof = await evaluate_dmarc(mail(), [UNSENT], [*crowd, dkim("mail.example.com")], resolver, method)
        assert proof.result is PASS


async def test_a_broken_record_is_a_permerror_that_names_its_place() -> None:
    proof = await evaluate_dmarc(mail(), [spf("example.com")], [], dns("v=DMARC1; p=no"))
    assert (proof.result, proof.policy, proof.policy_domain) == (PERMERROR, "", "example.com")


@pytest.mark.parametrize(
    ("signed", "result"),
    [
        ([], AuthResult.UNKNOWN),
        ([dkim("other.example")], AuthResult.UNKNOWN),
        ([dkim("example.com", FAIL)], AuthResult.UNKNOWN),
        ([dkim("example.com")], PASS),
        ([dkim("example.com", TEMPERROR)], TEMPERROR),
    ],
)
async def test_where_spf_was_not_asked_nothing_fails(signed: list[DkimProof], result: AuthResult) -> None:
    proof = await evaluate_dmarc(mail(), (), signed, dns())
    assert (proof.result, proof.policy) == (result, "reject")
    assert ("SPF was not asked" in proof.reason) is (result is AuthResult.UNKNOWN)


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_the_dns_is_asked_for_the_policy_before_spf_and_dkim_have_answered(method: DmarcMethod) -> None:
    resolver = dns()
    inquiry = await begin_dmarc(mail("joe@mail.example.com"), resolver, method)
    assert isinstance(inquiry.author, Author)
    assert inquiry.author.domain == "mail.example.com"
    asked = len(resolver.asked)
    proof = await inquiry.conclude([spf("mail.example.com")], [])
    assert (proof.result, len(resolver.asked)) == (PASS, asked)
    assert proof == await evaluate_dmarc(mail("joe@mail.example.com"), [spf("mail.example.com")], [], dns(), method)


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_the_record_is_told_as_published_but_short_and_printable(method: DmarcMethod) -> None:
    resolver = dns("v=DMARC1; p=none; rua=mailto:a@example.com; x=\x1b\n\u202e" + "y" * MAX_RECORD_CHARS)
    record = (await evaluate_dmarc(mail(), (), (), resolver, method)).record
    assert record.startswith("v=DMARC1; p=none; rua=mailto:a@example.com; x=")
    assert (len(record), record.isprintable(), "y" in record) == (MAX_RECORD_CHARS, True, True)


async def test_the_questions_to_the_dns_are_bounded() -> None:
    resolver = dns(name="example.com")
    deep = ".".join("abcdefghijk")
    strangers = [dkim(f"{deep}.d{n}.com") for n in range(500)]
    await evaluate_dmarc(mail(f"a@{deep}.example.com"), [], strangers, resolver, DmarcMethod.TREE_WALK)
    assert len(resolver.asked) <= 8 * (MAX_IDENTIFIERS + 1)


def load(*kinds: str) -> list[dict[str, Any]]:
    return [case for case in json.loads(VECTORS.read_text("utf-8")) if case["kind"] in kinds]


def zone_of(zone: Mapping[str, Mapping[str, Any]]) -> FakeResolver:
    resolver = FakeResolver()
    for name, types in zone.items():
        for kind, records in types.items():
            resolver.records[name, kind] = read_records(kind, records)
    return resolver


def read_records(kind: str, records: Any) -> Sequence[Any]:
    if isinstance(records, dict):
        return TIMEOUT if records["error"] == "ETIMEOUT" else []
    return ["".join(strings).encode() for strings in records] if kind == "TXT" else records


def domain_of(entry: Any) -> str:
    return entry if isinstance(entry, str) else entry["domain"]


def get_facts(proof: DmarcProof, record: DmarcRecord | None, asked: Sequence[str]) -> dict[str, Any]:
    """Give what the assertions on mailauth's object ask about, as we know it."""
    facts: dict[str, Any] = {
        "status.result": proof.result.value,
        "status.header.from": proof.domain,
        "policy": proof.policy,
        "domain": proof.policy_domain,
        "alignment.dkim.result": proof.dkim_is_aligned,
        "alignment.spf.result": proof.spf_is_aligned,
        "": proof.result not in (NONE, PERMERROR),
        "(expr)": list(asked),
    }
    return facts | get_record_facts(record)


def get_record_facts(record: DmarcRecord | None) -> dict[str, Any]:
    if record is None:
        return {"": False}
    return {
        "": {"p": record.policy},
        "p": record.policy.value,
        "sp": record.subdomain_policy.value,
        "pct": record.percent,
        "adkim": "s" if record.dkim_is_strict else "r",
        "aspf": "s" if record.spf_is_strict else "r",
        "alignment.dkim.strict": record.dkim_is_strict,
        "alignment.spf.strict": record.spf_is_strict,
        "fo": ":".join(record.failure_options),
        "rua": ",".join(record.report_uris),
        "ruf": ",".join(record.failure_uris),
        "ri": record.interval_s,
    }


def holds(check: str, fact: Any, args: Sequence[Any]) -> bool:
    if check in ("to be false", "to be undefined", "to not be ok"):
        return not fact
    if check in ("to be true", "to be an"):
        return bool(fact)
    expected = args[0][0]
    if check == "to not have property":
        return expected not in fact
    is_aligned = fact is True and isinstance(expected, str)  # mailauth names the domain, we say that it is aligned
    return is_aligned or bool(fact == expected)


def find_wrong(case: Mapping[str, Any], call: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for claim in call["assertions"]:
        path = claim["path"]
        if path in NOT_OURS and claim["check"] != "to deep equal":
            continue
        if not holds(claim["check"], facts.get(path), claim["args"]):
            yield case["id"], path


async def discover(name: str, resolver: FakeResolver, method: DmarcMethod) -> DmarcRecord | None:
    try:
        return (await DmarcDirectory(resolver, method).discover(name)).record
    except (BadRecord, TryLater):
        return None


@needs_shared
@pytest.mark.parametrize(
    ("kind", "method", "count"),
    [("evaluate", DmarcMethod.PUBLIC_SUFFIX, 23), ("evaluate-rfc9989", DmarcMethod.TREE_WALK, 17)],
)
async def test_the_vectors_of_mailauth_hold(kind: str, method: DmarcMethod, count: int) -> None:
    cases, wrong = load(kind), list[tuple[str, str]]()
    assert len(cases) == count
    for case in cases:
        for call in case["calls"]:
            given, resolver = call["input"], zone_of(call["zone"])
            sender = ", ".join(given["headerFrom"]) if isinstance(given["headerFrom"], list) else given["headerFrom"]
            sender = sender if "@" in sender else f"user@{sender}"
            signed = [
                DkimProof(PASS, domain_of(each), "s", covers_whole_body="underSized" not in each)
                for each in given["dkimDomains"]
            ]
            sent = [spf(domain_of(each)) for each in given["spfDomains"]] or [UNSENT]
            proof = await evaluate_dmarc(mail(sender), sent, signed, resolver, method)
            asked = [name for name, kind_asked in resolver.asked if kind_asked == "TXT"]
            record = await discover(proof.domain, zone_of(call["zone"]), method) if proof.domain else None
            wrong += find_wrong(case, call, get_facts(proof, record, asked))
    assert wrong == []


@needs_shared
async def test_the_record_lookups_of_mailauth_hold() -> None:
    cases, wrong = load("record-lookup"), list[tuple[str, str]]()
    assert len(cases) == 19
    for case in cases:
        for call in case["calls"]:
            record = await discover(call["input"][0], zone_of(call["zone"]), DmarcMethod.TREE_WALK)
            wrong += find_wrong(case, call, get_record_facts(record))
    assert wrong == [place for place in DIFFERENCES if place[0].startswith("mailauth-record-lookup")]


@needs_shared
async def test_the_evaluations_of_mox_hold() -> None:
    cases, wrong = load("evaluate-mox"), list[tuple[str, str]]()
    assert len(cases) == 12
    for case in cases:
        given, expect = case["input"], case["expect"]
        sent = [spf(given["spf_domain"], AuthResult(given["spf_result"]))] if given["spf_domain"] else [UNSENT]
        signed = [dkim(each["domain"], AuthResult(each["result"])) for each in given["dkim"]]
        proof = await evaluate_dmarc(mail(f"a@{given['from_domain']}"), sent, signed, zone_of(case["zone"]))
        rejects = proof.policy == "reject" and proof.result is FAIL
        facts = {
            "status": proof.result.value,
            "policy": rejects,
            "spf": proof.spf_is_aligned,
            "dkim": proof.dkim_is_aligned,
            "domain": proof.policy_domain or proof.domain,
        }
        wanted = {
            "status": expect["status"],
            "policy": expect["reject"],
            "spf": expect["aligned_spf_pass"],
            "dkim": expect["aligned_dkim_pass"],
            "domain": expect["record_domain"],
        }
        wrong += ((case["id"], name) for name in wanted if facts[name] != wanted[name])
    assert wrong == [place for place in DIFFERENCES if place[0].startswith("mox-evaluate")]


@needs_shared
async def test_the_lookups_of_mox_hold() -> None:
    cases, wrong = load("lookup-mox"), list[tuple[str, str]]()
    assert len(cases) == 4
    for case in cases:
        directory = DmarcDirectory(zone_of(case["zone"]), DmarcMethod.PUBLIC_SUFFIX)
        found = await directory.discover(case["input"]["domain"])
        if (found.record is not None) is not case["expect"]["record_found"]:
            wrong.append((case["id"], "record_found"))
    assert wrong == [place for place in DIFFERENCES if place[0].startswith("mox-lookup")]


@needs_shared
def test_the_records_of_mox_are_read_as_mox_reads_them() -> None:
    cases = load("record-syntax")
    assert len(cases) == 28
    for case in cases:
        text = case["input"]["text"].encode()
        try:
            is_valid = parse_dmarc_record(text).has_policy
        except BadRecord:
            is_valid = False
        assert is_valid is case["expect"]["valid"], case
        assert is_dmarc_record(text) or not is_valid


@pytest.mark.parametrize("method", DmarcMethod)
async def test_a_silent_name_below_does_not_hide_what_its_organisation_asks(method: DmarcMethod) -> None:
    resolver = FakeResolver(
        {
            ("_dmarc.lame.example.com", "TXT"): TIMEOUT,
            ("_dmarc.example.com", "TXT"): [b"v=DMARC1; p=none; sp=reject"],
        }
    )
    proof = await evaluate_dmarc(mail("boss@lame.example.com"), [spf("evil.test")], [], resolver, method)
    assert (proof.result, proof.policy, proof.policy_domain) == (TEMPERROR, "reject", "example.com")
