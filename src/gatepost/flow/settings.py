"""Settings of the corridors: whose mail is taken in, and how long a judgement may take."""

import enum
from typing import Annotated

import msgspec
from msgspec import Meta


class Known(enum.StrEnum):
    """How the gate learns which recipients exist."""

    ANY = "any"  # every address in the domains
    LIST = "list"  # only the addresses in `addresses` and `addresses_file`
    ASK = "ask"  # the upstream is asked at RCPT; answers are remembered


class RecipientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose mail is taken in. Mail for other domains is refused: gatepost is never an open relay."""

    domains: Annotated[
        tuple[str, ...], Meta(description="The domains that this gate receives mail for, subdomains not included.")
    ] = ()
    known: Annotated[
        Known,
        Meta(description="Which addresses exist: any, those of a list, or those that the upstream takes when asked."),
    ] = Known.ANY
    addresses: Annotated[
        tuple[str, ...],
        Meta(description='Addresses that exist, for known = "list"; "@example.org" means all there.'),
    ] = ()
    addresses_file: Annotated[
        str, Meta(description='A file with one address a line, read at start and reload, for known = "list".')
    ] = ""
    ask_cache_s: Annotated[
        int, Meta(ge=0, le=86400, description="How long an answer of the upstream is remembered, in seconds.")
    ] = 600
    max_received_count: Annotated[
        int, Meta(ge=5, le=1000, description="Mail with more Received headers than this runs in a loop and is refused.")
    ] = 50
    trusted_networks: Annotated[
        tuple[str, ...],
        Meta(
            description="Networks of our own hosts (CIDR): their mail may be bounced on their word alone, and nobody is"
            " asked to prove it."
        ),
    ] = ("127.0.0.0/8", "::1/128")
