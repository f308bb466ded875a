"""A key of ours, and the header fields that it signs: what DKIM and ARC write alike.

Standards: RFC 6376 §3.2 (tag lists), §3.5, §3.7 (the field itself is signed with an empty b=); RFC 8463 §3 (Ed25519);
RFC 5322 §2.1.1 (line length), §2.2.3 (folding).
Trust: key and tags are ours; what is signed may be anybody's.
Fails: never for a mail; BadSignature when domain or selector is no domain.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from gatepost.origin.dkim_canonical import relax_header
from gatepost.origin.dkim_signature import read_domain

MAX_REMEMBERED_LISTS = 64  # of signed names: most mails have one of a few
LINE_CHARS = 78  # RFC 5322 §2.1.1; only what has no place for a fold is longer

_FOLD = "\r\n "
_LIST_CHARS = LINE_CHARS - len(" h=;")


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """One key of ours, and where its public half stands in the DNS."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        """Give a= of its signatures."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def name_key(self) -> dict[str, str]:
        """Give the tags that say how to verify: the algorithm, and where the key is."""
        place = {"d": self.domain, "s": self.selector}
        return {"a": self.algorithm, **{tag: read_domain(place, tag) for tag in place}}

    def sign(self, data: bytes) -> bytes:
        """Sign bytes as rsa-sha256 or ed25519-sha256 does (RFC 6376 §3.3.2, RFC 8463 §3)."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(data).digest())


def sign_field(
    signer: DkimSigner, name: str, tags: Mapping[str, str], data: bytes, *, line_chars: int = LINE_CHARS
) -> bytes:
    """Give a whole field whose b= signs `data` and the field itself; b= stands last, or where `tags` have one.

    The signature is folded in lines of `line_chars`; the other tags in lines of LINE_CHARS where they can be.
    """
    pieces = {tag: f"{tag}={_fold_names(value) if tag == 'h' else value}" for tag, value in tags.items()}
    plain = "; ".join({**pieces, "b": "b="}.values())  # relaxed, it is the same as with folds
    unsigned = relax_header(f"{name}:{plain}".encode("utf-8", "replace")).removesuffix(b"\r\n")
    signature = base64.b64encode(signer.sign(data + unsigned)).decode("ascii")
    folded = _fold_base64(signature, line_chars - len(" b=;"))
    return write_field(name, {**pieces, "b": f"b={folded}"}.values())


def write_field(name: str, pieces: Iterable[str]) -> bytes:
    r"""Give a field of pieces with semicolons between them, folded before a piece where a line would be too long.

    >>> write_field("A", ["b=1", "c=2"])
    b'A: b=1; c=2\r\n'
    """
    text = f"{name}:"
    for piece in _end_pieces(list(pieces)):
        line = len(text) - (text.rfind("\n") + 1)
        begin = len(piece.partition("\r\n")[0])
        text += (_FOLD if line + 1 + begin > LINE_CHARS else " ") + piece
    return text.encode("utf-8", "replace") + b"\r\n"


def _end_pieces(pieces: list[str]) -> list[str]:
    return [f"{piece};" for piece in pieces[:-1]] + pieces[-1:]


@lru_cache(MAX_REMEMBERED_LISTS)
def _fold_names(names: str) -> str:
    """Fold a list of names behind its colons."""
    lines = [""]
    for name in names.split(":"):
        if lines[-1] and len(lines[-1]) + len(name) >= _LIST_CHARS:
            lines.append("")
        lines[-1] += f"{name}:"
    return _FOLD.join(lines).removesuffix(":")


def _fold_base64(text: str, size: int) -> str:
    return _FOLD.join(text[start : start + size] for start in range(0, len(text), size))
