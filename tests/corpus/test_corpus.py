"""Mails written for the checks, each with what must and must not be seen in it.

`<check>/<case>.eml` is the mail with LF line ends (CRLF when it is judged); `<case>.expect` says, a line each:

    # why this case is here
    own example.org          a domain of ours
    + code                   must be found
    - code or check          must not be found
    action quarantine        what the default policy makes of it
    proof dmarc=fail policy=reject domain=bank.example
                             what was found out about the origin: a line for each of dmarc (domain, policy), spf and
                             dkim (domain), arc (vouched_by), or author_domain=absent; without such lines nobody asked
    history ways=dkim answers_ours=1
                             the history with the sender was asked for, and how this mail is proven (model/facts.py)
    reader mails=40 days=90 delivered=5 known_days=30 by_dkim=5
                             what one recipient knows; a line for each. `domain`: what all in their domain know together
    antivirus found Win.Test.A
                             what the antivirus says of the mail: found and a name, clean, too-large, unanswered
    opening crashed          how far the files of the mail were opened, whatever they are
    person Nora Lindqvist = nora@mill-street.example nora@post.example
                             one of our people, whose name is protected

`{{EICAR}}`, `{{EICAR_BASE64}}`, `{{EICAR_ZIP_BASE64}}` and `{{GTUBE}}` are put in when the mail is read, so that no
scanner removes files from a checkout; `{{FILE name}}` is the base64 of a file of tests/built_files; `{{NUL}}`, `{{CR}}`
and `{{LF}}` stand for those bytes alone. The folder `origin` is read by `test_origin_corpus.py`.
"""

import base64
import io
import re
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from built_files import build_file
from corpus_tools import build_tools, write_bytes
from gatepost.decide.policy import decide
from gatepost.flow.open import make_order
from gatepost.flow.readings import screen_readings
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.contents import Contents, Opening
from gatepost.model.envelope import Envelope
from gatepost.model.facts import AntivirusAnswer, Contact, Facts, History, Scanned, Way
from gatepost.model.proof import (
    UNPROVEN,
    ArcProof,
    AuthorDomain,
    AuthResult,
    DkimProof,
    DmarcProof,
    Proof,
    SpfProof,
)
from gatepost.model.verdict import Verdict
from gatepost.screen.case import Case
from gatepost.screen.people import build_people
from gatepost.screen.run import load_checks
from gatepost.screen.settings import PersonSettings

