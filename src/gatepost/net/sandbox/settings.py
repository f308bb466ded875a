"""Settings [open]: whether and how what a mail carries is opened."""

from typing import Annotated

import msgspec


class OpenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sandbox in which archives, documents and pictures are opened."""

    enabled: Annotated[
        bool, msgspec.Meta(description="Open the files that mails carry; without it only their names are judged.")
    ] = True
    children: Annotated[
        int,
        msgspec.Meta(
            description="Processes of each worker that open files: as many mails are opened at the same time.",
            ge=1,
            le=64,
        ),
    ] = 2
    deadline_s: Annotated[
        float,
        msgspec.Meta(description="Seconds after which what is not open yet of one mail stays closed.", ge=0.5, le=300),
    ] = 20
    wait_s: Annotated[
        float,
        msgspec.Meta(
            description="Seconds that a mail waits for one of these processes; then its sender is asked to come again.",
            ge=0.1,
            le=300,
        ),
    ] = 10
    memory_mb: Annotated[
        int, msgspec.Meta(description="Megabytes of memory that one of these processes may take.", ge=128, le=16_384)
    ] = 768
    mails_per_child: Annotated[
        int,
        msgspec.Meta(
            description="Mails after which such a process is replaced by a new one; 1 means that no two mails ever meet"
            " in one.",
            ge=1,
            le=1_000_000,
        ),
    ] = 50
    max_file_mb: Annotated[
        int, msgspec.Meta(description="Megabytes up to which a file of a mail is opened.", ge=1, le=512)
    ] = 64
