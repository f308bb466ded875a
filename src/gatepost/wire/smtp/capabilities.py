"""What an SMTP or LMTP server says that it can do.

Standards: RFC 5321 §4.1.1.1 (EHLO answer), RFC 1870 §4 (SIZE), RFC 9422 §3 (LIMITS).
Trust: every word comes from the peer; a word that makes no sense counts as not said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gatepost.wire.smtp.client_replies import ServerReply

_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Keywords in upper case with their parameters as one text."""

    keywords: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords

    @property
    def size_limit_bytes(self) -> int:
        """Give the longest mail that is taken, 0 when the server does not say."""
        return _parse_number(self.keywords.get("SIZE", ""))

    @property
    def recipients_limit(self) -> int:
        """Give the most recipients of one mail, 0 when the server does not say."""
        return self._limit("RCPTMAX")

    @property
    def mails_limit(self) -> int:
        """Give the most mails of one connection, 0 when the server does not say."""
        return self._limit("MAILMAX")

    def _limit(self, name: str) -> int:
        for limit in self.keywords.get("LIMITS", "").split():
            key, _, value = limit.partition("=")
            if key.upper() == name:
                return _parse_number(value)
        return 0


def _parse_number(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0


def parse_capabilities(reply: ServerReply) -> Capabilities:
    """Read the lines after the first of an EHLO or LHLO answer; of a keyword said twice the first counts.

    >>> parse_capabilities(ServerReply(250, "", ("mx.example", "size 1000", "LIMITS RCPTMAX=5"))).size_limit_bytes
    1000
    """
    keywords: dict[str, str] = {}
    for line in reply.lines[1:]:
        keyword, _, parameters = line.strip().partition(" ")
        if _KEYWORD.fullmatch(keyword):
            keywords.setdefault(keyword.upper(), parameters.strip())
    return Capabilities(MappingProxyType(keywords))
