"""What a history says of a sender: new, known, or neither; for all whom a mail goes to, or it says nothing.

A deceiver needs patience for a history of his own, and it counts modestly: his first mails must be harmless, proven
the same way, delivered over a week, to each of those whom he then writes to.

Fails: never. An unknown history is neither new nor known.
"""

from gatepost.model.facts import Contact, History, Way
from gatepost.screen.case import Case, Kit
from gatepost.screen.people import read_key
from gatepost.screen.tables import Tables

MIN_READER_MAILS = 30  # of a reader of whom less is known, nobody can say who is new
MIN_READER_DAYS = 14
KNOWN_MAILS = 3
KNOWN_DAYS = 7
MAX_HELD_SHARE = 0.2
MIN_PROVEN_SHARE = 0.9  # of the mail of a sender who proves it always
_ALL_WAYS = tuple(Way)
# Domains of well-known organisations in which their customers have mailboxes, or open a domain of their own.
_CUSTOMERS_DOMAINS = (
    "188.com aliyun.com amazonaws.com amazonses.com att.net comcast.net docomo.ne.jp magenta.de mxhichina.com"
    " onmicrosoft.com qiye.163.com sbcglobal.net secureserver.net t-mobile.de verizon.net vodafone.de vodafonemail.de"
    " wo.cn xfinity.com yahoogroups.com"
)
_WEBMAIL_NAMES = "aol gmx googlemail hotmail icloud live msn outlook protonmail yahoo yandex ymail"  # in every country
_WEBMAIL = frozenset(_WEBMAIL_NAMES.split())
_HAVE_CUSTOMERS = frozenset(_CUSTOMERS_DOMAINS.split())


def is_new(history: History) -> bool:
    """Say whether none of the recipients has had mail from the sender, nor written there."""
    return bool(history.readers) and all(map(_is_stranger, history.readers))


def is_new_to_all_of_long_standing(history: History) -> bool:
    """Say the same where the recipients have been known long enough to tell."""
    return is_new(history) and all(map(_has_long_standing, history.readers))


def is_new_to_the_domain(history: History) -> bool:
    """Say whether nobody in the recipients' domain, known long enough to tell, has had to do with the sender."""
    domain = history.domain
    return domain is not None and _is_stranger(domain) and _has_long_standing(domain)


def is_known(history: History) -> bool:
    """Say whether each of the recipients knows the sender, and the mail is proven as the former ones were."""
    return bool(history.readers) and all(_is_known(reader, history) for reader in history.readers)


def is_known_by_this_name(history: History) -> bool:
    """Say whether the sender is known to each of the recipients under the name that the mail shows."""
    return is_known(history) and all(reader.bore_this_name for reader in history.readers)


def bears_a_known_name(history: History) -> bool:
    """Say whether one of the recipients, who never had to do with the sender, knows somebody else by that name."""
    return any(one.name_is_known and _is_stranger(one) for one in history.readers)


def took_a_known_name(history: History) -> bool:
    """Say whether a proven sender, who wrote under another name before, shows that of somebody a recipient knows."""
    renamed = (one.name_is_known and bool(one.delivered) and not one.bore_this_name for one in history.readers)
    return bool(history.ways) and any(renamed)


def always_proved_itself(history: History) -> bool:
    """Say whether the sender is known to each of the recipients by mail that was nearly always proven."""
    return bool(history.readers) and all(map(_was_always_proven, history.readers))


def _is_stranger(contact: Contact) -> bool:
    return not (contact.delivered or contact.written)


def _has_long_standing(contact: Contact) -> bool:
    return contact.mails >= MIN_READER_MAILS and contact.days >= MIN_READER_DAYS


def _is_known(contact: Contact, history: History) -> bool:
    if not history.ways or contact.held > MAX_HELD_SHARE * (contact.delivered + contact.held):
        return False
    if history.ways == (Way.SPF,) and _always_signs(contact):
        return False  # that the client may send for the domain, other customers of the same host can bring about, too
    proven = contact.count_proven(history.ways)
    return bool(contact.written) or (proven >= KNOWN_MAILS and contact.known_days >= KNOWN_DAYS)


def _always_signs(contact: Contact) -> bool:
    return contact.by_dkim >= KNOWN_MAILS and contact.by_dkim >= MIN_PROVEN_SHARE * contact.delivered


def _was_always_proven(contact: Contact) -> bool:
    proven = contact.count_proven(_ALL_WAYS)
    return proven >= KNOWN_MAILS and proven >= MIN_PROVEN_SHARE * contact.delivered


def is_proven_service(domain: str, case: Case, kit: Kit) -> bool:
    """Say whether a well-known organisation is proven to send the mail: such services write in people's names."""
    owners = kit.tables.find_owners(kit.tables.find_registrable_domain(domain))
    return case.proof.author_is_proven and bool(owners) and not has_strangers_mailboxes(domain, kit.tables)


def has_strangers_mailboxes(domain: str, tables: Tables) -> bool:
    """Say whether others than one organisation write from a domain: mailboxes or names that anybody may open there."""
    registered = tables.find_registrable_domain(domain)
    names = (domain, registered)
    if not _HAVE_CUSTOMERS.isdisjoint(names) or not tables.free_mail.isdisjoint(names):
        return True
    return registered.partition(".")[0] in _WEBMAIL


def is_address_of_ours(address: str, case: Case) -> bool:
    """Say whether an address lies in one of our own domains; nothing needs to prove it."""
    domain = read_key(address).rpartition("@")[2]
    return any(one.name == domain for one in case.own_domains)
