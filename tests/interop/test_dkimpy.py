"""DKIM and ARC beside dkimpy: what one signs the other verifies, and on changed mails both say the same.

Where the answers differ, the difference is one of DIFFERENCES, each with its reason.
"""

import asyncio
import base64
import re
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import ArcProof, AuthResult, DkimProof
from gatepost.net.clock import SystemClock
from gatepost.origin.arc import evaluate_arc
from gatepost.origin.arc_seal import ArcSealer, seal_message
from gatepost.origin.dkim import evaluate_dkim
from gatepost.origin.dkim_sign import sign_message
from gatepost.origin.dkim_signer import DkimSigner
from interop.dkim_oracle import DkimOracle, SigningOrder, start_dkim_oracle

pytestmark = pytest.mark.interop

RSA_KEY = generate_private_key(65_537, 2_048)
RSA = DkimSigner("example.com", "rsa", RSA_KEY)
ED25519 = DkimSigner("example.com", "ed", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
RSA_PUBLIC = RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ED25519_PUBLIC = ED25519.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
DNS = {
    "rsa._domainkey.example.com": f"v=DKIM1; p={base64.b64encode(RSA_PUBLIC).decode()}",
    "ed._domainkey.example.com": f"v=DKIM1; k=ed25519; p={base64.b64encode(ED25519_PUBLIC).decode()}",
}
RESOLVER = FakeResolver({(name, "TXT"): [record.encode()] for name, record in DNS.items()})
NOW = SystemClock().now()  # dkimpy asks the machine's clock
SERVER = "mx.example.net"

DIFFERENCES = {
    "added header": "RFC 6376 §8.15: dkimpy minds a second From only, we mind every header that may stand once",
    "malformed headers": "dkimpy refuses lines that are no field, and blanks before the colon (RFC 5322 §4.5.8)",
    "odd blanks": "Python's strip() takes CR, VT, FF for blanks; RFC 6376 §2.8 knows space and tab only",
    "last line": "RFC 6376 §3.4.4 ends a last line without CRLF, then cuts blanks; dkimpy cuts only before a CRLF",
    "lax base64": "dkimpy takes padding anywhere at the end of b=; RFC 6376 §3.5 has base64 of RFC 2045",
}


@pytest.fixture(scope="module")
def oracle() -> Iterator[DkimOracle]:
    with start_dkim_oracle(DNS) as running:
        yield running


def prove(raw: bytes) -> DkimProof:
    return asyncio.run(evaluate_dkim(parse_message(raw), RESOLVER, NOW))[0]


def holds(raw: bytes) -> bool:
    proofs = asyncio.run(evaluate_dkim(parse_message(raw), RESOLVER, NOW))
    return bool(proofs) and proofs[0].result is AuthResult.PASS


def prove_arc(raw: bytes) -> ArcProof:
    return asyncio.run(evaluate_arc(parse_message(raw), RESOLVER, NOW))


# Mails


BLANKS = st.text(" \t", max_size=3).map(str.encode)
WORDS = st.sampled_from(
    [b"a", b"Hello", b"=?utf-8?q?x?=", b"<b@example.org>", b"b=", b";", b":", b"\xc3\xa9", b"\xff", b"x" * 90]
)
FOLDS = st.builds(
    lambda blank, word, fold: blank + word + fold,
    BLANKS,
    WORDS,
    st.sampled_from([b"", b"", b"\r\n ", b"\r\n\t ", b"\r\n \r\n\t"]),
)
VALUES = st.lists(FOLDS, max_size=5).map(b"".join).map(lambda value: re.sub(rb"(\r\n[ \t]*)+\Z", b"", value))
HEADER_NAMES = st.sampled_from(
    ["To", "Cc", "SUBJECT", "subject", "Date", "Message-ID", "X-Odd", "List-Id", "Content-Type", "x"]
)
FIELDS = st.builds(
    lambda name, value, blank: name.encode() + b":" + value + blank + b"\r\n", HEADER_NAMES, VALUES, BLANKS
)
LINES = st.lists(WORDS | BLANKS | st.just(b"."), max_size=4).map(b"".join)
BODIES = st.builds(
    lambda lines, end: b"".join(line + b"\r\n" for line in lines) + b"\r\n" * end,
    st.lists(LINES, max_size=5),
    st.integers(0, 3),
)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Give mails with folds, blanks and repeated headers, as SMTP would carry them."""
    fields = draw(st.lists(FIELDS, max_size=6))
    sender = draw(
        st.sampled_from([b"From: a@example.com\r\n", b"FROM:\r\n a@example.com \r\n", b"from:a@example.com\t\r\n"])
    )
    fields.insert(draw(st.integers(0, len(fields))), sender)
    body: bytes = draw(BODIES)
    return b"".join([*fields, b"\r\n", body])


SIGNERS = st.sampled_from([RSA, ED25519])
NAMES = ["from", "to", "cc", "subject", "date", "x-odd", "x", "content-type", "absent", "list-id"]
ORDERS = st.builds(
    SigningOrder,
    SIGNERS,
    st.lists(st.sampled_from(NAMES), max_size=12).map(lambda names: ("from", *names)),
    st.sampled_from(["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"]),
    st.booleans(),
)


@given(mails(), SIGNERS)
def test_what_we_sign_dkimpy_verifies(oracle: DkimOracle, raw: bytes, signer: DkimSigner) -> None:
    signed = sign_message(parse_message(raw), [signer], NOW) + raw
    assert oracle.verify(signed) is True
    assert holds(signed)


@given(mails(), ORDERS)
def test_what_dkimpy_signs_we_verify(oracle: DkimOracle, raw: bytes, order: SigningOrder) -> None:
    signed = oracle.sign(raw, order) + raw
    assert oracle.verify(signed) is True
    proof = prove(signed)
    assert proof.result is AuthResult.PASS or proof.reason.startswith("an unsigned "), proof
    if order.has_length and proof.result is AuthResult.PASS:
        tail = prove(signed + b"more\r\n")
        assert not tail.covers_whole_body
        assert (tail.result is AuthResult.PASS) is (oracle.verify(signed + b"more\r\n") is True)


MUTATIONS = st.sampled_from(
    [b"", b" ", b"\t", b"\r\n", b"\r\n ", b"\n", b"\r", b":", b";", b"=", b"a", b"Z", b"\x0b", b"\xff", b"\x00"]
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[float, int, bytes]:
    """Give where to change a mail, as a share of its length, how much to cut there, and what to put in."""
    return draw(st.floats(0, 1)), draw(st.integers(0, 3)), draw(MUTATIONS)


@given(mails(), ORDERS, changes())
def test_of_a_changed_mail_both_say_the_same(
    oracle: DkimOracle, raw: bytes, order: SigningOrder, change: tuple[float, int, bytes]
) -> None:
    signed = oracle.sign(raw, order) + raw
    place, cut, new = change
    start = int(place * len(signed))
    changed = signed[:start] + new + signed[start + cut :]
    theirs = oracle.verify(changed)
    assert holds(changed) == (theirs is True) or find_difference(changed, theirs) in DIFFERENCES


def find_difference(raw: bytes, theirs: bool | str) -> str:
    """Name why the two may differ about a mail."""
    message = parse_message(raw)
    reason = prove(raw).reason if message.all_headers("dkim-signature") else ""
    head = raw[: message.root.extent.start]
    if reason.startswith("an unsigned "):
        return "added header"
    if isinstance(theirs, str) and theirs.startswith("MessageFormatError: Unexpected characters"):
        return "malformed headers"
    if re.search(rb"[\x0b\x0c]|\r(?!\n)", head):
        return "odd blanks"
    if raw.endswith((b" ", b"\t")):
        return "last line"
    if "base64" in reason:
        return "lax base64"
    return ""


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda raw: b"To: evil@evil.example\r\n" + raw, "added header"),
        (lambda raw: raw.replace(b"\r\nTo:", b"\r\nTo :"), "malformed headers"),
        (lambda raw: raw.replace(b"Hello", b"Hello\x0b"), "odd blanks"),
        (lambda raw: raw[:-2] + b"  ", "last line"),
        (lambda raw: raw.replace(b"\r\nFrom", b"====\r\nFrom"), "lax base64"),
    ],
)
def test_each_difference_is_still_there(oracle: DkimOracle, change: Callable[[bytes], bytes], difference: str) -> None:
    raw = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: Hello\r\n\r\nHi\r\n"
    signed = oracle.sign(raw, SigningOrder(RSA, ("from", "to", "subject"), "relaxed/relaxed")) + raw
    changed = change(signed)
    theirs = oracle.verify(changed)
    assert holds(changed) is not (theirs is True)
    assert find_difference(changed, theirs) == difference


# ARC


PLAIN = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: Hello\r\n there\r\n\r\nHi.\r\n  Bye.\r\n\r\n"
TOLD = f"Authentication-Results: {SERVER};\r\n spf=pass smtp.mailfrom=example.com; arc={{}}\r\n"
SEALER = ArcSealer("example.com", "rsa", RSA_KEY)


def seal_ours(raw: bytes) -> bytes:
    results = f"{SERVER}; dmarc=pass header.from=example.com"
    return seal_message(parse_message(raw), SEALER, results, prove_arc(raw).result, NOW) + raw


def seal_theirs(oracle: DkimOracle, raw: bytes) -> bytes:
    told = TOLD.format(prove_arc(raw).result).replace("; arc=none", "").encode() + raw
    return oracle.seal(told, RSA, SERVER) + told


@pytest.mark.parametrize("sealers", ["o", "t", "ot", "to", "oto", "tot", "ttoo"])
def test_chains_that_both_seal_hold_for_both(oracle: DkimOracle, sealers: str) -> None:
    raw = PLAIN
    for sealer in sealers:
        raw = seal_ours(raw) if sealer == "o" else seal_theirs(oracle, raw)
    assert (oracle.verify_arc(raw), prove_arc(raw).result) == ("pass", AuthResult.PASS)
    assert len(prove_arc(raw).sealers) == len(sealers)
    for old, new in ((b"Hi.", b"Ho."), (b"Hello", b"Hell"), (b"dmarc=pass", b"dmarc=fail"), (b"spf=pass", b"spf=fail")):
        if old in raw.partition(b"Authentication-Results: mx")[0] or old in PLAIN:
            changed = raw.replace(old, new)
            assert (oracle.verify_arc(changed), prove_arc(changed).result) == ("fail", AuthResult.FAIL)


def test_a_chain_that_we_seal_as_broken_is_ended_for_both(oracle: DkimOracle) -> None:
    raw = seal_ours(seal_ours(PLAIN).replace(b"Hi.", b"Ho."))
    assert (oracle.verify_arc(raw), prove_arc(raw).result) == ("ended", AuthResult.FAIL)
    assert oracle.verify_arc(PLAIN) == prove_arc(PLAIN).result == "none"
