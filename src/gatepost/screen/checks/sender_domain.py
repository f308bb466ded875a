"""No answer to the visible sender could arrive: its domain does not exist, takes no mail, or has no mail server.

From the DNS, where it was asked; a name that cannot exist on the internet at all is told by `missing_essentials`.

Standards: RFC 5321 §5.1, RFC 7505 (null MX).
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.proof import AuthorDomain
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

ABSENT = Kind("sender_domain.absent", Severity.SUSPECT, 2.0, "The visible sender's domain does not exist.")
NULL_MX = Kind("sender_domain.null_mx", Severity.ODD, 0.7, "The visible sender's domain says that it takes no mail.")
NO_HOST = Kind("sender_domain.no_host", Severity.ODD, 0.7, "The visible sender's domain has no mail server.")
KINDS: tuple[Kind, ...] = (ABSENT, NULL_MX, NO_HOST)

_TOLD = {
    AuthorDomain.ABSENT: (ABSENT, "does not exist", "不存在"),
    AuthorDomain.NULL_MX: (NULL_MX, "says that it takes no mail", "声明不接收邮件"),
    AuthorDomain.NO_HOST: (NO_HOST, "has no mail server", "没有邮件服务器"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Say what the DNS told about the domain of the visible sender."""
    told = _TOLD.get(case.proof.author_domain)
    if told is None:
        return
    sender = next((mailbox for mailbox in case.message.from_ if "." in mailbox.domain), None)
    if sender is None:
        return
    kind, what, what_zh = told
    domain = quote(sender.domain)
    yield kind.seen(
        point_at(sender.address, sender.span),
        says=f"The sender's domain {domain} {what}, so no answer would arrive.",
        says_zh=f"发件人域名 {domain} {what_zh}，回信无法送达。",
    )
