"""In which ways a mail proves its visible sender, so that history is held against mail of the same kind alone.

DMARC says it where the sender's domain has a record. Where it has none, the same rule is applied: a signature or an SPF
result of the sender's organisation.

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
    elif dmarc.result is AuthResult.NONE and not find_stray_line(message):  # no record: aligned by the same rule
        yield from _align(proof, find_organisation(author.domain))


def _find_aligned(dmarc: DmarcProof) -> Iterator[Way]:
    if dmarc.dkim_is_aligned:
        yield Way.DKIM
    if dmarc.spf_is_aligned:
        yield Way.SPF


def _align(proof: Proof, organisation: str) -> Iterator[Way]:
    signed = (one.domain for one in proof.dkim_details if one.result is AuthResult.PASS and one.covers_whole_body)
    sent = (one.domain for one in proof.spf_details if one.result is AuthResult.PASS and one.identity == "mailfrom")
    if any(find_organisation(domain) == organisation for domain in signed):
        yield Way.DKIM
    if any(find_organisation(domain) == organisation for domain in sent):
        yield Way.SPF
