"""Settings [feeds]: which lists of known bad URLs, domains and files are used, and where they come from."""

import enum
import re
from typing import Annotated

import msgspec
from msgspec import Meta

from gatepost.model.errors import BadSettings

MAX_FEEDS = 32
TOKEN_PLACE = "{token}"  # noqa: S105 - a place in a URL

_NAME = re.compile("[a-z0-9][a-z0-9_-]{0,39}")
_PRINTABLE = re.compile("[!-~]*")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}|")


class Threat(enum.StrEnum):
    """What stands behind the entries of a list."""

    PHISHING = "phishing"
    MALWARE = "malware"


class Layout(enum.StrEnum):
    """How a list is written."""

    LINES = "lines"  # one entry a line: OpenPhish, URLhaus text, plain lists, hosts files
    CSV = "csv"  # PhishTank, URLhaus, MalwareBazaar
    JSON = "json"  # PhishTank, URLhaus


class FeedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One list; its name is used in logs, metrics and findings."""

    url: Annotated[
        str, Meta(description="Where the list is fetched (https); {token} in it stands for `token`.", max_length=2048)
    ] = ""
    file: Annotated[str, Meta(description="File to read the list from, instead of a URL.")] = ""
    threat: Annotated[Threat, Meta(description="What stands behind its entries.")] = Threat.PHISHING
    layout: Annotated[
        Layout, Meta(description="How it is written: an entry a line, CSV with a header, or JSON; gzip is undone.")
    ] = Layout.LINES
    column: Annotated[
        str, Meta(description="Column of CSV, or key of JSON, that holds the entries.", min_length=1, max_length=60)
    ] = "url"
    every_s: Annotated[int, Meta(description="Seconds between two fetches.", ge=300, le=604_800)] = 3600
    deadline_s: Annotated[
        float, Meta(description="Seconds that one fetch may take as a whole, redirects included.", ge=1, le=3600)
    ] = 120
    max_bytes: Annotated[
        int, Meta(description="Size in bytes of the longest list that is taken, unpacked.", ge=1024, le=1_073_741_824)
    ] = 134_217_728
    max_entries: Annotated[
        int, Meta(description="Number of entries of the longest list that is taken.", ge=1, le=20_000_000)
    ] = 2_000_000
    min_share: Annotated[
        float,
        Meta(
            description="A new list with less than this share of the old one's entries is taken for broken and the old"
            " one is kept; 0 takes any.",
            ge=0,
            le=1,
        ),
    ] = 0.5
    whole_hosts: Annotated[
        bool,
        Meta(description="Whether a URL that has neither path nor query stands for its host and all below it."),
    ] = False
    token: Annotated[
        str, Meta(description="Secret key that the list's server asks for; sent to that server alone.", max_length=512)
    ] = ""
    token_header: Annotated[
        str, Meta(description="Header of the request that carries `token`, such as Auth-Key; empty sends none.")
    ] = ""
    checksum_url: Annotated[
        str, Meta(description="Where the SHA-256 of the list is fetched, as sha256sum writes it.", max_length=2048)
    ] = ""
    signature_url: Annotated[
        str, Meta(description="Where the list's minisign signature is fetched.", max_length=2048)
    ] = ""
    public_key: Annotated[str, Meta(description="Key (minisign, base64) that signed the list.", max_length=200)] = ""
    allow_http: Annotated[
        bool, Meta(description="Whether the list may be fetched over http, where anybody on the way can change it.")
    ] = False
    allow_private: Annotated[
        bool, Meta(description="Whether the server may have an address that is not on the public internet.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse what can never be fetched."""
        if bool(self.url) == bool(self.file):
            raise BadSettings("name either url or file")
        schemes = ("https://", "http://") if self.allow_http else ("https://",)
        for name in ("url", "checksum_url", "signature_url"):
            url: str = getattr(self, name)
            if url and not (url.lower().startswith(schemes) and _PRINTABLE.fullmatch(url)):
                raise BadSettings(f"{name} must begin with {' or '.join(schemes)} and hold no spaces")
        if not (_PRINTABLE.fullmatch(self.token) and _HEADER.fullmatch(self.token_header)):
            raise BadSettings("token and token_header must be plain ASCII without spaces")
        if bool(self.signature_url) != bool(self.public_key):
            raise BadSettings("signature_url and public_key belong together")


class FeedsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lists of known bad URLs, domains and files. None is used, and nothing is fetched, unless it is named here."""

    warn_after_s: Annotated[
        int, Meta(description="Seconds without a successful fetch after which the log warns.", ge=600, le=31_536_000)
    ] = 86_400
    never: Annotated[
        tuple[str, ...],
        Meta(description="Domains that no list can block as a whole, with all below them; single URLs still count."),
    ] = ()
    lists: Annotated[dict[str, FeedSettings], Meta(description="The lists, each under a name of your choice.")] = {}

    def __post_init__(self) -> None:
        """Refuse names that would not fit into file names and metrics."""
        if len(self.lists) > MAX_FEEDS:
            raise BadSettings(f"there are more than {MAX_FEEDS} lists")
        for name in self.lists:
            if not _NAME.fullmatch(name):
                raise BadSettings(f"the name {name!r} of a list may hold a-z, 0-9, - and _ only, 40 at most")
