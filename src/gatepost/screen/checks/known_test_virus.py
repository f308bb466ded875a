"""The harmless strings with which people test whether a filter works: EICAR for malware, GTUBE for spam."""

from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.zip_entries import find_entries, is_zip, read_beginning
from gatepost.message.large import LARGE_BYTES
from gatepost.message.message import Part
from gatepost.model.contents import Opening
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import list_carried, point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_PARTS = 200
MAX_ARCHIVE_ENTRIES = 100

EICAR = Kind(
    "known_test_virus.eicar",
    Severity.MALWARE,
    6.0,
    "A file of the mail, or one inside of its files, is the EICAR test file.",
)
GTUBE = Kind("known_test_virus.gtube", Severity.DANGER, 6.0, "The text holds the GTUBE test line for spam filters.")
KINDS: tuple[Kind, ...] = (EICAR, GTUBE)

# Put together when loaded, so that no scanner takes this file, or its compiled form, for what it looks for.
_EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
_GTUBE = "".join(("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-", "ANTI-UBE-TEST-EMAIL*C.34X"))  # noqa: FLY002 - see above
_TRAIT = "signature.eicar"
_LEADING_BYTES = 128  # the EICAR file has at most so many


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for both strings."""
    for place in _find_eicar(case):
        yield EICAR.seen(
            place,
            says="The mail holds the EICAR test virus, with which people test virus scanners.",
            says_zh="邮件含有 EICAR 测试病毒（用于测试杀毒软件）。",
        )
    if _GTUBE in case.message.text:
        yield GTUBE.seen(
            point_at(_GTUBE),
            says="The mail holds the GTUBE line, with which people test spam filters.",
            says_zh="邮件含有 GTUBE 测试字串（用于测试垃圾邮件过滤器）。",
        )


def _find_eicar(case: Case) -> Iterator[Evidence]:
    """Give the places of the opened files that are it, then those of parts that nobody could open."""
    found = [one for one in list_carried(case) if any(trait.code == _TRAIT for trait in one.file.traits)]
    yield from (carried.point() for carried in found)
    opened = {file.path for file in case.contents.files if file.files or file.opening in (Opening.OPENED, Opening.LEAF)}
    opened |= {carried.file.path for carried in found}
    for part in islice(case.message.walk(), MAX_PARTS):
        if not part.children and part.path not in opened and _holds_eicar(part):
            yield point_at_part(part)


def _holds_eicar(part: Part) -> bool:
    edges = part.read_edges(LARGE_BYTES)
    if _is_eicar(edges):
        return True
    return is_zip(edges) and any(
        _is_eicar(read_beginning(edges, entry, _LEADING_BYTES))
        for entry in islice(find_entries(edges), MAX_ARCHIVE_ENTRIES)
    )


def _is_eicar(content: bytes) -> bool:
    return content[:_LEADING_BYTES].lstrip().startswith(_EICAR)
