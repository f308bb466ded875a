"""Read the arguments of MAIL, RCPT, EHLO and BDAT.

Standards: RFC 5321 §4.1.2 (syntax), RFC 1870 (SIZE), RFC 6152 (BODY), RFC 6531 §3.4 (SMTPUTF8), RFC 3030 (BDAT).
Trust: every character comes from the peer.
Fails: Refused, which carries the reply for the peer.
"""

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass

from gatepost.model.address import MAX_DOMAIN_BYTES, MAX_PATH_BYTES, Address, Domain
from gatepost.model.errors import BadAddress, PeerProtocolError
from gatepost.wire.smtp.replies import Reply, build_reply

MAX_PARAMETER_COUNT = 10  # more than RFC 5321 and all offered extensions define
MAX_SIZE_DIGITS = 20  # RFC 1870 §4
MAX_CHUNK_SIZE_DIGITS = 18  # keeps the number within 64 bits

HELO_SYNTAX = build_reply(501, "5.5.4", "Syntax: EHLO or HELO, then your host name or [address]")
MAIL_SYNTAX = build_reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]")
RCPT_SYNTAX = build_reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
BDAT_SYNTAX = build_reply(501, "5.5.4", "Syntax: BDAT size [LAST]")
BAD_SENDER = build_reply(553, "5.1.7", "The sender's address is not valid")
BAD_RECIPIENT = build_reply(553, "5.1.3", "The recipient's address is not valid")
UNKNOWN_PARAMETER = build_reply(555, "5.5.4", "A parameter is not known here")
BAD_PARAMETER = build_reply(501, "5.5.4", "A parameter has a wrong value or stands twice")
NEEDS_SMTPUTF8 = build_reply(553, "5.6.7", "A non-ASCII address needs MAIL with SMTPUTF8")

# A quoted local part may hold ">" and spaces, so the end of a path is not simply the first ">".
_PATH = re.compile(r'<((?:"(?:[^"\\]|\\.)*"|[^"\\<> ])*)>(?: +(.*))?', re.DOTALL)
_HELO_NAME = re.compile(rf'[^\x00-\x20()<>@,;\\"\x7f-\U0010ffff]{{1,{MAX_DOMAIN_BYTES}}}')
_SIZE = re.compile(rf"[0-9]{{1,{MAX_SIZE_DIGITS}}}")
_CHUNK = re.compile(rf"([0-9]{{1,{MAX_CHUNK_SIZE_DIGITS}}})(?: +(LAST))?", re.IGNORECASE)


class Refused(PeerProtocolError):
    """An argument is wrong; `reply` says so to the peer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.lines[0])
        self.reply = reply


class Body(enum.StrEnum):
    """What the client declares about its content (RFC 6152); BINARYMIME is not offered."""

    SEVEN_BIT = "7BIT"
    EIGHT_BIT = "8BITMIME"


@dataclass(frozen=True, slots=True)
class MailFrom:
    """The argument of MAIL; `address` None is the null sender, `size_bytes` None means not declared."""

    address: Address | None
    size_bytes: int | None = None
    body: Body = Body.SEVEN_BIT
    needs_smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """The argument of BDAT: how many bytes follow the line, and whether they are the last."""

    size_bytes: int
    is_last: bool


def parse_helo_name(text: str) -> str:
    """Check the name a client gives itself: any printable word that cannot break a Received header."""
    if not _HELO_NAME.fullmatch(text):
        raise Refused(HELO_SYNTAX)
    return text


def parse_mail_argument(text: str) -> MailFrom:
    """Read `FROM:<path> parameters`.

    >>> str(parse_mail_argument("FROM:<ann@a.example> SIZE=10").address)
    'ann@a.example'
    """
    path, parameters = _split_path(text, "FROM:", MAIL_SYNTAX)
    size_bytes, body, needs_smtputf8 = (
        _parse_mail_parameters(parameters) if parameters else (None, Body.SEVEN_BIT, False)
    )
    if not (needs_smtputf8 or path.isascii()):
        raise Refused(NEEDS_SMTPUTF8)
    address = _parse_mailbox(path, BAD_SENDER) if path else None
    return MailFrom(address, size_bytes, body, needs_smtputf8)


def parse_rcpt_argument(text: str, host_name: str, *, smtputf8_is_on: bool) -> Address:
    """Read `TO:<path>`; the bare <Postmaster> of RFC 5321 §4.5.1 is the one of our host."""
    path, parameters = _split_path(text, "TO:", RCPT_SYNTAX)
    if parameters:
        raise Refused(UNKNOWN_PARAMETER)
    if not (smtputf8_is_on or path.isascii()):
        raise Refused(NEEDS_SMTPUTF8)
    if path.lower() == "postmaster":
        return Address("postmaster", Domain.parse(host_name))
    return _parse_mailbox(path, BAD_RECIPIENT)


def parse_chunk_argument(text: str) -> Chunk:
    """Read `size [LAST]` of BDAT (RFC 3030 §2)."""
    match = _CHUNK.fullmatch(text)
    if match is None:
        raise Refused(BDAT_SYNTAX)
    return Chunk(int(match[1]), match[2] is not None)


def _split_path(text: str, keyword: str, syntax: Reply) -> tuple[str, str]:
    """Give what stands between the angle brackets, and the parameters after them.

    Spaces between the colon and the bracket are not allowed by RFC 5321 §3.3 but common, and harmless.
    """
    if text[: len(keyword)].upper() != keyword:
        raise Refused(syntax)
    match = _PATH.fullmatch(text[len(keyword) :].lstrip(" "))
    if match is None:
        raise Refused(syntax)
    return match[1], match[2] or ""


def _parse_mailbox(path: str, refusal: Reply) -> Address:
    if len(path.encode()) + len("<>") > MAX_PATH_BYTES:
        raise Refused(refusal)
    try:
        return Address.parse(_strip_route(path) if path.startswith("@") else path)
    except BadAddress as error:
        raise Refused(refusal) from error


def _strip_route(path: str) -> str:
    """Leave out a source route `@a,@b:`: it must be understood and should be ignored (RFC 5321 §4.1.2)."""
    route, _, mailbox = path.partition(":")
    for hop in route.split(","):
        if not hop.startswith("@"):
            raise BadAddress("a source route has a hop without @")
        Domain.parse(hop[1:])
    return mailbox


def _parse_mail_parameters(text: str) -> tuple[int | None, Body, bool]:
    found: dict[str, str] = {}
    words = text.split()
    if len(words) > MAX_PARAMETER_COUNT:
        raise Refused(UNKNOWN_PARAMETER)
    for word in words:
        keyword, equals, value = word.partition("=")
        keyword = keyword.upper()
        is_known = _PARAMETER_VALUES.get(keyword)
        if is_known is None:
            raise Refused(UNKNOWN_PARAMETER)
        if keyword in found or not is_known(equals + value):
            raise Refused(BAD_PARAMETER)
        found[keyword] = value
    size = found.get("SIZE")
    return None if size is None else int(size), Body(found.get("BODY", "7BIT").upper()), "SMTPUTF8" in found


_PARAMETER_VALUES: dict[str, Callable[[str], bool]] = {
    "SIZE": lambda given: given[:1] == "=" and _SIZE.fullmatch(given, 1) is not None,
    "BODY": lambda given: given[:1] == "=" and given[1:].upper() in {body.value for body in Body},
    "SMTPUTF8": lambda given: not given,
}
