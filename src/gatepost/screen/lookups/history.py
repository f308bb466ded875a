"""The history with a sender: what the recipients had from whoever sends this mail, and what they wrote there.

One question to the book of contacts, which the keeper fills from the journal. What counts for a mail is bound to the
way in which it proves its sender: a forger has no share in the history of whom he names, and mail of a forger adds
nothing to it. An answer to our mail counts for those who had a part in that mail: whoever makes a program of ours
write to him has not earned the trust of everybody else. Beside the answers stands the imprint: the numbers under which
this very mail is to be written down.

Standards: RFC 5322 §3.6.4 (Message-ID, In-Reply-To, References), RFC 3834 §5 (Auto-Submitted).
Trust: every name and address was chosen by a stranger; only keyed numbers of them leave this file.
Fails: never. Where the book cannot be asked, or the mail breaks this, the history is unknown, which weighs nothing.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gatepost.message.message import Mailbox, Message
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival
from gatepost.model.errors import BadAddress
from gatepost.model.facts import NO_FACTS, Contact, Facts, History, Imprint, Line, Way
from gatepost.model.networks import Network, is_inside
from gatepost.model.ports import ContactAnswer, ContactBook, ContactQuestion, ContactRow, Counters
from gatepost.model.proof import Proof
from gatepost.origin.author import Author, find_author
from gatepost.origin.organisation import find_organisation
from gatepost.screen.acquaintance import has_strangers_mailboxes
from gatepost.screen.lookups.contact_keys import ContactKeys
from gatepost.screen.lookups.ways import find_ways
from gatepost.screen.people import find_personal_name, list_names
from gatepost.screen.tables import Tables

MAX_READERS = 32  # a mail to more is written down for the first of them, and nothing is asked
MAX_WRITTEN_TO = 100
MAX_REFERENCES = 20
MAX_SENT_ASKED = 99  # numbers: of a mail to many, fewer references are looked at, so that no mail is a slow question
MAX_HEADER_CHARS = 20_000
KNOWN_MAILS = 3  # so many proven mails make somebody a known correspondent, whose name is not another's
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NOTHING = ContactRow()
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """What the lookup needs: built once for each process."""

    keys: ContactKeys
    book: ContactBook
    counters: Counters
    own_domains: frozenset[Domain]
    own_networks: tuple[Network, ...]
    tables: Tables


@dataclass(frozen=True, slots=True)
class _Sender:
    """The one visible sender of a mail, and in which ways it is proven."""

    address: str
    domain: str
    name: str  # of a person, as it compares; "" where it shows none
    ways: tuple[Way, ...]
    is_ours: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """Who is asked about, and under which numbers."""

    sender: _Sender
    readers: tuple[Line, ...]
    domains: tuple[Line, ...]
    addresses: tuple[str, ...]  # of the readers


def look_up_history(message: Message, arrival: Arrival, proof: Proof, desk: HistoryDesk) -> Facts:
    """Ask what is known of the sender of one mail, and name what the mail itself adds to that."""
    try:
        return _look_up(message, arrival, proof, desk)
    except Exception:  # noqa: BLE001 - whatever the mail holds, what is unknown must not keep it from being judged
        desk.counters.add("history_unknown_total")
        return NO_FACTS


def _look_up(message: Message, arrival: Arrival, proof: Proof, desk: HistoryDesk) -> Facts:
    author = find_author(message)
    if not isinstance(author, Author):
        return NO_FACTS  # who cannot be named has no history
    sender = _read_sender(author, message, arrival, proof, desk)
    recipients = [(number, one) for number, one in enumerate(arrival.envelope.recipients) if _is_ours(one, desk)]
    first = recipients[:MAX_READERS]
    seen = _Seen(
        sender,
        tuple(_number_reader(number, one.key, sender, desk) for number, one in first),
        tuple(_number_domain(number, f"@{name}", sender, desk) for name, number in _list_domains(first).items()),
        tuple(one.key for _, one in first),
    )
    imprint = _make_imprint(seen, message, arrival, desk)
    if not recipients or len(recipients) > MAX_READERS:
        return Facts(imprint=imprint)
    return Facts(_ask(seen, message, arrival.received_at, desk), imprint)


def _is_ours(address: Address, desk: HistoryDesk) -> bool:
    return address.domain in desk.own_domains


def _list_domains(recipients: Iterable[tuple[int, Address]]) -> Mapping[str, int]:
    """Give the domains, each with the number of its first recipient."""
    first: dict[str, int] = {}
    for number, one in recipients:
        first.setdefault(one.domain.name, number)
    return first


def _number_domain(recipient_number: int, domain: str, sender: _Sender, desk: HistoryDesk) -> Line:
    return Line(recipient_number, desk.keys.reader(domain), desk.keys.pair(domain, sender.address))


def _number_reader(recipient_number: int, reader: str, sender: _Sender, desk: HistoryDesk) -> Line:
    name = desk.keys.name(reader, sender.name) if sender.name else None
    return Line(recipient_number, desk.keys.reader(reader), desk.keys.pair(reader, sender.address), name)


def _read_sender(author: Author, message: Message, arrival: Arrival, proof: Proof, desk: HistoryDesk) -> _Sender:
    shown = message.from_[0].display_name if message.from_ else ""
    mail_from = arrival.envelope.mail_from
    names_us = bool(mail_from and _is_ours(mail_from, desk)) and Domain(author.domain) in desk.own_domains
    is_inside_us = names_us and is_inside(arrival.envelope.client_ip, desk.own_networks)
    ways = (Way.NETWORK,) if is_inside_us else tuple(find_ways(author, message, proof))
    return _Sender(
        address=f"{author.address.rpartition('@')[0].lower()}@{author.domain}",
        domain=author.domain,
        name=_write_name(shown),
        ways=ways,
        is_ours=names_us and bool(ways),
    )


def _write_name(shown: str) -> str:
    """Give a person's name as it compares: "Nora Oak | Ann Berg" is another one than "Ann Nora Berg Oak"."""
    return "|".join(map(" ".join, sorted(list_names(shown)))) if find_personal_name(shown) else ""


