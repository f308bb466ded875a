"""An attachment is, byte for byte, a file that a list names as malware.

Which lists are asked is set in `[feeds]`; without a list of SHA-256 hashes nothing is hashed.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from gatepost.feeds.names import NameKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_ATTACHMENTS = 200

FILE = Kind("listed_hash.file", Severity.MALWARE, 6.0, "An attachment is a file that a list names as malware.")
KINDS: tuple[Kind, ...] = (FILE,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Ask the lists about each attachment."""
    if not kit.feeds.holds(NameKind.FILE):
        return
    for part in islice(case.message.attachments, MAX_ATTACHMENTS):
        sha256 = hashlib.sha256(part.content).hexdigest()
        if (listing := kit.feeds.find_file(sha256)) is not None:
            name = quote(part.filename or part.content_type)
            yield FILE.seen(
                point_at(f"{name}: SHA-256 {sha256}", part.body_span),
                says=f"The attachment {name} is known malware (list {listing.feed}).",
                says_zh=f"附件 {name} 是已知的恶意软件（名单 {listing.feed}）。",
            )
