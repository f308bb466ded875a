"""The sender is written so that programs differ: one shows another sender than the one who was authenticated.

Names that claim to be somebody else are told by `display_name_spoof`, a From that is missing, repeated or unreadable by
`missing_essentials`; here is what hides, doubles or displaces the address itself.

Standards: RFC 5322 §3.4, §3.6.2, §4.4 (obsolete forms), RFC 2047 §5, RFC 6854 (groups in From), RFC 5321 §4.5.3.1.1.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.charset import guess_text
from gatepost.message.encoded_words import decode_words, unfold
from gatepost.message.message import Header, Mailbox, Message
from gatepost.message.transfer import decode_base64
from gatepost.model.finding import Evidence, Feature, Finding, Severity, Span
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_HEADERS_READ = 3  # of each name
MAX_VALUE_BYTES = 16_384  # of one header
MAX_LOCAL_PART_BYTES = 64
MAX_BLOCK_BYTES = 262_144  # searched for line ends, and for lines that only some programs read as From

CONTROL = Kind(
    "sender_display.control",
    Severity.DANGER,
    3.0,
    "The sender holds NUL or another control character, at which some programs stop reading.",
)
LINE_END = Kind(
    "sender_display.line_end",
    Severity.SUSPECT,
    2.0,
    "The sender stands beside a line end that only some programs take for one, so they see different headers.",
)
ALMOST_FROM = Kind(
    "sender_display.almost_from",
    Severity.DANGER,
    2.5,
    "A line is read as a second From header by some programs and as junk by others.",
)
ENCODED = Kind(
    "sender_display.encoded_address",
    Severity.SUSPECT,
    2.5,
    "The sender's address is encoded: only some programs decode it, and then show another address.",
)
COMMENT = Kind(
    "sender_display.comment",
    Severity.SUSPECT,
    2.0,
    "A comment beside the sender holds an address of another organisation.",
)
GROUP = Kind("sender_display.group", Severity.SUSPECT, 1.5, "The sender is written as a group of addresses.")
BRACKETS = Kind(
    "sender_display.brackets",
    Severity.SUSPECT,
    2.0,
    "The sender's angle brackets are doubled or nested, so that programs pick different addresses.",
)
ROUTE = Kind(
    "sender_display.route",
    Severity.SUSPECT,
    2.0,
    "The sender's address holds a route through other hosts, as was used long ago (@a:user@b, user%a@b, a!user@b).",
)
QUOTED = Kind(
    "sender_display.quoted_address",
    Severity.DANGER,
    3.0,
    "The quoted part before the @ of the sender's address is itself an address of another organisation.",
)
LONG = Kind(
    "sender_display.long_local_part",
    Severity.SUSPECT,
    2.0,
    "The part before the @ is longer than allowed, so that programs cut off the domain.",
)
PADDED = Kind(
    "sender_display.padded",
    Severity.SUSPECT,
    2.0,
    "The sender's name is padded with blanks that push the address out of sight.",
)
DIRECTION = Kind(
    "sender_display.direction",
    Severity.SUSPECT,
    2.5,
    "Characters that turn the direction of writing stand in the sender, so that it is shown in another order.",
)
INVISIBLE = Kind(
    "sender_display.invisible",
    Severity.SUSPECT,
    2.0,
    "Invisible characters stand within words of the sender's name, or in the address.",
)
INSTEAD = Kind(
    "sender_display.instead_of_from",
    Severity.DANGER,
    1.5,
    "From is missing, and some programs show Sender or Reply-To in its place.",
)
REPEATED = Kind(
    "sender_display.repeated",
    Severity.ODD,
    0.5,
    "Sender or Reply-To stands there several times, and programs use different ones.",
)
KINDS: tuple[Kind, ...] = (
    *(CONTROL, LINE_END, ALMOST_FROM, ENCODED, COMMENT, GROUP, BRACKETS, ROUTE),
    *(QUOTED, LONG, PADDED, DIRECTION, INVISIBLE, INSTEAD, REPEATED),
)

_RAW_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?![$(])|\r(?!\n|\Z)")  # ESC: ISO-2022-JP
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?=")
_ENCODED_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?![$(])")
_WIDE_CHARSET = re.compile(rb"utf-?(?:16|32)|ucs-?[24]", re.IGNORECASE)
_ALMOST_FROM = re.compile(rb"^[^A-Za-z:\r\n]*From[^A-Za-z:\r\n]*:", re.IGNORECASE | re.MULTILINE)
_FROM_BEHIND_CR = re.compile(rb"\r[ \t]*From[ \t]*:", re.IGNORECASE)
_NO_LETTER = re.compile("[^a-z]+")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_ORDINARY = re.compile(rb"\s?(?:(?:[\w.,&'+-]++ ?)*+<[\w.+=-]{1,64}@[\w.-]+>|[\w.+=-]{1,64}@[\w.-]+)")  # most are
_ADDRESS = re.compile(r"[\w.+-]{1,64}@((?:[\w-]+\.)+[\w-]{2,63})")
_QUOTED_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
_HIDDEN = re.compile(rf"{_QUOTED_TEXT.pattern}|=\?[^?\s]{{1,60}}\?[bBqQ]\?[^?]*+\?=", re.DOTALL)
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+\)", re.DOTALL)
_GROUP = re.compile(r"\A[^:<>@,;]*:|;\s*\Z")
_TWO_BRACKETS = re.compile(r"<[^<>,;]*<|>[^,;<>]*[<>]")
_SOURCE_ROUTE = re.compile(r"<\s*@[^<>:]*:")
_HACK = re.compile(r"[^@%!\s]+%[\w-]+(?:\.[\w-]+)+@|[\w-]+(?:\.[\w-]+)+![^@\s]+@")
_PADDING = re.compile(
    "[ \t\u00a0\u00ad\u034f\u115f\u1160\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u2800\u3000\u3164"
    "\ufeff\uffa0]{20,}"
)
_OVERRIDE = re.compile("[\u202d\u202e]")
_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_INVISIBLE = "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0]"
_SPELLED = "[A-Za-z\u0370-\u04ff]"  # other scripts join and part letters by invisible characters
_SPLIT = re.compile(f"{_SPELLED}{_INVISIBLE}+{_SPELLED}")
_ANY_INVISIBLE = re.compile(_INVISIBLE)


@dataclass(frozen=True)
class _Sender:
    """One From header, read in the ways in which programs read it."""

    header: Header
    kit: Kit

    @cached_property
    def written(self) -> str:
        """What stands there, unfolded, encoded words as they are."""
        return guess_text(unfold(self.header.value[:MAX_VALUE_BYTES]))

    @cached_property
    def decoded(self) -> str:
        """What is shown by a program that decodes everything."""
        return decode_words(self.written)

    @cached_property
    def bare(self) -> str:
        """What is left without quoted strings, encoded words and comments."""
        return _COMMENT.sub(" ", _HIDDEN.sub("_", self.written))

    @cached_property
    def mailboxes(self) -> tuple[Mailbox, ...]:
        """The addresses as our parser reads them."""
        return parse_mailboxes(replace(self.header, value=self.header.value[:MAX_VALUE_BYTES]))

    @cached_property
    def domain(self) -> str:
        """The domain of the first address."""
        return next((mailbox.domain for mailbox in self.mailboxes if mailbox.domain), "")

    @cached_property
    def local_parts(self) -> tuple[str, ...]:
        """What stands before the @ of each address."""
        return tuple(mailbox.address.rpartition("@")[0] for mailbox in self.mailboxes)

    def find_stranger(self, text: str) -> str:
        """Give the first address in a text that belongs to another organisation than the sender, else ""."""
        for address in _ADDRESS.finditer(text):
            if not self.kit.tables.is_same_organisation(address[1].lower(), self.domain):
                return address[0]
        return ""


def _has_control(sender: _Sender) -> bool:
    value = sender.header.value
    return bool(_RAW_CONTROL.search(value)) or any(map(_hides_control, _ENCODED_WORD.finditer(value)))


def _hides_control(word: re.Match[bytes]) -> bool:
    charset, encoding, text = word.groups()
    if _WIDE_CHARSET.match(charset):
        return False
    data = decode_base64(text) if encoding in b"bB" else _decode_q(text)
    return bool(_ENCODED_CONTROL.search(data))


def _decode_q(text: bytes) -> bytes:
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda digits: bytes([int(digits[1], 16)]), text)


def _is_encoded(sender: _Sender) -> bool:
    """Say whether an encoded word stands where an address must stand."""
    if any("=?" in mailbox.address for mailbox in sender.mailboxes):
        return True
    return not sender.domain and bool(_ADDRESS.search(sender.decoded)) and "=?" in sender.written


def _has_strange_comment(sender: _Sender) -> bool:
    shown = " ".join(mailbox.display_name for mailbox in sender.mailboxes)  # display_name_spoof reads that
    comments = _COMMENT.findall(_QUOTED_TEXT.sub("_", sender.written))
    found = (sender.find_stranger(decode_words(comment)) for comment in comments)
    return any(address and address not in shown for address in found)


def _is_group(sender: _Sender) -> bool:
    return bool(_GROUP.search(sender.bare)) and "@" in sender.bare


def _has_route(sender: _Sender) -> bool:
    if _SOURCE_ROUTE.search(sender.bare):
        return True
    return any(_HACK.match(mailbox.address) for mailbox in sender.mailboxes)


def _has_quoted_address(sender: _Sender) -> bool:
    return any(local.startswith('"') and sender.find_stranger(local) for local in sender.local_parts)


def _is_long(sender: _Sender) -> bool:
    return any(len(local.encode("utf-8", "replace")) > MAX_LOCAL_PART_BYTES for local in sender.local_parts)


def _turns(sender: _Sender) -> bool:
    if _OVERRIDE.search(sender.decoded) or any(_TURNING.search(mailbox.address) for mailbox in sender.mailboxes):
        return True
    return bool(_TURNING.search(sender.decoded)) and not _RIGHT_TO_LEFT.search(sender.decoded)


def _is_invisible(sender: _Sender) -> bool:
    in_address = any(_ANY_INVISIBLE.search(mailbox.address) for mailbox in sender.mailboxes)
    return in_address or bool(_SPLIT.search(sender.decoded))


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    applies: Callable[[_Sender], bool]
    says: str
    says_zh: str


_RULES = (
    _Rule(
        CONTROL,
        _has_control,
        "The sender holds control characters, so that programs show different senders.",
        "发件人中含有控制字符，不同程序会显示不同的发件人。",
    ),
    _Rule(
        ENCODED,
        _is_encoded,
        "The sender's address is encoded, so that only some programs can read it, and show another one.",
        "发件人地址被编码，只有部分程序会解码，并显示成另一个地址。",
    ),
    _Rule(
        COMMENT,
        _has_strange_comment,
        "Beside the sender stands an address of somebody else, which some programs show.",
        "发件人旁的注释中含有他人的地址，部分程序会显示它。",
    ),
    _Rule(
        GROUP,
        _is_group,
        "The sender is written as a group of addresses, which programs show differently.",
        "发件人被写成地址组，不同程序的显示不同。",
    ),
    _Rule(
        BRACKETS,
        lambda sender: bool(_TWO_BRACKETS.search(sender.bare)),
        "The sender's angle brackets are doubled, so that programs pick different addresses.",
        "发件人的尖括号重复或嵌套，不同程序会取不同的地址。",
    ),
    _Rule(
        ROUTE,
        _has_route,
        "The sender's address leads over other hosts, and programs disagree whose it is.",
        "发件人地址含有经由其他主机的路由，不同程序对其归属理解不同。",
    ),
    _Rule(
        QUOTED,
        _has_quoted_address,
        "Somebody else's address stands in quotes before the sender's real domain.",
        "发件人真实域名之前的引号内是他人的地址。",
    ),
    _Rule(
        LONG,
        _is_long,
        "The sender's address is so long before the @ that its domain is cut off where it is shown.",
        "发件人地址 @ 之前过长，显示时域名会被截断。",
    ),
    _Rule(
        PADDED,
        lambda sender: bool(_PADDING.search(sender.decoded)),
        "The sender's name is padded with blanks that push the real address out of sight.",
        "发件人名称中填充了大量空白，使真实地址移出视线。",
    ),
    _Rule(
        DIRECTION,
        _turns,
        "The sender holds characters that turn the direction of writing, so it reads otherwise than it is.",
        "发件人中含有改变书写方向的字符，显示的内容与实际不符。",
    ),
    _Rule(
        INVISIBLE,
        _is_invisible,
        "Invisible characters are hidden in the sender's name or address.",
        "发件人名称或地址中藏有不可见字符。",
    ),
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Read the sender as different programs do."""
    message = case.message
    for header in message.all_headers("from")[:MAX_HEADERS_READ]:
        if not _ORDINARY.fullmatch(header.value):
            yield from _examine_sender(_Sender(header, kit))
        yield from _examine_line_ends(message, header)
    yield from _examine_almost_from(message)
    yield from _examine_others(message)


