"""The links that stand in the files of a mail, and in codes for cameras, as the checks of links take them.

They are no part of `read_opened`: what is measured of a mail's own links stays as it was learned.

Trust: they were found in a stranger's files.
Fails: never; no more than MAX_LINKS distinct addresses are looked at.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from gatepost.message.attachments.code_texts import find_urls
from gatepost.message.links import clean_target, find_host
from gatepost.message.message import Link, LinkKind, Message
from gatepost.model.contents import Contents, LinkSource
from gatepost.model.finding import Span
from gatepost.screen.case import Case
from gatepost.screen.drawn_codes import read_drawn_codes
from gatepost.screen.opened import Opened, open_link, read_opened

MAX_LINKS = 500

_NOWHERE = Span(0, 0)


class FileLink(NamedTuple):
    """One address, and in what place of a file it stood first."""

    opened: Opened
    source: LinkSource


_REMEMBERED: WeakKeyDictionary[Message, tuple[Contents, tuple[FileLink, ...]]] = WeakKeyDictionary()


def list_file_links(case: Case) -> tuple[FileLink, ...]:
    """Give the distinct addresses in the files and codes of a mail, in their order; worked out once for each mail."""
    if not case.contents.files and not read_drawn_codes(case.message):
        return ()
    remembered = _REMEMBERED.get(case.message)
    if remembered is None or remembered[0] is not case.contents:
        remembered = _REMEMBERED[case.message] = (case.contents, tuple(_read(case).values()))
    return remembered[1]


def read_file_links(case: Case) -> tuple[Opened, ...]:
    """Give these addresses alone."""
    return tuple(link.opened for link in list_file_links(case))


def read_file_hosts(case: Case) -> dict[str, Opened]:
    """Give each host of these addresses with the first of them that leads there."""
    links = read_file_links(case)
    return {host: one for one in reversed(links) for _, host in one.urls if host}


def _read(case: Case) -> dict[str, FileLink]:
    parts = {part.path: part.body_span for part in case.message.walk()}
    own = {
        one.link.target for one in read_opened(case.message)
    }  # HTML of the mail may have been opened for its pictures
    found: dict[str, FileLink] = {}
    for code in read_drawn_codes(case.message):
        for target in find_urls(code.text):
            written = Link(LinkKind.ANCHOR, target, find_host(target), "", "", code.part.body_span)
            found[target] = FileLink(open_link(written, 1), LinkSource.QR_CODE)
    for file in case.contents.walk():
        span = parts.get(file.path.partition(":")[0], _NOWHERE)
        for link in file.links:
            target = clean_target(link.url)
            if target and target not in found and (target not in own or link.source is LinkSource.QR_CODE):
                kind = LinkKind.FORM if link.source is LinkSource.FORM else LinkKind.ANCHOR
                written = Link(kind, target, find_host(target), "", "", span)
                found[target] = FileLink(open_link(written, 1, file.path), link.source)
            if len(found) >= MAX_LINKS:
                return found
    return found
