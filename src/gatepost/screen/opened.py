"""The links of a mail that a reader can open, each with the place where it leads in the end.

Trust: the mail comes from a stranger.
Fails: never; no more than MAX_LINKS distinct addresses are looked at.
"""

from typing import NamedTuple

from gatepost.message.message import Link, LinkKind, Message
from gatepost.message.once import keep_with
from gatepost.model.finding import Evidence
from gatepost.screen.quoting import point_at
from gatepost.screen.unwrap import Hop, unwrap

MAX_LINKS = 2_000

_LOADED = LinkKind.RESOURCE  # the only kind that no reader opens


class Opened(NamedTuple):
    """One address: `link` is the first link that names it, `link_count` how many do, `hops` what is wrapped around.

    `urls` is every URL on the way with its host, the written one first; a host is "" where a browser would contact
    none.
    """

    link: Link
    hops: tuple[Hop, ...]
    link_count: int
    urls: tuple[tuple[str, str], ...]
    file: str = ""  # path of the file that it stands in (model/contents.py), "" for the mail itself

    @property
    def target(self) -> str:
        """Give the URL at which the reader ends, as far as it can be read."""
        return self.urls[-1][0]

    @property
    def host(self) -> str:
        """Give the host of that URL, "" when a browser would contact none."""
        return self.urls[-1][1]

    @property
    def evidence(self) -> Evidence:
        """Point at the link."""
        text = " -> ".join((self.link.target, *(hop.target for hop in self.hops[-1:])))
        return point_at(text, self.link.span, self.file)


class _Remembered(NamedTuple):
    opened: tuple[Opened, ...]
    hosts: dict[str, Opened]


def read_opened(message: Message) -> tuple[Opened, ...]:
    """Give the distinct addresses that a reader can open, in their order; worked out once for each mail."""
    return keep_with(message, _read).opened


def read_hosts(message: Message) -> dict[str, Opened]:
    """Give each host of these addresses with the first of them that leads there; not to be changed."""
    return keep_with(message, _read).hosts


def _read(message: Message) -> _Remembered:
    opened = tuple(_open_all(message))
    return _Remembered(opened, {host: one for one in reversed(opened) for _, host in one.urls if host})


def _open_all(message: Message) -> list[Opened]:
    first: dict[str, Link] = {}
    counts: dict[str, int] = {}
    for link in message.links[:MAX_LINKS]:
        if link.kind is not _LOADED:
            target = link.target
            if target in first:
                counts[target] += 1
            else:
                first[target] = link
                counts[target] = 1
    return [open_link(link, counts[target]) for target, link in first.items()]


def open_link(link: Link, count: int, file: str = "") -> Opened:
    """Follow one link as far as it can be read; `count` is how many name its address."""
    target, host = link.target, link.target_host
    hops = unwrap(target, host) if host else ()
    if not hops:
        return Opened(link, hops, count, ((target, host),), file)
    return Opened(link, hops, count, ((target, host), *((hop.target, hop.host) for hop in hops)), file)
