"""The links of a mail that a reader can open, each with the place where it leads in the end.

Trust: the mail comes from a stranger.
Fails: never; no more than MAX_LINKS distinct addresses are looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from gatepost.message.message import Link, LinkKind, Message
from gatepost.model.finding import Evidence
from gatepost.screen.quoting import point_at
from gatepost.screen.unwrap import Hop, unwrap

MAX_LINKS = 2_000

_OPENING = frozenset({LinkKind.ANCHOR, LinkKind.TEXT, LinkKind.FORM, LinkKind.REFRESH})


@dataclass(frozen=True, slots=True)
class Opened:
    """One address: `link` is the first link that names it, `count` how many do, `hops` what is wrapped around."""

    link: Link
    hops: tuple[Hop, ...]
    count: int

    @property
    def target(self) -> str:
        """Give the URL at which the reader ends, as far as it can be read."""
        return self.hops[-1].target if self.hops else self.link.target

    @property
    def host(self) -> str:
        """Give the host of that URL, "" when a browser would contact none."""
        return self.hops[-1].host if self.hops else self.link.target_host

    @property
    def urls(self) -> Iterator[tuple[str, str]]:
        """Give every URL on the way with its host, the written one first."""
        yield self.link.target, self.link.target_host
        yield from ((hop.target, hop.host) for hop in self.hops)

    @property
    def evidence(self) -> Evidence:
        """Point at the link."""
        text = " -> ".join((self.link.target, *(hop.target for hop in self.hops[-1:])))
        return point_at(text, self.link.span)


_REMEMBERED: WeakKeyDictionary[Message, tuple[Opened, ...]] = WeakKeyDictionary()


def read_opened(message: Message) -> tuple[Opened, ...]:
    """Give the distinct addresses that a reader can open, in their order; worked out once for each mail."""
    opened = _REMEMBERED.get(message)
    if opened is None:
        opened = _REMEMBERED[message] = tuple(_read(message))
    return opened


def _read(message: Message) -> Iterator[Opened]:
    first: dict[str, Link] = {}
    counts: dict[str, int] = {}
    for link in message.links[:MAX_LINKS]:
        if link.kind in _OPENING:
            first.setdefault(link.target, link)
            counts[link.target] = counts.get(link.target, 0) + 1
    for target, link in first.items():
        hops = unwrap(target, link.target_host) if link.target_host else ()
        yield Opened(link, hops, counts[target])