def _examine_sender(sender: _Sender) -> Iterator[Finding]:
    for rule in _RULES:
        if rule.applies(sender):
            yield rule.kind.seen(point_at(sender.decoded, sender.header.span), says=rule.says, says_zh=rule.says_zh)


def _examine_line_ends(message: Message, header: Header) -> Iterator[Finding]:
    """Look for a bare LF at the header, in a mail whose other lines end in CRLF."""
    start, end = header.span.start, min(header.span.end, header.span.start + MAX_VALUE_BYTES)
    if message.raw.find(b"\r\n", 0, MAX_BLOCK_BYTES) >= 0 and _BARE_LF.search(message.raw[max(0, start - 2) : end]):
        yield LINE_END.seen(
            _point_at(header),
            says="The sender stands beside a broken line end, so that programs see different senders.",
            says_zh="发件人旁有不规范的换行，不同程序会看到不同的发件人。",
        )


def _examine_almost_from(message: Message) -> Iterator[Finding]:
    for span in itertools.islice(_find_almost_from(message), MAX_HEADERS_READ):
        yield ALMOST_FROM.seen(
            point_at(message.raw[span.start : span.end].decode("utf-8", "replace"), span),
            says="A line of the header reads as From to some programs only, and they show another sender.",
            says_zh="邮件头中有一行只被部分程序当作发件人，它们会显示另一个发件人。",
        )


