"""What people decided about quarantined mail, kept as evidence to learn from: numbers, no text and no address.

    decisions/MAIL.decision    one for each mail; a later decision about it takes the place of the former
    decisions/salt             keys the numbers that stand for senders

Words are kept as the numbers of buckets that many words share (screen/classifier/ngrams.py).
Trust: the mails are hostile, the decisions are people's; the files are our own, and one that is damaged, or holds what
no mail can bring, is passed over.
Fails: OSError where the disk does not do its work.
"""

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from gatepost.feeds.files import load_salt
from gatepost.learn.looking import look_at_case
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.errors import BadInput
from gatepost.screen.case import Case, Kit
from gatepost.screen.classifier.ngrams import BUCKET_BYTES, BUCKETS, Hashed, join_pieces
from gatepost.screen.classifier.words import MAX_CHARS
from gatepost.screen.tables import Tables
from gatepost.store.entries import Label, StoredMail
from gatepost.store.files import clear_old, write_files_durably

DECISIONS_FOLDER = "decisions"
SUFFIX = ".decision"
MAX_DECISIONS = 10_000
MAX_MAIL_BYTES = 4 * 2**20  # the keeper looks at the mail between two others, and must not take long
MAX_FILE_BYTES = 4 * 2**20
SENDER_CHARS = 16


class Decided(msgspec.Struct, frozen=True):
    """One mail about which a person decided."""

    mail_id: str
    label: Label
    decided_at: datetime
    sender: str  # a keyed number for the organisation, or for the mailbox where anybody may open one; "" for none
    numbers: dict[str, float]
    pieces: tuple[bytes, ...]  # of the words

    @property
    def is_bad(self) -> bool:
        """Say whether the mail is unwanted."""
        return self.label is Label.UNWANTED

    def read_words(self) -> Hashed:
        """Give the words."""
        return join_pieces(self.pieces)


def keep_decision(
    state: Path, mail: StoredMail, label: Label, decided_at: datetime, house: tuple[Kit, frozenset[Domain]]
) -> Decided | None:
    """Look at a mail once more, and write down what was decided of it; None where it cannot be learned from.

    `house` is the kit that mail is screened with, and the domains of ours.
    """
    kit, own_domains = house
    if len(mail.raw) > MAX_MAIL_BYTES:
        return None
    message, screening = parse_message(mail.raw), mail.entry.verdict.screening
    seen = look_at_case(Case(message, mail.entry.envelope, screening.proof, own_domains, screening.facts), kit)
    if seen is None:
        return None
    folder = _open_folder(state)
    sender = _name_sender(message, kit.tables, load_salt(folder))
    decided = Decided(mail.entry.mail_id, label, decided_at, sender, seen.numbers, seen.words.split())
    path = folder / f"{decided.mail_id}{SUFFIX}"
    write_files_durably({path: msgspec.msgpack.encode(decided)})
    os.utime(path, (decided_at.timestamp(), decided_at.timestamp()))
    return decided


def load_decisions(state: Path) -> list[Decided]:
    """Give all decisions, the oldest first; raise BadInput where they are somebody else's."""
    try:
        found = [one for path in _list_files(state) if (one := _read(path)) is not None]
    except PermissionError as error:
        raise BadInput(f"{state} belongs to another user; run this as that user or as root") from error
    return sorted(found, key=lambda one: (one.decided_at, one.mail_id))


def clear_decisions(state: Path, days: int, now: datetime, max_files: int = MAX_DECISIONS) -> int:
    """Forget decisions that are older, and the oldest where there are too many; give their number."""
    return clear_old(_list_files(state), now - timedelta(days=days), max_files=max_files)


def _open_folder(state: Path) -> Path:
    folder = state / DECISIONS_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _list_files(state: Path) -> Sequence[Path]:
    try:
        return [path for path in (state / DECISIONS_FOLDER).iterdir() if path.suffix == SUFFIX]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(path: Path) -> Decided | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
        decided = msgspec.msgpack.decode(raw, type=Decided)
    except PermissionError:
        raise
    except (msgspec.MsgspecError, OSError):  # OSError: forgotten meanwhile, or the disk does not give it back
        return None
    return decided if _is_sound(decided) else None


def _is_sound(decided: Decided) -> bool:
    """Say whether a look at a mail can have brought this; anything else would break learning, or teach too much."""
    if decided.decided_at.tzinfo is None or len(decided.pieces) > MAX_CHARS:
        return False
    return all(map(_is_piece, decided.pieces)) and all(map(math.isfinite, decided.numbers.values()))


def _is_piece(raw: bytes) -> bool:
    if not raw or len(raw) % BUCKET_BYTES:
        return False
    buckets = np.frombuffer(raw, dtype="<u4")
    return bool((buckets[1:] > buckets[:-1]).all()) and int(buckets[-1]) < BUCKETS


def _name_sender(message: Message, tables: Tables, salt: bytes) -> str:
    """Give a number that is the same for all mails of one sender, and tells nobody who that is."""
    name = next(_list_senders(message, tables), "")
    return hashlib.blake2b(name.encode("utf-8", "replace"), key=salt).hexdigest()[:SENDER_CHARS] if name else ""


def _list_senders(message: Message, tables: Tables) -> Iterator[str]:
    for mailbox in message.from_:
        host = mailbox.address.rpartition("@")[2].lower()
        domain = tables.find_registrable_domain(host) or host
        yield mailbox.address.lower() if domain in tables.free_mail else domain
