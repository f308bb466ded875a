"""Writes and reads the Authentication-Results header.

Standards: RFC 8601 §2.2 (syntax), §2.7 (methods and their properties).
Trust: what is read was written by a stranger unless its identity is one that is trusted; what is written quotes names
that strangers chose, so every value is a token, an address or a quoted string.
Fails: never; a result that cannot be read is left out, so it proves nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.charset import guess_text
from gatepost.message.encoded_words import unfold
from gatepost.model.address import Domain
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.from_readings import find_comment_end

MAX_HEADER_BYTES = 16_384  # a longer one is not read
MAX_RESULTS = 100  # of one header
MAX_TOLD_SIGNATURES = 10  # in the header that we write
MAX_VALUE_CHARS = 256  # of one value that we write

_ATOM = r"[^\s\x00-\x1f\x7f()<>@,;:\\\"/\[\]?=]+"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_PROPERTY_VALUE = rf"(?:(?:(?:{_ATOM}|{_QUOTED})?@)?{_ATOM}|{_QUOTED})"
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PIECE = re.compile(rf"{_QUOTED}|[;(\"]|[^\";(]++", re.DOTALL)
_IDENTITY = re.compile(rf"\s*({_ATOM}|{_QUOTED})(?:\s+([0-9]{{1,9}}))?\s*", re.DOTALL)
_METHOD = re.compile(rf"\s*({_WORD})(?:\s*/\s*([0-9]{{1,9}}))?\s*=\s*({_WORD})(?=\s|\Z)")
_REASON = re.compile(rf"\s+reason\s*=\s*({_ATOM}|{_QUOTED})(?=\s|\Z)", re.DOTALL | re.IGNORECASE)
_PROPERTY = re.compile(rf"\s+({_WORD})\s*\.\s*({_WORD})\s*=\s*({_PROPERTY_VALUE})(?=\s|\Z)", re.DOTALL)
_ACTION = re.compile(rf"\s+action\s*=\s*{_ATOM}(?=\s|\Z)", re.IGNORECASE)  # Microsoft 365 (2026-11): no type before it
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_VALUE = re.compile(r"(?:[A-Za-z0-9!#$%&'*+.^_`{|}~-]*@)?[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method found; names and result in lower case."""

    method: str
    result: str
    reason: str = ""
    properties: tuple[tuple[str, str], ...] = ()  # ("header.d", "example.com")


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One header: who says so, and what."""

    identity: str  # authserv-id
    results: tuple[MethodResult, ...] = ()
    unreadable_count: int = 0  # results that were left out


def parse_authentication_results(value: bytes) -> AuthenticationResults | None:
    """Read one header value; None when it does not say who speaks."""
    pieces = _split(guess_text(unfold(value))) if len(value) <= MAX_HEADER_BYTES else None
    identity = _IDENTITY.fullmatch(pieces[0]) if pieces else None
    if not pieces or identity is None:
        return None
    told = [piece for piece in pieces[1:] if piece.strip() and piece.strip().lower() != "none"]
    results = tuple(filter(None, map(_parse_result, told[:MAX_RESULTS])))
    return AuthenticationResults(_unquote(identity[1]), results, len(told) - len(results))


def _split(text: str) -> list[str] | None:
    """Take out comments and cut at semicolons; None when a quote or comment does not end."""
    pieces, position = [""], 0
    while position < len(text):  # every turn takes at least one of MAX_HEADER_BYTES
        found = _PIECE.match(text, position)
        word = found[0] if found else text[position]
        position += len(word)
        if word == '"':
            return None
        if word == "(":
            position = find_comment_end(text, position - 1)
            if position < 0:
                return None
            pieces[-1] += " "
        elif word == ";":
            pieces.append("")
        else:
            pieces[-1] += word
    return pieces


def _parse_result(text: str) -> MethodResult | None:
    head = _METHOD.match(text)
    if head is None or head[2] not in (None, "1"):
        return None
    position, reason = head.end(), ""
    if found := _REASON.match(text, position):
        position, reason = found.end(), _unquote(found[1])
    properties = list[tuple[str, str]]()
    if found := _ACTION.match(text, position):
        position = found.end()
    while found := _PROPERTY.match(text, position):  # takes at least four characters each time
        position = found.end()
        properties.append((f"{found[1]}.{found[2]}".lower(), _unquote(found[3])))
    if text[position:].strip():
        return None
    return MethodResult(head[1].lower(), head[3].lower(), reason, tuple(properties))


def _unquote(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if len(value) > 1 and value[0] == value[-1] == '"' else value


def build_authentication_results(proof: Proof, hostname: Domain, mail_from: str) -> bytes:
    """Write the header field with its line end; `mail_from` is the envelope sender, "" for a null one."""
    told = [*_tell_spf(proof, mail_from), *_tell_dkim(proof), *_tell_dmarc(proof), *_tell_arc(proof)]
    lines = ";".join(f"\r\n\t{each}" for each in told) if told else " none"
    return f"Authentication-Results: {hostname};{lines}\r\n".encode("ascii")


def _tell_spf(proof: Proof, mail_from: str) -> Iterator[str]:
    if not proof.spf_details:
        yield from _tell_summary("spf", proof.spf)
    for detail in proof.spf_details:
        yield _tell("spf", detail, **{_name_identity(detail): _choose_identity(detail, mail_from)})


def _name_identity(detail: SpfProof) -> str:
    return "smtp.helo" if detail.identity == "helo" else "smtp.mailfrom"


def _choose_identity(detail: SpfProof, mail_from: str) -> str:
    is_sender = detail.identity != "helo" and _PLAIN_VALUE.fullmatch(mail_from)
    return mail_from if is_sender else detail.domain


def _tell_dkim(proof: Proof) -> Iterator[str]:
    if not proof.dkim_details:
        yield from _tell_summary("dkim", proof.dkim)
    for detail in proof.dkim_details[:MAX_TOLD_SIGNATURES]:
        names = {"header.d": detail.domain, "header.i": detail.identity, "header.s": detail.selector}
        yield _tell("dkim", detail, **names, **{"header.a": detail.algorithm})


def _tell_dmarc(proof: Proof) -> Iterator[str]:
    detail = proof.dmarc_details
    if detail is None:
        yield from _tell_summary("dmarc", proof.dmarc)
    else:
        yield _tell("dmarc", detail, **{"header.from": detail.domain, "policy.dmarc": detail.policy})


def _tell_arc(proof: Proof) -> Iterator[str]:
    yield from _tell_summary("arc", proof.arc)


def _tell_summary(method: str, result: AuthResult) -> Iterator[str]:
    if result is not AuthResult.UNKNOWN:
        yield f"{method}={result.value}"


def _tell(method: str, detail: SpfProof | DkimProof | DmarcProof, **properties: str) -> str:
    reason = [f"reason={_quote(detail.reason)}"] if detail.reason else []
    named = [f"{name}={_format_value(value)}" for name, value in properties.items() if value]
    return "\r\n\t ".join([f"{method}={detail.result.value}", *reason, *named])


def _format_value(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) and len(value) <= MAX_VALUE_CHARS else _quote(value)


def _quote(text: str) -> str:
    """Write a quoted string of printable ASCII, whatever stood there."""
    printable = "".join(each if " " <= each <= "~" else "?" for each in text[:MAX_VALUE_CHARS])
    return '"' + re.sub(r'(["\\])', r"\\\1", printable) + '"'
