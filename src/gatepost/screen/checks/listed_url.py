"""A link leads to a page that a list of known bad URLs or domains names, also where others are wrapped around it.

Which lists are asked is set in `[feeds]`; without lists it sees nothing. What counts as the same URL stands in
feeds/names.py. A list never blocks a site that belongs to many as a whole.
"""

from collections.abc import Iterator
from itertools import chain, islice

from gatepost.feeds.names import NameKind, ReadUrl, read_url
from gatepost.feeds.settings import Threat
from gatepost.feeds.shelf import Listing
from gatepost.message.message import Link, Message
from gatepost.model.address import Domain
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.attached_html import read_attached_html
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_links import read_file_links
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import point_at, quote

MAX_BASES = 8  # <base href> of different HTML parts
MAX_LINKS = 10_000
MAX_URLS = 12_000  # written and unwrapped together

PHISHING = Kind("listed_url.phishing", Severity.DANGER, 5.0, "A link opens a page that a list names as phishing.")
MALWARE = Kind("listed_url.malware", Severity.MALWARE, 6.0, "A link opens what a list names as malware.")
DOMAIN = Kind("listed_url.domain", Severity.DANGER, 4.0, "A link leads to a host that a list names as a whole.")
KINDS: tuple[Kind, ...] = (PHISHING, MALWARE, DOMAIN)

_SAYS = {
    PHISHING: (
        "A link opens a page on {host} that is known for phishing (list {feed}).",
        "链接打开的是 {host} 上已知的钓鱼网页（名单 {feed}）。",
    ),
    MALWARE: (
        "A link opens what is known as malware on {host} (list {feed}).",
        "链接打开的是 {host} 上已知的恶意软件（名单 {feed}）。",
    ),
    DOMAIN: (
        "A link leads to {host}, which is known as harmful (list {feed}).",
        "链接指向已知的有害网站 {host}（名单 {feed}）。",
    ),
}
_Source = tuple[Link, str] | Opened  # a link, with the path of the file it stands in
_BY_THREAT = {Threat.PHISHING: PHISHING, Threat.MALWARE: MALWARE}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Ask the lists about each host once, and about each URL on hosts where they know of any."""
    if kit.feeds.is_empty:
        return
    told: set[tuple[Kind, str]] = set()
    known: dict[str, tuple[Listing | None, bool]] = {}
    for (url, host), source in _list_urls(case):
        if host not in known:
            known[host] = kit.feeds.find_host(host), kit.feeds.is_suspicious(host)
        listing, is_suspicious = known[host]
        if is_suspicious:
            found = (kit.feeds.find_url(read) for read in _read(url, case.message))
            listing = next(filter(None, found), listing)
        if listing is not None:
            kind = DOMAIN if listing.name.kind is NameKind.HOST else _BY_THREAT[listing.threat]
            if (kind, listing.name.text) not in told:
                told.add((kind, listing.name.text))
                yield _describe(kind, host, listing, source)


def _list_urls(case: Case) -> Iterator[tuple[tuple[str, str], _Source]]:
    """Give each URL with its host: what a reader opens, written and unwrapped; then the rest, and what files hold."""
    message = case.message
    urls: dict[tuple[str, str], _Source] = {}
    for opened in (*read_opened(message), *read_file_links(case)):
        for url, host in opened.urls:
            urls.setdefault((url, host.rstrip(".")), opened)
    shown = ((link, "") for link in message.links)
    attached = ((link, page.part.path) for page in read_attached_html(message) for link in page.view.links)
    for link, file in islice(chain(shown, attached), MAX_LINKS):
        urls.setdefault((link.target, link.target_host.rstrip(".")), (link, file))
    return (item for item in islice(urls.items(), MAX_URLS) if item[0][1])


def _read(url: str, message: Message) -> Iterator[ReadUrl]:
    """Read a URL; a relative one is read with every base of the mail."""
    if (read := read_url(url)) is not None:
        yield read
        return
    views = chain(message.html, (page.view for page in read_attached_html(message)))
    bases = dict.fromkeys(view.base_url for view in views if view.base_url)
    for base in list(bases)[:MAX_BASES]:
        if (read := read_url(url, base)) is not None:
            yield read


def _describe(kind: Kind, host: str, listing: Listing, source: _Source) -> Finding:
    says, says_zh = _SAYS[kind]
    words = {"host": quote(Domain(host).unicode), "feed": listing.feed}
    return kind.seen(_point_at(source), says=says.format(**words), says_zh=says_zh.format(**words))


def _point_at(source: _Source) -> Evidence:
    if isinstance(source, Opened):
        return source.evidence
    link, file = source
    return point_at(link.target, link.span, file)
