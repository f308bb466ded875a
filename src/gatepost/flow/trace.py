"""The headers that gatepost puts in front of a mail, and the forged ones that it cuts out.

Standards: RFC 5321 §4.4 (Received), RFC 8601 §5 (forged Authentication-Results with our identity are removed).
Trust: HELO name and headers come from the peer; what is quoted in a header is cleaned here. Forged headers are looked
for line by line, not among those that a parser found: whoever reads the mail later may find more of them.
"""

import functools
import re
from collections.abc import Iterable
from datetime import datetime

from gatepost.message.compose import format_header
from gatepost.message.lowered import holds_lowered
from gatepost.model.address import Domain
from gatepost.model.cleaning import Cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.errors import BadAddress
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, Decision, Verdict
from gatepost.origin.authres import build_authentication_results

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_IN_WORDS = frozenset(' ();<>\\"')
MAX_HELO = 255
MAX_CODES_CHARS = 700
MAX_WORD_CHARS = 500
MAX_IDENTITY_BYTES = 10_000  # of a header that is read for the identity it claims
STRAY = b"X-Gatepost-Stray: the line below was the first one and belongs to no header\r\n"
MAILBOX_LINE = b"X-Mailbox-Line: "  # stands in front of the line, as Postfix does it

_MBOX_LINE = re.compile(rb">?From (?![ \t]*:)")
_FORGEABLE = (b"authentication-results", b"x-gatepost-")
_FORGEABLE_FIELD = re.compile(
    rb"^(authentication-results|x-gatepost-(?:verdict|action|cleaned|stray))[ \t]*:"
    rb"([^\n]*+(?:\n[ \t][^\n]*+|(?!))*+)\n?",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_IDENTITY_PIECE = re.compile(r'\\(.?)|([()";])|([^\\()";]+)', re.DOTALL)


def build_trace(arrival: Arrival, verdict: Verdict, hostname: Domain) -> tuple[Splice, ...]:
    """Give the edits for one accepted mail: our headers in front, forged ones cut, nothing else touched."""
    fields = [_build_received(arrival, hostname), _tell_proof(arrival, verdict, hostname)]
    if verdict.screening.was_judged:
        fields.append(_build_verdict_header(verdict))
    if arrival.raw.startswith((b" ", b"\t")):  # else the mail's first line would go on with our last header
        fields.append(STRAY)
    if _MBOX_LINE.match(arrival.raw):  # else some readers would end the header here, and see no sender
        fields.append(MAILBOX_LINE)
    return Splice(0, 0, b"".join(fields)), *_cut_forged(arrival.raw, hostname)


def build_action_header(decision: Decision) -> bytes:
    """Give the header that tells a recipient (and filters) why a mail is flagged or cleaned; empty when it is not."""
    if decision.action not in (Action.FLAG, Action.CLEAN):
        return b""
    return _format("X-Gatepost-Action", f"{decision.action.value}; {decision.says}")


def build_cleaned_header(cleaning: Cleaning) -> bytes:
    """Give the header that says what was taken out; after it the signatures of a mail cannot verify any more."""
    names = ", ".join(f"{part.name or part.path} ({part.kind})" for part in cleaning.removed)[:MAX_CODES_CHARS]
    return _format("X-Gatepost-Cleaned", f"{len(cleaning.removed)} taken out: {names}")


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


def _tell_proof(arrival: Arrival, verdict: Verdict, hostname: Domain) -> bytes:
    mail_from = str(arrival.envelope.mail_from or "")
    return build_authentication_results(verdict.screening.proof, hostname, mail_from)


def _build_verdict_header(verdict: Verdict) -> bytes:
    codes = ", ".join(finding.code for finding in verdict.screening.findings)[:MAX_CODES_CHARS] or "nothing found"
    return _format("X-Gatepost-Verdict", f"score={verdict.screening.score:.3f}; {codes}")


def _cut_forged(raw: bytes, hostname: Domain) -> Iterable[Splice]:
    blank = _BLANK_LINE.search(raw)
    end = blank.start() + 1 if blank else len(raw)
    if not holds_lowered(raw, _FORGEABLE, 0, end):
        return ()  # the common case
    forged = (field for field in _FORGEABLE_FIELD.finditer(raw, 0, end) if _is_forged(field, hostname))
    return tuple(Splice(field.start(), field.end() - field.start(), b"") for field in forged)


def _is_forged(field: re.Match[bytes], hostname: Domain) -> bool:
    if field[1].lower() != b"authentication-results":
        return True
    identity = _read_authserv_id(field[2][:MAX_IDENTITY_BYTES].decode("utf-8", "replace"))
    try:
        return not identity or Domain.parse(identity) == hostname
    except BadAddress:
        return False


def _read_authserv_id(text: str) -> str:
    """Give the identity that a header claims, comments and quotes taken off, "" when it claims none readable."""
    depth, is_quoted, plain = 0, False, []
    for escaped, mark, words in _IDENTITY_PIECE.findall(text):
        if mark == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            plain.append(escaped or mark or words)
        elif mark == ";" and not depth:
            break
        elif mark in ("(", ")"):
            depth = max(0, depth + (1 if mark == "(" else -1))
        elif not depth:
            plain.append(escaped or words)
    identity = "".join(plain).split()
    return identity[0] if identity else ""


def clean_word(text: str) -> str:
    """Keep what may stand as one word in a header: no spaces, control characters, parentheses or semicolons."""
    return "".join(each if each.isprintable() and each not in NOT_IN_WORDS else "?" for each in text)


def format_date(at: datetime) -> str:
    """Give a moment in RFC 5322 §3.3 form, whatever the locale.

    >>> from datetime import UTC
    >>> format_date(datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC))
    'Mon, 05 Jan 2026 09:03:01 +0000'
    """
    return _format_second(at.replace(microsecond=0))


@functools.lru_cache(maxsize=4)
def _format_second(at: datetime) -> str:
    return f"{DAYS[at.weekday()]}, {at.day:02d} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _format(name: str, value: str) -> bytes:
    """Write a header of ours in short ASCII lines, whatever the words in it come from."""
    printable = "".join(character if character.isprintable() else "?" for character in value)
    return format_header(name, " ".join(word[:MAX_WORD_CHARS] for word in printable.split(" ")))
