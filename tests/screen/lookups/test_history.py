"""What one question to the book brings for a mail, and what the mail leaves behind; forgers share in nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeContactBook, FakeCounters
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.facts import NO_FACTS, Contact, Facts, History, Imprint, Way
from gatepost.model.ports import ContactRow
from gatepost.model.proof import UNPROVEN, AuthResult, DmarcProof, Proof
from gatepost.screen.lookups.contact_keys import ContactKeys
from gatepost.screen.lookups.history import MAX_READERS, HistoryDesk, look_up_history
from gatepost.screen.tables import load_tables

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TODAY = (NOW - datetime(1970, 1, 1, tzinfo=UTC)).days
KEYS = ContactKeys(b"k" * 32)
ANN, BO, CY = "ann@woodwork.example", "bo@mill.example", "cy@mill.example"
TABLES = load_tables()
OWN_NETWORK = "192.0.2.9"


def prove(domain: str = "woodwork.example") -> Proof:
    details = DmarcProof(AuthResult.PASS, domain, dkim_is_aligned=True)
    return Proof(dmarc=AuthResult.PASS, dmarc_details=details)


@dataclass
class Bench:
    """The lookup over a book in memory; mail comes from Ann to Bo unless said otherwise."""

    book: FakeContactBook = field(default_factory=FakeContactBook)
    counters: FakeCounters = field(default_factory=FakeCounters)

    def look_up(self, *to: str, proof: Proof = UNPROVEN, head: str = "", sender: str = f"Ann Oak <{ANN}>",
                mail_from: str = ANN, client_ip: str = "203.0.113.5") -> Facts:  # fmt: skip
        raw = f"From: {sender}\r\n{head}Message-ID: <1@x>\r\n\r\nHello.\r\n".encode()
        recipients = tuple(map(Address.parse, to or (BO,)))
        envelope = Envelope(Address.parse(mail_from), recipients, client_ip, "", "SMTP")
        return look_up_history(parse_message(raw), Arrival("1", NOW, envelope, raw), proof, self.desk)

    @property
    def desk(self) -> HistoryDesk:
        own = frozenset({Domain("mill.example"), Domain("mill.test")})
        return HistoryDesk(KEYS, self.book, self.counters, own, (ip_network("192.0.2.0/24"),), TABLES)

    def ask(self, *to: str, **mail: object) -> History:
        history = self.look_up(*to, **mail).history  # type: ignore[arg-type]
        assert history is not None
        return history

    def leave(self, *to: str, **mail: object) -> Imprint:
        imprint = self.look_up(*to, **mail).imprint  # type: ignore[arg-type]
        assert imprint is not None
        return imprint


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_written_down_is_told(bench: Bench) -> None:
    bench.book.rows[KEYS.reader(BO)] = ContactRow(delivered=40, first_day=TODAY - 90)
    pair = KEYS.pair(BO, ANN)
    bench.book.rows[pair] = ContactRow(pair, 1, TODAY - 30, delivered=5, by_dkim=4, held=1, written=2)
    told = bench.ask(proof=prove())
    assert told.ways == (Way.DKIM,)
    assert told.readers == (
        Contact(mails=40, days=90, delivered=5, known_days=30, by_dkim=4, held=1, written=2, name_is_known=False),
    )
    assert told.domain == Contact()
    assert told.readers[0].count_proven(told.ways) == 4


def test_an_unproven_mail_has_no_way_to_the_history_of_whom_it_names(bench: Bench) -> None:
    pair = KEYS.pair(BO, ANN)
    bench.book.rows[pair] = ContactRow(pair, 1, TODAY - 30, delivered=5, by_dkim=5)
    told = bench.ask()
    assert told.readers[0].count_proven(told.ways) == 0


def test_all_readers_of_one_domain_are_told_together_and_several_domains_are_not(bench: Bench) -> None:
    bench.book.rows[KEYS.reader("@mill.example")] = ContactRow(delivered=7, first_day=TODAY)
    assert bench.ask(BO, CY).domain == Contact(mails=7)
    told = bench.ask(BO, "dee@mill.test")
    assert (told.domain, len(told.readers)) == (None, 2)


def test_spellings_of_an_address_are_one(bench: Bench) -> None:
    plain, loud = bench.leave(), bench.leave("BO@Mill.Example", sender="ANN@Woodwork.EXAMPLE")
    assert [line.pair for line in plain.lines] == [line.pair for line in loud.lines]


def test_whom_nobody_can_name_has_no_history(bench: Bench) -> None:
    assert bench.look_up(sender="a@b.example, c@d.example") == NO_FACTS
    assert bench.book.asked == []


def test_recipients_elsewhere_are_not_written_down(bench: Bench) -> None:
    facts = bench.look_up("eve@elsewhere.example")
    assert facts.history is None
    assert facts.imprint == bench.leave("eve@elsewhere.example")
    assert bench.leave("eve@elsewhere.example").lines == ()
    assert [line.recipient_number for line in bench.leave("eve@elsewhere.example", BO).lines] == [1, 1]


def test_mail_to_very_many_is_written_down_for_some_and_nothing_is_asked(bench: Bench) -> None:
    many = [f"r{number}@mill.example" for number in range(MAX_READERS + 1)]
    facts = bench.look_up(*many)
    assert facts.history is None
    assert facts.imprint is not None
    assert len(facts.imprint.lines) == MAX_READERS + 1  # and one for the domain
    assert bench.book.asked == []


def test_a_book_that_does_not_answer_is_counted_and_the_mail_still_leaves_its_imprint(bench: Bench) -> None:
    bench.book.is_closed = True
    facts = bench.look_up()
    assert facts.history is None
    assert facts.imprint == Bench().leave()
    assert bench.counters.numbers == {"history_unknown_total": 1}


def test_a_lookup_that_breaks_is_counted_and_knows_nothing(bench: Bench) -> None:
    bench.book.rows = None  # type: ignore[assignment] # breaks the answer
    assert bench.look_up() == NO_FACTS
    assert bench.counters.numbers == {"history_unknown_total": 1}


# -- names ----------------------------------------------------------------------------------------------------------


def know_ann_as(bench: Bench, **row: int) -> None:
    name = KEYS.name(BO, "ann oak")
    known = {"key": KEYS.pair(BO, ANN), "organisation": KEYS.organisation("woodwork.example"), "by_dkim": 3} | row
    bench.book.named.setdefault(name, []).append(ContactRow(**known, name=name))
    bench.book.rows[known["key"]] = ContactRow(**known, name=name)


@pytest.mark.parametrize("shown", ["Ann Oak", "Oak, Ann", "ANN OAK"])
def test_the_name_of_a_known_correspondent_from_a_strange_address_is_told(bench: Bench, shown: str) -> None:
    know_ann_as(bench)
    assert bench.ask(sender=f"{shown} <ann.oak@post.test>").readers[0].name_is_known


def test_the_correspondents_themselves_and_their_colleagues_may_use_the_name(bench: Bench) -> None:
    know_ann_as(bench)
    assert not bench.ask().readers[0].name_is_known
    assert not bench.ask(sender="Ann Oak <ann@mail.woodwork.example>").readers[0].name_is_known


@pytest.mark.parametrize("provider", ["gmail.com", "yahoo.es", "outlook.fr", "hotmail.it", "evil.onmicrosoft.com"])
def test_who_has_a_mailbox_at_the_same_provider_is_no_colleague(bench: Bench, provider: str) -> None:
    friend = f"ann@{provider}"
    left = bench.leave(sender=f"Ann Oak <{friend}>")
    know_ann_as(bench, key=KEYS.pair(BO, friend), organisation=left.organisation)
    assert bench.ask(sender=f"Ann Oak <ann.oak2@{provider}>").readers[0].name_is_known
    assert not bench.ask(sender=f"Ann Oak <{friend}>").readers[0].name_is_known


def test_a_name_that_several_use_or_that_nobody_knows_says_nothing(bench: Bench) -> None:
    know_ann_as(bench, by_dkim=2)
    assert not bench.ask(sender="Ann Oak <ann.oak@post.test>").readers[0].name_is_known
    know_ann_as(bench)
    know_ann_as(bench, key=5)
    assert not bench.ask(sender="Ann Oak <ann.oak@post.test>").readers[0].name_is_known


def test_it_is_told_whether_the_sender_bore_the_name_before(bench: Bench) -> None:
    assert not bench.ask().readers[0].bore_this_name
    know_ann_as(bench, by_dkim=1)
    assert bench.ask().readers[0].bore_this_name
    assert not bench.ask(sender=f"Nora Lindqvist <{ANN}>").readers[0].bore_this_name
    assert not bench.ask(sender="Ann Oak <eve@post.test>").readers[0].bore_this_name
    bench.book.named.clear()  # so many share the name that the book does not tell all of them
    assert bench.ask().readers[0].bore_this_name


def test_the_same_words_in_other_pieces_are_another_name(bench: Bench) -> None:
    (one, _), (other, _) = (bench.leave(sender=f'"{shown}" <{ANN}>').lines
                            for shown in ("Nora Oak | Ann Berg", "Ann Nora Berg Oak"))  # fmt: skip
    assert one.name != other.name


def test_a_department_has_no_name_to_be_taken(bench: Bench) -> None:
    assert [line.name is None for line in bench.leave().lines] == [False, True]  # nor has a whole domain one to know
    assert all(line.name is None for line in bench.leave(sender=f"Woodwork Support <{ANN}>").lines)


# -- what our people write --------------------------------------------------------------------------------------------

TO_ANN = f"To: Ann <{ANN.upper()}>\r\nCc: {CY}\r\n"


def test_a_mail_of_ours_is_remembered_with_all_whom_it_was_written_to(bench: Bench) -> None:
    left = bench.leave(CY, sender=f"Bo <{BO}>", mail_from=BO, client_ip=OWN_NETWORK, head=TO_ANN)
    assert left.ways == (Way.NETWORK,)
    assert set(left.sent) == {KEYS.sent("1@x", one) for one in (CY, ANN, BO)}
    assert {KEYS.pair(BO, ANN), KEYS.pair("@mill.example", ANN)} <= set(left.written)


@pytest.mark.parametrize(("value", "is_written"), [("auto-replied", False), ("No", True)])
def test_a_holiday_notice_is_no_letter(bench: Bench, value: str, *, is_written: bool) -> None:
    head = f"{TO_ANN}Auto-Submitted: {value}\r\n"
    left = bench.leave(CY, sender=f"Bo <{BO}>", mail_from=BO, client_ip=OWN_NETWORK, head=head)
    assert (bool(left.written), bool(left.sent)) == (is_written, is_written)


def test_a_stranger_under_our_name_is_not_one_of_ours(bench: Bench) -> None:
    left = bench.leave(CY, sender=f"Bo <{BO}>", mail_from=BO, head=TO_ANN)
    assert (left.ways, left.written, left.sent) == ((), (), ())
    left = bench.leave(CY, sender=f"Bo <{BO}>", mail_from="x@evil.example", client_ip=OWN_NETWORK, head=TO_ANN)
    assert (left.ways, left.written, left.sent) == ((), (), ())
    left = bench.leave(CY, sender=f"Ann <{ANN}>", mail_from=BO, client_ip=OWN_NETWORK, head=TO_ANN)
    assert (left.ways, left.written, left.sent) == ((), (), ())


def test_a_mail_of_ours_from_outside_counts_when_it_is_proven(bench: Bench) -> None:
    left = bench.leave(CY, sender=f"Bo <{BO}>", mail_from=BO, head=TO_ANN, proof=prove("mill.example"))
    assert left.ways == (Way.DKIM,)
    assert left.sent


@pytest.mark.parametrize("head", ["In-Reply-To: <9@mill>\r\n", "References: <0@y>\r\n <9@mill> <8@z>\r\n"])
def test_an_answer_to_what_we_sent_to_this_sender_is_known(bench: Bench, head: str) -> None:
    bench.book.sent |= {KEYS.sent("9@mill", ANN), KEYS.sent("9@mill", BO)}
    assert bench.ask(head=head).answers_ours
    assert not bench.ask(head=head, sender="eve@evil.example").answers_ours
    assert not bench.ask().answers_ours


def test_an_answer_counts_for_those_alone_who_had_a_part_in_the_mail(bench: Bench) -> None:
    """Eve fills in a form, is thanked by a program of ours, and answers that to whom she likes."""
    form, eve, thanked = "form@mill.example", "eve@evil.example", "In-Reply-To: <1@x>\r\n"
    head = f"To: {eve}\r\nReply-To: Help <Help@mill.example>, <help@elsewhere.example>\r\n"
    bench.book.sent |= set(bench.leave(eve, sender=form, mail_from=form, client_ip=OWN_NETWORK, head=head).sent)
    assert not bench.ask(BO, sender=eve, head=thanked).answers_ours
    assert not bench.ask(BO, form, sender=eve, head=thanked).answers_ours
    assert bench.ask(form, sender=eve, head=thanked).answers_ours
    assert bench.ask("help@mill.example", sender=eve, head=thanked).answers_ours
    assert KEYS.sent("1@x", "help@elsewhere.example") not in bench.book.sent


def test_a_thousand_references_are_a_few_questions(bench: Bench) -> None:
    head = "References: " + "\r\n ".join(f"<{number}@y>" for number in range(1000)) + "\r\n"
    bench.book.sent |= {KEYS.sent("999@y", ANN), KEYS.sent("999@y", BO)}
    assert bench.ask(head=head).answers_ours
    assert len(bench.book.asked[0].sent) == 40
    bench.ask(*(f"r{number}@mill.example" for number in range(MAX_READERS)), head=head)
    assert len(bench.book.asked[1].sent) == 99


def test_nothing_that_could_be_read_is_left_behind(bench: Bench) -> None:
    left = repr(bench.leave(sender=f"Bo <{BO}>", mail_from=BO, client_ip=OWN_NETWORK, head=TO_ANN))
    assert not any(word in left.lower() for word in ("ann", "bo@", "mill", "woodwork", "1@x"))


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"From: {text}\r\nTo: {text}\r\n".encode()))
def test_any_mail_has_its_facts(raw: bytes) -> None:
    bench = Bench()
    envelope = Envelope(Address.parse(BO), (Address.parse(CY),), OWN_NETWORK, "", "SMTP")
    mail = b"From: " + BO.encode() + b"\r\nMessage-ID: " + raw + b"\r\nReferences: " + raw + b"\r\n" + raw
    for one in (raw, mail):
        look_up_history(parse_message(one), Arrival("1", NOW, envelope, one), UNPROVEN, bench.desk)
    assert bench.counters.numbers == {}  # nothing broke


def test_a_day_that_lies_ahead_is_today(bench: Bench) -> None:
    later = (NOW + timedelta(days=3) - datetime(1970, 1, 1, tzinfo=UTC)).days
    bench.book.rows[KEYS.reader(BO)] = ContactRow(delivered=1, first_day=later)
    assert bench.ask().readers[0].days == 0
