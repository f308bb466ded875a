"""Settings of the store, [store]."""

from typing import Annotated

import msgspec
from msgspec import Meta


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How accepted mail is kept."""

    segment_bytes: Annotated[
        int, Meta(ge=2**16, le=2**32, description="A journal file is closed when it is longer than this, in bytes.")
    ] = 64 * 2**20
    segment_age_s: Annotated[
        int, Meta(ge=1, le=86400, description="A journal file is closed when it is older than this, in seconds.")
    ] = 60
    move_after_s: Annotated[
        int,
        Meta(
            ge=0,
            le=86400,
            description="Mail still waiting so long after its journal was closed gets a file of its own, in seconds.",
        ),
    ] = 300
    reserve_bytes: Annotated[
        int,
        Meta(ge=0, description="Mail is refused with 452 while the disk has less free space than this, in bytes."),
    ] = 64 * 2**20
    quarantine_days: Annotated[
        int, Meta(ge=1, le=3650, description="Quarantined mail is destroyed after this many days.")
    ] = 30
    history_days: Annotated[
        int, Meta(ge=1, le=3650, description="Verdicts and events of settled mail are forgotten after this many days.")
    ] = 90
    replay_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="Models and tables of lists are kept for this many days after they last judged mail, so that"
            " held mail can be judged again as it was; 0 keeps none.",
        ),
    ] = 30
    replay_bytes: Annotated[
        int,
        Meta(ge=0, description="What is kept for that takes no more than this, in bytes; what is oldest goes first."),
    ] = 512 * 2**20
    decisions_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="What people decided of quarantined mail is kept for this many days to learn from, as numbers;"
            " 0 keeps none.",
        ),
    ] = 365
    dmarc_rows_days: Annotated[
        int,
        Meta(
            ge=0,
            le=400,
            description="What DMARC reports to the owners of senders' domains need is kept for this many days;"
            " 0 records none of it.",
        ),
    ] = 30
    contacts_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="Who wrote to whom is remembered, as numbers that only this installation understands, until"
            " nothing was heard for this many days; 0 remembers nothing, and nothing counts for a known sender.",
        ),
    ] = 400
    contacts_max: Annotated[
        int,
        Meta(
            ge=1000,
            le=50_000_000,
            description="So many pairs of reader and sender are remembered (about 100 bytes each); the least known are"
            " forgotten first.",
        ),
    ] = 500_000
