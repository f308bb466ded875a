"""Mails that pass a standard for a sender whom the reader does not see, and honest mails that must be proven.

`origin/<case>.eml` is the mail before anybody signs it, LF line ends as in the other cases; `<case>.expect` says,
a line each and in the order in which it happens:

    # why this case is here
    client 203.0.113.66                     who connects; the evil host without this line
    helo mail.evil.example                  what it calls itself
    mail FROM:<x@evil.example>              the command of the dialog; the null sender without this line
    dns name TYPE value                     added to the DNS of `world.zone`; KEY and RSAKEY hold keys of the tests
    sign d=evil.example h=from:to           a signature is put in front, with these tags (s=k, c=relaxed/relaxed)
    front Name: value                       a line is put in front of the mail
    behind text                             a line is added at its end
    change old -> new                       the first `old` becomes `new`
    seal lists.example says mx; dmarc=pass  a forwarder adds its ARC set, and says what it found
    trust lists.example                     a sealer whom we believe
    organisations tree-walk                 RFC 9989 in place of the public suffix list
    proven evil.example                     whose mail it is proven to be, or `nobody`
    author none                             the one visible sender's domain, or `none`
    dmarc fail                              the result; also spf, dkim, arc
    refused                                 the dialog ends before the content
    + code                                  a finding that must be made
    action quarantine                       what the default policy makes of it

Cases that begin with `honest` must be proven for their author. In all others nobody may be proven but evil.example.
"""

import email.policy
import email.utils
import re
from collections.abc import Iterator
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import build_tools, write_bytes
from doubles import FakeResolver
from gatepost.decide.policy import decide
from gatepost.flow.prove import build_proving, prove_origin
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.proof import Proof
from gatepost.model.verdict import Verdict
from gatepost.origin.author import Author, find_author
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.settings import OriginSettings
from gatepost.screen.case import Case
from gatepost.screen.run import screen
from origin_cases import NOW, OriginCase, read_origin_case, read_zone, take_steps

MAILS = sorted((Path(__file__).parent / "origin").glob("*.eml"))
OWN = frozenset({Domain("mill-street.example")})


def build_mail(path: Path, case: OriginCase) -> bytes:
    return take_steps(write_bytes(path.read_bytes()), case.steps)


async def prove(raw: bytes, case: OriginCase) -> tuple[Proof, Verdict]:
    settings = OriginSettings(
        trusted_sealers=tuple(case.trusted), organisations="tree-walk" if case.tree_walk else "public-suffix"
    )
    proving = build_proving(settings, (), FakeResolver(read_zone() | case.records), Domain("mx.mill-street.example"))
    envelope = Envelope(case.mail_from, (), case.client_ip, case.helo, protocol="ESMTP")
    message = parse_message(raw)
    proof = await prove_origin(message, Arrival("1", NOW, envelope, raw), BodyDigests(message), proving)
    kit, policy = build_tools()
    return proof, decide(screen(Case(message, envelope, proof, OWN), kit), envelope, policy)


def name_results(proof: Proof) -> dict[str, str]:
    author = proof.dmarc_details.domain if proof.dmarc_details else ""
    return {
        "proven": author if proof.author_is_proven else "nobody",
        "author": author or "none",
        "spf": proof.spf,
        "dkim": proof.dkim,
        "dmarc": proof.dmarc,
        "arc": proof.arc,
    }


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
async def test_a_mail_is_proven_for_nobody_but_who_sent_it(path: Path) -> None:
    case = read_origin_case(path.with_suffix(".expect"))
    assert case.is_refused == ("refused" in case.results)
    if case.is_refused:
        return
    raw = build_mail(path, case)
    proof, verdict = await prove(raw, case)
    results = name_results(proof)
    assert {name: results[name] for name in case.results} == case.results
    assert set(case.found) <= {finding.code for finding in verdict.screening.findings}
    assert verdict.action.value == (case.action or verdict.action.value)
    assert not proof.author_is_proven or set(read_as_others_do(raw)) == {results["proven"]}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_only_honest_cases_want_a_proof_of_others_than_the_attacker(path: Path) -> None:
    results = read_origin_case(path.with_suffix(".expect")).results
    proven = results.get("proven", "" if "refused" in results else "missing")
    assert (proven not in {"", "nobody", "evil.example", "mail.evil.example"}) == path.stem.startswith("honest")


def test_every_expectation_belongs_to_a_mail_and_every_mail_to_an_expectation() -> None:
    folder = Path(__file__).parent / "origin"
    assert [path for path in folder.glob("*.expect") if not path.with_suffix(".eml").exists()] == []
    assert [path for path in MAILS if not path.with_suffix(".expect").exists()] == []


def read_as_others_do(raw: bytes) -> Iterator[str]:
    """Give the domain of the sender as other readers of the header see it."""
    for parser in (BytesParser(), BytesParser(policy=email.policy.default)):
        mail = parser.parsebytes(raw)
        for value in mail.get_all("from", []):
            read = (address for _, address in email.utils.getaddresses([str(value)]))
            yield from (
                to_domain(address) for address in read if address and "\ufffd" not in address
            )  # nothing behind a comma is nobody; a replacement stands where it was made for ASCII
    for value in re.findall(
        rb"(?im)^[^\w\n]*from[ \t]*:(.*(?:\r?\n[ \t].*)*)", re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    ):
        text = value.decode("utf-8", "surrogateescape").replace("\0", " ")
        bare = re.sub(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|=\?[^?]*\?[^?]*\?[^?]*\?=', " ", text)
        brackets = re.findall(r"<([^<>]*@[^<>]*)>", bare) or re.findall(r"[^\s,;:<>]+@[^\s,;:<>]+", bare)
        yield from map(to_domain, brackets)


def to_domain(address: str) -> str:
    domain = address.rpartition("@")[2].strip().removesuffix(".").lower()
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


PIECES = st.sampled_from(
    [
        *("a@evil.example", "b@bank.example", "<", ">", "(", ")", '"', "\\", ",", ":", ";", "@", " ", "\r\n ", "\t"),
        *("=?utf-8?q?b=40bank.example?=", "=?utf-8?q?=3Cb=40bank.example=3E?=", "Ann", ".", "%", "!", "é", "[", "]"),
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_where_there_is_an_author_other_readers_see_the_same_one(pieces: list[str]) -> None:
    raw = f"From: {''.join(pieces)}\r\nTo: b@reader.example\r\n\r\nHello.\r\n".encode()
    author = find_author(parse_message(raw))
    if isinstance(author, Author):
        assert set(read_as_others_do(raw)) <= {author.domain}
