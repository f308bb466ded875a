"""What every honest mail program writes into the header is missing or unusable.

Standards: RFC 5322 §3.6 (From exactly once, Date exactly once), §3.6.4 (Message-ID should be there).
"""

import re
from collections.abc import Iterator

from gatepost.message.message import Header, Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.remember import remember

MAX_REMEMBERED = 2048
MAX_SHOWN = 3  # of several From headers

NO_FROM = Kind("missing_essentials.from", Severity.ODD, 0.5, "The mail has no From header, so nobody signs for it.")
SEVERAL_FROM = Kind(
    "missing_essentials.several_from",
    Severity.DANGER,
    3.0,
    "The mail has several From headers: what is checked may not be what is shown.",
)
FROM_UNREADABLE = Kind(
    "missing_essentials.from_unreadable", Severity.ODD, 2.0, "The From header holds no usable mail address."
)
FROM_BROKEN = Kind(
    "missing_essentials.from_broken",
    Severity.ODD,
    2.0,
    "Stray commas stand in the From header, as no mail program writes them.",
)
FROM_UNREACHABLE = Kind(
    "missing_essentials.from_unreachable",
    Severity.SUSPECT,
    3.0,
    "The domain of the From address cannot exist on the internet, so no answer would arrive.",
)
NO_DATE = Kind("missing_essentials.date", Severity.ODD, 0.3, "The mail has no Date header, or it cannot be read.")
NO_MESSAGE_ID = Kind("missing_essentials.message_id", Severity.NOTE, 0.2, "The mail has no Message-ID.")
BARE = Kind(
    "missing_essentials.bare",
    Severity.SUSPECT,
    1.0,
    "The mail has neither a date nor a Message-ID nor a usable sender: no mail program writes this.",
)
KINDS: tuple[Kind, ...] = (
    NO_FROM,
    SEVERAL_FROM,
    FROM_UNREADABLE,
    FROM_BROKEN,
    FROM_UNREACHABLE,
    NO_DATE,
    NO_MESSAGE_ID,
    BARE,
)

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_QUOTED = re.compile(rb'"[^"]{0,1000}"')
_STRAY_COMMA = re.compile(rb",[\s_,(]{0,5}<")  # not `Doe, Jane <jane@example.org>`, which badly set up programs write
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}|\[[\d.:a-f]+\]", re.IGNORECASE)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for the essentials of the header."""
    message = case.message
    sender = list(_examine_from(message))
    yield from sender
    lacks_date, lacks_id = message.date is None, not message.message_id
    if lacks_date:
        yield NO_DATE.seen(says="The mail bears no readable date.", says_zh="邮件没有可识别的日期。")
    if lacks_id:
        yield NO_MESSAGE_ID.seen(says="The mail has no Message-ID.", says_zh="邮件没有 Message-ID。")
    if sender and lacks_date and lacks_id:
        yield BARE.seen(
            says="The mail lacks sender, date and Message-ID: no mail program writes such mail.",
            says_zh="邮件缺少发件人、日期和 Message-ID，正常的邮件程序不会这样写信。",
        )


def _examine_from(message: Message) -> Iterator[Finding]:
    headers = message.all_headers("from")
    if not headers:
        yield NO_FROM.seen(says="The mail does not say who sent it.", says_zh="邮件没有写明发件人。")
        return
    if len(headers) > 1:
        yield SEVERAL_FROM.seen(
            *_point_at(headers),
            says=f"The mail names its sender {len(headers)} times, which is forbidden and hides the true one.",
            says_zh=f"邮件写了 {len(headers)} 次发件人，这违反标准，会掩盖真正的发件人。",
        )
    address = next((mailbox.address for mailbox in message.from_ if _ADDRESS.fullmatch(mailbox.address)), "")
    if not address and not _is_from_a_mail_system(message):
        yield FROM_UNREADABLE.seen(
            *_point_at(headers), says="The sender's address cannot be read.", says_zh="发件人地址无法识别。"
        )
    if address and any(map(_has_stray_comma, headers[:MAX_SHOWN])):
        yield FROM_BROKEN.seen(
            *_point_at(headers),
            says="The sender's name was written by no proper mail program.",
            says_zh="发件人名称不是由正规邮件程序写成的。",
        )
    if address and not _may_exist(address.rpartition("@")[2].rstrip(".")):
        yield FROM_UNREACHABLE.seen(
            *_point_at(headers),
            says=f"The sender's address {quote(address)} cannot exist on the internet.",
            says_zh=f"发件人地址 {quote(address)} 在互联网上不可能存在。",
        )


def _point_at(headers: tuple[Header, ...]) -> list[Evidence]:
    return [point_at(header.value.decode("utf-8", "replace"), header.span) for header in headers[:MAX_SHOWN]]


def _has_stray_comma(header: Header) -> bool:
    return b"," in header.value and _STRAY_COMMA.search(_QUOTED.sub(b"", header.value)) is not None


@remember(MAX_REMEMBERED)
def _may_exist(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def _is_from_a_mail_system(message: Message) -> bool:
    """Tell reports of mail systems, which often sign with a name alone (RFC 5321 §6.1: MAIL FROM:<>)."""
    return message.report is not None or any(
        b"mailer-daemon" in header.value.lower() for header in message.all_headers("from")
    )
