"""Hosts where anybody may put a page under somebody else's name: what kind each is, from data/hosting.toml.

Trust: hosts and URLs come from a mail's author.
Fails: never.
"""

import enum
import re
import tomllib
from functools import cache
from importlib import resources

from gatepost.screen.remember import remember

MAX_HOST_LABELS = 8  # counted from the right
MAX_PATH_CHARS = 200

_PATH = re.compile(r"[a-zA-Z]+:[/\\]*[^/\\?#]*([^?#]*)")
_BUCKET_IN_AWS = re.compile(r"(?:^|[.-])s3(?:[.-]|$)")


class Hosting(enum.StrEnum):
    """What a host offers to anybody; the value is the name of its list."""

    SITE = "site"
    APP = "app"
    BUCKET = "bucket"
    FORM = "form"
    PAPER = "paper"
    PROXY = "proxy"
    TUNNEL = "tunnel"


def find_hosting(url: str, host: str) -> Hosting | None:
    """Give what kind of hosting a URL opens, None where the host is its owner's alone.

    >>> find_hosting("https://docs.google.com/forms/d/1/viewform", "docs.google.com").value
    'form'
    >>> find_hosting("https://www.google.com/", "www.google.com") is None
    True
    """
    found = _find_by_host(host)
    if not isinstance(found, tuple):
        return found
    path = _PATH.match(url)
    rest = path[1].replace("\\", "/")[:MAX_PATH_CHARS] if path else ""
    return next((hosting for prefix, hosting in found if rest.startswith(prefix)), None)


def list_hosts() -> frozenset[str]:
    """Give every host of the lists, those with a path included."""
    return frozenset(_load_hosts()) | frozenset(_load_paths())


@remember(4096)
def _find_by_host(host: str) -> Hosting | tuple[tuple[str, Hosting], ...] | None:
    """Give the kind of a host, or the beginnings of paths that tell the kind."""
    hosts, paths = _load_hosts(), _load_paths()
    for start in _suffix_starts(host):
        suffix = host[start:]
        if suffix in paths:
            return tuple(paths[suffix])
        if found := hosts.get(suffix):
            return None if suffix == "amazonaws.com" and not _BUCKET_IN_AWS.search(host[:-14]) else found
    return None


def _suffix_starts(host: str) -> list[int]:
    """Give where the parents of a host begin, itself first, down to two labels."""
    dots = [place for place, letter in enumerate(host[-253:]) if letter == "."][:-1]
    return [0, *(place + 1 for place in dots)][-MAX_HOST_LABELS:] if "." in host else []


@cache
def _load_table() -> tuple[dict[str, Hosting], dict[str, list[tuple[str, Hosting]]]]:
    text = (resources.files("gatepost.screen") / "data" / "hosting.toml").read_text("utf-8")
    hosts: dict[str, Hosting] = {}
    paths: dict[str, list[tuple[str, Hosting]]] = {}
    for name, entries in tomllib.loads(text).items():
        for entry in entries:
            host, slash, path = entry.partition("/")
            if slash:
                paths.setdefault(host, []).append((f"/{path}", Hosting(name)))
            else:
                hosts[host] = Hosting(name)
    for host, ways in paths.items():
        if host in hosts:  # the host alone is listed as well: it stands for every other path
            ways.append(("", hosts.pop(host)))
    return hosts, paths


def _load_hosts() -> dict[str, Hosting]:
    return _load_table()[0]


def _load_paths() -> dict[str, list[tuple[str, Hosting]]]:
    return _load_table()[1]
