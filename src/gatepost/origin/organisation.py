"""Which organisation a domain belongs to, by the public suffix list.

Standards: RFC 7489 §3.2 (organisational domain).
Trust: the list comes with publicsuffixlist and is never fetched; names are those that strangers use.
Fails: never.
"""

from functools import lru_cache

from gatepost.message.suffixes import load_suffixes

MAX_REMEMBERED_DOMAINS = 8192
MAX_DOMAIN_CHARS = 255  # RFC 5321 §4.5.3.1.2


@lru_cache(MAX_REMEMBERED_DOMAINS)
def find_registrable_domain(domain: str) -> str | None:
    """Give the name that somebody registered below a public suffix; None for a suffix and for what is no name.

    >>> find_registrable_domain("mail.shop.co.uk"), find_registrable_domain("co.uk")
    ('shop.co.uk', None)
    """
    return load_suffixes().privatesuffix(domain) if len(domain) <= MAX_DOMAIN_CHARS else None


def find_organisation(domain: str) -> str:
    """Give the organisational domain; a public suffix is its own and shares it with no name below."""
    return find_registrable_domain(domain) or domain
