"""The headers that gatepost puts in front of a mail, and the forged ones that it cuts out.

Standards: RFC 5321 §4.4 (Received), RFC 8601 §5 (forged Authentication-Results with our identity are removed).
Trust: HELO name and headers come from the peer; what is quoted in a header is cleaned here.
"""

from collections.abc import Iterable
from datetime import datetime

from gatepost.message.message import Header
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.envelope import Arrival
from gatepost.model.proof import AuthResult, Proof
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, Decision, Verdict

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_IN_WORDS = frozenset(' ();<>\\"')
MAX_HELO = 255
MAX_CODES_BYTES = 700
OWN_HEADERS = ("x-gatepost-verdict", "x-gatepost-action")
_FORGEABLE = (b"authentication-results", b"x-gatepost-")


def build_trace(arrival: Arrival, verdict: Verdict, hostname: Domain) -> tuple[Splice, ...]:
    """Give the edits for one accepted mail: our headers in front, forged ones cut, nothing else touched."""
    fields = [_build_received(arrival, hostname), _build_authentication_results(verdict.screening.proof, hostname)]
    if verdict.screening.was_judged:
        fields.append(_build_verdict_header(verdict))
    return Splice(0, 0, b"".join(fields)), *_cut_forged(arrival.raw, hostname)


def build_action_header(decision: Decision) -> bytes:
    """Give the header that tells a flagged mail's recipient (and filter) why it is flagged; empty when it is not."""
    if decision.action is not Action.FLAG:
        return b""
    return _fold("X-Gatepost-Action", f"flag; {decision.says}")


def _build_received(arrival: Arrival, hostname: Domain) -> bytes:
    envelope = arrival.envelope
    client = f"[IPv6:{envelope.client_ip}]" if ":" in envelope.client_ip else f"[{envelope.client_ip}]"
    helo = clean_word(envelope.helo)[:MAX_HELO] or "unknown"
    lines = [f"Received: from {helo} ({client})", f"\tby {hostname} with {envelope.protocol} id {arrival.mail_id}"]
    if envelope.tls_version:
        lines.append(f"\t(using {clean_word(envelope.tls_version)})")
    if len(envelope.recipients) == 1:  # naming one of several would tell the others (RFC 5321 §7.6)
        lines.append(f"\tfor <{envelope.recipients[0]}>")
    return ("\r\n".join(lines) + f";\r\n\t{format_date(arrival.received_at)}\r\n").encode("utf-8")


def _build_authentication_results(proof: Proof, hostname: Domain) -> bytes:
    """Say what was proven; a standard that was not asked is left out (RFC 8601 §2.2: `none` when nothing was)."""
    results = [("spf", proof.spf), ("dkim", proof.dkim), ("dmarc", proof.dmarc), ("arc", proof.arc)]
    told = [f"{method}={result.value}" for method, result in results if result is not AuthResult.UNKNOWN]
    return f"Authentication-Results: {hostname}; {'; '.join(told) or 'none'}\r\n".encode("ascii")


def _build_verdict_header(verdict: Verdict) -> bytes:
    codes = ", ".join(finding.code for finding in verdict.screening.findings)[:MAX_CODES_BYTES] or "nothing found"
    return _fold("X-Gatepost-Verdict", f"score={verdict.screening.score:.3f}; {codes}")


def _cut_forged(raw: bytes, hostname: Domain) -> Iterable[Splice]:
    head_end = raw.find(b"\r\n\r\n")
    head = (raw if head_end < 0 else raw[:head_end]).lower()
    if not any(name in head for name in _FORGEABLE):
        return ()  # the common case costs no parsing
    forged = (header for header in parse_message(raw).headers if _is_forged(header, hostname))
    return tuple(Splice(header.span.start, header.span.end - header.span.start, b"") for header in forged)


def _is_forged(header: Header, hostname: Domain) -> bool:
    if header.name in OWN_HEADERS:
        return True
    return header.name == "authentication-results" and _read_authserv_id(header.value) in (hostname.name, "")


def _read_authserv_id(value: bytes) -> str:
    """Give the identity that a header claims, comments and quotes taken off, "" when it claims none readable."""
    text = value.decode("utf-8", "replace")
    depth, plain = 0, []
    for character in text:
        depth += (character == "(") - (character == ")" and depth > 0)
        if not depth and character != ")":
            plain.append(character)
    identity = "".join(plain).partition(";")[0].split()
    return identity[0].strip('"').rstrip(".").lower() if identity else ""


def clean_word(text: str) -> str:
    """Keep what may stand as one word in a header: no spaces, control characters, parentheses or semicolons."""
    return "".join(each if each.isprintable() and each not in NOT_IN_WORDS else "?" for each in text)


def format_date(at: datetime) -> str:
    """Give a moment in RFC 5322 §3.3 form, whatever the locale.

    >>> from datetime import UTC
    >>> format_date(datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC))
    'Mon, 05 Jan 2026 09:03:01 +0000'
    """
    return f"{DAYS[at.weekday()]}, {at.day:02d} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _fold(name: str, value: str) -> bytes:
    """Write an unstructured header in lines of at most 78 characters where words allow it (RFC 5322 §2.1.1)."""
    line, lines = f"{name}:", []
    for word in "".join(character if character.isprintable() else "?" for character in value).split(" "):
        if len(line) + 1 + len(word) > 78 and line.strip():  # noqa: PLR2004 - the standard's own number
            lines.append(line)
            line = ""
        line += f" {word}"
    return ("\r\n".join([*lines, line]) + "\r\n").encode("utf-8")
