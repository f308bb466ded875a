"""The public suffix list: under which names people register domains. Read once, for all who ask; it takes a while.

Source: publicsuffix.org, by the package publicsuffixlist. Whether a name without an entry counts, each question says.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def load_suffixes() -> PublicSuffixList:
    """Give the list.

    >>> load_suffixes().privatesuffix("mail.shop.co.uk"), load_suffixes().publicsuffix("node.js", accept_unknown=False)
    ('shop.co.uk', None)
    """
    return PublicSuffixList()
