"""Find the trusted sealer who saw that a mail came from its author, before others changed it.

Standards: RFC 8617 §5.2, §7.2 (results of a chain are worth what their sealer is), §9.3; RFC 8601 §2.7 (dmarc).
Trust: the chain holds, so each result is as its sealer wrote it; but a sealer quotes what strangers chose. A result
that can be read in two ways is therefore worth nothing, and so is all that is older.
Fails: never for a mail and its own proof; without a clear word there is no voucher.
"""

import enum

from gatepost.message.message import Header, Message
from gatepost.model.proof import ArcProof, AuthResult
from gatepost.origin.arc_chain import find_sets, read_results
from gatepost.origin.authres import MethodResult, parse_authentication_results
from gatepost.origin.dkim_canonical import relax_header, take_field
from gatepost.origin.header_lines import find_stray_line


class _Word(enum.Enum):
    """What a sealer says of the author."""

    PASSED = enum.auto()
    NOTHING = enum.auto()  # no result for the author's domain that would help; older sealers may have seen more
    UNCLEAR = enum.auto()  # unreadable, contradictory, or of another author: what is older does not count either


def find_voucher(message: Message, arc: ArcProof, author_domain: str, trusted: frozenset[str]) -> str:
    """Give the domain of the newest trusted sealer who saw DMARC pass for `author_domain`, "" when there is none.

    `arc` is what evaluate_arc found in this very mail. Whoever sealed later could have changed everything before, so
    all newer sealers must be trusted, too. Domains are A-labels in lower case.
    """
    if arc.result is not AuthResult.PASS or not author_domain or find_stray_line(message):
        return ""
    sets = find_sets(message)
    for arc_set, sealer in zip(reversed(sets), reversed(arc.sealers), strict=True):
        if sealer not in trusted:
            break
        word = _read_word(message.raw, arc_set.results, author_domain)
        if word is not _Word.NOTHING:
            return sealer if word is _Word.PASSED else ""
    return ""


def _read_word(raw: bytes, header: Header, author_domain: str) -> _Word:
    """Read what was sealed, not what stands there: folds may have been moved since."""
    value = read_results(relax_header(take_field(raw, header)))
    told = parse_authentication_results(value) if value is not None else None
    if told is None or told.unreadable_count:
        return _Word.UNCLEAR
    found = [result for result in told.results if result.method == "dmarc"]
    if not found:
        return _Word.NOTHING
    if len(found) > 1 or not _names_author(found[0], author_domain):
        return _Word.UNCLEAR
    return _Word.PASSED if found[0].result == AuthResult.PASS else _Word.NOTHING


def _names_author(result: MethodResult, author_domain: str) -> bool:
    """Say whether a result is for this domain and for no other."""
    names = [value for name, value in result.properties if name == "header.from"]
    return len(names) == 1 and names[0].isascii() and names[0].lower() == author_domain
