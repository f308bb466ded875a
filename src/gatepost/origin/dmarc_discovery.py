"""Finds the DMARC record that speaks for a domain, and the organisation that a domain belongs to.

Standards: RFC 7489 §6.6.3, §3.2; RFC 9989 §4.10 (tree walk).
Trust: names come from the mail, records from the DNS of their owners; a public suffix that forgets psd=y must not
make strangers one organisation: beyond RFC 9989, what the public suffix list calls one is none unless it says psd=n.
Fails: TryLater when the DNS does not answer; BadRecord where RFC 7489 meets a broken record.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.model.ports import Resolver
from gatepost.origin.dmarc_record import BadRecord, DmarcMethod, DmarcRecord, is_dmarc_record, parse_dmarc_record
from gatepost.origin.organisation import find_organisation, find_registrable_domain

MAX_WALK_QUERIES = 8  # RFC 9989 §4.10: a longer name goes on with its last seven labels


@dataclass(frozen=True, slots=True)
class Discovery:
    """The record that applies to a domain and where it was found; or none, and why."""

    record: DmarcRecord | None
    domain: str = ""
    reason: str = ""
    text: bytes = b""  # the record as published


class DmarcDirectory:
    """Answers for one mail; what was asked once is remembered."""

    def __init__(self, resolver: Resolver, method: DmarcMethod) -> None:
        self._resolver = resolver
        self.method = method
        self._texts: dict[str, tuple[bytes, ...]] = {}
        self._walks: dict[str, dict[str, DmarcRecord]] = {}

    async def discover(self, domain: str) -> Discovery:
        """Find the record for the domain of the author."""
        if self.method is DmarcMethod.TREE_WALK:
            return await self._discover_by_walk(domain)
        return await self._discover_by_suffix(domain)

    async def discover_above(self, domain: str) -> Discovery:
        """Find the organisation's record: a stranger may use a name below it whose servers are gone."""
        place = find_organisation(domain)
        texts = await self._fetch(place) if place != domain else ()
        if len(texts) != 1:
            return Discovery(None)
        return Discovery(self._parse(place, texts[0]), place, text=texts[0])

    async def find_organisation(self, domain: str) -> str:
        """Give the organisational domain of a name."""
        if self.method is DmarcMethod.TREE_WALK:
            return _choose_organisation(domain, await self._walk(domain))
        return find_organisation(domain)

    async def _discover_by_suffix(self, domain: str) -> Discovery:
        for place in dict.fromkeys((domain, find_organisation(domain))):
            texts = await self._fetch(place)
            if len(texts) > 1:
                return Discovery(None, place, f"{place} publishes {len(texts)} DMARC records, so none counts")
            if texts:
                return Discovery(self._parse(place, texts[0]), place, text=texts[0])
        return Discovery(None, "", f"{domain} publishes no DMARC record")

    def _parse(self, place: str, text: bytes) -> DmarcRecord:
        try:
            record = parse_dmarc_record(text)
        except BadRecord as error:
            raise BadRecord(f"{place}: {error.public}", place) from error
        if not record.has_policy:
            raise BadRecord(f"{place}: the DMARC record has no valid policy", place)
        return record

    async def _discover_by_walk(self, domain: str) -> Discovery:
        if own := await self._fetch_valid(domain):
            return self._conclude(domain, own)
        found = await self._walk(domain)
        organisation = _choose_organisation(domain, found)
        suffix = organisation.partition(".")[2]
        place = next((place for place in (organisation, suffix) if place in found), "")
        if not place:
            return Discovery(None, "", f"neither {domain} nor a name above it publishes a valid DMARC record")
        return self._conclude(place, found[place])

    def _conclude(self, place: str, record: DmarcRecord) -> Discovery:
        """Take the record that applies; without a policy it ends the search all the same (RFC 9989 §4.10.1)."""
        if not record.has_policy:
            return Discovery(None, place, f"the DMARC record of {place} has no valid policy")
        return Discovery(record, place, text=self._texts[place][0])

    async def _walk(self, domain: str) -> dict[str, DmarcRecord]:
        """Give the valid records from the name upwards, until one says whether it is a public suffix."""
        if domain not in self._walks:
            found = dict[str, DmarcRecord]()
            for place in _climb(domain):
                if record := await self._fetch_valid(place):
                    found[place] = record
                    if record.suffix != "u":
                        break
            self._walks[domain] = found
        return self._walks[domain]

    async def _fetch_valid(self, place: str) -> DmarcRecord | None:
        """Give the one record of a place, None when it has none, several or a broken one."""
        texts = await self._fetch(place)
        try:
            return parse_dmarc_record(texts[0]) if len(texts) == 1 else None
        except BadRecord:
            return None

    async def _fetch(self, place: str) -> tuple[bytes, ...]:
        if place not in self._texts:
            answer = await self._resolver.lookup_txt(f"_dmarc.{place}")
            self._texts[place] = tuple(filter(is_dmarc_record, answer.records))
        return self._texts[place]


def _climb(domain: str) -> Iterator[str]:
    """Give the names that a tree walk asks.

    >>> list(_climb("mail.example.com"))
    ['mail.example.com', 'example.com', 'com']
    """
    yield domain
    labels = domain.split(".")
    for count in range(min(len(labels), MAX_WALK_QUERIES) - 1, 0, -1):
        yield ".".join(labels[-count:])


def _choose_organisation(domain: str, found: dict[str, DmarcRecord]) -> str:
    """Choose from the records of one walk, longest name first (RFC 9989 §4.10.2)."""
    chosen = domain
    for place, record in found.items():
        if record.suffix == "n":
            return place
        if place != domain and (record.suffix == "y" or find_registrable_domain(place) is None):
            return _take_one_label_more(place, domain)
        chosen = place
    return chosen


def _take_one_label_more(suffix: str, domain: str) -> str:
    return ".".join(domain.split(".")[-(suffix.count(".") + 2) :])
