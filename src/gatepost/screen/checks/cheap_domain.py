"""Sender or links use a domain of the kind that is bought by the hundred and thrown away."""

from collections.abc import Iterator

from gatepost.message.message import LinkKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_LINKS = 2_000

SENDER = Kind("cheap_domain.sender", Severity.ODD, 1.5, "The sender's domain lies under a suffix favoured by spammers.")
LINK = Kind("cheap_domain.link", Severity.ODD, 2.0, "A link leads to a domain under a suffix favoured by spammers.")
KINDS: tuple[Kind, ...] = (SENDER, LINK)

_OPENING = frozenset({LinkKind.ANCHOR, LinkKind.TEXT, LinkKind.FORM, LinkKind.REFRESH})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at the sender's domain and at each host that a link opens."""
    for mailbox in case.message.from_[:1]:
        if mailbox.domain and kit.tables.is_cheap(mailbox.domain):
            yield SENDER.seen(
                point_at(mailbox.address, mailbox.span),
                says=f"The sender's domain {quote(mailbox.domain)} is of a kind that spammers buy by the hundred.",
                says_zh=f"发件人域名 {quote(mailbox.domain)} 属于垃圾邮件发送者常批量购买的类型。",
            )
    links = {link.target_host: link for link in case.message.links[:MAX_LINKS] if link.kind in _OPENING}
    for host, link in links.items():
        if host and kit.tables.is_cheap(host):
            yield LINK.seen(
                point_at(link.target, link.span),
                says=f"A link opens {quote(host)}, a domain of a kind that spammers buy by the hundred.",
                says_zh=f"链接打开 {quote(host)}，该域名属于垃圾邮件发送者常批量购买的类型。",
            )
