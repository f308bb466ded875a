"""Whether an answer to the visible sender could arrive: what the DNS says of the domain.

Standards: RFC 5321 §5.1 (MX, else the address of the domain itself), RFC 7505 (null MX).
Trust: the domain comes from the mail; the records from its owner, who can let any name exist, so this proves nothing.
Fails: never; a DNS that does not answer leaves it unknown.
"""

from gatepost.model.errors import TryLater
from gatepost.model.ports import DnsStatus, Resolver
from gatepost.model.proof import AuthorDomain


async def evaluate_author_domain(domain: str, resolver: Resolver) -> AuthorDomain:
    """Ask whether mail for `domain` (A-labels) has a place to go; "" is no domain, and unknown."""
    if not domain or domain.startswith("["):
        return AuthorDomain.UNKNOWN
    try:
        return await _ask(domain, resolver)
    except TryLater:
        return AuthorDomain.UNKNOWN


async def _ask(domain: str, resolver: Resolver) -> AuthorDomain:
    exchangers = await resolver.lookup_mx(domain)
    if exchangers.status is DnsStatus.NO_NAME:
        return AuthorDomain.ABSENT
    if exchangers.records:
        return AuthorDomain.TAKES_MAIL if any(host for _, host in exchangers.records) else AuthorDomain.NULL_MX
    for look_up in (resolver.lookup_a, resolver.lookup_aaaa):
        if (await look_up(domain)).records:
            return AuthorDomain.TAKES_MAIL
    return AuthorDomain.NO_HOST
