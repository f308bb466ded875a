"""Settings [dns] and [tls]: whom gatepost asks for names, and how it encrypts channels."""

from typing import Annotated, Literal

import msgspec


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
