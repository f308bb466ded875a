"""Find headers that somebody added to a mail after it was signed.

Standards: RFC 6376 §5.4.2 and §8.15 (a signature covers the lowest fields of a name, and says nothing of more).
Trust: every byte comes from the mail's author or from whoever forwarded it.
Fails: never.
"""

from collections.abc import Sequence

from gatepost.message.message import Message
from gatepost.message.source import MAX_HEADERS

SINGLE_HEADERS = frozenset(  # may stand once (RFC 5322 §3.6, RFC 2045 §3), and readers or programs believe a second one
    {
        *("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"),
        *("content-type", "content-transfer-encoding", "content-disposition"),
    }
)


def find_added_header(message: Message, signed_names: Sequence[str]) -> str:
    """Tell of a header that stands once more than was signed, where one is all there may be; "" without any."""
    if len(message.headers) >= MAX_HEADERS:
        return "the mail has so many headers that one may have been added"
    signed = SINGLE_HEADERS.intersection(signed_names)
    added = [name for name in signed if len(message.all_headers(name)) > signed_names.count(name)]
    return f"an unsigned {min(added)} header was added" if added else ""