FOLDER = Path(__file__).parent
MAILS = sorted(path for path in FOLDER.glob("*/*.eml") if path.parent.name != "origin")
EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
GTUBE = b"".join((b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-", b"ANTI-UBE-TEST-EMAIL*C.34X"))
MANY_READINGS = {  # about how the mail is read: no file of the one reading answers for it
    f"ambiguous_mime.{what}" for what in ("hidden_part", "hidden_link", "structure", "encoding", "name", "charset")
}
_FILE = re.compile(rb"\{\{FILE ([\w.-]+)\}\}")


@dataclass
class Expectation:
    """One .expect file."""

    own: set[Domain] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    action: str = ""
    opening: Opening | None = None
    proof: Proof = UNPROVEN
    history: History | None = None
    antivirus: list[AntivirusAnswer] = field(default_factory=list)
    people: list[PersonSettings] = field(default_factory=list)


def read_expectation(path: Path) -> Expectation:
    expectation = Expectation()
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        match word:
            case "" | "#":
                pass
            case "own":
                expectation.own.add(Domain.parse(rest))
            case "+":
                expectation.found.append(rest)
            case "-":
                expectation.absent.append(rest)
            case "action":
                expectation.action = rest
            case "opening":
                expectation.opening = Opening(rest)
            case _:
                read_surroundings(expectation, word, rest)
    return expectation


def read_surroundings(expectation: Expectation, word: str, rest: str) -> None:
    match word:
        case "history" | "reader" | "domain":
            expectation.history = add_history(expectation.history or History(), word, rest)
        case "person":
            name, _, addresses = rest.partition(" = ")
            expectation.people.append(PersonSettings(name=name, addresses=tuple(addresses.split())))
        case "antivirus":
            outcome, _, signature = rest.partition(" ")
            expectation.antivirus.append(AntivirusAnswer(Scanned(outcome), signature))
        case "proof":
            expectation.proof = add_proof(expectation.proof, rest)
        case _:
            raise AssertionError(f"{word!r} says nothing known")


def add_proof(proof: Proof, line: str) -> Proof:
    words = dict(word.split("=") for word in line.split())
    method, word = next(iter(words.items()))
    domain = words.get("domain", "")
    match method:
        case "dmarc":
            details = DmarcProof(AuthResult(word), domain, words.get("policy", ""))
            return replace(proof, dmarc=details.result, dmarc_details=details)
        case "spf":
            found = SpfProof(AuthResult(word), "mailfrom", domain)
            return replace(proof, spf=found.result, spf_details=(*proof.spf_details, found))
        case "dkim":
            signature = DkimProof(AuthResult(word), domain, "s")
            return replace(proof, dkim=signature.result, dkim_details=(*proof.dkim_details, signature))
        case "arc":
            chain = ArcProof(AuthResult(word), vouched_by=words.get("vouched_by", ""))
            return replace(proof, arc=chain.result, arc_details=chain)
        case "author_domain":
            return replace(proof, author_domain=AuthorDomain(word))
        case _:
            raise AssertionError(f"{line!r} is no proof")


def add_history(history: History, word: str, line: str) -> History:
    words = dict(word.split("=") for word in line.split())
    match word:
        case "history":
            ways = tuple(map(Way, filter(None, words.get("ways", "").split(","))))
            return replace(history, ways=ways, answers_ours="answers_ours" in words)
        case "reader":
            return replace(history, readers=(*history.readers, read_contact(words)))
        case _:
            return replace(history, domain=read_contact(words))


def read_contact(words: dict[str, str]) -> Contact:
    name_is_known, bore_this_name = (bool(int(words.pop(name, "0"))) for name in ("name_is_known", "bore_this_name"))
    counts = {name: int(value) for name, value in words.items()}
    return Contact(**counts, name_is_known=name_is_known, bore_this_name=bore_this_name)


def read_mail(path: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eicar.com", EICAR)
    raw = path.read_bytes()
    for name, text in (
        (b"{{EICAR}}", EICAR),
        (b"{{EICAR_BASE64}}", base64.b64encode(EICAR)),
        (b"{{EICAR_ZIP_BASE64}}", base64.encodebytes(packed.getvalue()).rstrip()),
        (b"{{GTUBE}}", GTUBE),
    ):
        raw = raw.replace(name, text)
    raw = _FILE.sub(lambda match: base64.encodebytes(build_file(match[1].decode())).rstrip(), raw)
    return write_bytes(raw)


def judge(raw: bytes, expectation: Expectation) -> Verdict:
    kit, policy = build_tools()
    kit = replace(kit, people=build_people(expectation.people))
    envelope = Envelope(None, (), "", "", protocol="")
    own, facts = frozenset(expectation.own), Facts(expectation.history, antivirus=tuple(expectation.antivirus))
    message = parse_message(raw)
    contents = open_files(make_order(message), kit.rule_book.rules)  # here, not in the sandbox: these files are our own
    if expectation.opening is not None:
        contents = Contents(tuple(replace(file, opening=expectation.opening) for file in contents.files))
    case = Case(message, envelope, expectation.proof, own, facts, contents)
    return decide(screen_readings(case, kit), envelope, policy)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_mail_is_judged_as_expected(path: Path) -> None:
    expectation = read_expectation(path.with_suffix(".expect"))
    verdict = judge(read_mail(path), expectation)
    codes = {finding.code for finding in verdict.screening.findings}
    assert set(expectation.found) <= codes
    assert [code for code in codes if code in expectation.absent or code.partition(".")[0] in expectation.absent] == []
    assert verdict.action.value == (expectation.action or verdict.action.value)
    assert verdict.screening.was_judged


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_case_expects_something_of_its_own_check(path: Path) -> None:
    expectation = read_expectation(path.with_suffix(".expect"))
    mentioned = {code.partition(".")[0] for code in (*expectation.found, *expectation.absent)}
    assert path.parent.name in mentioned


def test_every_expectation_belongs_to_a_mail() -> None:
    assert [path for path in FOLDER.glob("*/*.expect") if not path.with_suffix(".eml").exists()] == []


def test_every_kind_of_finding_has_a_case_in_which_it_is_made() -> None:
    made = {code for path in MAILS for code in read_expectation(path.with_suffix(".expect")).found}
    assert {kind.code for check in load_checks().values() for kind in check.KINDS} == made


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_said_about_a_file_names_it_so_that_it_can_be_taken_out(path: Path) -> None:
    raw = read_mail(path)
    parts = [part for part in parse_message(raw).walk() if part.is_attachment and not part.children]
    verdict = judge(raw, read_expectation(path.with_suffix(".expect")))
    findings = (finding for finding in verdict.screening.findings if finding.code not in MANY_READINGS)
    for code, place in ((finding.code, one) for finding in findings for one in finding.evidence):
        for part in parts:
            is_in_it = place.span and part.whole.start <= place.span.start and place.span.end <= part.whole.end
            assert not is_in_it or place.file.partition(":")[0] == part.path, (code, place)
