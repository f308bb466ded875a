"""Hosts that belong to many: no list may block them as a whole, however its entry is written.

`https://docs.google.com/` in a list of phishing says something about one document, never about all of them.
Trust: entries come from the servers of lists, which make mistakes and can be fed.
"""

from collections.abc import Iterable
from importlib import resources
from ipaddress import ip_address

import msgspec

from gatepost.feeds.names import Name, NameKind, ReadUrl
from gatepost.message.suffixes import load_suffixes


class Guard(msgspec.Struct, frozen=True, dict=True):
    """Names that are shared by many.

    Of `shared`, every host at or below a name is everybody's; of `landlords`, only the name itself: each host below
    it has a tenant of its own. Public suffixes are landlords, too; who is both is shared.
    """

    shared: frozenset[str] = frozenset()
    landlords: frozenset[str] = frozenset()

    def shields(self, host: str) -> bool:
        """Say whether a host must never be blocked as a whole."""
        if (is_public := _is_public_address(host)) is not None:
            return not is_public
        suffix = load_suffixes().publicsuffix(host, accept_unknown=False) or ""
        bare = host.removeprefix("www.")
        if suffix in (bare, host) or bare in self.landlords or host in self.landlords:
            return True
        labels = host.split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        found = next((name for name in names if name in self.shared or name in self.landlords or name == suffix), "")
        return found in self.shared

    def name_entry(self, entry: ReadUrl | Name, *, whole_hosts: bool) -> Name | None:
        """Give the name to keep for an entry; None where it would block what belongs to many."""
        if isinstance(entry, Name):
            return None if entry.kind is NameKind.HOST and self.shields(entry.text) else entry
        is_shielded = self.shields(entry.host)
        if entry.is_bare_host and (is_shielded or whole_hosts):
            return None if is_shielded else Name(NameKind.HOST, entry.host)
        if entry.query or is_shielded:
            return Name(NameKind.URL, entry.place + entry.query)
        return Name(NameKind.PAGE, entry.place)


def build_guard(shared: Iterable[str], landlords: Iterable[str]) -> Guard:
    """Join what the caller knows with the table that comes with gatepost."""
    text = (resources.files("gatepost.feeds") / "data" / "shared_hosts.txt").read_text("utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return Guard(frozenset(word for line in lines for word in line.split()) | frozenset(shared), frozenset(landlords))


def _is_public_address(host: str) -> bool | None:
    if not (host[-1:].isdigit() or host.endswith("]")):
        return None
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return None
