"""In which ways a mail proves its visible sender, so that history is held against mail of the same kind alone.

DMARC says it where the sender's domain has a record. Where it has none, a narrower rule is applied: a signature or an
SPF result of the sender's domain, of one above it in the same organisation, or of one below it. Names beside it do not
count: whoever rents out names that the public suffix list does not know has customers side by side.

Standards: RFC 7489 §3.1 (alignment).
Trust: nothing in the mail; results of the proof only.
Fails: never.
"""

from collections.abc import Iterator

from gatepost.message.message import Message
from gatepost.model.facts import Way
from gatepost.model.proof import AuthResult, DmarcProof, Proof
from gatepost.origin.author import Author
from gatepost.origin.header_lines import find_stray_line
from gatepost.origin.organisation import find_organisation


def find_ways(author: Author, message: Message, proof: Proof) -> Iterator[Way]:
    """Tell in which ways the visible sender's organisation stands for this mail."""
    if proof.arc_details and proof.arc_details.vouched_by:
        yield Way.SEAL
    dmarc = proof.dmarc_details
    if dmarc is None or dmarc.domain != author.domain:
        return
    if dmarc.result is AuthResult.PASS:
        yield from _find_aligned(dmarc)
    elif dmarc.result is AuthResult.NONE and not find_stray_line(message):  # no record: nobody said what is aligned
        yield from _align(proof, author.domain)


def _find_aligned(dmarc: DmarcProof) -> Iterator[Way]:
    if dmarc.dkim_is_aligned:
        yield Way.DKIM
    if dmarc.spf_is_aligned:
        yield Way.SPF


def _align(proof: Proof, author: str) -> Iterator[Way]:
    signed = (one.domain for one in proof.dkim_details if one.result is AuthResult.PASS and one.covers_whole_body)
    sent = (one.domain for one in proof.spf_details if one.result is AuthResult.PASS and one.identity == "mailfrom")
    if any(_speaks_for(author, domain) for domain in signed):
        yield Way.DKIM
    if any(_speaks_for(author, domain) for domain in sent):
        yield Way.SPF


def _speaks_for(author: str, domain: str) -> bool:
    is_above, is_below = author.endswith(f".{domain}"), domain.endswith(f".{author}")
    return author == domain or ((is_above or is_below) and find_organisation(domain) == find_organisation(author))
