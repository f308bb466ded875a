"""Makes labelled mails: an honest kind or an unwanted one, in one of the languages, as raw bytes.

Four ways: honest words from an honest sender; unwanted words from a false sender; honest words abused by a false
sender (what a copied notice looks like); unwanted words from a throwaway domain that is consistent in itself.
"""

import base64
import quopri
import random
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.learn.augment.layouts import Letter, write_html, write_text
from gatepost.learn.augment.senders import (
    Company,
    Sender,
    make_company,
    make_false_sender,
    make_honest_sender,
    make_label,
    make_writer,
)
from gatepost.learn.augment.slots import Reader, make_reader, make_slots
from gatepost.learn.augment.texts import LANGUAGES, Phrases, Topic, fill, load_phrases
from gatepost.screen.tables import Tables

_SHARES = {
    "en": 0.5,
    "zh": 0.2,
    "zht": 0.08,
    "de": 0.06,
    "fr": 0.05,
    "es": 0.05,
    "pt": 0.05,
    "it": 0.03,
    "nl": 0.03,
    "ja": 0.04,
    "ko": 0.02,
    "ru": 0.02,
    "pl": 0.02,
    "tr": 0.02,
}
_HONEST = {"notice": 0.5, "news": 0.35, "letter": 0.15}  # the less a kind is found in collections, the more of it
LETTERS = frozenset({"work", "private", "family", "phishtalk", "fraud"})  # what a person writes, without a footer
NOTICES = frozenset(
    (
        *("account", "accountham", "alert", "appstore", "bank", "bankham", "booking", "breach", "broker", "card"),
        *("cloud", "cloudham", "code", "contract", "crypto", "domain", "dunning", "esign", "fileshare", "flight"),
        *("giftcard", "gov", "health", "hosting", "hr", "inactive", "insurance", "insuranceham", "invoice", "itnotice"),
        *("login", "magic", "notice", "order", "overdue", "parcel", "payment", "payout", "phone", "policy", "public"),
        *("receipt", "refund", "renewal", "reset", "security", "shipping", "statement", "storage", "taxform"),
        *("taxoffice", "terms", "ticket", "transport", "trial", "utility", "verify", "welcome"),
    )
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THROWAWAY = ("top", "xyz", "click", "online", "site", "info", "com", "net", "com", "live")


@dataclass(frozen=True, slots=True)
class MadeMail:
    """One mail with what it is."""

    raw: bytes
    is_bad: bool
    language: str
    kind: str


def make_mails(count: int, tables: Tables, seed: int) -> Iterator[MadeMail]:
    """Make mails, half of them honest; the same for the same seed."""
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        language = dice.choices(LANGUAGES, [_SHARES[name] for name in LANGUAGES])[0]
        yield _make_mail(language, tables, dice, is_bad=number % 2 == 1)


def _make_mail(language: str, tables: Tables, dice: random.Random, *, is_bad: bool) -> MadeMail:
    phrases = load_phrases(language)
    is_copied = is_bad and dice.random() < 0.4
    topic = _choose_topic(phrases, dice, is_bad=is_bad, is_copied=is_copied)
    is_letter = topic.kind in LETTERS
    company = make_company(language, tables, dice)
    reader = make_reader(language, dice)
    slots = make_slots(language, company.name, company.domain, reader, dice)
    if is_letter and not is_bad:
        sender = make_writer(company, slots["person"], dice)
    else:
        sender = _make_sender(company, slots["person"], dice, is_bad=is_bad, is_copied=is_copied)
    closings = [one for one in phrases.closings if not is_letter or "<company>" not in one]
    lines = [one for one in (fill(line, slots, dice) for line in topic.lines) if one.strip()]
    if len(lines) > 2 and dice.random() < 0.5:
        del lines[dice.randrange(1, len(lines))]
    is_greeted = lines[0].endswith(",")  # the topic greets by itself
    letter = Letter(
        subject=fill(dice.choice(topic.subjects), slots, dice).strip(),
        greeting=""
        if is_greeted or (is_letter and dice.random() < 0.6)
        else fill(dice.choice(phrases.greetings), slots, dice),
        lines=tuple(lines),
        button=fill(dice.choice(topic.buttons), slots, dice).strip(),
        closing=fill(dice.choice(closings), slots, dice),
        footer="" if is_letter else fill(dice.choice(phrases.footers), slots, dice),
        is_personal=is_letter,
    )
    is_plain = dice.random() < (0.7 if is_letter else 0.08)
    return MadeMail(_write_mail(letter, sender, reader, dice, is_plain=is_plain), is_bad, language, topic.kind)


def _choose_topic(phrases: Phrases, dice: random.Random, *, is_bad: bool, is_copied: bool) -> Topic:
    """Choose what a mail is about; lures copy what tells somebody of an account, and hardly anything else."""
    if is_copied:
        return dice.choice([topic for topic in phrases.ham if topic.kind in NOTICES] or phrases.ham[:3])
    if is_bad:
        return dice.choice(phrases.bad)
    kind = dice.choices(tuple(_HONEST), tuple(_HONEST.values()))[0]
    return dice.choice([topic for topic in phrases.ham if _sort(topic) == kind] or phrases.ham)


def _sort(topic: Topic) -> str:
    return "notice" if topic.kind in NOTICES else "letter" if topic.kind in LETTERS else "news"


def _make_sender(company: Company, person: str, dice: random.Random, *, is_bad: bool, is_copied: bool) -> Sender:
    if not is_bad:
        return make_honest_sender(company, person, dice)
    if is_copied or dice.random() < 0.65:
        return make_false_sender(company, person, dice)
    own = Company(
        company.name, f"{make_label(dice)}{dice.choice(('', str(dice.randint(1, 99))))}.{dice.choice(_THROWAWAY)}"
    )
    sender = make_honest_sender(own, person, dice)
    sender.shown = dice.choice((company.name, sender.shown, person))
    return sender


def _write_mail(letter: Letter, sender: Sender, reader: Reader, dice: random.Random, *, is_plain: bool) -> bytes:
    host = sender.address.rpartition("@")[2]
    is_bulk = bool(sender.click) or dice.random() < 0.2
    moment = f"{dice.randint(1, 28)} {dice.choice(_MONTHS)} {dice.randint(2019, 2026)} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}:00 +0000"
    headers = [
        f"From: {_write_name(sender.shown)}<{sender.address}>",
        f"To: {dice.choice((_write_name(reader.name), ''))}<{reader.address}>",
        f"Subject: {_encode(letter.subject)}",
        f"Date: {moment}",
        f"Message-ID: <{dice.getrandbits(96):x}@{dice.choice((host, host, 'geopod-ismtpd-' + str(dice.randint(1, 60)), 'mail.' + host))}>",
        "MIME-Version: 1.0",
    ]
    if is_bulk and not is_plain:
        unsubscribe = (
            f"https://{host}/u/{dice.getrandbits(64):x}"
            if dice.random() < 0.6 or not sender.click
            else sender.make_link(reader.address)
        )
        headers += [
            f"List-Unsubscribe: <{unsubscribe}>",
            *dice.choice(((), ("List-Unsubscribe-Post: List-Unsubscribe=One-Click",))),
        ]
    dice.shuffle(headers)
    text = write_text(letter, sender, reader.address)
    if is_plain:
        return _join(headers, _write_part("text/plain", text, dice))
    page = _write_part("text/html", write_html(letter, sender, reader.address, dice), dice)
    if dice.random() < 0.35:
        return _join(headers, page)
    border = f"b{dice.getrandbits(64):x}"
    parts = b"".join(
        b"--%s\r\n%s\r\n" % (border.encode(), part) for part in (_write_part("text/plain", text, dice), page)
    )
    return _join(
        [*headers, f'Content-Type: multipart/alternative; boundary="{border}"'],
        b"\r\n%s--%s--\r\n" % (parts, border.encode()),
    )


def _join(headers: list[str], rest: bytes) -> bytes:
    return "\r\n".join(headers).encode() + b"\r\n" + rest


def _write_part(content_type: str, text: str, dice: random.Random) -> bytes:
    raw = text.replace("\n", "\r\n").encode()
    if dice.random() < 0.3:
        encoding, body = "base64", base64.encodebytes(raw).replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", quopri.encodestring(raw.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return (
        f"Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    )


def _write_name(name: str) -> str:
    if not name:
        return ""
    return f'"{name}" ' if name.isascii() else f"{_encode(name)} "


def _encode(text: str) -> str:
    return text if text.isascii() else f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="
