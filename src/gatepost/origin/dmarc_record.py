"""Reads the DMARC record that a domain publishes.

Standards: RFC 9989 §4.7, §4.8 (np, psd, t; tags in any order); RFC 7489 §6.3, §6.6.3 (pct, ri); RFC 9091 (np).
Trust: the record comes from the DNS of whoever the mail claims to be from.
Fails: BadRecord with the reason; never anything else. What is no tag is passed over and an unreadable value falls back
to its default, as both standards say: refusing the whole record would leave its domain without protection.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gatepost.model.errors import TheirFault

MAX_RECORD_BYTES = 8_192
MAX_TAGS = 64
MAX_REPORT_URIS = 20  # of rua and of ruf each; more are not kept

_VERSION = re.compile(rb"[vV][ \t]*+=[ \t]*+DMARC1[ \t]*+(?:;|\Z)")
_TAG = re.compile(r"[ \t]*+([A-Za-z][A-Za-z0-9_]*+)[ \t]*+=(.*)", re.DOTALL)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:[^\s,;!\x00-\x1f\x7f]++(?:![0-9]{1,19}[kmgtKMGT]?)?")
_FAILURE_OPTIONS = re.compile(r"[01dsDS](?:[ \t]*:[ \t]*[01dsDS]){0,3}")
_NUMBER = re.compile(r"[0-9]{1,10}")
_MAX_PERCENT = 100
_MAX_INTERVAL_S = 2**32 - 1


class DmarcMethod(enum.Enum):
    """How the organisation of a domain is found, and with it which of the two standards is followed."""

    PUBLIC_SUFFIX = enum.auto()  # RFC 7489
    TREE_WALK = enum.auto()  # RFC 9989


class BadRecord(TheirFault):
    """A text is no DMARC record, or its domain asks for nothing that could be done."""


class Policy(enum.StrEnum):
    """What a domain asks to do with a mail that fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"

    @property
    def milder(self) -> "Policy":
        """Give the next milder policy (RFC 7489 §6.6.4, RFC 9989 §4.7)."""
        return Policy.QUARANTINE if self is Policy.REJECT else Policy.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """One DMARC record, its defaults filled in."""

    has_policy: bool = True  # False: p, sp or np cannot be read, and rua names nobody who could be told
    policy: Policy  # p
    subdomain_policy: Policy  # sp
    absent_policy: Policy  # np: for a name that does not exist
    dkim_is_strict: bool = False  # adkim=s
    spf_is_strict: bool = False  # aspf=s
    percent: int = 100  # pct, RFC 7489 only
    is_test: bool = False  # t=y, RFC 9989 only
    suffix: str = "u"  # psd: "y" a public suffix, "n" none, "u" not said
    failure_options: tuple[str, ...] = ("0",)  # fo
    report_uris: tuple[str, ...] = ()  # rua
    failure_uris: tuple[str, ...] = ()  # ruf
    interval_s: int = 86_400  # ri


def is_dmarc_record(data: bytes) -> bool:
    """Say whether a TXT record claims to be a DMARC record; the version is case-sensitive."""
    return _VERSION.match(data) is not None


def parse_dmarc_record(data: bytes) -> DmarcRecord:
    """Read one record; raise BadRecord when its version is another one, a tag stands there twice, or it is too long."""
    if len(data) > MAX_RECORD_BYTES:
        raise BadRecord(f"the DMARC record is longer than {MAX_RECORD_BYTES} bytes")
    if not is_dmarc_record(data):
        raise BadRecord("the record does not begin with v=DMARC1")
    return _build_record(_read_tags(data.decode("latin-1")))


def _read_tags(text: str) -> dict[str, str]:
    tags = dict[str, str]()
    pieces = text.split(";", MAX_TAGS)
    if len(pieces) > MAX_TAGS:
        raise BadRecord(f"the DMARC record has more than {MAX_TAGS} tags")
    for piece in pieces:
        tag = _TAG.fullmatch(piece)
        if tag is None:
            continue
        name, value = tag[1].lower(), tag[2].strip(" \t")
        if name in tags:
            raise BadRecord(f"the tag {name} stands twice in the DMARC record")  # RFC 6376 §3.2
        tags[name] = value
    return tags


def _build_record(tags: Mapping[str, str]) -> DmarcRecord:
    report_uris = _read_uris(tags.get("rua", ""))
    policies = _read_policies(tags)
    policy, subdomain_policy, absent_policy = policies or (Policy.NONE, Policy.NONE, Policy.NONE)
    return DmarcRecord(
        has_policy=policies is not None or bool(report_uris),  # RFC 7489 §6.6.3, RFC 9989 §4.10.1
        policy=policy,
        subdomain_policy=subdomain_policy,
        absent_policy=absent_policy,
        dkim_is_strict=tags.get("adkim", "").lower() == "s",
        spf_is_strict=tags.get("aspf", "").lower() == "s",
        percent=_read_number(tags.get("pct", ""), _MAX_PERCENT, default=_MAX_PERCENT),
        is_test=tags.get("t", "").lower() == "y",
        suffix=_read_suffix(tags.get("psd", "")),
        failure_options=_read_failure_options(tags.get("fo", "")),
        report_uris=report_uris,
        failure_uris=_read_uris(tags.get("ruf", "")),
        interval_s=_read_number(tags.get("ri", ""), _MAX_INTERVAL_S, default=86_400),
    )


def _read_policies(tags: Mapping[str, str]) -> tuple[Policy, Policy, Policy] | None:
    """Give p, sp and np; one that is wrong leaves none of them."""
    words = {name: tags[name].lower() for name in ("p", "sp", "np") if name in tags}
    if "p" not in words or not set(words.values()) <= set(Policy):
        return None
    policy = Policy(words["p"])
    subdomain_policy = Policy(words.get("sp", policy))
    return policy, subdomain_policy, Policy(words.get("np", subdomain_policy))


def _read_number(text: str, most: int, *, default: int) -> int:
    return int(text) if _NUMBER.fullmatch(text) and int(text) <= most else default


def _read_suffix(text: str) -> str:
    return text.lower() if text.lower() in ("y", "n") else "u"


def _read_failure_options(text: str) -> tuple[str, ...]:
    if not _FAILURE_OPTIONS.fullmatch(text):
        return ("0",)
    return tuple(option.strip().lower() for option in text.split(":"))


def _read_uris(text: str) -> tuple[str, ...]:
    """Give the URIs that are ones; a size limit behind ! stays on them."""
    uris = (uri.strip(" \t") for uri in text.split(",", MAX_REPORT_URIS)[:MAX_REPORT_URIS])
    return tuple(uri for uri in uris if _URI.fullmatch(uri))
