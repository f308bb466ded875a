"""What stands in a journal today can be read tomorrow, by an older and by a newer gatepost."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Evidence, Finding, Severity, Span
from gatepost.model.proof import ArcProof, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.model.splice import Splice
from gatepost.model.verdict import Decision, PartSummary, Screening, Verdict
from gatepost.store.entries import SETTLED, Event, MailEntry, State, decode_event, decode_mail, encode_entry
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

MOMENTS = st.datetimes(timezones=st.just(UTC))
DOMAINS = st.sampled_from([Domain.parse("example.org"), Domain.parse("[192.0.2.1]"), Domain.parse("bücher.example")])
ADDRESSES = st.builds(Address, st.sampled_from(["joe", '"a b"', "用户"]), DOMAINS)
SIZES = st.integers(0, 2**40)
EVIDENCE = st.builds(Evidence, span=st.none() | st.builds(Span, SIZES, SIZES))
FINDINGS = st.builds(Finding, severity=st.sampled_from(Severity), evidence=st.lists(EVIDENCE, max_size=2).map(tuple))
PROOFS = st.builds(
    Proof,
    spf_details=st.lists(st.builds(SpfProof), max_size=2).map(tuple),
    dkim_details=st.lists(st.builds(DkimProof, covers_whole_body=st.booleans()), max_size=2).map(tuple),
    dmarc_details=st.none() | st.builds(DmarcProof, record=st.text()),
    arc_details=st.none() | st.builds(ArcProof, sealers=st.lists(st.text(), max_size=2).map(tuple)),
)
SCREENINGS = st.builds(
    Screening,
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    score=st.floats(0, 1),
    proof=PROOFS,
    parts=st.lists(st.builds(PartSummary, size_bytes=SIZES), max_size=2).map(tuple),
    elapsed_ms=st.floats(0, 1e9),
)
DECISIONS = st.builds(Decision, recipient=st.none() | ADDRESSES)
ENTRIES = st.builds(
    MailEntry,
    mail_id=st.from_regex(r"\A[0-9a-f]{32}\Z"),
    received_at=MOMENTS,
    size_bytes=SIZES,
    envelope=st.builds(
        Envelope, mail_from=st.none() | ADDRESSES, recipients=st.lists(ADDRESSES, max_size=3).map(tuple)
    ),
    verdict=st.builds(Verdict, SCREENINGS, st.lists(DECISIONS, min_size=1, max_size=3).map(tuple)),
    splices=st.lists(st.builds(Splice, offset=SIZES, removed_bytes=SIZES), max_size=2).map(tuple),
)
EVENTS = st.builds(
    Event,
    recipient_number=st.integers(0, 10_000),
    at=MOMENTS,
    attempts=st.integers(0, 10_000),
    next_attempt_at=st.none() | MOMENTS,
)


def build_entry() -> MailEntry:
    arrival = build_arrival()
    return MailEntry("a" * 32, RECEIVED_AT, 9, arrival.envelope, build_verdict(arrival), (Splice(0, 0, b"A: b\r\n"),))


def as_plain(entry: MailEntry | Event) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.msgpack.decode(encode_entry(entry))
    return plain


@given(ENTRIES)
def test_a_mail_reads_back_as_it_was_written(entry: MailEntry) -> None:
    assert decode_mail(encode_entry(entry)) == entry


@given(EVENTS)
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    assert decode_event(encode_entry(event)) == event


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_an_error_of_msgspec(meta: bytes) -> None:
    for decode in (decode_mail, decode_event):
        with pytest.raises(msgspec.MsgspecError):
            decode(meta)


def test_an_entry_from_before_a_later_field_still_reads() -> None:
    plain = as_plain(build_entry())
    del plain["splices"]
    for later in ("tls_version", "needs_smtputf8", "door"):
        del plain["envelope"][later]
    old = decode_mail(msgspec.msgpack.encode(plain))
    assert old == replace(build_entry(), splices=())


@pytest.mark.parametrize(
    "later",
    [
        [("author_domain",), ("arc_details", "vouched_by"), ("dmarc_details", "record")],
        [("spf_details",), ("dkim_details",), ("dmarc_details",), ("arc_details",), ("author_domain",)],
    ],
)
def test_a_journal_from_before_the_proof_knew_more_still_reads(later: list[tuple[str, ...]]) -> None:
    entry = build_entry()
    proof = replace(build_proof(record=""), arc_details=ArcProof(AuthResult.NONE))
    plain = as_plain(replace(entry, verdict=replace(entry.verdict, screening=Screening(proof=proof))))
    for *places, field in later:
        place = plain["verdict"]["screening"]["proof"]
        for name in places:
            place = place[name]
        del place[field]
    read = decode_mail(msgspec.msgpack.encode(plain)).verdict.screening.proof
    without = replace(proof, spf_details=(), dkim_details=(), dmarc_details=None, arc_details=None)
    assert read == (without if ("spf_details",) in later else proof)


def test_what_a_newer_gatepost_has_added_is_passed_over() -> None:
    plain = as_plain(build_entry())
    plain["colour"] = "blue"
    plain["envelope"]["mood"] = ["good"]
    assert decode_mail(msgspec.msgpack.encode(plain)) == build_entry()


def test_a_mail_is_no_event_and_an_event_no_mail() -> None:
    event = Event("a" * 32, 0, RECEIVED_AT, State.DELIVERED, "done")
    with pytest.raises(msgspec.MsgspecError):
        decode_event(encode_entry(build_entry()))
    with pytest.raises(msgspec.MsgspecError):
        decode_mail(encode_entry(event))


def test_lone_surrogates_in_a_stranger_s_text_do_not_refuse_the_mail() -> None:
    """No encoding holds them: the mail would have been put off for ever."""
    entry = build_entry()
    screening = replace(
        entry.verdict.screening, subject="pay \ud800 now", parts=(PartSummary("1", "a/b", "\udfff", 3),)
    )
    hostile = replace(
        entry,
        envelope=replace(entry.envelope, helo="h\udc80"),
        verdict=replace(entry.verdict, screening=screening),
    )
    read = decode_mail(encode_entry(hostile))
    assert read.verdict.screening.subject == "pay ? now"
    assert read.verdict.screening.parts[0].filename == "?"
    assert read.envelope.helo == "h?"
    assert read.splices == hostile.splices
    assert read.received_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_only_what_waits_is_not_settled() -> None:
    assert set(State) - SETTLED == {State.QUEUED, State.QUARANTINED}


def test_only_a_person_releases() -> None:
    event = Event("a" * 32, 0, RECEIVED_AT, State.QUEUED, "try later")
    assert not event.is_released
    assert replace(event, by="anna").is_released
    assert not replace(event, by="anna", state=State.DELETED).is_released
