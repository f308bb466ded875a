"""An attachment, or a file inside of one, is byte for byte a file that a list names as malware.

Which lists are asked is set in `[feeds]`; without a list of SHA-256 hashes nothing is hashed.
"""

from collections.abc import Iterator
from itertools import islice

from gatepost.feeds.names import NameKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import list_carried, point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

MAX_ATTACHMENTS = 200

FILE = Kind(
    "listed_hash.file", Severity.MALWARE, 6.0, "An attachment, or a file in it, is a file that a list names as malware."
)
KINDS: tuple[Kind, ...] = (FILE,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Ask the lists about each file."""
    if not kit.feeds.holds(NameKind.FILE):
        return
    for sha256, name, place in _list_digests(case):
        if (listing := kit.feeds.find_file(sha256)) is not None:
            yield FILE.seen(
                place,
                says=f"The attachment {name} is known malware (list {listing.feed}).",
                says_zh=f"附件 {name} 是已知的恶意软件（名单 {listing.feed}）。",
            )


def _list_digests(case: Case) -> Iterator[tuple[str, str, Evidence]]:
    """Give digest, name and place of each file that was opened, then of each attachment that nobody could open."""
    for carried in list_carried(case):
        if carried.file.sha256:
            name = quote(carried.name or carried.file.kind)
            yield carried.file.sha256, name, carried.point(f"{name}: SHA-256 {carried.file.sha256}")
    opened = {file.path for file in case.contents.files if file.sha256}
    for part in islice(case.message.attachments, MAX_ATTACHMENTS):
        if part.path not in opened:
            sha256 = part.hash_content()
            name = quote(part.filename or part.content_type)
            yield sha256, name, point_at_part(part, f"{name}: SHA-256 {sha256}")
