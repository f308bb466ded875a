"""The sender is written so that programs differ: one shows another sender than the one who was authenticated.

Names that claim to be somebody else are told by `display_name_spoof`, a From that is missing, repeated or unreadable by
`missing_essentials`; here is what hides, doubles or displaces the address itself.

Standards: RFC 5322 §3.4, §3.6.2, §4.4 (obsolete forms), RFC 2047 §5, RFC 6854 (groups in From), RFC 5321 §4.5.3.1.1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.message import Header, Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.header_lines import find_almost_from, stands_at_bare_line_end
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.written_sender import WrittenSender, is_ordinary, read_sender

MAX_HEADERS_READ = 3  # of each name

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


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    applies: Callable[[WrittenSender], bool]
    says: str
    says_zh: str


_RULES = (
    _Rule(
        CONTROL,
        WrittenSender.holds_control,
        "The sender holds control characters, so that programs show different senders.",
        "发件人中含有控制字符，不同程序会显示不同的发件人。",
    ),
    _Rule(
        ENCODED,
        WrittenSender.is_encoded,
        "The sender's address is encoded, so that only some programs can read it, and show another one.",
        "发件人地址被编码，只有部分程序会解码，并显示成另一个地址。",
    ),
    _Rule(
        COMMENT,
        WrittenSender.has_strange_comment,
        "Beside the sender stands an address of somebody else, which some programs show.",
        "发件人旁的注释中含有他人的地址，部分程序会显示它。",
    ),
    _Rule(
        GROUP,
        WrittenSender.is_group,
        "The sender is written as a group of addresses, which programs show differently.",
        "发件人被写成地址组，不同程序的显示不同。",
    ),
    _Rule(
        BRACKETS,
        WrittenSender.has_two_brackets,
        "The sender's angle brackets are doubled, so that programs pick different addresses.",
        "发件人的尖括号重复或嵌套，不同程序会取不同的地址。",
    ),
    _Rule(
        ROUTE,
        WrittenSender.has_route,
        "The sender's address leads over other hosts, and programs disagree whose it is.",
        "发件人地址含有经由其他主机的路由，不同程序对其归属理解不同。",
    ),
    _Rule(
        QUOTED,
        WrittenSender.has_quoted_address,
        "Somebody else's address stands in quotes before the sender's real domain.",
        "发件人真实域名之前的引号内是他人的地址。",
    ),
    _Rule(
        LONG,
        WrittenSender.is_long,
        "The sender's address is so long before the @ that its domain is cut off where it is shown.",
        "发件人地址 @ 之前过长，显示时域名会被截断。",
    ),
    _Rule(
        PADDED,
        WrittenSender.is_padded,
        "The sender's name is padded with blanks that push the real address out of sight.",
        "发件人名称中填充了大量空白，使真实地址移出视线。",
    ),
    _Rule(
        DIRECTION,
        WrittenSender.turns,
        "The sender holds characters that turn the direction of writing, so it reads otherwise than it is.",
        "发件人中含有改变书写方向的字符，显示的内容与实际不符。",
    ),
    _Rule(
        INVISIBLE,
        WrittenSender.is_invisible,
        "Invisible characters are hidden in the sender's name or address.",
        "发件人名称或地址中藏有不可见字符。",
    ),
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Read the sender as different programs do."""
    message = case.message
    headers = message.all_headers("from")
    for header in headers[:MAX_HEADERS_READ]:
        if not is_ordinary(header):
            yield from _examine_sender(read_sender(header, message, kit.tables))
        if stands_at_bare_line_end(message, header):
            yield LINE_END.seen(
                _point_at(header),
                says="The sender stands beside a broken line end, so that programs see different senders.",
                says_zh="发件人旁有不规范的换行，不同程序会看到不同的发件人。",
            )
    for span in islice(find_almost_from(message), MAX_HEADERS_READ):
        yield ALMOST_FROM.seen(
            point_at(message.raw[span.start : span.end].decode("utf-8", "replace"), span),
            says="A line of the header reads as From to some programs only, and they show another sender.",
            says_zh="邮件头中有一行只被部分程序当作发件人，它们会显示另一个发件人。",
        )
    yield from _examine_others(message, has_from=bool(headers))


def _examine_sender(sender: WrittenSender) -> Iterator[Finding]:
    for rule in _RULES:
        if rule.applies(sender):
            yield rule.kind.seen(point_at(sender.decoded, sender.header.span), says=rule.says, says_zh=rule.says_zh)


def _examine_others(message: Message, *, has_from: bool) -> Iterator[Finding]:
    others = [message.all_headers(name)[:MAX_HEADERS_READ] for name in ("sender", "reply-to")]
    if not has_from and (shown := next(filter(None, others), None)):
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
