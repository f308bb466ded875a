"""Mails that anybody can sign as one piece (S/MIME), and the values of BER that such a message is made of."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from gatepost.message.parse import parse_message

OIDS = {name: b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" + bytes([number]) for name, number in (("data", 1), ("signed", 2))}
TYPE = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
CODED = b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7m\r\n\r\n"


@cache
def make_signer() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")]), datetime(2026, 1, 1, tzinfo=UTC)
    building = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    building = building.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=900))
    return key, building.sign(key, hashes.SHA256())


def sign(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    """Give a message of CMS with what it signs, unless an option says that it stands beside it."""
    key, certificate = make_signer()
    building = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return building.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def tell(tag: int, *parts: bytes, form: str = "short") -> bytes:
    """Write a value of BER, its length in one of its forms."""
    content = b"".join(parts)
    if form == "none":
        return bytes([tag, 0x80]) + content + b"\0\0"
    if form == "short" and len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(4 if form == "short" else 9, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def write_signed(octets: bytes, form: str = "short", *behind: bytes) -> bytes:
    """Write a message of CMS with nobody who signs; without octets it stands beside a mail."""
    content = (tell(0xA0, octets, form=form),) if octets else ()
    encapsulated = tell(0x30, tell(6, OIDS["data"]), *content, form=form)
    inner = tell(0x30, tell(2, b"\1"), tell(0x31), encapsulated, *behind, tell(0x31), form=form)
    kind = tell(6, OIDS["signed"]) if form != "long" else b"\x06\x81\x09" + OIDS["signed"]
    return tell(0x30, kind, tell(0xA0, inner, form=form), form=form)


def wrap(entity: bytes) -> bytes:
    """Write an entity that is signed as one piece as an entity again."""
    return TYPE + CODED + base64.encodebytes(write_signed(tell(4, entity))).replace(b"\n", b"\r\n")


def sign_as_one_piece(raw: bytes, times: int = 1) -> bytes:
    """Give a mail whose lines end in CRLF as though its author's program had signed it; its headers stay outside."""
    mail = parse_message(raw)
    outside, inside = b"", b""
    for header in mail.headers:
        line = raw[header.span.start : header.span.end]
        if header.name.startswith("content-"):
            inside += line
        elif header.name != "mime-version":
            outside += line
    entity = inside + b"\r\n" + raw[mail.root.extent.start :]
    for _ in range(times):
        entity = wrap(entity)
    return outside + b"MIME-Version: 1.0\r\n" + entity
