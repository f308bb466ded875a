"""Builds mails for the tests of single checks, and runs one check on them."""

from dataclasses import replace
from email.message import EmailMessage
from functools import cache
from typing import Any

from gatepost.flow.open import make_order
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.facts import Facts, History
from gatepost.model.finding import Feature, Finding
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.screen.case import Case, Kit
from gatepost.screen.kit import build_kit
from gatepost.screen.people import build_people
from gatepost.screen.run import load_checks
from gatepost.screen.settings import PersonSettings, ScreenSettings

HEAD = (
    "Date: Tue, 14 Oct 2025 08:00:00 +0200\r\nMessage-ID: <1@woodwork.example>\r\n"
    "To: nora.lindqvist@mill-street.example\r\n"
)


@cache
def build_tables() -> Kit:
    return build_kit(ScreenSettings())


def write_mail(
    body: str = "", *, sender: str = "Ann <ann@woodwork.example>", html: bool = False, head: str = ""
) -> bytes:
    kind = "html" if html else "plain"
    content = f"From: {sender}\r\n{head}{HEAD}Content-Type: text/{kind}; charset=utf-8\r\n\r\n{body}\r\n"
    return content.encode("utf-8", "surrogateescape")


def write_attachment(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    mail = EmailMessage()
    mail["From"] = "ann@woodwork.example"
    mail.set_content("See attached.")
    maintype, _, subtype = kind.partition("/")
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return mail.as_bytes()


def examine(  # noqa: PLR0913 - what tests may say about a mail
    name: str,
    raw: bytes,
    *,
    own: tuple[str, ...] = (),
    recipients: tuple[str, ...] = (),
    proof: Proof = UNPROVEN,
    history: History | None = None,
    people: tuple[PersonSettings, ...] = (),
) -> list[Finding | Feature]:
    envelope = Envelope(None, tuple(map(Address.parse, recipients)), "", "", protocol="")
    message = parse_message(raw)
    rules = build_tables().rule_book.rules
    contents = open_files(make_order(message), rules)  # here, not in the sandbox: these files are our own
    case = Case(message, envelope, proof, frozenset(map(Domain.parse, own)), Facts(history), contents)
    seen = list(load_checks()[name].examine(case, replace(build_tables(), people=build_people(people))))
    features = {one.name for one in seen if isinstance(one, Feature)}
    assert features.isdisjoint(kind.code for check in load_checks().values() for kind in check.KINDS), (
        "a feature that bears the code of a finding would be weighed as one"
    )
    return seen


def find(name: str, raw: bytes, **case: Any) -> list[Finding]:
    return [one for one in examine(name, raw, **case) if isinstance(one, Finding)]


def find_codes(name: str, raw: bytes, **case: Any) -> list[str]:
    return [finding.code.partition(".")[2] for finding in find(name, raw, **case)]


def measure(name: str, raw: bytes) -> dict[str, float]:
    return {one.name: one.value for one in examine(name, raw) if isinstance(one, Feature)}
