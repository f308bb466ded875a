"""The settings of the screening: how long it may take, and how each check is used."""

from typing import Annotated

import msgspec
from msgspec import Meta


class CheckSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one check of `screen/checks/` is used."""

    enabled: Annotated[bool, Meta(description="Whether this check looks at mails.")] = True
    weight: Annotated[
        float, Meta(description="Factor by which what this check sees moves the score; 0 leaves it alone.", ge=0, le=4)
    ] = 1.0


class BrandSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An organisation whose name others may use to deceive; added to the table that comes with gatepost."""

    name: Annotated[str, Meta(description="Name as people know it.", min_length=2, max_length=60)]
    words: Annotated[
        tuple[Annotated[str, Meta(min_length=2, max_length=60)], ...],
        Meta(description="Ways in which its name is written in a sender's name, any case.", min_length=1),
    ]
    domains: Annotated[
        tuple[str, ...], Meta(description="Domains that it sends from and links to, without subdomains.", min_length=1)
    ]


class PersonSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of our people whose name deceivers like to use: who may order a payment, or is known to all."""

    name: Annotated[
        str, Meta(description="Full name; order, titles, accents and initials make no difference.", max_length=100)
    ]
    addresses: Annotated[
        tuple[str, ...], Meta(description="Mail addresses that the person writes from, private ones too.", min_length=1)
    ]


class YaraSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which YARA rules look at files, wherever in a mail they lie, and at its texts."""

    shipped: Annotated[bool, Meta(description="Use the rules that come with gatepost.")] = True
    folder: Annotated[
        str,
        Meta(
            description="Folder with further rules (.yar, .yara); they are read again on SIGHUP. Empty means none.",
            max_length=4096,
        ),
    ] = ""


class ScreenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How mails are screened."""

    enabled: Annotated[bool, Meta(description="Whether mails are screened at all; off lets everything in unseen.")] = (
        True
    )
    deadline_s: Annotated[
        float, Meta(description="Seconds after which a large mail counts as not judged.", ge=0.1, le=300)
    ] = 20.0
    inline_max_bytes: Annotated[
        int,
        Meta(description="Bytes up to which a mail is judged at once; a larger one goes to a thread.", ge=0),
    ] = 262_144
    threads: Annotated[int, Meta(description="Threads of one worker process that judge large mails.", ge=1, le=64)] = 2
    checks: Annotated[
        dict[str, CheckSettings], Meta(description="Settings of single checks, by the check's name.")
    ] = {}
    model: Annotated[
        str,
        Meta(
            description="File of the model that makes the score; empty for the one that comes with gatepost, `none` for"
            " the plain sum of the findings' weights.",
            max_length=4096,
        ),
    ] = ""
    yara: Annotated[YaraSettings, Meta(description="YARA rules.")] = YaraSettings()
    brands: Annotated[
        tuple[BrandSettings, ...], Meta(description="Further organisations to protect from imitation.")
    ] = ()
    people: Annotated[
        tuple[PersonSettings, ...],
        Meta(description="Our people whose names are protected: strangers' mail under such a name is kept."),
    ] = ()
