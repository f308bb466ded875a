"""Settings [dns], [tls] and [antivirus]: whom gatepost asks about names and malware, and how it encrypts channels."""

import ipaddress
import re
from typing import Annotated, Literal

import msgspec

from gatepost.model.ports import Endpoint

_HOST_AND_PORT = re.compile(
    r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]{2,45})\]|(?P<host>[A-Za-z0-9._-]{1,253})):(?P<port>[0-9]{1,5})"
)
_MAX_PORT = 65535
_UNIX_PATH = re.compile(r"unix:(/[^\0]{1,106})", re.ASCII)  # as long as the kernel takes it


class DnsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which name servers are asked, and for how long."""

    servers: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="Name servers as IP or IP:PORT, [IPv6]:PORT with brackets; tls://IP:PORT#NAME asks over TLS"
            " and verifies the name; empty means those of /etc/resolv.conf.",
            max_length=8,
        ),
    ] = ()
    trusted_ca: Annotated[
        str,
        msgspec.Meta(description="File with further certificates (PEM) that name servers over TLS may be signed by."),
    ] = ""
    timeout_s: Annotated[
        float, msgspec.Meta(description="Seconds after which a question is given up.", ge=0.1, le=60)
    ] = 5
    mail_deadline_s: Annotated[
        float,
        msgspec.Meta(
            description="Seconds after which each proof of a mail's origin (SPF, DKIM, DMARC, ARC) goes on without the"
            " answers that are still missing.",
            ge=0.1,
            le=60,
        ),
    ] = 8
    max_questions_for_mail: Annotated[
        int,
        msgspec.Meta(
            description="Number of questions that each proof of a mail's origin may send to the name servers; answers"
            " from memory do not count.",
            ge=1,
            le=10_000,
        ),
    ] = 150
    cached_answers: Annotated[
        int,
        msgspec.Meta(
            description="Number of answers kept in memory by each process, absent names among them; one counts once,"
            " and once more for each 512 bytes.",
            ge=1,
            le=1_000_000,
        ),
    ] = 10_000


class TlsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The server's certificate, and what other servers must show."""

    certificate: Annotated[
        str,
        msgspec.Meta(
            description="File with the server's certificate and its chain (PEM); empty means one that gatepost makes"
            " itself."
        ),
    ] = ""
    key: Annotated[str, msgspec.Meta(description="File with the key of `certificate` (PEM, no password).")] = ""
    min_version: Annotated[Literal["1.2", "1.3"], msgspec.Meta(description="Oldest version of TLS that is spoken.")] = (
        "1.2"
    )
    trusted_ca: Annotated[
        str,
        msgspec.Meta(
            description="File with further certificates (PEM) that upstreams may be signed by, or may be themselves."
        ),
    ] = ""


class AntivirusSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A ClamAV daemon that is asked about every mail; what follows from its answer is said in [decide]."""

    clamd: Annotated[
        str,
        msgspec.Meta(
            description="Where clamd listens: unix:/run/clamav/clamd.ctl, or HOST:PORT; empty means no antivirus.",
            max_length=300,
        ),
    ] = ""
    timeout_s: Annotated[
        float,
        msgspec.Meta(description="Seconds after which a mail counts as not scanned.", ge=0.5, le=300),
    ] = 30
    max_mb: Annotated[
        int,
        msgspec.Meta(
            description="Megabytes up to which a mail is scanned; never more than StreamMaxLength in clamd.conf.",
            ge=1,
            le=4_000,
        ),
    ] = 25
    connections: Annotated[
        int,
        msgspec.Meta(
            description="Mails that one worker has scanned at the same time; all workers together no more than"
            " MaxThreads in clamd.conf.",
            ge=1,
            le=1_000,
        ),
    ] = 5
    allow_remote: Annotated[
        bool, msgspec.Meta(description="Send mail in clear text to a clamd on another machine.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse what is no place, and a place on another machine unless that is allowed."""
        if self.clamd and not self.allow_remote and not _is_here(parse_clamd(self.clamd)):
            raise ValueError(
                f"clamd: {self.clamd} is on another machine; mail goes there in the clear only with allow_remote"
            )


def parse_clamd(text: str) -> Endpoint:
    """Read `[antivirus] clamd`; raise ValueError where it names no place.

    >>> parse_clamd("unix:/run/clamav/clamd.ctl").unix_path
    '/run/clamav/clamd.ctl'
    """
    if path := _UNIX_PATH.fullmatch(text):
        return Endpoint("", 0, path[1])
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or not 0 < int(match["port"]) <= _MAX_PORT:
        raise ValueError(f"clamd: {text!r} names no clamd; write unix:/PATH, HOST:PORT or [IPv6]:PORT")
    return Endpoint(match["bracketed"] or match["host"], int(match["port"]))


def _is_here(endpoint: Endpoint) -> bool:
    try:
        return bool(endpoint.unix_path) or ipaddress.ip_address(endpoint.host).is_loopback
    except ValueError:
        return endpoint.host.lower() == "localhost"
