"""What lookups brought about one mail: the history with its sender before it came, and what an antivirus says of it.

Recorded with the verdict, so that the mail can be judged again as on the day it came. Who is meant is written as keyed
numbers only (screen/lookups/contact_keys.py).
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Way(enum.StrEnum):
    """How the visible sender of a mail is proven; a mail profits from mail that was proven the same way only."""

    DKIM = "dkim"  # a signature of the sender's organisation
    SPF = "spf"  # the sender's organisation lets this client send
    SEAL = "seal"  # a trusted forwarder saw it proven (ARC)
    NETWORK = "network"  # our own domain, from our own network


@dataclass(frozen=True, slots=True)
class Contact:
    """What one reader, or everybody in one domain, knows of the sender. Counted is mail that was simply delivered."""

    mails: int = 0  # delivered to this reader, from whomever
    days: int = 0  # since the first of them
    delivered: int = 0  # from this sender, proven or not
    known_days: int = 0  # since the first of them
    by_dkim: int = 0  # of the delivered ones: proven by ...
    by_spf: int = 0
    by_seal: int = 0
    by_network: int = 0
    held: int = 0  # from this sender, proven, and not simply delivered
    written: int = 0  # mails that this reader wrote to the sender
    name_is_known: bool = False  # the sender's name is that of exactly one known correspondent elsewhere
    bore_this_name: bool = False  # the last proven mail from this sender that showed a person's name showed this one

    def count_proven(self, ways: Iterable[Way]) -> int:
        """Give how many delivered mails were proven in one of these ways, by the way that had most."""
        counts = {
            Way.DKIM: self.by_dkim,
            Way.SPF: self.by_spf,
            Way.SEAL: self.by_seal,
            Way.NETWORK: self.by_network,
        }
        return max((counts[way] for way in ways), default=0)


@dataclass(frozen=True, slots=True)
class History:
    """The answer of one lookup."""

    ways: tuple[Way, ...] = ()  # in which this mail proves its sender; () where nothing does, or nobody asked
    readers: tuple[Contact, ...] = ()  # one for each recipient
    domain: Contact | None = None  # all in the recipients' domain together; None where they have several
    answers_ours: bool = (
        False  # it names a mail that was sent to this very sender from here, and in which all readers had a part
    )


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers under which one recipient's contacts are written down."""

    recipient_number: int  # whose decision counts, from 0 in the envelope
    reader: int  # the recipient, or the recipient's whole domain
    pair: int  # reader and sender
    name: int | None = None  # reader and the sender's name, where that is a person's


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a mail leaves behind in the history once the keeper takes it up."""

    lines: tuple[Line, ...] = ()
    organisation: int = 0  # the sender's
    ways: tuple[Way, ...] = ()
    written: tuple[int, ...] = ()  # pairs of the sender, one of our people, with those written to
    sent: tuple[
        int, ...
    ] = ()  # the mail's name, together with each of those written to, and with those whom answers go to


class Scanned(enum.StrEnum):
    """What came of a question to the antivirus."""

    CLEAN = "clean"
    FOUND = "found"  # one of its signatures matches
    TOO_LARGE = "too-large"  # larger than it takes: not looked at
    UNANSWERED = "unanswered"  # not there, too slow, or it failed


@dataclass(frozen=True, slots=True)
class AntivirusAnswer:
    """What an antivirus said of one mail, or of one file that only we could open."""

    outcome: Scanned
    signature: str = ""  # the name of what it found
    file: str = ""  # path of the file inside the mail (model/contents.py), "" for the mail as it came


@dataclass(frozen=True, slots=True)
class Facts:
    """All that lookups brought; None where nobody could be asked, which must weigh nothing."""

    history: History | None = None
    imprint: Imprint | None = None
    antivirus: tuple[AntivirusAnswer, ...] = ()  # () where none is asked


NO_FACTS = Facts()
