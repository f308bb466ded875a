"""Settings [origin]: whose mails are proven, and whom we believe about mails that were forwarded."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class OriginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the origin of mails is proven: SPF, DKIM, DMARC and ARC."""

    enabled: Annotated[bool, Meta(description="Whether the origin of mails is proven; it needs the DNS.")] = True
    trusted_sealers: Annotated[
        tuple[str, ...],
        Meta(
            description="Domains of forwarders and mailing lists whose ARC seal is believed when they say that a mail"
            " was proven before they changed it."
        ),
    ] = ()
    organisations: Annotated[
        Literal["public-suffix", "tree-walk"],
        Meta(
            description="How the organisation of a domain is found for DMARC: by the public suffix list (RFC 7489) or"
            " by asking the DNS upwards (RFC 9989)."
        ),
    ] = "public-suffix"
