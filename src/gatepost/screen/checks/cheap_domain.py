"""Sender or links use a domain of the kind that is bought by the hundred and thrown away."""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.opened import read_hosts
from gatepost.screen.quoting import point_at, quote

SENDER = Kind("cheap_domain.sender", Severity.ODD, 1.5, "The sender's domain lies under a suffix favoured by spammers.")
LINK = Kind("cheap_domain.link", Severity.ODD, 2.0, "A link leads to a domain under a suffix favoured by spammers.")
KINDS: tuple[Kind, ...] = (SENDER, LINK)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at the sender's domain and at each host that a link opens."""
    is_cheap = kit.tables.is_cheap
    for mailbox in case.message.from_[:1]:
        if is_cheap(mailbox.domain):
            yield SENDER.seen(
                point_at(mailbox.address, mailbox.span),
                says=f"The sender's domain {quote(mailbox.domain)} is of a kind that spammers buy by the hundred.",
                says_zh=f"发件人域名 {quote(mailbox.domain)} 属于垃圾邮件发送者常批量购买的类型。",
            )
    for host, one in read_hosts(case.message).items():
        if is_cheap(host):
            yield LINK.seen(
                one.evidence,
                says=f"A link opens {quote(host)}, a domain of a kind that spammers buy by the hundred.",
                says_zh=f"链接打开 {quote(host)}，该域名属于垃圾邮件发送者常批量购买的类型。",
            )
