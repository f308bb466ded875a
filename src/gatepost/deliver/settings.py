"""Settings [deliver]: where accepted mail goes, how often it is tried, and how far a next hop is trusted."""

from typing import Annotated

import msgspec

DAY_S = 24 * 3600


class RouteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way out: a Maildir or an upstream server; exactly one of `maildir` and `upstream` is set."""

    maildir: Annotated[
        str, msgspec.Meta(description="Folder of the Maildir that takes the mail; it is made if missing.")
    ] = ""
    maildir_layout: Annotated[
        str,
        msgspec.Meta(
            description="Folders below `maildir`, one for each recipient, such as {domain}/{local_part}; empty puts all"
            " mail into `maildir` itself.",
            max_length=200,
        ),
    ] = ""
    upstream: Annotated[
        str,
        msgspec.Meta(
            description="Server that takes the mail: smtp://HOST:PORT, smtps://HOST:PORT, lmtp://HOST:PORT or"
            " lmtp+unix:PATH."
        ),
    ] = ""
    tls_name: Annotated[
        str,
        msgspec.Meta(
            description="Name that the upstream's certificate must carry; empty means the host in `upstream`.",
            max_length=255,
        ),
    ] = ""
    tls_on_loopback: Annotated[
        bool, msgspec.Meta(description="Whether TLS is required from an upstream on this machine too.")
    ] = False
    allow_plaintext: Annotated[
        bool,
        msgspec.Meta(description="Whether mail goes unencrypted over the network to an upstream that offers no TLS."),
    ] = False
    allow_8bit_unannounced: Annotated[
        bool,
        msgspec.Meta(description="Whether mail with 8-bit content is sent as it is to an upstream without 8BITMIME."),
    ] = False


class DeliverSettings(RouteSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where accepted mail goes: the default way, the exceptions by domain, and how often it is tried."""

    routes: Annotated[
        dict[str, RouteSettings],
        msgspec.Meta(description="Ways out for single domains, each a table [deliver.routes.DOMAIN]."),
    ] = msgspec.field(default_factory=dict)
    smarthost: Annotated[
        RouteSettings | None,
        msgspec.Meta(description="Way out for bounces to senders elsewhere; without it such bounces are not sent."),
    ] = None
    retry_after_s: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=DAY_S)], ...],
        msgspec.Meta(
            description="Seconds to wait after each failed attempt; the last value repeats.",
            min_length=1,
            max_length=50,
        ),
    ] = (60, 300, 900, 3600, 2 * 3600, 4 * 3600)
    expire_after_s: Annotated[
        int, msgspec.Meta(description="Seconds after which mail that was not taken is given up.", ge=60, le=30 * DAY_S)
    ] = 5 * DAY_S
    connect_timeout_s: Annotated[
        float, msgspec.Meta(description="Seconds to wait for a connection to an upstream.", ge=0.1, le=300)
    ] = 30
    reply_timeout_s: Annotated[
        float,
        msgspec.Meta(description="Seconds to wait for an upstream's reply to one command.", ge=0.1, le=600),
    ] = 300
    block_timeout_s: Annotated[
        float,
        msgspec.Meta(description="Seconds in which an upstream must take the next 256 KiB of a mail.", ge=0.1, le=600),
    ] = 180
    final_reply_timeout_s: Annotated[
        float,
        msgspec.Meta(description="Seconds to wait for an upstream's reply to a whole mail.", ge=0.1, le=1800),
    ] = 600
    connections_per_upstream: Annotated[
        int, msgspec.Meta(description="Number of connections open to one upstream at the same time.", ge=1, le=500)
    ] = 20
    mails_per_connection: Annotated[
        int, msgspec.Meta(description="Number of mails sent over one connection before it is closed.", ge=1, le=100_000)
    ] = 100
    keep_idle_s: Annotated[
        float, msgspec.Meta(description="Seconds that an unused connection to an upstream is kept.", ge=0, le=300)
    ] = 30