def _find_almost_from(message: Message) -> Iterator[Span]:
    """Find fields with nearly that name, From behind a bare CR, and lines that our parser took for no field."""
    position = message.span.start
    for header in message.headers:
        if header.span.start > position and _ALMOST_FROM.search(message.raw[position : header.span.start]):
            yield Span(position, header.span.start)
        position = header.span.end
        name = header.name
        is_almost = "from" in name and name != "from" and _NO_LETTER.sub("", name) == "from"
        if is_almost or _FROM_BEHIND_CR.search(header.value):
            yield header.span
    rest = message.raw[position : min(message.span.end, position + MAX_BLOCK_BYTES)]
    if rest.startswith((b"\r\n", b"\n")):
        return
    blank = _BLANK_LINE.search(rest)
    if _ALMOST_FROM.search(rest, 0, blank.start() if blank else len(rest)):
        yield Span(position, position + (blank.start() if blank else len(rest)))


def _examine_others(message: Message) -> Iterator[Finding]:
    others = [message.all_headers(name)[:MAX_HEADERS_READ] for name in ("sender", "reply-to")]
    if not message.all_headers("from") and (shown := next(filter(None, others), None)):
        address = next((mailbox.address for mailbox in parse_mailboxes(shown[0])), "")
        yield INSTEAD.seen(
            _point_at(shown[0]),
            says=f"The mail has no From header; some programs show {quote(address)} in its place.",
            says_zh=f"邮件没有 From 头；部分程序会改为显示 {quote(address)}。",
        )
    for headers in others:
        if len(headers) > 1:
            yield REPEATED.seen(
                *map(_point_at, headers),
                says="The mail says more than once who sent it for the author, or to whom an answer goes.",
                says_zh="邮件重复写明代发人或回信地址。",
            )


def _point_at(header: Header) -> Evidence:
    return point_at(header.value.decode("utf-8", "replace"), header.span)
