"""The harmless strings with which people test whether a filter works: EICAR for malware, GTUBE for spam."""

from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.zip_entries import find_entries, is_zip, read_beginning
from gatepost.message.message import Part
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_PARTS = 200
MAX_ARCHIVE_ENTRIES = 100

EICAR = Kind(
    "known_test_virus.eicar", Severity.MALWARE, 6.0, "A part of the mail is the EICAR test file (also inside a ZIP)."
)
GTUBE = Kind("known_test_virus.gtube", Severity.DANGER, 6.0, "The text holds the GTUBE test line for spam filters.")
KINDS: tuple[Kind, ...] = (EICAR, GTUBE)

# Put together when loaded, so that no scanner takes this file, or its compiled form, for what it looks for.
_EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
_GTUBE = "".join(("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-", "ANTI-UBE-TEST-EMAIL*C.34X"))  # noqa: FLY002 - see above
_LEADING_BYTES = 128  # the EICAR file has at most so many


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for both strings."""
    for part in islice(case.message.walk(), MAX_PARTS):
        if not part.children and _holds_eicar(part):
            yield EICAR.seen(
                point_at(part.filename or part.content_type, part.body_span),
                says="The mail holds the EICAR test virus, with which people test virus scanners.",
                says_zh="邮件含有 EICAR 测试病毒（用于测试杀毒软件）。",
            )
    if _GTUBE in case.message.text:
        yield GTUBE.seen(
            point_at(_GTUBE),
            says="The mail holds the GTUBE line, with which people test spam filters.",
            says_zh="邮件含有 GTUBE 测试字串（用于测试垃圾邮件过滤器）。",
        )


def _holds_eicar(part: Part) -> bool:
    content = part.content
    if _is_eicar(content):
        return True
    return is_zip(content) and any(
        _is_eicar(read_beginning(content, entry, _LEADING_BYTES))
        for entry in islice(find_entries(content), MAX_ARCHIVE_ENTRIES)
    )


def _is_eicar(content: bytes) -> bool:
    return content[:_LEADING_BYTES].lstrip().startswith(_EICAR)
