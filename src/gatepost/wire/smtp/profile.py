"""How a server presents itself and what it puts up with; one value shared by all its sessions.

Standards: RFC 5321 §4.5.3.1.8 (recipients), RFC 1870 (SIZE), RFC 2920, RFC 6152, RFC 6531, RFC 3030, RFC 2034,
RFC 3207, RFC 9422 (LIMITS).
"""

import functools
from dataclasses import dataclass

from gatepost.model.address import Domain
from gatepost.wire.smtp.replies import Reply, build_reply

MIN_RECIPIENT_LIMIT = 100  # RFC 5321 §4.5.3.1.8: every server takes so many


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """The name and the limits of a server; BadAddress when the name is none that a host can have."""

    host_name: str
    max_size_bytes: int = 50 * 1024 * 1024
    max_recipients: int = MIN_RECIPIENT_LIMIT  # of one mail
    max_mails: int = 100_000  # in one session, like the next two
    max_errors: int = 30
    max_commands: int = 1_000_000
    max_drain_bytes: int = 64 * 1024 * 1024  # read beyond max_size_bytes, without keeping it, to answer politely
    tls_is_offered: bool = False

    def __post_init__(self) -> None:
        """Refuse a name that could not stand behind an @."""
        Domain.parse(self.host_name)

    @property
    def max_seen_bytes(self) -> int:
        """Give the size of a mail at which politeness ends."""
        return self.max_size_bytes + self.max_drain_bytes


@functools.lru_cache(maxsize=64)
def build_greeting(profile: ServerProfile) -> Reply:
    """Say who we are (RFC 5321 §4.3.1)."""
    return build_reply(220, "", f"{profile.host_name} ESMTP")


@functools.lru_cache(maxsize=64)
def build_helo_reply(profile: ServerProfile) -> Reply:
    """Greet a client that knows no extensions."""
    return build_reply(250, "", profile.host_name)


@functools.lru_cache(maxsize=64)
def build_ehlo_reply(profile: ServerProfile, *, tls_is_active: bool) -> Reply:
    """Say what this server can do."""
    keywords = [
        "PIPELINING",
        f"SIZE {profile.max_size_bytes}",
        "8BITMIME",
        "SMTPUTF8",
        "CHUNKING",
        "ENHANCEDSTATUSCODES",
        f"LIMITS MAILMAX={profile.max_mails} RCPTMAX={profile.max_recipients}",
    ]
    if profile.tls_is_offered and not tls_is_active:
        keywords.append("STARTTLS")
    return build_reply(250, "", profile.host_name, *keywords)
