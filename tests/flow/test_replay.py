"""A kept mail is judged again from what was recorded with it; each difference is named, and its cause."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning_mails import find, write_mail
from doubles import FakeClock
from feed_builders import put_table
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.settings import FeedSettings, FeedsSettings
from gatepost.feeds.shelf import open_shelf
from gatepost.flow.clean import MAX_ROUNDS, clean_at_once
from gatepost.flow.desk import Desk
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging, build_judging, give_feeds
from gatepost.flow.replay import replay
from gatepost.flow.take_out import ANY_HOST, Subject
from gatepost.model.address import Domain
from gatepost.model.envelope import Arrival
from gatepost.model.facts import Contact, Facts, History, Imprint, Line, Way
from gatepost.model.finding import Feature, Finding
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Action
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.settings import CheckSettings, ScreenSettings
from gatepost.store.entries import StoredMail, decode_mail, encode_entry
from gatepost.store.journal import Journal
from gatepost.store.ledger import JOURNAL_FOLDER, Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault, build_entry
from store_builders import build_arrival, build_proof

MAIL_ID = "a" * 32
RAW = (
    b"From: PayPal <x@y.example>\r\nSubject: Your account\r\nContent-Type: text/html\r\n\r\n"
    b'<p>Verify your password.</p><a href="http://y.example/">https://www.paypal.com/</a>\r\n'
)
ARRIVAL = build_arrival(MAIL_ID, "you@example.org", "me@example.org", raw=RAW)
LISTS = FeedsSettings(lists={"bad": FeedSettings(url="https://lists.example/bad.txt")})


def make_judging(screening: ScreenSettings | None = None, deciding: dict[str, Any] | None = None) -> Judging:
    own = frozenset({Domain.parse("example.org")})
    return build_judging(
        screening or ScreenSettings(), msgspec.convert(deciding or {}, DecideSettings), own, FakeClock()
    )


JUDGING = make_judging()


def keep(arrival: Arrival = ARRIVAL, judging: Judging = JUDGING, proof: Proof = UNPROVEN) -> StoredMail:
    """Judge a mail, and give it as it comes back from the disk."""
    entry = build_entry(arrival, judge_at_once(arrival, judging, proof), ())
    return StoredMail(decode_mail(encode_entry(entry)), arrival.raw)


def change(kept: StoredMail, **fields: Any) -> StoredMail:
    """Let something else be recorded with the mail."""
    screening = replace(kept.entry.verdict.screening, **fields)
    return replace(kept, entry=replace(kept.entry, verdict=replace(kept.entry.verdict, screening=screening)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    async def accept() -> None:
        journal = Journal(tmp_path / JOURNAL_FOLDER, FakeClock(), StoreSettings(), lambda: None)
        await JournalVault(journal).keep(ARRIVAL, judge_at_once(ARRIVAL, JUDGING, build_proof()), ())
        await journal.close()

    Ledger(tmp_path, FakeClock(), StoreSettings()).close()
    asyncio.run(accept())
    ledger = Ledger(tmp_path, FakeClock(), StoreSettings())
    ledger.recover()
    yield Desk(ledger, FakeClock(), lambda: None)
    ledger.close()


def test_a_mail_from_the_books_gets_the_same_verdict_with_the_proof_of_its_day(desk: Desk) -> None:
    outcome = replay(desk.recall(MAIL_ID[:8]), JUDGING)
    assert outcome.is_same
    assert (outcome.differences, outcome.circumstances) == ((), ())
    assert outcome.now.screening.proof == build_proof()
    assert outcome.now.action is Action.REJECT


def test_the_proof_of_the_day_counts_in_the_new_verdict() -> None:
    unproven = change(keep(proof=build_proof()), proof=UNPROVEN)
    told = {one.what for one in replay(unproven, JUDGING).differences}
    assert {"finding unproven_sender.reject", "action for you@example.org", "action for me@example.org"} <= told


@pytest.mark.parametrize("count", [1, MAX_ROUNDS + 1])
def test_a_mail_that_was_cleaned_or_could_not_be_gets_the_same_verdict(count: int) -> None:
    def name_document(case: Case, _kit: Kit) -> Iterator[Finding | Feature]:
        documents = (part.path for part in case.message.attachments if part.filename.endswith(".docm"))
        return (find(path) for path in itertools.islice(documents, 1))

    judging = make_judging(deciding={"findings": {"office_macro.*": "clean"}})
    judging = replace(judging, kit=replace(judging.kit, checks=(LoadedCheck("office_macro", name_document),)))
    raw = write_mail(*((f"{number}.docm", b"PK%d" % number) for number in range(count)))
    arrival = replace(ARRIVAL, raw=raw)
    judged = judge_at_once(arrival, judging)
    verdict, _ = clean_at_once(Subject(arrival, judged.screening, (), ANY_HOST), judged, judging)
    assert verdict.action is (Action.CLEAN if count == 1 else Action.QUARANTINE)
    kept = StoredMail(decode_mail(encode_entry(build_entry(arrival, verdict, ()))), arrival.raw)
    assert replay(kept, judging).differences == ()


def test_the_history_of_the_day_counts_though_it_has_gone_on_since() -> None:
    """Whatever the book says by now, and whether there is a book at all."""
    mail = replace(ARRIVAL, raw=b"From: Ann Oak <ann@woodwork.example>\r\nSubject: Oak\r\n\r\nBeech, please.\r\n")
    contact = Contact(mails=90, days=60, delivered=9, known_days=40, by_dkim=9)
    imprint = Imprint((Line(0, -(2**63), 2**63 - 1, None),), 5, (Way.DKIM,), (6,), (7,))
    facts = Facts(History((Way.DKIM,), (contact, contact), contact), imprint)
    kept = StoredMail(
        decode_mail(encode_entry(build_entry(mail, judge_at_once(mail, JUDGING, facts=facts), ()))), mail.raw
    )
    assert kept.entry.verdict.screening.facts == facts
    outcome = replay(kept, JUDGING)
    assert outcome.is_same
    assert outcome.now.screening.facts == facts
    assert outcome.now.screening.score != judge_at_once(mail, JUDGING).screening.score


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"Subject: {text}\r\n\r\n{text}".encode()))
def test_any_mail_gets_the_same_verdict_again(raw: bytes) -> None:
    assert replay(keep(replace(ARRIVAL, raw=raw)), JUDGING).is_same


def test_another_score_and_another_model_are_named() -> None:
    outcome = replay(change(keep(), score=0.25, model="older"), JUDGING)
    (score,) = [one for one in outcome.differences if one.what == "score"]
    assert (score.recorded, score.now) == ("0.250000", f"{outcome.now.screening.score:.6f}")
    (model,) = outcome.circumstances
    assert (model.what, model.recorded, model.now) == ("model", "older", outcome.now.screening.model)


def test_findings_that_came_went_or_point_elsewhere_are_named() -> None:
    kept = keep()
    first, *others = kept.entry.verdict.screening.findings
    lost = replay(change(kept, findings=tuple(others)), JUDGING).differences
    assert [(one.what, one.recorded, one.now) for one in lost] == [(f"finding {first.code}", "", first.says)]
    moved = replace(first, evidence=())
    (elsewhere,) = replay(change(kept, findings=(moved, *others)), JUDGING).differences
    assert elsewhere.recorded != elsewhere.now


def test_settings_that_have_changed_are_named_by_their_part() -> None:
    kept = keep()
    milder = replay(kept, make_judging(deciding={"severities": {"danger": "flag"}, "quarantine_at": 1.0}))
    assert [one.what for one in milder.circumstances] == ["settings decide"]
    assert {one.what for one in milder.differences} >= {"action for you@example.org"}
    off = make_judging(ScreenSettings(checks={"link_mismatch": CheckSettings(enabled=False)}))
    without = replay(kept, off)
    assert [one.what for one in without.circumstances] == ["settings screen"]
    assert "finding link_mismatch.host" in {one.what for one in without.differences}


def test_the_name_of_the_models_file_is_no_setting_of_its_own() -> None:
    named = make_judging(ScreenSettings(model="none"))
    assert [one.what for one in replay(keep(), named).circumstances] == ["model"]


def test_a_list_that_has_grown_is_named_with_both_versions(tmp_path: Path) -> None:
    before = give_feeds(JUDGING, open_shelf(tmp_path, LISTS))
    put_table(tmp_path, "bad", "http://y.example/\n")
    after = give_feeds(JUDGING, open_shelf(tmp_path, LISTS))
    outcome = replay(keep(judging=before), after)
    (grown,) = outcome.circumstances
    assert (grown.what, grown.recorded, grown.now) == ("list bad", "", after.kit.feeds.versions["bad"])
    assert "finding listed_url.phishing" in {one.what for one in outcome.differences}
    assert replay(keep(judging=after), after).is_same


def test_a_mail_kept_before_versions_were_recorded_is_judged_again_all_the_same() -> None:
    kept = keep()
    old = replace(kept, entry=replace(kept.entry, verdict=replace(kept.entry.verdict, gatepost="", settings=())))
    outcome = replay(old, JUDGING)
    assert outcome.is_same
    assert [(one.what, one.recorded) for one in outcome.circumstances] == [("gatepost", "")]


def test_a_mail_that_could_not_be_judged_then_and_can_be_now_is_told() -> None:
    broken = change(keep(), was_judged=False)
    assert "was_judged" in {one.what for one in replay(broken, JUDGING).differences}