def _make_imprint(seen: _Seen, message: Message, arrival: Arrival, desk: HistoryDesk) -> Imprint:
    sender, keys = seen.sender, desk.keys
    others = _list_addressed(message, arrival) if sender.is_ours and not _is_automatic(message) else []
    others = [one for one in others if one != sender.address]
    selves = (sender.address, f"@{sender.domain}")
    involved = [*others, *_list_answered(sender, message, desk)] if others and message.message_id else []
    return Imprint(
        lines=(*seen.readers, *seen.domains),
        organisation=_number_organisation(sender, desk),
        ways=sender.ways,
        written=tuple(keys.pair(one, other) for other in others for one in selves),
        sent=tuple(keys.sent(message.message_id, one) for one in dict.fromkeys(involved)),
    )


def _list_answered(sender: _Sender, message: Message, desk: HistoryDesk) -> Iterator[str]:
    """Give our addresses that an answer to a mail of ours goes to."""
    yield sender.address
    for mailbox in message.reply_to[:MAX_WRITTEN_TO]:
        key = _read_key(mailbox)
        if key and _is_ours(Address.parse(key), desk):
            yield key


def _is_automatic(message: Message) -> bool:
    """Say whether a program wrote it: whoever gets a holiday notice was not written to."""
    return message.header_text("auto-submitted").strip().lower() not in ("", "no")


def _list_addressed(message: Message, arrival: Arrival) -> list[str]:
    """Give whom a mail of ours was written to: those of the envelope, and those that it shows."""
    shown = itertools.chain(message.to, message.cc)
    found = [*(one.key for one in arrival.envelope.recipients), *filter(None, map(_read_key, shown))]
    return list(dict.fromkeys(found))[:MAX_WRITTEN_TO]


def _read_key(mailbox: Mailbox) -> str:
    try:
        return Address.parse(mailbox.address).key
    except BadAddress:
        return ""


def _ask(seen: _Seen, message: Message, now: datetime, desk: HistoryDesk) -> History | None:
    lines = (*seen.readers, *seen.domains)
    involved = (seen.sender.address, *seen.addresses)
    references = _list_references(message)[: MAX_SENT_ASKED // len(involved)]
    sent = {name: [desk.keys.sent(name, one) for one in involved] for name in references}
    question = ContactQuestion(
        keys=tuple(key for line in lines for key in (line.reader, line.pair)),
        names=tuple(line.name for line in seen.readers if line.name is not None),
        sent=tuple(itertools.chain.from_iterable(sent.values())),
    )
    answer = desk.book.ask(question)
    if answer is None:
        desk.counters.add("history_unknown_total")
        return None
    organisation = _number_organisation(seen.sender, desk)
    today = (now - EPOCH).days
    tell = _make_teller(answer, organisation, today)
    return History(
        ways=seen.sender.ways,
        readers=tuple(map(tell, seen.readers)),
        domain=tell(seen.domains[0]) if len(seen.domains) == 1 else None,
        answers_ours=any(map(answer.sent.issuperset, sent.values())),
    )


def _number_organisation(sender: _Sender, desk: HistoryDesk) -> int:
    """Name the sender's organisation: where anybody may open a mailbox, each is one of its own."""
    if has_strangers_mailboxes(sender.domain, desk.tables):
        return desk.keys.organisation(sender.address)
    return desk.keys.organisation(find_organisation(sender.domain))


def _list_references(message: Message) -> list[str]:
    """Give the names of the mails that this one answers, nearest first."""
    found: list[str] = []
    for name in ("in-reply-to", "references"):
        found += reversed(_MESSAGE_ID.findall(message.header_text(name)[-MAX_HEADER_CHARS:]))
    return list(dict.fromkeys(found))[:MAX_REFERENCES]


def _make_teller(answer: ContactAnswer, organisation: int, today: int) -> Callable[[Line], Contact]:
    def tell(line: Line) -> Contact:
        reader, pair = answer.rows.get(line.reader, _NOTHING), answer.rows.get(line.pair, _NOTHING)
        return Contact(
            mails=reader.delivered,
            days=max(0, today - reader.first_day) if reader.delivered else 0,
            delivered=pair.delivered,
            known_days=max(0, today - pair.first_day) if pair.delivered else 0,
            by_dkim=pair.by_dkim,
            by_spf=pair.by_spf,
            by_seal=pair.by_seal,
            by_network=pair.by_network,
            held=pair.held,
            written=pair.written,
            name_is_known=_names_another(line, answer, organisation),
            bore_this_name=line.name is not None and pair.name == line.name,
        )

    return tell


def _names_another(line: Line, answer: ContactAnswer, organisation: int) -> bool:
    """Say whether one known correspondent, at another organisation, goes by this name; a name of many says nothing."""
    if line.name is None:
        return False
    known = [one for one in answer.named.get(line.name, ()) if _is_known(one)]
    return len(known) == 1 and known[0].key != line.pair and known[0].organisation != organisation


def _is_known(row: ContactRow) -> bool:
    proven = max(row.by_dkim, row.by_spf, row.by_seal, row.by_network)
    return bool(row.organisation) and (proven >= KNOWN_MAILS or bool(row.written and proven))
